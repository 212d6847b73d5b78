"""Gaps in the chain of a shop's review ids: reviews that took their place in the chain and are not there, exactly.

Each review carries the hash of the shop's previous review. A reported review whose predecessor was never reported proves that one is
missing; two reviews chained to the same predecessor prove that the chain was taken past the earlier one. What a missing review said
is not known from the chain: an officer asks the platform for it (e-commerce law, article 39: reviews are not deleted).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

from chengxin import detectors
from chengxin.detectors import Finding, Reason, Window

HERE = Path(__file__).parent
GAPS = (HERE / "gaps.sql").read_text(encoding="utf-8")
SHOPS = (HERE / "shops.sql").read_text(encoding="utf-8")
EVIDENCE = 2_000  # reviews kept as evidence, the newest first
SHOPS_SHOWN = 20  # shops that stand for a platform

Row = dict[str, Any]


def find(lake: Any, engine: Any, window: Window, params: dict[str, Any]) -> Iterator[Finding]:
    """One finding per shop whose chain is broken more often than usual losses explain; one for a whole platform where many are."""
    given = {name: params[name] for name in ("settle_days", "outage_shops")}
    lake.execute(f"CREATE OR REPLACE TEMP TABLE review_gap AS {GAPS}", given)
    result = lake.execute(SHOPS, {"places_min": params["places_min"]})
    names = [column[0] for column in result.description]
    found = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    found = [one for one in found if _score(one, params) >= params["score_min"]]
    found.sort(key=lambda one: (one["platform"], -_score(one, params), one["since"], one["until"], one["reviews"], one["shop"]))
    for _, rows in groupby(found, key=lambda one: str(one["platform"])):
        shops = list(rows)
        if len(shops) >= max(params["platform_shops"], params["platform_share"] * shops[0]["shops"]):
            yield _of_platform(lake, shops, params)
        else:
            yield from (_finding(lake, one, params) for one in shops)


def _of_platform(lake: Any, shops: list[Row], params: dict[str, Any]) -> Finding:
    """One finding about a platform: its worst shops stand for all. The duty not to delete is the platform's."""
    worst = [_finding(lake, one, params) for one in shops[:SHOPS_SHOWN]]
    broken = detectors.load("hidden_reviews").reason("platform_wide", 0.95, n=len(shops), all=shops[0]["shops"], shown=len(worst))
    return replace(
        worst[0],
        shops=tuple(sorted(shop for one in worst for shop in one.shops)),
        evidence={"review": tuple(sorted(fact for one in worst for fact in one.evidence["review"])[:EVIDENCE])},
        reasons=(broken, *worst[0].reasons),
        since=min(one.since for one in worst),
        until=max(one.until for one in worst),
    )


def _score(one: Row, params: dict[str, Any]) -> float:
    """How many broken places there are beyond those that the city's usual losses would give this many reviews."""
    beyond = one["missing"] + one["passed"] - one["rate"] * one["reviews"]
    return round(1 - math.exp(-max(0.0, beyond) / params["places_scale"]), 4)


def _finding(lake: Any, one: Row, params: dict[str, Any]) -> Finding:
    shown = lake.execute(
        "SELECT fact FROM review_gap WHERE shop = ? AND NOT (outage AND sign = 'missing') ORDER BY reviewed_at DESC, fact LIMIT ?",
        [one["shop"], EVIDENCE],
    ).fetchall()
    return Finding(
        detector="hidden_reviews",
        behaviour="B05",
        shops=(one["shop"],),
        accounts=(),  # who wrote a review is no matter of this clue
        evidence={"review": tuple(sorted(row[0] for row in shown))},
        reasons=tuple(_reasons(one)),
        score=_score(one, params),
        since=one["since"],
        until=one["until"],
        benign=("lost_rows", "new_system", "masked", "still_coming"),
        picture={"reviews": True},
    )


def _reasons(one: Row) -> Iterator[Reason]:
    card = detectors.load("hidden_reviews")
    if one["missing"]:
        yield card.reason("missing_reviews", 0.9, n=one["missing"], all=one["reviews"], since=_day(one["since"]), until=_day(one["until"]))
    if one["passed"]:
        yield card.reason("passed_over", 0.85, n=one["passed"], bad=one["passed_bad"])
    broken = one["missing"] + one["passed"]
    share, usual = round(100 * broken / one["reviews"], 1), round(100 * one["rate"], 1)
    yield card.reason("more_than_usual", 0.6, n=broken, share=share, usual=usual, shops=one["shops_broken"], all=one["shops"])
    if one["outage"]:
        yield card.reason("outage_left_out", 0.1, n=one["outage"])


def _day(at: Any) -> str:
    return f"{at:%Y-%m-%d}"
