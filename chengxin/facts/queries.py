"""What may be asked of the reports and the lake."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max, Min

from chengxin.facts import disk, quarantine
from chengxin.facts.models import Receipt, Segment
from chengxin.facts.reasons import Problem
from chengxin.facts.snapshots import Snapshot, SnapshotSegment, rows, snapshot

__all__ = ["Snapshot", "SnapshotSegment", "check_lake", "errors", "reported_span", "rows", "snapshot"]


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
