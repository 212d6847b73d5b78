"""Suspected counterfeits (B09): buyers who call an item a fake, a price far below the same product elsewhere, a GTIN of another brand's.

The claims are what carries a finding: per item they are compared with the category's other shops (beta-binomial tail with
false-discovery control, see chengxin.detectors.tails); a low price and a borrowed GTIN count as independent evidence, each with its own
share in the city. A low price alone is a clearance, a wrong GTIN alone an error of entry. Check digits are not looked at: intake refuses
a GTIN whose check digit is wrong, so none is in the lake. Only a right holder or a laboratory can say that something is a fake.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from chengxin import detectors
from chengxin.detectors import Finding, Reason, Window, nearby, tails
from chengxin.kernel import money

HERE = Path(__file__).parent
LINES, ITEMS = ((HERE / f"{name}.sql").read_text(encoding="utf-8") for name in ("lines", "items"))
GIVEN = ("peers", "sellers_min", "cheap_share", "cheap_z", "price_spread", "prefix_digits", "owner_shops", "owner_share")
EVIDENCE = 500
SHOWN = 3  # items whose reasons are written out

Row = dict[str, Any]


def find(lake: Any, engine: Any, window: Window, params: dict[str, Any]) -> Iterator[Finding]:
    """One finding per shop, with the items that carry it; money in the reasons in yuan."""
    lake.execute(f"CREATE OR REPLACE TEMP TABLE sold AS {LINES}", {"until": window.until})
    table = [row for row in _rows(lake, ITEMS, **{name: params[name] for name in GIVEN}) if row["n"] >= params["lines_min"]]
    ranked = {shop: sorted(rows, key=lambda row: (-_score(row, params), row["item"])) for shop, rows in _suspects(table, params).items()}
    named = {shop: rows for shop, rows in ranked.items() if _score(rows[0], params) >= params["score_min"]}
    nearby.keep(lake, "near_sold", "sold", "shop", named)
    for shop, rows in named.items():
        yield _finding(lake, shop, rows, _score(rows[0], params))


def _suspects(table: list[Row], params: dict[str, Any]) -> dict[int, list[Row]]:
    """{shop: items} that the category does not explain, or that show both signs at a very low price."""
    if not table:
        return {}
    n, says, expected = (np.array([row[name] for row in table], dtype=np.float64) for name in ("n", "says", "expected"))
    cheap, borrowed = (np.array([row[name] for row in table], dtype=bool) for name in ("cheap", "borrowed"))
    priced, owned = np.array([row["sellers"] > 0 for row in table]), np.array([row["owner"] is not None for row in table])
    p = np.where(says >= params["says_min"], tails.tails(says, n, expected, params["spread_floor"]), 1.0)
    for sign, seen in ((cheap, priced), (borrowed, owned)):
        p = np.where(sign, p * max(params["sign_worth"], float(sign.sum()) / max(1, int(seen.sum()))), p)
    p = np.where(says >= params["says_min"], p, 1.0)
    held = tails.discovered(p, params["false_discovery"]) | np.array([_both(row, params) for row in table])
    found: dict[int, list[Row]] = defaultdict(list)
    for place in np.flatnonzero(held):
        found[table[place]["shop"]].append(table[place])
    return found


def _both(row: Row, params: dict[str, Any]) -> bool:
    return bool(row["cheap"] and row["borrowed"] and row["unit"] <= params["deep_share"] * row["usual"])


def _score(row: Row, params: dict[str, Any]) -> float:
    """Claims beyond the expectation, each worth half as much again per sign; both signs at a very low price have a score of their own."""
    beyond = max(0.0, row["says"] - row["expected"]) * (1 + 0.5 * row["cheap"] + 0.5 * row["borrowed"])
    share = row["says"] / (row["says"] + 2 * row["expected"]) if row["says"] else 0.0
    claimed = (1 - math.exp(-beyond / params["excess_scale"])) * share
    return round(float(max(claimed, params["both_signs"] if _both(row, params) else 0.0)), 4)


def _finding(lake: Any, shop: int, rows: list[Row], score: float) -> Finding:
    items = [row["item"] for row in rows]
    lines = lake.execute(
        """SELECT fact, ordered_at, refunds, complaints, item, title FROM near_sold
           WHERE shop = $shop AND list_contains($items::BIGINT[], item) ORDER BY says DESC, fact LIMIT $most""",
        {"shop": shop, "items": items, "most": EVIDENCE},
    ).fetchall()
    evidence = {"order": {row[0] for row in lines}, "listing": {row["listing"] for row in rows if row["listing"] is not None}}
    evidence["refund"] = {fact for row in lines for fact in row[2] or []}
    evidence["complaint"] = {fact for row in lines for fact in row[3] or []}
    titles = {row[4]: row[5] or "" for row in reversed(lines)}
    return Finding(
        detector="counterfeit",
        behaviour="B09",
        shops=(shop,),
        accounts=(),
        evidence={kind: tuple(sorted(facts)) for kind, facts in evidence.items() if facts},
        reasons=tuple(reason for row in rows[:SHOWN] for reason in _reasons(row, titles.get(row["item"], ""))),
        score=score,
        since=min(row[1] for row in lines),
        until=max(row[1] for row in lines),
        benign=("clearance", "parallel", "entry_error", "renamed", "rival"),
        picture={"items": items[:5]},
    )


def _reasons(row: Row, sku: str) -> Iterator[Reason]:
    card = detectors.load("counterfeit")
    if row["says"]:
        share = row["says"] / row["n"]
        numbers = {"n": int(row["n"]), "says": int(row["says"]), "expected": round(row["expected"], 2)}
        yield card.reason("called_fake", 0.6 + 0.4 * share, sku=sku, **numbers)
    if row["cheap"]:
        share = row["unit"] / row["usual"]
        prices = {"price": money.yuan(round(row["unit"])), "usual": money.yuan(round(row["usual"]))}
        yield card.reason("far_below", 1 - 0.7 * share, sku=sku, sellers=row["sellers"], share=round(100 * share), **prices)
    if row["borrowed"]:
        yield card.reason("gtin_of_another", 0.7, sku=sku, gtin=row["gtin"], owner=row["owner"], brand=row["brand"])


def _rows(lake: Any, sql: str, **given: Any) -> list[Row]:
    result = lake.execute(sql, given)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
