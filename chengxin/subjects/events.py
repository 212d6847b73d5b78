"""What the register tells the rooms above."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ShopsSeen:
    """Reports named shops that their platform never registered."""

    platform: str
    count: int


@dataclass(frozen=True)
class ShopVerified:
    """A shop passed its real-name verification."""

    shop: str
    next_due_on: str


@dataclass(frozen=True)
class ShopLapsed:
    """A shop lost its display: re-verification overdue, or a licence expired (`why` is reverify or licence)."""

    shop: str
    why: str


@dataclass(frozen=True)
class ReverificationDue:
    """A reminder fell due: `days_before` 30, 7 or 0 (kind reverify or licence)."""

    shop: str
    kind: str
    due_on: str
    days_before: int


@dataclass(frozen=True)
class ExemptionExceeded:
    """An exempt person's shops together sold more than the law allows without registration."""

    subject: str
    shops: list[str]
    year: int
    fen: int


@dataclass(frozen=True)
class SubjectsJoined:
    """Two entries of the register were judged to be one subject."""

    kept: str
    other: str


@dataclass(frozen=True)
class SubjectsSplit:
    """That judgement was taken back."""

    kept: str
    other: str
