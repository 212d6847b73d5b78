"""Orders, payments and parcels laid side by side over the lake: what does not fit, and where the money goes. Pure reading, nothing decided.

Waits and tolerances are dated data (`law/values.yaml`, reconciliation). The same snapshot gives the same answer; windows of days one after
the other give together what one window over all of them gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb

from chengxin.facts import lake, queries
from chengxin.facts.snapshots import Snapshot
from chengxin.kernel import clock
from chengxin.law import law

SQL = Path(__file__).with_name("sql")
GATHER, MISMATCHES, INSTITUTIONS = ((SQL / f"{name}.sql").read_text(encoding="utf-8") for name in ("gather", "mismatches", "institutions"))
READ = ("order", "payment", "refund", "parcel")
SHOWN = 20  # facts kept as examples of where money goes; the count and the sum are of all
KINDS = (
    "no_payment",
    "no_order",
    "amount",
    "paid_twice",
    "other_payer",
    "parcel_no_order",
    "never_shipped",
    "unpaid_shipped",
    "refund_no_payment",
    "over_refund",
    "late_payment",
)


@dataclass(frozen=True)
class Window:
    """Orders of [since, until), judged by what had happened before `as_of`; platforms: codes, none for all."""

    since: datetime
    until: datetime
    as_of: datetime
    platforms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """One thing that does not fit. placed_at: puts it into a window; expected, found: fen; facts: kind → fact ids."""

    platform: str
    kind: str
    key: str
    order_no: str
    shop: int | None
    at: datetime
    placed_at: datetime
    expected: int
    found: int
    facts: dict[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Flow:
    """Money of one platform through one institution as payments name it ("" where they name none); amount in fen."""

    platform: str
    institution: str
    payments: int
    amount: int
    first_at: datetime
    last_at: datetime
    facts: list[int]


def waits(day: datetime) -> dict[str, int]:
    """The waits and tolerances in force on a day."""
    value: dict[str, int] = law.at(clock.city_day(day)).value("reconciliation")
    return dict(value)


def snapshot(window: Window) -> Snapshot:
    """The files that a window needs: everything from its look-back to its as_of."""
    return queries.snapshot(READ, since=_back(window), until=window.as_of)


def _back(window: Window) -> datetime:
    return window.since - timedelta(days=waits(window.as_of)["look_back_days"])


def find(window: Window, taken: Snapshot | None = None) -> list[Found]:
    """Everything that does not fit in a window, by platform, kind and key."""
    with lake.connect(taken or snapshot(window)) as db:
        return find_in(db, window)


def find_in(db: duckdb.DuckDBPyConnection, window: Window) -> list[Found]:
    """The same over a connection that shows order, payment, refund and parcel as the lake does."""
    asked = _asked(window)
    for statement in GATHER.split(";"):
        if "CREATE" in statement:
            db.execute(statement, _used(statement, asked))
    rows = db.execute(MISMATCHES, _used(MISMATCHES, asked)).fetchall()
    return [Found(*(*row[:9], dict(zip(READ, row[9:], strict=True)))) for row in rows]


def flows(window: Window, taken: Snapshot | None = None) -> list[Flow]:
    """Where the money of each platform went in the window."""
    with lake.connect(taken or snapshot(window)) as db:
        asked = {**_asked(window), "shown": SHOWN}
        return [Flow(*row) for row in db.execute(INSTITUTIONS, _used(INSTITUTIONS, asked)).fetchall()]


def _asked(window: Window) -> dict[str, Any]:
    times = {"since": window.since, "until": window.until, "as_of": window.as_of, "back": _back(window)}
    return {**waits(window.as_of), **times, "platforms": list(window.platforms)}


def _used(statement: str, asked: dict[str, Any]) -> dict[str, Any]:
    """DuckDB refuses parameters that a statement does not name."""
    return {name: value for name, value in asked.items() if f"${name}" in statement}


def days(since: datetime, until: datetime, step: int) -> Sequence[tuple[datetime, datetime]]:
    """[since, until) in stretches of so many days."""
    edges = [since + timedelta(days=place) for place in range(0, (until - since).days + 1, step)]
    edges = edges if edges and edges[-1] >= until else [*edges, until]
    return list(pairwise(edges))
