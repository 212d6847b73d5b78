"""What happened in inspections."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ProblemFound:
    """A reviewed inspection found an infringement that is to be dealt with: the source of a case of `department`."""

    task_id: str
    subject_id: str
    department: str


@dataclass(frozen=True)
class WarningNotified:
    """A risk warning was approved and stands on the subject's page."""

    number: str
    subject_id: str
