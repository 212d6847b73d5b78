"""Can I trust this shop? One box, a list, a card."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from chengxin.accounts import access
from chengxin.kernel import clock
from chengxin.products import gs1
from chengxin.products.errors import CodeWrong, NotRegistered
from chengxin.products.views.public import refusal
from chengxin.publicity import life, queries


@access.open_to_all
def home(request: HttpRequest) -> HttpResponse:
    """The question and the box."""
    return render(request, "publicity/home.html")


@access.open_to_all
def search(request: HttpRequest) -> HttpResponse:
    """What was found, or what to try instead."""
    text = request.GET.get("q", "").strip()[:200]
    found = queries.look_up(text)
    context = {"q": text, "results": [queries.summary(card) for card in found.cards], "more": found.more}
    return render(request, "publicity/search.html", context)


@access.open_to_all
def subject(request: HttpRequest, id: str) -> HttpResponse:
    """A subject's public card."""
    card, records = queries.card(id), queries.records(id)
    context = {
        "card": card,
        "records": records,
        "official": queries.official_lists(id),
        "red": queries.red_lists(id),
        **queries.marks(card),
        "state": queries.state(card),
        "today": clock.today(),
    }
    return render(request, "publicity/subject.html", context)


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
