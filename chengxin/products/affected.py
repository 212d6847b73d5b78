"""Who is concerned by a batch: batch → what was made of it → parcels and orders in the traces → buyers in the platforms' own reports.

A sale names its order as a business transaction `urn:chengxin:order:{platform}:{order number}`, a dispatch its parcel as
`urn:chengxin:parcel:{waybill number}`. Buyers are the keyed pseudonyms of each platform; only the platform knows who they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

from chengxin.facts import lake
from chengxin.facts.snapshots import snapshot
from chengxin.products import routes
from chengxin.products.models import Batch
from chengxin.products.reading import parts
from chengxin.traceability.models import TraceField

ORDER, PARCEL = "urn:chengxin:order:", "urn:chengxin:parcel:"
HANDED_OVER = ("retail_selling", "dispensing", "shipping")
MEMORY_MB = 512
ORDERS_SQL = """
WITH named AS (
    SELECT platform, order_no FROM orders UNION
    SELECT p.platform, p.order_no FROM parcel p JOIN parcels w ON w.waybill_no = p.waybill_no
)
SELECT n.platform, n.order_no, min(o.buyer) AS buyer FROM named n LEFT JOIN "order" o ON o.platform = n.platform AND o.order_no = n.order_no
GROUP BY ALL ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Affected:
    """orders: (platform, order number, buyer's pseudonym), each order once; unplaced: orders that no platform has reported."""

    orders: tuple[tuple[str, str, int], ...]
    unplaced: tuple[tuple[str, str], ...]
    events: int
    closure: routes.Closure

    @property
    def buyers(self) -> set[tuple[str, int]]:
        return {(platform, buyer) for platform, _order, buyer in self.orders}

    @property
    def root(self) -> str:
        """SHA-256 over the orders, so that the list of the day can be told from a later one."""
        return hashlib.sha256("\n".join(f"{platform}/{order}/{buyer}" for platform, order, buyer in self.orders).encode()).hexdigest()

    def of_platform(self, code: str) -> list[str]:
        return [order for platform, order, _buyer in self.orders if platform == code]


def by(batch: Batch) -> Affected:
    """All orders that got something of the batch, and only those."""
    from chengxin.products.queries import lot_key

    closure = routes.destination([lot_key(batch)])
    events = routes.events_of(closure.keys)
    orders, parcels = _named(events)
    rows = _orders(orders, parcels)
    known = tuple((platform, order, int(buyer)) for platform, order, buyer in rows if buyer is not None)
    unplaced = tuple((platform, order) for platform, order, buyer in rows if buyer is None)
    return Affected(known, unplaced, len(events), closure)


def _named(events: Iterable[int]) -> tuple[set[tuple[str, str]], set[str]]:
    """Orders (platform, number) and waybills that the events hand over to."""
    orders, parcels = set(), set()
    for some in parts(events, routes.TOGETHER):
        rows = TraceField.objects.filter(event__in=some, event__biz_step__in=HANDED_OVER, path__startswith="bizTransaction")
        for text in rows.values_list("text", flat=True):
            if text.startswith(ORDER) and ":" in text.removeprefix(ORDER):
                platform, _, order = text.removeprefix(ORDER).partition(":")
                orders.add((platform, order))
            elif text.startswith(PARCEL):
                parcels.add(text.removeprefix(PARCEL))
    return orders, parcels


def _orders(orders: set[tuple[str, str]], parcels: set[str]) -> list[tuple[str, str, int | None]]:
    if not orders and not parcels:
        return []
    given = sorted(orders)
    with lake.connect(snapshot(["order", "parcel"]), memory_mb=MEMORY_MB, threads=1) as db:
        names = {"platform": pa.array([one[0] for one in given], pa.string()), "order_no": pa.array([one[1] for one in given], pa.string())}
        db.register("orders", pa.table(names))
        db.register("parcels", pa.table({"waybill_no": pa.array(sorted(parcels), pa.string())}))
        return db.execute(ORDERS_SQL).fetchall()
