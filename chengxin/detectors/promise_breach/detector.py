"""Goods sent late as a habit (B14): parcels picked up after the time the page promised, or the default in force on the order's day.

The count of late orders per shop and stretch of days is compared with the other shops of the same day, county and courier firm
(beta-binomial tail with false-discovery control, see chengxin.detectors.tails), so that a strike or a holiday backlog names nobody.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from chengxin import detectors
from chengxin.detectors import Finding, Reason, Window, nearby, promises, tails

HERE = Path(__file__).parent
ORDERS, SHOPS, DETAIL = ((HERE / f"{name}.sql").read_text(encoding="utf-8") for name in ("orders", "shops", "detail"))
EVIDENCE = 500  # facts per kind, the latest orders first

Row = dict[str, Any]


def find(lake: Any, engine: Any, window: Window, params: dict[str, Any]) -> Iterator[Finding]:
    """One finding per shop; shares in per cent, times in hours."""
    promises.prepare(lake, window.until, params)
    given = {"until": window.until, **{name: params[name] for name in ("slack", "prior", "term_prior")}}
    lake.execute(f"CREATE OR REPLACE TEMP TABLE due_order AS {ORDERS}", given)
    suspects = _suspects(lake, params)
    if not suspects:
        return
    nearby.keep(lake, "near_order", "due_order", "shop", suspects)
    for row in _rows(lake, DETAIL, until=window.until, shops=sorted(suspects)):
        one = row | suspects[row["shop"]]
        score = _score(one, params)
        if score >= params["score_min"]:
            yield _finding(lake, one, score, params)


def _suspects(lake: Any, params: dict[str, Any]) -> dict[int, Row]:
    """{shop: its most unusual stretch (bin_n, bin_late, bin_expected)} where the peers do not explain the late orders."""
    table = lake.execute(SHOPS, {"bin": params["bin"]}).fetchnumpy()
    if not len(table["shop"]):
        return {}
    n, late, expected = (np.asarray(table[name], dtype=np.float64) for name in ("n", "late", "expected"))
    whole = table["scale"] == 0
    rho = tails.spread(late[whole], n[whole], expected[whole], params["spread_floor"])
    enough = (late >= params["late_min"]) & (late >= params["ratio_min"] * expected)
    p = np.where(enough, tails.tails(late, n, expected, rho), 1.0)
    order = np.lexsort((p, table["shop"]))
    shops, first, looks = np.unique(table["shop"][order], return_index=True, return_counts=True)
    best = order[first]
    named = tails.discovered(np.minimum(1.0, p[best] * looks), params["false_discovery"])
    return {
        int(shop): {"bin_n": n[row], "bin_late": late[row], "bin_expected": expected[row], "scale": int(table["scale"][row])}
        for shop, row in zip(shops[named], best[named], strict=True)
    }


def _score(one: Row, params: dict[str, Any]) -> float:
    """Late orders beyond the peers' in the most unusual stretch, times how far the share exceeds twice theirs."""
    beyond = max(0.0, one["bin_late"] - one["bin_expected"])
    share = one["bin_late"] / (one["bin_late"] + 2 * one["bin_expected"] + 0.01)
    voices = min(1.0, one["voices"] / (0.05 * one["late"]))
    return round(float((1 - math.exp(-beyond / params["excess_scale"])) * share * (0.85 + 0.15 * voices)), 4)


def _finding(lake: Any, one: Row, score: float, params: dict[str, Any]) -> Finding:
    rows = lake.execute(
        "SELECT fact, parcel, complaints, payments FROM near_order WHERE shop = ? AND late ORDER BY sent_at - due_at DESC, fact LIMIT ?",
        [one["shop"], EVIDENCE],
    ).fetchall()
    evidence = {"order": tuple(sorted(row[0] for row in rows)), "parcel": tuple(sorted(row[1] for row in rows if row[1] is not None))}
    evidence["complaint"] = tuple(sorted({fact for row in rows for fact in row[2]}))
    evidence["payment"] = tuple(sorted({fact for row in rows for fact in row[3] or []}))
    return Finding(
        detector="promise_breach",
        behaviour="B14",
        shops=(one["shop"],),
        accounts=(),
        evidence={kind: facts for kind, facts in evidence.items() if facts},
        reasons=tuple(_reasons(one, params)),
        score=score,
        since=one["since"],
        until=one["until"],
        benign=("force_majeure", "holiday", "remote", "preorder", "pickup_unscanned"),
        picture={"orders": [row[0] for row in rows[:5]]},
    )


def _reasons(one: Row, params: dict[str, Any]) -> Iterator[Reason]:
    card = detectors.load("promise_breach")
    share = one["late"] / one["n"]
    yield card.reason(
        "often_late", 0.5 + 0.5 * share, n=one["n"], late=one["late"], share=round(100 * share, 1), expected=round(one["expected"], 1)
    )
    if one["scale"]:
        worst = one["bin_late"] / one["bin_n"]
        numbers = {"n": int(one["bin_n"]), "late": int(one["bin_late"]), "share": round(100 * worst, 1)}
        yield card.reason("worst_stretch", 0.5 + 0.5 * worst, days=params["bin"] * one["scale"], **numbers)
    yield card.reason("how_late", 0.5, hours=round(one["hours"]), over=round(one["over"]), over_90=round(one["over_90"]))
    if one["stated"]:
        yield card.reason("own_promise", 0.7, stated=one["stated"], hours=one["stated_hours"])
    if one["voices"]:
        yield card.reason("complained", 0.5, voices=one["voices"])


def _rows(lake: Any, sql: str, **given: Any) -> list[Row]:
    result = lake.execute(sql, given)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
