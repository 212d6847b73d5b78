"""All of a clue's pictures: frozen when evidence joins it, drawn when someone looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from chengxin.detection.models import FoundRow
from chengxin.supervision.pictures import prices, reviews, rhythm, ring, route, visits
from chengxin.supervision.pictures.svg import Picture

PRICE_FRAUD, EMPTY_PARCEL, FAKE_TRAFFIC = "B13", "B07", "B06"
OF_RINGS = frozenset(["B01", "B02", "B04", "B08", EMPTY_PARCEL])  # elsewhere the buyers are victims, and no web of them belongs on the page

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def freeze(found: FoundRow, shops: Sequence[int], since: datetime, until: datetime, rows: Rows) -> dict[str, Any]:
    """{"ring", "rhythm", "prices", "routes", "visits", "reviews"}: those that the clue's evidence can show."""
    if found.behaviour == PRICE_FRAUD:
        given = found.run.parameters.get(found.detector, {})
        compared = found.picture.get("comparisons", [])
        return {"prices": prices.freeze(compared, given.get("reading") != "net", int(given.get("days", 7)))}
    if found.behaviour == FAKE_TRAFFIC:
        seen = rows.get("visit", [])
        drawn = {"visits": visits.freeze(shops, since, until, seen), "rhythm": rhythm.freeze("visit", shops, since, until, seen)}
        return {name: one for name, one in drawn.items() if one}
    orders, parcels = rows.get("order", []), rows.get("parcel", [])
    kind = "order" if orders else "parcel"
    frozen = {
        "ring": _ring(orders, parcels, found.accounts) if found.behaviour in OF_RINGS else {},
        "rhythm": rhythm.freeze(kind, shops, since, until, orders or parcels),
        "routes": route.freeze(parcels, rows.get("scan", []), found.picture.get("parcels", []))
        if found.behaviour == EMPTY_PARCEL  # other detectors bring no scans, and "no scan" would be said of parcels nobody looked at
        else [],
    }
    if found.picture.get("reviews"):
        mine = [int(row["fact"]) for row in rows.get("review", [])]
        frozen["reviews"] = reviews.freeze(shops, mine, since, until)
    return {name: one for name, one in frozen.items() if one}


def _ring(orders: Sequence[Mapping[str, Any]], parcels: Sequence[Mapping[str, Any]], accounts: Sequence[int]) -> dict[str, Any]:
    return ring.freeze(orders, "buyer", accounts) if orders else ring.freeze(parcels, "sender", accounts)


def draw(frozen: Mapping[str, Any], shops: Mapping[int, str], platforms: Mapping[str, str]) -> list[Picture]:
    """The pictures of a clue, the telling one first."""
    drawn = [
        *(prices.draw(one) for one in frozen.get("prices", []) if one.get("prices")),
        reviews.draw(frozen.get("reviews", []), shops),
        ring.draw(frozen.get("ring", {}), shops, platforms),
        route.draw(frozen.get("routes", [])),
        visits.draw(frozen.get("visits", {})),
        rhythm.draw(frozen.get("rhythm", {})),
    ]
    return [picture for picture in drawn if picture]
