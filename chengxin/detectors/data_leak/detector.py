"""Personal data leaked or sold (B17): the common point among those who complain of callers that know their order.

Every buyer's order is marked when its buyer complained of such a call soon after, whatever shop the complaint names. Per shop the buyers so
marked are compared with what the other shops of the same platform and weeks make likely (beta-binomial tail with false-discovery control):
a platform's own leak or a week of news raises everybody's share. Buyers whom a likelier shop explains are not counted again for another,
and the shops found leave the background, until nothing more stands out.
A finding names the shop; nobody who complains is in it but by the complaint that is evidence.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from chengxin import detectors
from chengxin.detectors import Finding, Reason, Window, tails

HERE = Path(__file__).parent
EXPOSED, SHOPS = ((HERE / f"{name}.sql").read_text(encoding="utf-8") for name in ("exposed", "shops"))
EVIDENCE = 500

HITS = """
    SELECT shop, facts, complaint, buyer, named, days, ordered_at FROM exposed WHERE hit ORDER BY shop, named DESC, days, ordered_at, buyer
"""

Row = dict[str, Any]
Hits = dict[int, list[Row]]  # shop → its marked buyers


def find(lake: Any, engine: Any, window: Window, params: dict[str, Any]) -> Iterator[Finding]:
    """One finding per shop."""
    lake.execute(f"CREATE OR REPLACE TEMP TABLE exposed AS {EXPOSED}", {"days": params["days"]})
    lake.execute("CREATE OR REPLACE TEMP TABLE explained (buyer BIGINT)")
    lake.execute("CREATE OR REPLACE TEMP TABLE found_shop (shop BIGINT)")
    shops = lake.execute("SELECT count(DISTINCT shop) FROM exposed").fetchone()[0]
    lake.execute("CREATE OR REPLACE TEMP TABLE struck AS SELECT shop, days FROM exposed WHERE hit")
    hits, before = Hits(), 0
    for row in _rows(lake, HITS):
        hits.setdefault(row["shop"], []).append(row)
    while found := _round(_suspects(lake, shops, before, params), hits, params):
        for one, mine in found:
            (others,) = lake.execute("SELECT median(days) FROM struck WHERE shop <> ?", [one["shop"]]).fetchone()
            finding = _finding(one, mine, others, params)
            if finding.score >= params["score_min"]:
                yield finding
        before += len(found)
        lake.executemany("INSERT INTO found_shop VALUES (?)", [[one["shop"]] for one, _ in found])
        gone = {row["buyer"] for one, _ in found for row in hits.pop(one["shop"])}
        lake.executemany("INSERT INTO explained VALUES (?)", [[buyer] for buyer in sorted(gone)])
        hits = {shop: [row for row in mine if row["buyer"] not in gone] for shop, mine in hits.items()}


def _round(suspects: list[Row], hits: Hits, params: dict[str, Any]) -> list[tuple[Row, list[Row]]]:
    """The suspects with the hits that no likelier suspect explains, where enough are left; of equal ones none comes first."""
    kept, better = [], set[int]()
    for _, mates in groupby(sorted(suspects, key=lambda one: one["p"]), key=lambda one: one["p"]):
        same = [(one, [row for row in hits[one["shop"]] if row["buyer"] not in better]) for one in mates]
        kept += [(one, mine) for one, mine in same if len(mine) >= params["struck_min"]]
        better |= {row["buyer"] for one, _ in same for row in hits[one["shop"]]}
    return kept


def _suspects(lake: Any, shops: int, before: int, params: dict[str, Any]) -> list[Row]:
    """Shops whose hits, or those that name them, the others do not explain, among all shops; those found before count as held."""
    rows = _rows(lake, SHOPS, prior=params["prior"])
    if not rows:
        return []
    n, k, named, expected, expected_named = (
        np.array([row[name] for row in rows]) for name in ("n", "k", "named", "expected", "expected_named")
    )
    enough = (k >= params["struck_min"]) & (k >= params["ratio_min"] * expected)
    whole = tails.tails(k, n, expected, params["spread_floor"])
    telling = tails.tails(named, n, expected_named, params["spread_floor"])
    p = np.where(enough, np.minimum(1.0, 2 * np.minimum(whole, telling)), 1.0)
    held = tails.discovered(np.concatenate([np.zeros(before), p]), params["false_discovery"], shops)[before:]
    return [rows[place] | {"p": float(p[place])} for place in np.flatnonzero(held)]


def _finding(one: Row, hits: list[Row], others: float | None, params: dict[str, Any]) -> Finding:
    beyond = max(0.0, len(hits) - one["expected"])
    named = sum(row["named"] for row in hits)
    score = (1 - math.exp(-beyond / params["excess_scale"])) * (0.6 + 0.4 * named / len(hits))
    cited = hits[:EVIDENCE]
    evidence = {
        "complaint": tuple(sorted({row["complaint"] for row in cited})),
        "order": tuple(sorted({fact for row in cited for fact in row["facts"]})),
    }
    return Finding(
        detector="data_leak",
        behaviour="B17",
        shops=(one["shop"],),
        accounts=(),
        evidence=evidence,
        reasons=tuple(_reasons(one, hits, named, others)),
        score=round(score, 4),
        since=min(row["ordered_at"] for row in hits),
        until=max(row["ordered_at"] for row in hits),
        benign=("platform", "courier", "news", "own_calls", "chance"),
    )


def _reasons(one: Row, hits: list[Row], named: int, others: float | None) -> Iterator[Reason]:
    card, k, n = detectors.load("data_leak"), len(hits), int(one["n"])
    share, usual = k / n, one["expected"] / n
    numbers = {"n": n, "k": k, "share": round(100 * share, 1), "usual": round(100 * usual, 2), "expected": round(one["expected"], 1)}
    yield card.reason("common_point", 0.6 + 0.4 * (1 - usual / share), **numbers)
    if named:
        yield card.reason("named", 0.3 + 0.6 * named / k, named=named, k=k)
    days = float(np.median([row["days"] for row in hits]))
    if others is not None and days < others:
        yield card.reason("soon", 0.5, days=round(days, 1), others=round(others, 1))


def _rows(lake: Any, sql: str, **given: Any) -> list[Row]:
    result = lake.execute(sql, given)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
