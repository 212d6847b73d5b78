"""What the holder of a report may learn by its code: that it is genuine, and whether the file has changed since."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from chengxin.records.models import CreditReport, RecordEnd

CODE = re.compile(r"[2-9A-Z]{4}(?:-[2-9A-Z]{4}){3}")


@dataclass(frozen=True)
class Checked:
    """About a report: nothing of what stands in it beyond the subject's public name."""

    number: str
    subject: str
    made_at: datetime
    true_on: date
    known_on: date
    sha256: str
    leaf: int
    changed: bool


def check(code: str) -> Checked | None:
    """The report of a code; None when there is none."""
    found = CreditReport.objects.filter(code=code).select_related("subject").first() if CODE.fullmatch(code) else None
    if found is None:
        return None
    changed = RecordEnd.objects.filter(record__number__in=found.records, at__gt=found.made_at).exists()
    return Checked(found.number, found.subject.name, found.made_at, found.true_on, found.known_on, found.sha256, found.leaf, changed)
