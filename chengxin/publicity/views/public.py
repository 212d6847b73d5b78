"""Can I trust this shop? One box, a list, a card; what was shown on a day, watching, evidence to take away."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation

from chengxin.accounts import access
from chengxin.kernel import clock
from chengxin.products import gs1
from chengxin.products.errors import CodeWrong, NotRegistered
from chengxin.products.views.public import refusal
from chengxin.publicity import evidence, feeds, life, past, queries, quick, watching
from chengxin.publicity.forms import DayForm


@access.open_to_all
def home(request: HttpRequest) -> HttpResponse:
    """The question and the box."""
    return render(request, "publicity/home.html")


@access.open_to_all
def search(request: HttpRequest) -> HttpResponse:
    """What was found, or what to try instead."""
    text = request.GET.get("q", "").strip()[:200]
    if there := queries.lead(text):
        return redirect(there)
    found = queries.look_up(text)
    context = {"q": text, "results": [queries.summary(card) for card in found.cards], "more": found.more}
    return render(request, "publicity/search.html", context)


@access.open_to_all
def subject(request: HttpRequest, id: str) -> HttpResponse:
    """A subject's public card."""
    card = request.META.get(quick.DRAWN)
    more = NOTHING_MORE if card else {}
    if card is None:
        subject = queries.subject_of(id)
        card = queries.card(subject)
        more = queries.sections(subject, card)
    context = {
        "card": card,
        **more,
        "state": queries.state(card),
        "today": clock.today(),
        "complain": urlencode({"shop": (card.shops[0].url or card.shops[0].name) if card.shops else card.name}),
    }
    return render(request, "publicity/subject.html", context)


NOTHING_MORE: dict[str, list[Any]] = {
    name: [] for name in ("records", "official", "red", "marks", "links", "scores", "commitments", "complaints", "platforms", "events")
}


LANGUAGES = {"zh": "zh-hans", "en": "en"}


@access.open_to_all
def life_line(request: HttpRequest, code: str) -> HttpResponse:
    """What a code on goods opens: everything public about them on one light page. It keeps no trace of who looked."""
    with translation.override(LANGUAGES.get(request.GET.get("lang", ""), translation.get_language())):
        try:
            return render(request, "publicity/life.html", life.of(gs1.read(escaped(request, code), request.GET)))
        except (CodeWrong, NotRegistered) as error:
            return refusal(request, error, status=404)  # for a person both are one: there is no such goods here


def escaped(request: HttpRequest, code: str) -> str:
    """The code's path as it was sent: a lot may hold a slash, escaped."""
    _before, found, rest = request.get_full_path().split("?", 1)[0].partition("/life/")
    return rest if found else code


@access.open_to_all
def shown(request: HttpRequest, id: str) -> HttpResponse:
    """What stood here on a day. Of a fact that has come down since, only that it stood here."""
    form = DayForm(request.GET or None)
    day = form.cleaned_data["day"] if form.is_valid() else None
    subject = queries.subject_of(id)
    context = {"card": queries.card(subject), "form": form, "past": past.of(subject, day) if day else None}
    return render(request, "publicity/past.html", context, status=422 if form.errors else 200)


@access.open_to_all
def watch(request: HttpRequest, id: str) -> HttpResponse:
    """Watch a subject: a code, told once. No account, no address, nothing of the reader is kept."""
    if request.method == "POST":
        return redirect("publicity:watched", watching.begin(queries.subject_of(id)))
    return render(request, "publicity/watch.html", {"card": queries.card(queries.subject_of(id))})


@access.open_to_all
def watched(request: HttpRequest, code: str) -> HttpResponse:
    """What came and went since the watch began; the address of its feed; end it."""
    found = watching.watched(code)
    if request.method == "POST":
        watching.end(code)
        return redirect("publicity:subject", found.subject_id)
    context = {
        "code": code,
        "card": queries.card(queries.subject_of(str(found.subject_id))),
        "since": found.since,
        "changes": watching.told(found),
    }
    return render(request, "publicity/watched.html", context)


@access.open_to_all
def watch_feed(request: HttpRequest, code: str) -> HttpResponse:
    """The same as an Atom feed."""
    return HttpResponse(feeds.of_watch(code), content_type="application/atom+xml; charset=utf-8")


@access.open_to_all
def evidence_pack(request: HttpRequest, id: str) -> HttpResponse:
    """The public facts of a subject with their proofs, to check without us."""
    subject = queries.subject_of(id)
    answer = HttpResponse(evidence.pack(subject), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="chengxin-{subject.pk}.zip"'
    return answer
