"""What everybody may see: plans by lot, draws with their files and the verifier, results. No class, no name behind a commitment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chengxin.accounts import access
from chengxin.inspection import catalogue, queries, verify_draw
from chengxin.inspection.access import DESK
from chengxin.inspection.models import Draw
from chengxin.inspection.models.plans import DRAWN
from chengxin.kernel import clock, language
from chengxin.kernel.errors import NotFound
from chengxin.law import law


@access.open_to_all
def inspections(request: HttpRequest) -> HttpResponse:
    """Plans, draws and results."""
    outcomes = catalogue.outcomes()
    results = [{**one, "outcome": outcomes[one["task"].outcome], "items": _items(one["task"].plan)} for one in queries.public_results()]
    plans = [
        {"plan": one, "items": _items(one), "departments": _departments(one), "draw": queries.draw_of(one)}
        for one in queries.public_plans()
    ]
    return render(request, "inspection/public.html", {"plans": plans, "results": results})


def _items(plan: Any) -> str:
    day = clock.city_day(plan.proposed_at)
    return "、".join(language.pick(catalogue.item(code, day)) for code in plan.items)


def _departments(plan: Any) -> str:
    book = law.at(clock.today())
    return "、".join(language.pick(book.department(one.department)) for one in plan.parts.all())


def _draw(name: str) -> Draw:
    number, _, attempt = name.rpartition("-")
    found = Draw.objects.filter(plan__number=number, attempt=int(attempt) if attempt.isdecimal() else 0).select_related("plan").first()
    if found is None:
        raise NotFound
    return found


@access.open_to_all
def draw(request: HttpRequest, name: str) -> HttpResponse:
    """One draw: what was frozen and when, who committed and revealed, how to check it oneself."""
    found = _draw(name)
    book = law.at(clock.today())
    shares = [{"one": one, "name": language.pick(book.department(one.department))} for one in found.shares.all()]
    failed = language.pick(book.department(found.failed_department)) if found.failed_department else ""
    size = sum(len(one["units"]) for one in found.lists["strata"])
    context = {
        "draw": found,
        "shares": shares,
        "failed": failed,
        "size": size,
        "take": sum(one["take"] for one in found.lists["strata"]),
        "inspectors": sum(len(one["inspectors"]) for one in found.lists["teams"]),
        "digest": queries.bundle(found)["digest"] if found.state == DRAWN else "",
    }
    return render(request, "inspection/draw.html", context)


def _download(data: bytes, name: str, kind: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@access.open_to_all
def draw_file(request: HttpRequest, name: str) -> HttpResponse:
    """The draw's file, chengxin-draw/1."""
    found = _draw(name)
    if found.state != DRAWN:
        raise NotFound
    return _download(queries.file(found), f"draw-{name}.json", "application/json")


@access.open_to_all
def draw_receipt(request: HttpRequest, name: str) -> HttpResponse:
    """The signed receipt of the file's digest, chengxin-receipt/1."""
    found = _draw(name)
    if found.state != DRAWN:
        raise NotFound
    return _download(json.dumps(found.receipt, ensure_ascii=False).encode(), f"draw-{name}.receipt.json", "application/json")


@access.open_to_all
def verifier(request: HttpRequest) -> HttpResponse:
    """The one-file verifier: the very file that draws."""
    return _download(Path(verify_draw.__file__).read_bytes(), "verify_draw.py", "text/x-python; charset=utf-8")


@access.open_to(*DESK)
def opened(request: HttpRequest, name: str) -> HttpResponse:
    """The file with the names behind the commitments, for the departments of the plan."""
    found = access.get(access.actor_of(request), Draw, pk=_draw(name).pk)
    if found.state != DRAWN:
        raise NotFound
    return _download(queries.file(found, opened=True), f"draw-{name}-opened.json", "application/json")
