"""When the self-check last went over the whole log and what it found, read from the job that does it: the page and the alarm say it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from chengxin.audit.errors import LogDamaged
from chengxin.jobs.models import Job

TARGET = "chengxin.audit.tasks:check"
FOUND = re.compile(rf"^\S*{LogDamaged.__name__}: (.*)", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Covered:
    """at, size: the last whole check that found nothing; faults: what a later one found, "" when nothing; found_at: when."""

    at: datetime | None
    size: int
    faults: str
    found_at: datetime | None


def covered() -> Covered:
    """The state of the self-check."""
    good = Job.objects.filter(target=TARGET, state=Job.State.DONE).order_by("-finished_at").first()
    bad = Job.objects.filter(target=TARGET, error__contains=LogDamaged.__name__).order_by("-started_at").first()
    if bad is not None and good is not None and bad.started_at and good.started_at and bad.started_at < good.started_at:
        bad = None  # put right since
    found = FOUND.search(bad.error) if bad else None
    return Covered(
        good.finished_at if good else None, int(good.result or 0) if good else 0,
        found[1].strip() if found else "", bad.started_at if bad and found else None,
    )  # fmt: skip


def alarm() -> bool:
    """Whether the last check that ended found something."""
    return bool(covered().faults)
