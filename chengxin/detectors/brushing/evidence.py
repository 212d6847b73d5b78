"""The facts behind a ring, and its picture."""

# ruff: noqa: S608 - statements are put together from constants of this file
from __future__ import annotations

from typing import Any

import pyarrow as pa

KEPT = 2_000  # facts of a kind kept as evidence, the most doubtful first; a case needs a sample, not a warehouse
DRAWN = 400  # edges of the ring's picture
# The orders of all rings at once, ring by ring: a look at one of them reads its own rows, not the city's.
GATHER = """CREATE OR REPLACE TEMP TABLE ring_sign AS
    SELECT c.ring, s.* FROM candidate c
    JOIN candidate_shop cs ON cs.ring = c.ring JOIN sign s ON s.shop = cs.shop AND s.ordered_at >= c.since AND s.ordered_at < c.until
    SEMI JOIN candidate_account ca ON ca.ring = c.ring AND ca.buyer = s.buyer
    ORDER BY c.ring"""
INSIDE = "FROM ring_sign SEMI JOIN ring_shop USING (shop) WHERE ring = $ring"


def gather(lake: Any) -> None:
    """Keep the orders of the registered candidates for `of` and `picture`, which ask for them by the candidate's number."""
    lake.execute(GATHER)


def of(lake: Any, ring: int, params: dict[str, Any]) -> tuple[dict[str, tuple[int, ...]], tuple[int, ...], tuple[int, ...]]:
    """(fact ids by kind, accounts that did order, shops at which enough of these orders bear a hard sign)."""
    given = {"ring": ring}
    # The ring's cover purchases go to honest shops; there its orders bear no hard signs.
    hard = "fast OR one_payer OR money_back OR thin"
    enough = "count(*) FILTER (WHERE hard) >= $least AND avg(hard::INT) >= $share"
    orders = f"SELECT shop, ({hard}) AS hard FROM ring_sign WHERE ring = $ring"
    chosen = f"SELECT shop FROM ({orders}) GROUP BY shop HAVING {enough} ORDER BY shop"
    limits = {"least": params["shop_orders_min"], "share": params["hard_share"]}
    busy = [shop for (shop,) in lake.execute(chosen, given | limits).fetchall()]
    _register(lake, tuple(busy))
    doubt = "fast::INT + one_device::INT + one_address::INT + one_payer::INT + money_back::INT + light::INT + thin::INT + fresh::INT"
    rows = lake.execute(
        f"""SELECT fact, payment, refund, parcel, buyer, money_back, light OR thin, one_payer {INSIDE}
        ORDER BY {doubt} DESC, fact LIMIT {KEPT}""",
        given,
    ).fetchall()
    facts = {
        "order": [row[0] for row in rows],
        "payment": [row[1] for row in rows if row[7] and row[1] is not None],
        "refund": [row[2] for row in rows if row[5] and row[2] is not None],
        "parcel": [row[3] for row in rows if row[6] and row[3] is not None],
    }
    seen = [one for (one,) in lake.execute(f"SELECT DISTINCT buyer {INSIDE} ORDER BY 1", given).fetchall()]
    return {kind: tuple(sorted(set(ids))) for kind, ids in facts.items() if ids}, tuple(seen), tuple(busy)


def picture(lake: Any, ring: int, shops: tuple[int, ...]) -> dict[str, Any]:
    """Edges (account, shop, orders) for the clue page's ring graph, the busiest first."""
    _register(lake, shops)
    rows = lake.execute(
        f"SELECT buyer, shop, count(*) AS n {INSIDE} GROUP BY ALL ORDER BY n DESC, buyer, shop LIMIT {DRAWN}", {"ring": ring}
    ).fetchall()
    return {"edges": [[str(buyer), str(shop), n] for buyer, shop, n in rows]}


def _register(lake: Any, shops: tuple[int, ...]) -> None:
    lake.register("ring_shop", pa.table({"shop": pa.array(shops, pa.int64())}))
