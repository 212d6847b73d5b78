"""Goods not as described (B11): claims that the goods differ, gathered on few items against the category, and goods lighter than listed.

Per item and per shop the claims are compared with what the category's other shops make likely, times how much this shop takes back anyway
(beta-binomial tail with false-discovery control, see chengxin.detectors.tails). A weight far below the listed one, yet not empty, counts
as independent evidence with its own share in the city; alone it names nobody, for many pages state a gross weight.
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

HERE = Path(__file__).parent
LINES, ITEMS = ((HERE / f"{name}.sql").read_text(encoding="utf-8") for name in ("lines", "items"))
EVIDENCE = 500

Row = dict[str, Any]


def find(lake: Any, engine: Any, window: Window, params: dict[str, Any]) -> Iterator[Finding]:
    """One finding per shop, with the items that carry it; weights in grams, shares in per cent."""
    lake.execute(f"CREATE OR REPLACE TEMP TABLE line AS {LINES}", {"until": window.until})
    names = ("peers", "prior", "weighed_min", "light_share", "empty_share")
    table = [row for row in _rows(lake, ITEMS, **{name: params[name] for name in names}) if row["n"] >= params["lines_min"]]
    if not table:
        return
    scored = [(shop, rows, max(_score(row, params) for row in rows)) for shop, rows in _suspects(table, params).items()]
    named = [one for one in scored if one[2] >= params["score_min"]]
    cited = _cited(lake, named)
    for shop, rows, score in named:
        yield _finding(lake, shop, rows, score, cited[shop])


def _suspects(table: list[Row], params: dict[str, Any]) -> dict[int, list[Row]]:
    """{shop: rows of its items, or of the shop as a whole, that the category does not explain}."""
    n, says, expected = (np.array([row[name] for row in table], dtype=np.float64) for name in ("n", "says", "expected"))
    item = np.array([row["item"] is not None for row in table])
    light = np.array([row["light"] for row in table])
    weighed = np.array([row["weighed"] is not None for row in table])
    rho = tails.spread(says[~item], n[~item], expected[~item], params["spread_floor"])
    enough = (says >= params["says_min"]) & (says >= params["ratio_min"] * expected)
    p = np.where(enough, tails.tails(says, n, expected, rho), 1.0)
    common = max(params["light_worth"], float(light.sum()) / max(1, int(weighed.sum())))
    p = np.where(light, p * common, p)
    found: dict[int, list[Row]] = defaultdict(list)
    for place in np.flatnonzero(tails.discovered(p, params["false_discovery"])):
        found[table[place]["shop"]].append(table[place])
    return found


def _score(row: Row, params: dict[str, Any]) -> float:
    """Claims beyond the expectation, times how far their share exceeds twice what is expected; a light item counts a quarter more."""
    beyond = max(0.0, row["says"] - row["expected"]) * (1.25 if row["light"] else 1.0)
    share = row["says"] / (row["says"] + 2 * row["expected"])
    return round(float((1 - math.exp(-beyond / params["excess_scale"])) * share), 4)


def _cited(lake: Any, named: list[tuple[int, list[Row], float]]) -> dict[int, list[tuple[Any, ...]]]:
    """{shop: its order lines that say so}, and temporary tables of the parcels and listings that belong to them."""
    nearby.keep(lake, "near_line", "line", "shop", (shop for shop, _, _ in named))
    lines = {
        shop: lake.execute(
            """SELECT fact, "order", ordered_at, refunds, complaints, item FROM near_line WHERE shop = $shop AND says
               ORDER BY list_contains($items::BIGINT[], item) DESC, len(complaints) DESC, fact LIMIT $most""",
            {"shop": shop, "items": _items(rows), "most": EVIDENCE},
        ).fetchall()
        for shop, rows, _ in named
    }
    nearby.keep(lake, "near_parcel", "parcel", "order", (line[1] for cited in lines.values() for line in cited))
    nearby.keep(lake, "near_listing", "listing", "item", (item for _, rows, _ in named for item in _items(rows)))
    return lines


def _items(rows: list[Row]) -> list[int]:
    return [row["item"] for row in rows if row["item"] is not None]


def _finding(lake: Any, shop: int, rows: list[Row], score: float, lines: list[tuple[Any, ...]]) -> Finding:
    items = _items(rows)
    evidence = {"order": {row[0] for row in lines}}
    evidence["refund"] = {fact for row in lines for fact in row[3] or []}
    evidence["complaint"] = {fact for row in lines for fact in row[4] or []}
    orders = [row[1] for row in lines]
    found = lake.execute('SELECT fact FROM near_parcel WHERE list_contains($orders::BIGINT[], "order") ORDER BY fact', {"orders": orders})
    evidence["parcel"] = {row[0] for row in found.fetchall()}
    found = lake.execute("SELECT fact FROM near_listing WHERE list_contains($items::BIGINT[], item) ORDER BY fact", {"items": items})
    evidence["listing"] = {row[0] for row in found.fetchall()}
    return Finding(
        detector="mismatch",
        behaviour="B11",
        shops=(shop,),
        accounts=(),
        evidence={kind: tuple(sorted(facts)) for kind, facts in evidence.items() if facts},
        reasons=tuple(_reasons(lake, shop, rows, len([row for row in lines if row[4]]))),
        score=score,
        since=min(row[2] for row in lines),
        until=max(row[2] for row in lines),
        benign=("return_heavy", "defect_wave", "wrong_pick", "gross_weight", "rival"),
        picture={"items": items[:5]},
    )


def _reasons(lake: Any, shop: int, rows: list[Row], complaints: int) -> Iterator[Reason]:
    card = detectors.load("mismatch")
    whole = next((row for row in rows if row["item"] is None), None)
    items = [row for row in rows if row["item"] is not None]
    said = whole or max(items, key=lambda row: row["says"])
    share = said["says"] / said["n"]
    yield card.reason("claims", 0.6 + 0.4 * share, n=int(said["n"]), says=int(said["says"]), expected=round(said["expected"], 1))
    if items:
        n, says = (int(sum(row[name] for row in items)) for name in ("n", "says"))
        yield card.reason("few_items", 0.6 + 0.4 * says / n, items=len(items), n=n, says=says)
    for row in [row for row in items if row["light"]][:3]:
        numbers = {
            "weight": round(row["weight"]),
            "listed": row["listed"],
            "share": round(100 * row["weight_share"]),
            "weighed": row["weighed"],
        }
        yield card.reason("too_light", 1 - row["weight_share"], **numbers)
    if complaints:
        yield card.reason("complaints", 0.7, complaints=complaints)


def _rows(lake: Any, sql: str, **given: Any) -> list[Row]:
    result = lake.execute(sql, given)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
