"""What happened in the insiders' channel."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ReportWritten:
    """A handler wrote down, in own words, what is to be looked into. The words stay in the report."""

    number: str
    subject_id: str
    department: str
