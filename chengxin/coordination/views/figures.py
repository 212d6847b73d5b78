"""Figures: an indicator over departments, the rows that a figure is made of, sheets frozen and live, quarter reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.coordination import actions, board, catalogue, lists, sheets
from chengxin.coordination import figures as queries
from chengxin.coordination.access import BOARD, DESK, departments_of, sees_all
from chengxin.coordination.models import QuarterReport, Sheet
from chengxin.documents import actions as documents
from chengxin.kernel import clock
from chengxin.kernel.errors import ChengxinError, NotFound
from chengxin.law import law


@dataclass(frozen=True)
class Linked:
    """A line of a sheet with the page of the rows it is made of."""

    line: sheets.Line
    href: str


def _period(name: str) -> queries.Period:
    """The period of that name; one that still runs ends today, one that has not begun is not there."""
    period = sheets.period_of(name)
    if period.since > clock.today():
        raise NotFound
    return queries.Period(period.since, min(period.until, clock.today()))


def _check(actor: Actor, department: str) -> None:
    """NotFound for a department that does not exist, or whose figures are not the reader's."""
    known = {one.code for one in law.at(clock.today()).departments()}
    if department not in known or not (sees_all(actor) or department in departments_of(actor)):
        raise NotFound


@access.open_to(*BOARD)
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """One indicator this month: by department, with its target and where that comes from."""
    actor = access.actor_of(request)
    one = catalogue.indicators().get(code)
    if one is None:
        raise NotFound
    name, period = board.this_month()
    found = sheets.compute_one(one, period)
    seen = found if sees_all(actor) else {key: value for key, value in found.items() if key in departments_of(actor)}
    rows = [
        {
            "department": lists.department_name(key),
            "line": (line := sheets.Line(one, *value)),
            "met": line.n,
            "of": line.d,
            "href": reverse("coordination:rows", args=[code, key, name]),
        }
        for key, value in sorted(seen.items())
    ]
    table = lists.BY_DEPARTMENT.view(request.GET, rows)
    if table.export:
        return table.export_response()
    context = {"indicator": one, "table": table, "period": name, "target": sheets.Line(one, 0, 0).target}
    return render(request, "coordination/indicator.html", context)


@access.open_to(*BOARD)
def rows(request: HttpRequest, code: str, department: str, period: str) -> HttpResponse:
    """The rows of one figure, the missed ones first; an officer opens them in their room."""
    actor = access.actor_of(request)
    one = catalogue.indicators().get(code)
    _check(actor, department)
    if one is None:
        raise NotFound
    page = queries.PAGES.get(one.query, "") if actor.has(*DESK) or one.query == "plan_tasks" else ""
    found = [
        {**row, "href": reverse(page, args=[row["k_key"]]) if page else ""} for row in sheets.rows_of(one, department, _period(period))
    ]
    table = lists.ROWS.view(request.GET, found)
    if table.export:
        return table.export_response()
    n, d = sum(row["k_num"] for row in found), sum(row["k_den"] for row in found)
    context = {
        "indicator": one,
        "table": table,
        "line": sheets.Line(one, n, d),
        "department": lists.department_name(department),
        "period": period,
    }
    return render(request, "coordination/rows.html", context)


@access.open_to(*BOARD)
def sheets_of(request: HttpRequest) -> HttpResponse:
    """Frozen sheets, this month's live ones, and freezing a month that is over."""
    actor = access.actor_of(request)
    name = request.POST.get("period", "")
    if name:
        try:
            made = actions.freeze(actor, name)
        except ChengxinError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("%(n)s sheets are frozen.") % {"n": len(made)})
        return redirect("coordination:sheets")
    table = lists.SHEETS.view(request.GET, access.all(actor, Sheet))
    if table.export:
        return table.export_response()
    month, last = sheets.month_name(clock.today()), sheets.months_before(clock.today(), 1)[0]
    live = _known(actor)
    context = {
        "table": table,
        "live": live,
        "month": month,
        "may_freeze": sees_all(actor) and not Sheet.objects.filter(period=last).exists(),
        "last": last,
    }
    return render(request, "coordination/sheets.html", context)


def _known(actor: Actor) -> list[dict[str, str]]:
    """The departments with a live sheet that the reader may open."""
    codes = sorted({code for one in law.at(clock.today()).measures() for code in one.lead_now} | departments_of(actor))
    mine = codes if sees_all(actor) else [code for code in codes if code in departments_of(actor)]
    return [{"code": code, "name": lists.department_name(code)} for code in mine]


@access.open_to(*BOARD)
def sheet(request: HttpRequest, department: str, period: str) -> HttpResponse:
    """A department's sheet: the frozen one with what a new computation finds otherwise, or the live one of a period that runs."""
    actor = access.actor_of(request)
    _check(actor, department)
    days = _period(period)
    kept = Sheet.objects.filter(department=department, period=period).first()
    figures = sheets.as_figures(kept.figures) if kept else sheets.compute(days).get(department, {})
    linked = [Linked(line, reverse("coordination:rows", args=[line.indicator.code, department, period])) for line in sheets.lines(figures)]
    table = lists.sheet_table(department, period).view(request.GET, linked)
    if table.export:
        return table.export_response()
    context: dict[str, Any] = {
        "table": table,
        "kept": kept,
        "differences": [{**one, "name": catalogue.indicators().get(one["code"])} for one in (sheets.differences(kept) if kept else [])],
        "department": lists.department_name(department),
        "period": period,
    }
    return render(request, "coordination/sheet.html", context)


@access.open_to(*BOARD)
def reports(request: HttpRequest) -> HttpResponse:
    """Quarter reports, and making the one of a quarter that is over."""
    actor = access.actor_of(request)
    name = request.POST.get("period", "")
    if name:
        try:
            actions.report_quarter(actor, name)
        except ChengxinError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The report is made."))
        return redirect("coordination:reports")
    last = sheets.quarter_name(sheets.period_of(sheets.quarter_name(clock.today())).since - queries.DAY)
    found = access.all(actor, QuarterReport)
    may = sees_all(actor) and not found.filter(period=last).exists()
    return render(request, "coordination/reports.html", {"reports": found, "last": last, "may_make": may})


@access.open_to(*BOARD)
def paper(request: HttpRequest, period: str) -> HttpResponse:
    """A quarter's report as a PDF with its verify code. The reading is logged."""
    actor = access.actor_of(request)
    found = access.get(actor, QuarterReport, period=period)
    _document, data = documents.read(actor, found.document, "查阅季度报告")
    answer = HttpResponse(data, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{found.period}.pdf"'
    return answer
