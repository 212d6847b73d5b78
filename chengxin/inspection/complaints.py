"""How often each shop was complained of to its platform: one query over the lake."""

from __future__ import annotations

from datetime import datetime

from chengxin.facts import lake
from chengxin.facts.snapshots import snapshot

SQL = "SELECT shop, count(*) FROM complaint WHERE filed_at >= ? AND filed_at < ? GROUP BY shop"


def counts_of_shops(since: datetime, until: datetime) -> dict[int, int]:
    """Shop token -> complaints filed in [since, until)."""
    connection = lake.connect(snapshot(["complaint"]))
    try:
        return dict(connection.execute(SQL, [since, until]).fetchall())
    finally:
        connection.close()
