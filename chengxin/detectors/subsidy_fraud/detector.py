"""Subsidy fraud (B28): orders that are none, made to draw a trade-in or consumption subsidy.

Per shop, the subsidised order lines whose serial number drew a subsidy twice, whose price was repaid while the subsidy was kept, or that
several buyers ordered on one device without anything sent, beside all other shops' (beta-binomial tail with false-discovery control). Who
really holds the goods, and where the money went, only the subsidy's own books show.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from chengxin import detectors
from chengxin.detectors import Finding, Reason, Window, nearby, tails
from chengxin.detectors.chances import noisy_or
from chengxin.kernel import money

HERE = Path(__file__).parent
DRAWN, SHOPS = ((HERE / f"{name}.sql").read_text(encoding="utf-8") for name in ("drawn", "shops"))
EVIDENCE = 500
ODD = """
    SELECT fact, others, CASE WHEN kept THEN refunds ELSE [] END AS refunds, buyer FROM near_drawn
    WHERE shop = $shop AND (again OR kept OR (together AND unsent)) ORDER BY subsidy DESC, fact LIMIT $most
"""

Row = dict[str, Any]


def find(lake: Any, engine: Any, window: Window, params: dict[str, Any]) -> Iterator[Finding]:
    """One finding per shop; money in the reasons in yuan."""
    given = {name: params[name] for name in ("telling_share", "reporting_share", "buyers_min", "raised_by")}
    lake.execute(f"CREATE OR REPLACE TEMP TABLE drawn AS {DRAWN}", given)
    result = lake.execute(SHOPS, {name: params[name] for name in ("prior", "usual_most")})
    names = [column[0] for column in result.description]
    table = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    named = [one for one in _beyond(table, params) if _score(one, params) >= params["score_min"]]
    nearby.keep(lake, "near_drawn", "drawn", "shop", (one["shop"] for one in named))
    for one in named:
        yield _finding(lake, one, _score(one, params))


def _beyond(table: list[Row], params: dict[str, Any]) -> list[Row]:
    """Shops with more odd lines than the other shops explain, at the false-discovery rate of all shops."""
    if not table or table[0]["city"] > params["city_most"]:  # so much is odd only where the reports are
        return []
    n, k, expected = (np.array([float(row[name]) for row in table]) for name in ("n", "k", "expected"))
    p = np.where((k >= params["odd_min"]) & (k > expected), tails.tails(k, n, expected, params["spread_floor"]), 1.0)
    return [table[place] for place in np.flatnonzero(tails.discovered(p, params["false_discovery"]))]


def _score(one: Row, params: dict[str, Any]) -> float:
    """Odd lines beyond the expectation, times how strongly they show the signs."""
    beyond = max(0.0, float(one["k"]) - float(one["expected"]))
    chance = noisy_or(weight * int(one[sign]) / int(one["k"]) for sign, weight in params["signs"].items())
    return round((1 - math.exp(-beyond / params["excess_scale"])) * chance, 4)


def _finding(lake: Any, one: Row, score: float) -> Finding:
    rows = lake.execute(ODD, {"shop": one["shop"], "most": EVIDENCE}).fetchall()
    orders = {fact for row in rows for fact in (row[0], *row[1])}
    refunds = {fact for row in rows for fact in row[2]}
    evidence = {"order": tuple(sorted(orders))} | ({"refund": tuple(sorted(refunds))} if refunds else {})
    return Finding(
        detector="subsidy_fraud",
        behaviour="B28",
        shops=(one["shop"],),
        accounts=tuple(sorted({row[3] for row in rows})),
        evidence=evidence,
        reasons=tuple(_reasons(one)),
        score=score,
        since=one["since"],
        until=one["until"],
        benign=("own_delivery", "counter", "label", "resold", "price_rise"),
    )


def _reasons(one: Row) -> Iterator[Reason]:
    card, n, k = detectors.load("subsidy_fraud"), int(one["n"]), int(one["k"])
    about = {"yuan": money.yuan(int(one["fen"])), "buyers": int(one["buyers"]), "expected": round(float(one["expected"]), 1)}
    yield card.reason("odd", 0.4 + 0.5 * k / n, n=n, k=k, **about)
    for sign in ("again", "kept", "together", "raised"):
        if one[sign]:
            yield card.reason(sign, 0.3 + 0.6 * int(one[sign]) / k, k=int(one[sign]))
