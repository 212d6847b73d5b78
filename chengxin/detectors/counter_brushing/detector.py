"""Counter-brushing (B08): one group orders in mass at one shop, does not pay or sends everything back, to cost a rival money or credit.

Per shop the orders of one, two or four weeks that came to nothing at its cost are compared with its other weeks and its platform
(beta-binomial tail with false-discovery control). What makes a group of them is what ties the buyers: devices, networks or addresses that
several used, or the same buyer again and again. **The shop is the victim.** Accounts are those that are tied, pseudonyms and the group's
means; one buyer who sends things back is never named.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from chengxin import detectors
from chengxin.detectors import Finding, Reason, Window, tails
from chengxin.kernel import money

HERE = Path(__file__).parent
ORDERS, STRETCHES, SIGNS = ((HERE / f"{name}.sql").read_text(encoding="utf-8") for name in ("orders", "stretches", "signs"))
EVIDENCE = 1_000

Row = dict[str, Any]


def find(lake: Any, engine: Any, window: Window, params: dict[str, Any]) -> Iterator[Finding]:
    """One finding per shop; money in the reasons in yuan."""
    given = {name: params[name] for name in ("settle_days", "whole_share", "price_share", "praise_stars")}
    lake.execute(f"CREATE OR REPLACE TEMP TABLE raid_order AS {ORDERS}", {"until": window.until, **given})
    chosen = _stretches(_rows(lake, STRETCHES, prior=params["prior"], idle_min=params["idle_min"]), params)
    if not chosen:
        return
    for number, one in enumerate(chosen):
        one["stretch"] = number
    lake.register("stretch", pa.Table.from_pylist([{name: one[name] for name in ("stretch", "shop", "week", "weeks")} for one in chosen]))
    rows = _rows(lake, SIGNS, tied_min=params["tied_min"], network_min=params["network_min"])
    for number, mine in groupby(rows, key=lambda row: row["stretch"]):
        one, orders = chosen[number], list(mine)
        score = _score(one, orders, params)
        if score >= params["score_min"]:
            yield _finding(one, orders, score)


def _stretches(table: list[Row], params: dict[str, Any]) -> list[Row]:
    """Per shop that its other weeks do not explain, its most surprising stretch; of equal ones the longest, then the first."""
    if not table:
        return []
    n, idle, expected = (np.array([row[name] for row in table]) for name in ("n", "idle", "expected"))
    p = np.where(idle >= params["ratio_min"] * expected, tails.tails(idle, n, expected, params["spread_floor"]), 1.0)
    best: list[Row] = []
    for _, mine in groupby(zip(table, p.tolist(), strict=True), key=lambda pair: pair[0]["shop"]):
        pairs = list(mine)
        row, least = min(pairs, key=lambda pair: (pair[1], -pair[0]["weeks"], pair[0]["week"]))
        best.append(row | {"p": min(1.0, least * len(pairs))})
    held = tails.discovered(np.array([row["p"] for row in best]), params["false_discovery"])
    return [best[place] for place in np.flatnonzero(held)]


def _score(one: Row, orders: list[Row], params: dict[str, Any]) -> float:
    """Orders beyond the expectation, times how much of them is tied together (noisy-or)."""
    beyond, k = max(0.0, len(orders) - one["expected"]), len(orders)
    tied, repeated = (sum(bool(row[name]) for row in orders) / k for name in ("tied", "repeated"))
    doubt = (1 - params["signs"]["tied"] * tied) * (1 - params["signs"]["repeated"] * repeated)
    return round(float((1 - math.exp(-beyond / params["excess_scale"])) * (1 - doubt)), 4)


def _finding(one: Row, orders: list[Row], score: float) -> Finding:
    cited = sorted(orders, key=lambda row: (not (row["tied"] or row["repeated"]), row["ordered_at"], row["fact"]))[:EVIDENCE]
    evidence = {
        "order": tuple(sorted(row["fact"] for row in cited)),
        "refund": tuple(sorted({row["refund"] for row in cited if row["refund"] is not None})),
        "parcel": tuple(sorted({row["parcel"] for row in cited if row["parcel"] is not None})),
    }
    return Finding(
        detector="counter_brushing",
        behaviour="B08",
        shops=(one["shop"],),
        accounts=tuple(sorted({row["buyer"] for row in cited if row["tied"] or row["repeated"]})),
        evidence={kind: facts for kind, facts in evidence.items() if facts},
        reasons=tuple(_reasons(one, orders)),
        score=score,
        since=min(row["ordered_at"] for row in orders),
        until=max(row["ordered_at"] for row in orders),
        benign=("flash_sale", "group_called_off", "wrong_price", "faulty_lot", "own_brushing"),
    )


def _reasons(one: Row, orders: list[Row]) -> Iterator[Reason]:
    card, k = detectors.load("counter_brushing"), len(orders)
    unpaid = sum(bool(row["unpaid"]) for row in orders)
    numbers = {"n": int(one["n"]), "k": k, "expected": round(one["expected"], 1), "unpaid": unpaid, "returned": k - unpaid}
    amount = money.yuan(int(sum(row["amount"] for row in orders)))
    yield card.reason("came_to_nothing", 0.5 + 0.4 * k / one["n"], yuan=amount, **numbers)
    tied, repeated = ([row for row in orders if row[name]] for name in ("tied", "repeated"))
    if tied:
        yield card.reason("tied", 0.3 + 0.6 * len(tied) / k, k=len(tied), accounts=len({row["buyer"] for row in tied}))
    if repeated:
        yield card.reason(
            "again_and_again", 0.3 + 0.6 * len(repeated) / k, k=len(repeated), accounts=len({row["buyer"] for row in repeated})
        )


def _rows(lake: Any, sql: str, **given: Any) -> list[Row]:
    result = lake.execute(sql, given)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
