"""Rings that extort shops by bad reviews: the same accounts meet at shop after shop, copy each other, and take money after the review.

Accounts are joined when they gave bad reviews at two of the same shops in the same weeks (pair join of the engine), or at one with texts
copied from one another (MinHash). Joined accounts make a ring; its conduct against the shops counts. No account is judged for itself:
one angry buyer, and everybody who complains of one faulty lot, is no ring.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chengxin import detectors
from chengxin.detectors import Finding, Reason, Window
from chengxin.detectors.meeting import join_into_rings, ring_score, ring_signs

HERE = Path(__file__).parent
BAD = (HERE / "bad_reviews.sql").read_text(encoding="utf-8")
RINGS = (HERE / "rings.sql").read_text(encoding="utf-8")
EVIDENCE = 2_000

# Accounts that went to only one of a ring's shops, while it was there, and took the money and turned: few honest reviewers do both.
# They join the evidence of a ring that stands without them; its score and its reasons speak of those who met and copied only.
FOLLOWERS = """
    INSERT INTO ring_member
    WITH stay AS (
        SELECT ring, shop, min(reviewed_at) - to_days($days) AS since, max(reviewed_at) + to_days($days) AS until
        FROM bad_review JOIN ring_member USING (rater) JOIN ring_shop USING (ring, shop)
        WHERE list_contains($rings, ring) GROUP BY ring, shop
    )
    SELECT min(ring), rater FROM bad_review b JOIN stay s ON s.shop = b.shop AND b.reviewed_at BETWEEN s.since AND s.until
    WHERE b.turned AND b.refunded AND rater NOT IN (SELECT rater FROM ring_member) GROUP BY rater
"""

Row = dict[str, Any]


def find(lake: Any, engine: Any, window: Window, params: dict[str, Any]) -> Iterator[Finding]:
    """One finding per ring, with the shops it went against."""
    given = {name: params[name] for name in ("bad_stars", "good_stars", "refund_days", "whole_share")}
    lake.execute(f"CREATE OR REPLACE TEMP TABLE bad_review AS {BAD}", given)
    join_into_rings(lake, engine, "bad_review", params)
    rings = [one for one in _rows(lake, RINGS) if one["accounts"] >= params["accounts_min"] and _score(one, params) >= params["score_min"]]
    lake.execute(FOLLOWERS, {"days": params["follow_days"], "rings": [one["ring"] for one in rings]})
    for one in rings:
        yield _finding(lake, one, params)


def _score(one: Row, params: dict[str, Any]) -> float:
    """Noisy-or of the ring's signs, each above what other bad reviews show, times a term for the ring's size."""
    return ring_score(one, _signs(one), params)


def _signs(one: Row) -> dict[str, float]:
    """How strongly the ring shows each sign, 0 to 1: the share beyond the usual one among other bad reviews."""
    # At one shop copied texts are what joined the ring at all: they count by their share among everybody's bad reviews there.
    copied = one["copiers"] / one["accounts"] * (one["hold"] if one["shops"] == 1 else 1.0)
    return {"copied": copied, **ring_signs(one, ("refunded", "turned", "cheapest"))}


def _finding(lake: Any, one: Row, params: dict[str, Any]) -> Finding:
    rows = lake.execute(
        """
        SELECT b.fact, b.order_fact, b.refund_fact, b.followup_fact, b.rater, b.shop FROM bad_review b JOIN ring_member m USING (rater)
        JOIN ring_shop s ON s.ring = m.ring AND s.shop = b.shop WHERE m.ring = ? ORDER BY b.reviewed_at, b.fact LIMIT ?
        """,
        [one["ring"], EVIDENCE],
    ).fetchall()
    columns = list(zip(*rows, strict=True))
    kinds = dict(zip(("review", "order", "refund", "followup"), columns[:4], strict=True))
    evidence = {kind: tuple(sorted({fact for fact in facts if fact is not None})) for kind, facts in kinds.items()}
    return Finding(
        detector="extortion_review",
        behaviour="B04",
        shops=tuple(sorted(set(columns[5]))),
        accounts=tuple(sorted(set(columns[4]))),
        evidence={kind: facts for kind, facts in evidence.items() if facts},
        reasons=tuple(_reasons(one, params)),
        score=_score(one, params),
        since=one["since"],
        until=one["until"],
        benign=("faulty_lot", "goodwill", "buyers_group", "default_text"),
        picture={"reviews": True},
    )


def _reasons(one: Row, params: dict[str, Any]) -> Iterator[Reason]:
    card, signs, n = detectors.load("extortion_review"), _signs(one), one["reviews"]
    weight = {name: params["signals"][name] * strength for name, strength in signs.items()}
    share = {name: round(100 * one[name] / n, 1) for name in ("refunded", "turned", "cheapest")}
    usual = {name: round(100 * one[f"usual_{name}"], 1) for name in ("refunded", "turned", "cheapest")}
    if one["shops"] > 1:
        yield card.reason("several_shops", max(0.3, weight["several_shops"]), n=n, accounts=one["accounts"], shops=one["shops"])
    if one["copiers"] >= 2:
        yield card.reason("copied", weight["copied"], n=one["copiers"], all=one["accounts"])
    if one["refunded"] and weight["refunded"] > 0:
        numbers = {"yuan": round(one["money"] / 100, 2), "hours": round(one["asked_hours"] or 0, 1)}
        yield card.reason("refunded", weight["refunded"], n=one["refunded"], share=share["refunded"], usual=usual["refunded"], **numbers)
    if one["turned"] and weight["turned"] > 0:
        yield card.reason("turned", weight["turned"], n=one["turned"], share=share["turned"], usual=usual["turned"])
    if weight["cheapest"] > 0:
        yield card.reason("cheapest", weight["cheapest"], n=one["cheapest"], share=share["cheapest"], usual=usual["cheapest"])


def _rows(lake: Any, sql: str) -> list[Row]:
    result = lake.execute(sql)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
