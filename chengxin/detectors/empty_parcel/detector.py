"""Empty parcels and forged scans: each parcel's signs combine to a doubt, each shop's doubtful parcels to a finding.

A sign counts less the more of it the median shop shows: where every outlet books its scans at night, identical seconds say nothing.
Signs are those of behaviour B07 (weight against the item's usual weight, waybill used twice, scan chain, sign-off place, common sender).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chengxin import detectors
from chengxin.detectors import Finding, Reason, Window, nearby

HERE = Path(__file__).parent
PARCELS = (HERE / "parcels.sql").read_text(encoding="utf-8")
SHOPS = (HERE / "shops.sql").read_text(encoding="utf-8")

COMMON = 0.10  # a sign that the median shop shows on one parcel in ten says nothing about any shop
MANY = 8.0  # doubtful parcels at which the count term reaches 1 - 1/e
EVIDENCE = 2_000  # parcels kept as evidence, the most doubtful first; a case needs a sample, not a warehouse
SCANNED = 50  # of them whose scans are kept too

Row = dict[str, Any]


def find(lake: Any, engine: Any, window: Window, params: dict[str, Any]) -> Iterator[Finding]:
    """One finding per shop; shops whose doubtful parcels come from one sender carry that sender as their common account."""
    names = ("usual_min", "same_second_min", "light_share", "light_z", "spread_floor", "shared_buyers_min", "short_hours", "unit_times")
    lake.execute(f"CREATE OR REPLACE TEMP TABLE parcel_raw AS {PARCELS}", {name: params[name] for name in names})
    probabilities = _scaled(lake, params["signals"])
    lake.execute(f"CREATE OR REPLACE TEMP TABLE parcel_sign AS SELECT *, {_doubt(probabilities)} AS doubt FROM parcel_raw")  # noqa: S608
    base = _rows(
        lake, "SELECT avg((doubt >= $m)::INT) AS doubtful, avg(no_scans::INT) AS no_scans FROM parcel_sign", m=params["parcel_min"]
    )[0]
    limits = {name: params[name] for name in ("parcel_min", "parcels_min", "share_min")}
    shops = [one for one in _rows(lake, SHOPS, **limits) if _score(one, base) >= params["score_min"]]
    senders = _common_senders(lake, shops, params)
    for one, parcels, scans in _evidence(lake, shops, params):
        yield _finding(one, parcels, scans, base, senders.get(one["shop"]), params)


def _scaled(lake: Any, signals: dict[str, float]) -> dict[str, float]:
    """Each sign's probability, lowered by how common it is in the median shop (shops with 20 parcels or more)."""
    rates = ", ".join(f"avg({sign}::INT) AS {sign}" for sign in signals)
    middles = ", ".join(f"coalesce(median({sign}), 0)" for sign in signals)
    row = lake.execute(f"SELECT {middles} FROM (SELECT {rates} FROM parcel_raw GROUP BY shop HAVING count(*) >= 20)").fetchone()  # noqa: S608
    return {sign: p * max(0.0, 1 - common / COMMON) for (sign, p), common in zip(signals.items(), row, strict=True)}


def _doubt(probabilities: dict[str, float]) -> str:
    """Noisy-or of the signs as an SQL expression over their boolean columns."""
    return "1 - " + " * ".join(f"(1 - {p:.6f}::DOUBLE * {sign}::INT)" for sign, p in probabilities.items())


def _score(one: Row, base: Row) -> float:
    """Many doubtful parcels, and more of them than the city's share explains."""
    share = float(one["suspicious"] / one["parcels"])
    beyond = share / (share + 2 * float(base["doubtful"]) + 0.01)
    return round((1 - math.exp(-one["weight"] / MANY)) * beyond, 4)


def _common_senders(lake: Any, shops: list[Row], params: dict[str, Any]) -> dict[int, tuple[int, int, int]]:
    """{shop: (sender, shops behind it, doubtful parcels)} for senders behind several of the found shops."""
    if not shops:
        return {}
    found = _rows(
        lake,
        """
        SELECT sender, list(DISTINCT shop ORDER BY shop) AS shops, count(*) AS n FROM parcel_sign
        WHERE doubt >= $m AND sender IS NOT NULL AND list_contains($shops, shop)
        GROUP BY sender HAVING count(DISTINCT shop) >= $least ORDER BY n DESC, sender
        """,
        m=params["parcel_min"],
        shops=[one["shop"] for one in shops],
        least=params["sender_shops_min"],
    )
    senders: dict[int, tuple[int, int, int]] = {}
    for row in found:
        for shop in row["shops"]:
            senders.setdefault(shop, (row["sender"], len(row["shops"]), row["n"]))
    return senders


def _evidence(lake: Any, shops: list[Row], params: dict[str, Any]) -> Iterator[tuple[Row, list[int], list[int]]]:
    """(shop, its most doubtful parcels, the scans of the first of them) by fact."""
    nearby.keep(lake, "near_parcel", "parcel_sign", "shop", (one["shop"] for one in shops))
    rows = {
        one["shop"]: lake.execute(
            """SELECT DISTINCT fact, parcel, doubt, collected_at FROM near_parcel WHERE shop = $shop AND doubt >= $m
            ORDER BY doubt DESC, collected_at, fact LIMIT $most""",
            {"shop": one["shop"], "m": params["parcel_min"], "most": EVIDENCE},
        ).fetchall()
        for one in shops
    }
    nearby.keep(lake, "near_scan", "scan", "parcel", (row[1] for cited in rows.values() for row in cited[:SCANNED]))
    for one in shops:
        cited = rows[one["shop"]]
        scans = lake.execute(
            'SELECT fact FROM near_scan WHERE list_contains($parcels, parcel) ORDER BY "at", fact LIMIT $most',
            {"parcels": [row[1] for row in cited[:SCANNED]], "most": EVIDENCE},
        ).fetchall()
        yield one, [row[0] for row in cited], [row[0] for row in scans]


def _finding(
    one: Row, parcels: list[int], scans: list[int], base: Row, sender: tuple[int, int, int] | None, params: dict[str, Any]
) -> Finding:
    return Finding(
        detector="empty_parcel",
        behaviour="B07",
        shops=(one["shop"],),
        accounts=(sender[0],) if sender else (),
        evidence={"parcel": tuple(sorted(parcels)), "scan": tuple(sorted(scans))},
        reasons=tuple(_reasons(one, base, sender, params)),
        score=_score(one, base),
        since=one["since"],
        until=one["until"],
        benign=("light_goods", "combined", "batch_scan", "virtual_goods", "scale_fault"),
        picture={"parcels": parcels[:5]},
    )


def _reasons(one: Row, base: Row, sender: tuple[int, int, int] | None, params: dict[str, Any]) -> Iterator[Reason]:
    card = detectors.load("empty_parcel")
    numbers = _numbers(one, base, params)
    per_cent = round(100 * one["suspicious"] / one["parcels"], 1)
    base_share = round(100 * base["doubtful"], 1)
    yield card.reason("share_of_shop", 0.75, n=one["suspicious"], all=one["parcels"], share=per_cent, base=base_share)
    for sign, p in params["signals"].items():
        if one[sign] >= max(3, 0.1 * one["suspicious"]):
            yield card.reason(sign, p * (0.6 + 0.4 * min(1.0, one[sign] / one["suspicious"])), n=one[sign], **numbers[sign])
    if sender:
        yield card.reason("one_sender", 0.8, shops=sender[1], n=sender[2])


def _numbers(one: Row, base: Row, params: dict[str, Any]) -> dict[str, dict[str, Any]]:
    numbers: dict[str, dict[str, Any]] = defaultdict(dict)
    numbers["light"] = {
        "share": round(100 * params["light_share"]),
        "weight": _whole(one["light_weight"]),
        "declared": _whole(one["light_declared"]),
    }
    numbers["off_usual"] = {"z": params["light_z"], "usual": _whole(one["off_middle"]), "weight": _whole(one["off_weight"])}
    numbers["shared_waybill"] = {"most": one["most"]}
    numbers["too_fast"] = {"hours": round((one["fastest"] or 0) / 60, 1)}
    numbers["no_scans"] = {"share": round(100 * one["no_scans"] / one["parcels"], 1), "base": round(100 * base["no_scans"], 1)}
    return numbers


def _whole(value: float | None) -> int:
    return round(value or 0)


def _rows(lake: Any, sql: str, **given: Any) -> list[Row]:
    result = lake.execute(sql, given)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
