"""Orders into monthly turnover per shop, for the watch over exempt sellers (order 37 articles 8 and 24: summed over all platforms)."""

from __future__ import annotations

from calendar import monthrange
from datetime import datetime

from chengxin.facts import lake, queries
from chengxin.facts.events import BatchAccepted
from chengxin.jobs.actions import enqueue
from chengxin.kernel import clock
from chengxin.subjects import actions as subjects

TITLE = {"zh": "统计网店月交易额", "en": "Sum the shops' monthly turnover"}
GATHER = 300  # seconds: the batches of five minutes share one sum

# The lake's connection runs in the city's time zone, so a date is the city's.
SQL = """
SELECT shop, year(day) AS year, month(day) AS month, CAST(sum(paid) AS BIGINT) AS fen
FROM (SELECT shop, paid, CAST(coalesce(paid_at, ordered_at) AS DATE) AS day FROM "order")
WHERE day >= CAST($since AS DATE) AND day <= CAST($until AS DATE)
GROUP BY ALL ORDER BY ALL
"""


def watch_batch(event: BatchAccepted) -> None:
    """Orders came in: sum the months they touch anew, once for all batches of five minutes that touch the same ones."""
    if event.kind != "order" or not event.accepted:
        return
    slot = int(clock.now().timestamp()) // GATHER + 1
    months = f"{event.first_at[:7]}.{event.last_at[:7]}"
    enqueue(
        "chengxin.facts.turnover:sum_months",
        title=TITLE,
        owner="system:facts",
        key=f"facts.turnover.{slot}.{months}",
        run_at=datetime.fromtimestamp(slot * GATHER, clock.CITY),
        first_at=event.first_at,
        last_at=event.last_at,
    )


def sum_months(first_at: str, last_at: str) -> int:
    """Turnover of every month that an instant between the two lies in, in fen paid, to the register. Returns the rows told."""
    first, last = (clock.city_day(datetime.fromisoformat(text)) for text in (first_at, last_at))
    since = first.replace(day=1)
    until = last.replace(day=monthrange(last.year, last.month)[1])
    with lake.connect(queries.snapshot(["order"])) as connection:
        rows = connection.execute(SQL, {"since": since.isoformat(), "until": until.isoformat()}).fetchall()
    subjects.note_turnover((int(shop), int(year), int(month), int(fen)) for shop, year, month, fen in rows)
    return len(rows)
