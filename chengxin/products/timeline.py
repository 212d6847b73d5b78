"""One thing from its listing to the complaint: what platforms reported of an order and what was captured along its chain, on one line.

A clue for a person who reads: nothing is judged. Buyers, addresses and texts of reviews are not read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from chengxin.facts import lake
from chengxin.facts.snapshots import snapshot
from chengxin.products import affected, lists, queries, routes
from chengxin.traceability.models import TraceEvent, TraceField, TraceItem

SQL = (Path(__file__).with_name("sql") / "timeline.sql").read_text(encoding="utf-8")
KINDS = ("listing", "order", "payment", "refund", "parcel", "scan", "review", "complaint")
MOST, MEMORY_MB = 500, 512


@dataclass(frozen=True)
class Moment:
    """One line. kind: listing, order, payment, refund, parcel, scan, receipt, review, complaint or trace; amount: fen, else None."""

    at: datetime
    kind: str
    what: str
    detail: str
    source: str
    amount: int | None = None

    @property
    def kind_name(self) -> str:
        return str(lists.MOMENTS[self.kind])


def of_order(order_no: str, platform: str = "") -> list[Moment]:
    """Everything of an order, with the chain of what it sold where its events name the order. Empty for an unknown one."""
    with lake.connect(snapshot(KINDS), memory_mb=MEMORY_MB, threads=1) as db:
        rows = db.execute(SQL, {"order_no": order_no, "platform": platform}).fetchall()
    found = [_fact(row) for row in rows[:MOST]]
    platforms = {row[2] for row in rows} | ({platform} if platform else set())
    waybills = {str(row[4]) for row in rows if row[0] == "parcel"}
    named = [f"{affected.ORDER}{one}:{order_no}" for one in platforms] + [affected.PARCEL + one for one in waybills]
    events = TraceField.objects.filter(text__in=named, path__startswith="bizTransaction").values_list("event_id", flat=True)
    keys = list(TraceItem.objects.filter(event__in=list(events)).values_list("key", flat=True).distinct())
    return sorted([*found, *_traces(keys)], key=lambda one: (one.at, one.kind, one.what))


def of_key(key: str) -> list[Moment]:
    """The chain of a code, and of the order it was sold in where one is named."""
    events = TraceItem.objects.filter(key=key).values_list("event_id", flat=True)
    orders = TraceField.objects.filter(event__in=list(events), text__startswith=affected.ORDER).values_list("text", flat=True)
    found = _traces([key])
    for text in sorted(set(orders)) if "/21/" in key else []:
        platform, _, order_no = text.removeprefix(affected.ORDER).partition(":")
        found += [one for one in of_order(order_no, platform) if one.kind != "trace"]
    return sorted(found, key=lambda one: (one.at, one.kind, one.what))


def _fact(row: tuple[Any, ...]) -> Moment:
    kind, at, platform, what, detail, fact, _batch = row
    money = kind in ("payment", "refund")
    return Moment(at, kind, str(what), "" if money else str(detail), f"{platform} #{fact}", int(detail) if money else None)


def _traces(keys: list[str]) -> list[Moment]:
    if not keys:
        return []
    ids = routes.events_of(routes.source(keys).keys)
    events = TraceEvent.objects.filter(pk__in=ids[:1000]).prefetch_related("parties").order_by("event_time")[:MOST]
    parties = queries.party_names(sorted({party.value for one in events for party in one.parties.all()}))
    return [
        Moment(
            one.event_time,
            "trace",
            lists.step_name(one.biz_step),
            "，".join(dict.fromkeys(parties[p.value] for p in one.parties.all())),
            one.event_id,
        )
        for one in events
    ]
