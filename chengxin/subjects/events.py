"""What the register tells the rooms above."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ShopLapsed:
    """A shop lost its display: re-verification overdue, or a licence expired (`why` is reverify or licence)."""

    shop: str
    why: str
    on: str = ""


@dataclass(frozen=True)
class ReverificationDue:
    """A reminder fell due: `days_before` 30, 7 or 0 (kind reverify or licence)."""

    shop: str
    kind: str
    due_on: str
    days_before: int


@dataclass(frozen=True)
class ExemptionExceeded:
    """An exempt person's shops together sold more than the law allows without registration; `first` of `shops` names them to the person."""

    subject: str
    shops: list[str]
    year: int
    fen: int
    first: str | None = None
