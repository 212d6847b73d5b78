"""The board: how each measure of the plan is doing. Live figures of this month, frozen ones of the months before, tasks, the map."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db.models import Count
from django.db.models.functions import Left
from django.urls import reverse
from django.utils.safestring import SafeString

from chengxin.consumers.models import Complaint
from chengxin.coordination import catalogue, drawing, queries, sheets
from chengxin.coordination.figures import Period
from chengxin.coordination.models import Sheet
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.law.entries import Measure

TREND_POINTS = 6  # this month, and the frozen ones before it
DIVISION = 6  # characters of a county-level division's code


@dataclass(frozen=True)
class Shown:
    """An indicator as the board shows it: this month's sum of the departments that the reader sees, and the line of months."""

    line: sheets.Line
    picture: SafeString
    url: str


@dataclass
class MeasureRow:
    measure: Measure
    counted: queries.Counted
    leads: list[dict[str, str]]
    shown: list[Shown] = field(default_factory=list)
    rooms: list[dict[str, str]] = field(default_factory=list)

    @property
    def colour(self) -> str:
        """Red when a task is late, amber when an indicator misses its target, green when there is something and nothing is wrong."""
        if self.counted.late:
            return "red"
        if any(one.line.colour == "red" for one in self.shown):
            return "amber"
        return "green" if self.counted.total or any(one.line.d for one in self.shown) else ""


def this_month() -> tuple[str, Period]:
    """The month that runs, up to today."""
    name = sheets.month_name(clock.today())
    return name, Period(sheets.period_of(name).since, clock.today())


def seen(found: sheets.Figures, departments: Collection[str] | None) -> dict[str, tuple[int, int]]:
    """The sums over the departments whose figures the reader sees; None for all."""
    return sheets.city(found if departments is None else {code: one for code, one in found.items() if code in departments})


def measures(departments: Collection[str] | None, rows: Any) -> list[MeasureRow]:
    """The eighteen measures; rows: the tasks that the reader sees."""
    name, period = this_month()
    now = seen(sheets.compute(period), departments)
    before = months(departments)
    counts = queries.by_measure(rows)
    return [_row(one, counts[one.code], now, before, name) for one in law.at(clock.today()).measures()]


def _row(
    measure: Measure, counted: queries.Counted, now: dict[str, tuple[int, int]], before: dict[str, dict[str, tuple[int, int]]], name: str
) -> MeasureRow:
    book = law.at(clock.today())
    row = MeasureRow(measure, counted, [{"zh": book.department(code).zh, "en": book.department(code).en} for code in measure.lead_now])
    row.rooms = [{**one, "href": reverse(one["url"])} for one in rooms().get(measure.code, [])]
    for one in catalogue.of_measure(measure.code):
        line = sheets.Line(one, *now.get(one.code, (0, 0)))
        points = [(month, *figures.get(one.code, (0, 0))) for month, figures in before.items()]
        drawn = drawing.trend([*points, (name, line.n, line.d)], one.target, {"zh": one.zh, "en": one.en})
        row.shown.append(Shown(line, drawn, reverse("coordination:indicator", args=[one.code])))
    return row


def months(departments: Collection[str] | None) -> dict[str, dict[str, tuple[int, int]]]:
    """Month → indicator → (n, d) of the frozen sheets of the last months, the earliest first; one query."""
    names = sheets.months_before(clock.today(), TREND_POINTS - 1)
    kept = Sheet.objects.filter(period__in=names)
    if departments is not None:
        kept = kept.filter(department__in=departments)
    found: dict[str, sheets.Figures] = {name: {} for name in names}
    for period, department, figures in kept.values_list("period", "department", "figures"):
        found[period][department] = sheets.as_figures(figures)
    return {name: sheets.city(of_month) for name, of_month in found.items()}


def heat() -> dict[str, Any]:
    """Departments × measures: the tasks that each leads. {"measures", "rows": [{"department", "code", "cells"}]}"""
    book = law.at(clock.today())
    known = book.measures()
    counts = queries.by_department_and_measure()
    rows = []
    for code in sorted(counts, key=lambda one: -sum(each.late for each in counts[one].values())):
        cells = [(one, counts[code].get(one.code)) for one in known]
        rows.append({"department": {"zh": book.department(code).zh, "en": book.department(code).en}, "code": code, "cells": cells})
    return {"measures": known, "rows": rows}


def city_counts() -> dict[str, int]:
    """Complaints that are open, by the division of the shop they are about; one query."""
    rows = Complaint.objects.filter(closed_at__isnull=True, shop__isnull=False).order_by()
    found = rows.annotate(where=Left("shop__division", DIVISION)).values("where").annotate(n=Count("pk"))
    return {row["where"]: row["n"] for row in found if row["where"]}


@cache
def rooms() -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = yaml.load(
        Path(__file__).with_name("rooms.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
    )
    return found
