"""What happened to complaints and reports. No event says who complained or reported, or in which words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ReportFiled:
    """A report was checked and is to be filed: the source of a case of `department`. received_on: ISO day that starts the clock."""

    report_id: str
    subject_id: str
    department: str
    behaviour: str
    received_on: str


@dataclass(frozen=True)
class ViolationFound:
    """A suspected violation came up while a complaint was mediated (order 121 art. 27). `facts` is the officer's own text."""

    complaint_id: str
    subject_id: str
    department: str
    behaviour: str
    facts: str


@dataclass(frozen=True)
class ComplaintClosed:
    """A complaint is closed; word: solved, unsolved, or empty when nobody said. Closed is not solved."""

    complaint_id: str
    shop_id: str
    word: str
