"""Everybody's door: scores, a shop's reviews, the chain of their numbers, rules, statements, and computing a score again."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chengxin.accounts import access
from chengxin.audit import queries as log
from chengxin.evaluation import lists, offline, queries, reading
from chengxin.evaluation.models import RatingRule, Snapshot, Treatment
from chengxin.evaluation.words import CODES
from chengxin.kernel import clock, language
from chengxin.kernel.errors import NotFound

SHOWN = 50  # reviews on a page


@access.open_to_all
def scores(request: HttpRequest) -> HttpResponse:
    """Shops with their score, interval and number of reviews."""
    table = lists.SCORES.view(request.GET, queries.latest())
    return table.export_response() if table.export else render(request, "evaluation/scores.html", {"table": table})


def asked_day(request: HttpRequest) -> date | None:
    """The day of ?on=, None when there is none. Raises NotFound for what is no day."""
    given = request.GET.get("on", "")
    try:
        return date.fromisoformat(given) if given else None
    except ValueError as cause:
        raise NotFound from cause


@access.open_to_all
def shop(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A shop's score as shown now or on a day: interval, size, last 12 months, rule, bad reviews, partners."""
    one = queries.shown(pk, asked_day(request))
    return render(request, "evaluation/shop.html", {"one": one, "drift": lists.drift(one), "level": level_of(one), "today": clock.today()})


def level_of(one: Snapshot) -> str:
    """The level's name in the reader's language, empty below the first."""
    return language.pick(one.rule.content["levels"][one.level - 1]) if one.level else ""


@access.open_to_all
def reviews(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The reviews that are in the score, the newest first, or the bad ones alone; never the good ones first."""
    one = queries.shown(pk, asked_day(request))
    bad = request.GET.get("stars") == "bad"
    rows = [row for row in queries.reviews(one) if not bad or row["stars"] <= one.rule.content["bad_to"]]
    return render(request, "evaluation/reviews.html", {"one": one, "bad": bad, **paged(request, rows)})


def paged(request: HttpRequest, rows: list[Any]) -> dict[str, Any]:
    """A page of a long list, and whether there is another."""
    asked = request.GET.get("page", "1")
    page = max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
    first = (page - 1) * SHOWN
    more = page + 1 if len(rows) > first + SHOWN else 0
    return {"rows": rows[first : first + SHOWN], "count": len(rows), "before": page - 1, "more": more}


@access.open_to_all
def chain(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The chain of review numbers: where it does not close, a review is missing."""
    one = queries.shown(pk)
    rows = reading.chain_of(one.shop)
    broken = [row for row in rows if row["sign"]]
    return render(request, "evaluation/chain.html", {"one": one, "broken": broken, **paged(request, rows[::-1])})


@access.open_to_all
def receipt(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The sealed document with everything the score is made of."""
    one = queries.shown(pk, asked_day(request))
    answer = HttpResponse(json.dumps(queries.receipt(one), ensure_ascii=False), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="score-{one.shop.shop_id}-{one.day.isoformat()}.json"'
    return answer


@access.open_to_all
def recompute(request: HttpRequest) -> HttpResponse:
    """Compute a score again in the reader's own browser."""
    asked = request.GET.get("shop", "")
    try:
        known = queries.shown(UUID(asked)) if asked else None
    except ValueError as cause:
        raise NotFound from cause
    texts = {code: language.pick(pair) for code, pair in CODES.items()}
    return render(request, "evaluation/recompute.html", {"texts": texts, "key": log.public_key(), "one": known})


@access.open_to_all
def offline_page(request: HttpRequest) -> HttpResponse:
    """The page that needs no network, as a file."""
    return _file(offline.html_page(), offline.HTML_NAME, "text/html; charset=utf-8")


@access.open_to_all
def offline_python(request: HttpRequest) -> HttpResponse:
    """The file that needs only Python."""
    return _file(offline.python_file(), offline.PYTHON_NAME, "text/x-python; charset=utf-8")


def _file(body: str, name: str, mime: str) -> HttpResponse:
    answer = HttpResponse(body, content_type=mime)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@access.open_to_all
def rules(request: HttpRequest) -> HttpResponse:
    """Every published version of the rating rule."""
    return render(request, "evaluation/rules.html", {"rules": RatingRule.objects.all(), "today": clock.today()})


@access.open_to_all
def rule(request: HttpRequest, number: str) -> HttpResponse:
    """One version with all its terms and who published it."""
    found = RatingRule.objects.filter(number=number[:24]).first()
    if found is None:
        raise NotFound
    return render(request, "evaluation/rule.html", {"rule": found, "terms": terms(found.content)})


def terms(content: dict[str, Any]) -> list[tuple[str, Any]]:
    """Terms of a rule as names and values; levels in the reader's language."""
    levels = language.together(f"{language.pick(one)} ≥ {one['from']}" for one in content["levels"])
    return [*((name, value) for name, value in sorted(content.items()) if name != "levels"), ("levels", levels)]


@access.open_to_all
def statements(request: HttpRequest) -> HttpResponse:
    """Every masking and exclusion with its reasons."""
    table = lists.STATEMENTS.view(request.GET, Treatment.objects.select_related("shop__platform", "end"))
    return table.export_response() if table.export else render(request, "evaluation/statements.html", {"table": table})
