"""Can I trust this shop? One box, a list, a card."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chengxin.accounts import access
from chengxin.kernel import clock
from chengxin.publicity import queries


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
