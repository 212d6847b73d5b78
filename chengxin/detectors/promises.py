"""By when an order must leave: what its page promised, else the default in force on its day."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from chengxin.law import law
from chengxin.law.errors import NotInForce

SQL = (Path(__file__).parent / "promises.sql").read_text(encoding="utf-8")


def prepare(lake: Any, until: Any, params: dict[str, Any]) -> None:
    """Makes the temporary table `promised`: one row per paid order with its promise, dispatch, refunds and complaints (see promises.sql).

    Periods come from the law data of each order's own day: `dispatch_default_hours`, and CONSUMER_DELAY_15, after which a prepayment kept
    counts as deliberate delay.
    """
    days = [
        row[0] for row in lake.execute('SELECT DISTINCT ordered_at::DATE FROM "order" WHERE ordered_at IS NOT NULL ORDER BY 1').fetchall()
    ]
    lake.execute("CREATE OR REPLACE TEMP TABLE lawful (day DATE, hours INTEGER, delay_days INTEGER)")
    rows = [(day, *terms) for day in days if (terms := _terms(day))]
    if rows:
        lake.executemany("INSERT INTO lawful VALUES (?, ?, ?)", rows)
    lake.execute(
        f"CREATE OR REPLACE TEMP TABLE promised AS {SQL}",
        {"until": until, "pattern": params["promise_pattern"], "missed_share": params["missed_share"]},
    )


def _terms(day: date) -> tuple[int, int] | None:
    """(hours to dispatch, days after which keeping the money is deliberate delay) on this day; None before either was in force."""
    book = law.at(day)
    try:
        return int(book.value("dispatch_default_hours")), int(book.clock("CONSUMER_DELAY_15").n or 0)
    except NotInForce:
        return None
