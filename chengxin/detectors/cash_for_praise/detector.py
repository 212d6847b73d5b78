"""Cash for praise (B03): small sums that come back soon after five stars, far more often than after other reviews or none.

Per shop, the five-star reviews followed by a small refund are compared with what the shop's other reviewers and its silent buyers get, and
with the city (beta-binomial tail with false-discovery control, see chengxin.detectors.tails). Buyers who complain of cash for praise are
independent evidence, and alone enough when there are several: most such cash never passes the platform's books.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from chengxin import detectors
from chengxin.detectors import Finding, Reason, Window, nearby, tails

HERE = Path(__file__).parent
ORDERS, SHOPS = ((HERE / f"{name}.sql").read_text(encoding="utf-8") for name in ("orders", "shops"))
EVIDENCE = 500

Row = dict[str, Any]


def find(lake: Any, engine: Any, window: Window, params: dict[str, Any]) -> Iterator[Finding]:
    """One finding per shop."""
    given = {name: params[name] for name in ("small", "small_share", "days", "by_default")}
    lake.execute(f"CREATE OR REPLACE TEMP TABLE praise_order AS {ORDERS}", given)
    result = lake.execute(SHOPS, {"words": params["words"]})
    names = [column[0] for column in result.description]
    table = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    if not table:
        return
    _expect(table, params)
    named = [row for row in table if _score(row, params) >= params["score_min"]]
    nearby.keep(lake, "near_praise", "praise_order", "shop", (row["shop"] for row in named))
    nearby.keep(lake, "near_complaint", "complaint", "fact", (fact for row in named if row["told"] for fact in row["complaints"]))
    for row in named:
        yield _finding(lake, row, _score(row, params), params)


def _expect(table: list[Row], params: dict[str, Any]) -> None:
    """Adds `expected` (rewarded praise by what others get) and `held` (whether more than chance among all shops)."""
    count = {
        name: np.array([row[name] for row in table], dtype=np.float64)
        for name in ("praised", "rewarded", "others", "others_rewarded", "silent", "silent_paid")
    }
    rest = count["others"].sum() + count["silent"].sum()
    usual = float(count["others_rewarded"].sum() + count["silent_paid"].sum()) / max(1.0, float(rest))
    prior = params["prior"]
    paid = count["others_rewarded"] + np.sqrt(count["others_rewarded"])  # a shop that pays others too is read in its favour
    others = (paid + prior * usual) / (count["others"] + prior)
    silent = (count["silent_paid"] + prior * usual) / (count["silent"] + prior)
    share = np.maximum(np.maximum(others, silent), usual)
    expected = share * count["praised"]
    enough = (count["rewarded"] >= params["rewarded_min"]) & (count["rewarded"] >= params["ratio_min"] * expected)
    p = np.where(enough, tails.tails(count["rewarded"], count["praised"], expected, params["spread_floor"]), 1.0)
    for row, mean, held in zip(table, expected.tolist(), tails.discovered(p, params["false_discovery"]).tolist(), strict=True):
        row["expected"], row["held"] = mean, held


def _score(row: Row, params: dict[str, Any]) -> float:
    """Rewards beyond the expectation, more when the sums are the same, and what buyers say of it, as independent evidence."""
    paid = said = 0.0
    if row["held"]:
        beyond = row["rewarded"] - row["expected"]
        paid = (1 - math.exp(-beyond / params["excess_scale"])) * (0.8 + 0.2 * row["same"] / row["rewarded"])
    if row["told"] >= params["told_min"] or (row["told"] and row["held"]):
        said = 1 - math.exp(-row["told"] / params["told_scale"])
    return round(1 - (1 - paid) * (1 - said), 4)


def _finding(lake: Any, row: Row, score: float, params: dict[str, Any]) -> Finding:
    lines = []
    if row["held"]:
        lines = lake.execute(
            """SELECT review, refund, reviewed_at, asked_at FROM near_praise WHERE shop = ? AND stars = 5 AND rewarded
               ORDER BY asked_at, review LIMIT ?""",
            [row["shop"], EVIDENCE],
        ).fetchall()
    told = row["complaints"][:EVIDENCE] if row["told"] else []
    filed = lake.execute("SELECT filed_at FROM near_complaint WHERE list_contains($told::BIGINT[], fact)", {"told": told}).fetchall()
    moments = [moment for line in lines for moment in line[2:]] + [at for (at,) in filed]
    evidence = {"review": [line[0] for line in lines], "refund": [line[1] for line in lines], "complaint": told}
    return Finding(
        detector="cash_for_praise",
        behaviour="B03",
        shops=(row["shop"],),
        accounts=(),  # buyers who took a few yuan are no culprits
        evidence={kind: tuple(sorted(facts)) for kind, facts in evidence.items() if facts},
        reasons=tuple(_reasons(row, params)),
        score=score,
        since=min(moments),
        until=max(moments),
        benign=("price_protection", "goodwill", "any_review", "rebate"),
    )


def _reasons(row: Row, params: dict[str, Any]) -> Iterator[Reason]:
    card = detectors.load("cash_for_praise")
    if row["held"]:
        numbers = {name: row[name] for name in ("praised", "rewarded")}
        share = row["rewarded"] / row["praised"]
        yield card.reason("rewarded", 0.6 + 0.4 * share, **numbers, expected=round(row["expected"], 1), days=params["days"])
        if row["others"]:
            yield card.reason("not_for_others", 0.6, others=row["others"], others_rewarded=row["others_rewarded"])
        if row["same"] > 1:
            yield card.reason("same_sum", 0.5, same=row["same"], amount=f"{row['amount'] / 100:.2f}")
    if row["told"]:
        yield card.reason("told", 0.8, told=row["told"])
