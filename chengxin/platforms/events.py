"""What happened between platforms and the authorities."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NotRectified:
    """What an interview demanded was not done by its last day, as a named person decided: a case may come of it."""

    interview_id: str
    platform: str
    department: str


@dataclass(frozen=True)
class ClueReported:
    """A platform reported unlawful conduct of a shop to a department."""

    report_id: str
    platform: str
    department: str


@dataclass(frozen=True)
class MeasurePublished:
    """A platform's measure stands in the public feed."""

    measure_id: str
    platform: str
