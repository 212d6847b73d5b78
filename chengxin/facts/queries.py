"""What may be asked of the reports and the lake."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from chengxin.facts import disk, quarantine
from chengxin.facts.models import Receipt, Segment
from chengxin.facts.reasons import Problem
from chengxin.facts.snapshots import Snapshot, SnapshotSegment, rows, snapshot
from chengxin.kernel import clock
from chengxin.subjects.models import Platform

__all__ = ["Snapshot", "SnapshotSegment", "check_lake", "errors", "named", "reported_span", "reporting", "rows", "snapshot"]


def errors(receipt: Receipt) -> list[Problem]:
    """What was wrong with the rows that a batch set aside, in the order of its rows."""
    return quarantine.read(receipt)


def reported_span() -> tuple[datetime | None, datetime | None]:
    """The first and the last moment of any fact in the lake."""
    found = Segment.objects.filter(replaced_at=None, dropped_at=None).aggregate(first=Min("first_at"), last=Max("last_at"))
    return found["first"], found["last"]


def check_lake() -> list[str]:
    """Compare every file of the lake with its manifest row; one sentence per fault."""
    faults = []
    for segment in Segment.objects.filter(dropped_at=None, replaced_at=None).iterator():
        path = disk.lake() / segment.path
        if not path.exists():
            faults.append(f"{segment.path}: missing / 文件缺失")
        elif path.stat().st_size != segment.bytes or disk.sha256(path) != segment.sha256:
            faults.append(f"{segment.path}: not what was accepted / 与接收时不符")
    return faults


def named(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows that name a platform by its code, with its name beside it."""
    name = Platform.objects.filter(code=OuterRef("platform")).values("name")[:1]
    named_rows: QuerySet[Any] = rows.annotate(platform_name=Coalesce(Subquery(name), F("platform")))
    return named_rows


def reporting(days: int = 30) -> list[dict[str, Any]]:
    """Per platform and kind over the last days: batches, rows, valid rate, last report, and days of the period without any fact.

    A kind that a platform once reported and is silent about since stays in the list with its gap.
    """
    since = clock.now() - timedelta(days=days)
    recent = Q(received_at__gte=since)
    found = (
        named(Receipt.objects.all())
        .values("platform", "platform_name", "kind")
        .annotate(
            batches=Count("id", filter=recent),
            accepted=Sum("accepted", filter=recent, default=0),
            quarantined=Sum("quarantined", filter=recent, default=0),
            rows=Sum("rows", filter=recent, default=0),
            last=Max("received_at"),
            covers=Max("last_at"),
        )
    )
    covered = _days_covered(since)
    return [
        {
            **line,
            "valid": 1 - line["quarantined"] / line["rows"] if line["rows"] else 1.0,
            "gap": days - len(covered.get((line["platform"], line["kind"]), ())),
        }
        for line in found.order_by("platform", "kind")
    ]


def _days_covered(since: datetime) -> dict[tuple[str, str], set[date]]:
    """(platform, kind) → city days since then for which some fact was reported (the span of a batch counts whole)."""
    covered: dict[tuple[str, str], set[date]] = {}
    first_day, today = clock.city_day(since) + timedelta(days=1), clock.today()
    for platform, kind, first, last in Receipt.objects.filter(last_at__gte=since).values_list("platform", "kind", "first_at", "last_at"):
        if first is None or last is None:
            continue
        start, end = max(clock.city_day(first), first_day), min(clock.city_day(last), today)
        days = {start + timedelta(days=step) for step in range((end - start).days + 1)}
        covered.setdefault((platform, kind), set()).update(days)
    return covered
