"""Freezing what was computed: a period's sheets, and the quarter's report as a sealed paper with its figures."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from chengxin.accounts.access import Actor
from chengxin.audit import rows
from chengxin.coordination import catalogue, papers, reporting, sheets
from chengxin.coordination.access import LEADER, sees_all
from chengxin.coordination.actions.steps import named
from chengxin.coordination.errors import AlreadyDone, PeriodOpen
from chengxin.coordination.figures import Period
from chengxin.coordination.models import QuarterReport, Sheet
from chengxin.documents.models import Document
from chengxin.kernel import clock, ids, locks
from chengxin.kernel.errors import NotFound


def freeze(actor: Actor, period_name: str) -> list[Sheet]:
    """Every department's sheet of a closed month or quarter, once. Those that are there already are left. Raises PeriodOpen."""
    if not (actor.is_system or sees_all(actor)):
        raise NotFound
    period = sheets.period_of(period_name)
    if not sheets.is_over(period):
        raise PeriodOpen(period=period_name)
    with transaction.atomic(), locks.locked(f"coordination.sheets:{period_name}"):
        known = set(Sheet.objects.filter(period=period_name).values_list("department", flat=True))
        found = sheets.compute(period)
        return [_frozen(actor, period_name, period, code, found[code]) for code in sorted(found) if code not in known]


def _frozen(actor: Actor, name: str, period: Period, department: str, figures: dict[str, tuple[int, int]]) -> Sheet:
    by, by_name = named(actor)
    kept = sheets.as_kept(figures)
    sheet = Sheet(
        id=ids.new_id(),
        department=department,
        period=name,
        since=period.since,
        until=period.until,
        figures=kept,
        catalogue=catalogue.version(),
        sha256=sheets.digest(kept),
        by=by,
        by_name=by_name,
        at=clock.now(),
    )
    data = {"department": department, "period": name, "sha256": sheet.sha256, "catalogue": sheet.catalogue}
    return rows.put(sheet, "coordination.sheet.frozen", actor=by, object=f"coordination.sheet:{sheet.pk}", data=data)


def report_quarter(actor: Actor, period_name: str) -> QuarterReport:
    """The report of a closed quarter: its figures frozen with the paper. Raises PeriodOpen, AlreadyDone."""
    if not (sees_all(actor) and (actor.has(LEADER) or actor.has("officer", "head"))):
        raise NotFound
    if not sheets.QUARTER.match(period_name):
        raise NotFound
    period = sheets.period_of(period_name)
    if not sheets.is_over(period):
        raise PeriodOpen(period=period_name)
    with transaction.atomic(), locks.locked(f"coordination.quarter:{period_name}"):
        if QuarterReport.objects.filter(period=period_name).exists():
            raise AlreadyDone
        content = reporting.content(period_name, period)
        key = ids.new_id()
        document = papers.quarter(actor, period_name, key, content)
        return _kept(actor, period_name, key, content, document)


def _kept(actor: Actor, name: str, key: Any, content: dict[str, Any], document: Document) -> QuarterReport:
    by, by_name = named(actor)
    report = QuarterReport(
        id=key,
        period=name,
        content=content,
        sha256=content["digest"],
        document=document.pk,
        document_number=document.number,
        code=document.code,
        by=by,
        by_name=by_name,
        at=clock.now(),
    )
    data = {"period": name, "sha256": report.sha256, "document": document.number}
    return rows.put(report, "coordination.quarter.reported", actor=by, object=f"coordination.quarter:{key}", data=data)
