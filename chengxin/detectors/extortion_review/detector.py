"""Rings that extort shops by bad reviews: the same accounts meet at shop after shop, copy each other, and take money after the review.

Accounts are joined when they gave bad reviews at two of the same shops in the same weeks (pair join of the engine), or at one with texts
copied from one another (MinHash). Joined accounts make a ring; what counts is the ring's conduct against the shops. No account is judged for
itself: one angry buyer, and everybody who complains of one faulty lot, is no ring.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from chengxin import detectors
from chengxin.detectors import Finding, Reason, Window
from chengxin.detectors.near_texts import near_pairs

HERE = Path(__file__).parent
BAD = (HERE / "bad_reviews.sql").read_text(encoding="utf-8")
RINGS = (HERE / "rings.sql").read_text(encoding="utf-8")
EVIDENCE = 2_000

Row = dict[str, Any]


def find(lake: Any, engine: Any, window: Window, params: dict[str, Any]) -> Iterator[Finding]:
    """One finding per ring, with the shops it went against."""
    given = {name: params[name] for name in ("bad_stars", "good_stars", "refund_days", "whole_share")}
    lake.execute(f"CREATE OR REPLACE TEMP TABLE bad_review AS {BAD}", given)
    copies = _copies(lake, params)
    _mark_copied(lake, copies)
    _join_into_rings(lake, engine, copies, params)
    for one in _rows(lake, RINGS):
        if one["accounts"] >= params["accounts_min"] and _score(one, params) >= params["score_min"]:
            yield _finding(lake, one, params)


def _copies(lake: Any, params: dict[str, Any]) -> pa.Table:
    """Pairs of bad reviews (a, b: fact ids) of different accounts at the same shop with texts copied from one another."""
    rows = lake.sql("SELECT fact, text FROM bad_review WHERE text IS NOT NULL ORDER BY fact").to_arrow_table()
    pairs = near_pairs(rows["text"], params["likeness"], params["trigrams_min"])
    facts = rows["fact"].to_numpy()
    lake.register("near_text", pa.table({"a": facts[pairs.left], "b": facts[pairs.right]}))
    return lake.sql("""
        SELECT x.fact AS a, y.fact AS b, x.rater AS left_rater, y.rater AS right_rater, x.shop = y.shop AS same_shop
        FROM near_text n JOIN bad_review x ON x.fact = n.a JOIN bad_review y ON y.fact = n.b WHERE x.rater <> y.rater ORDER BY a, b
        """).to_arrow_table()


def _mark_copied(lake: Any, copies: pa.Table) -> None:
    lake.register("copies", copies)
    lake.execute("""
        CREATE OR REPLACE TEMP TABLE bad_review AS SELECT *, fact IN (SELECT a FROM copies UNION SELECT b FROM copies) AS copied FROM bad_review
        """)


def _join_into_rings(lake: Any, engine: Any, copies: pa.Table, params: dict[str, Any]) -> None:
    """Temp tables ring_member (ring, rater) and ring_shop (ring, shop, n): components of accounts that met often enough."""
    left, right = _meetings(lake, engine, params)
    same = copies.filter(copies["same_shop"])
    left = np.concatenate([left, same["left_rater"].to_numpy()])
    right = np.concatenate([right, same["right_rater"].to_numpy()])
    left, right = _two_friends(left, right)
    ids, rings = engine.components(left, right) if len(left) else (np.zeros(0, np.int64), np.zeros(0, np.int64))
    lake.register("joined", pa.table({"rater": ids, "ring": rings}))
    lake.execute("CREATE OR REPLACE TEMP TABLE ring_member AS SELECT ring, rater FROM joined")
    lake.execute(
        """
        CREATE OR REPLACE TEMP TABLE ring_shop AS SELECT ring, shop, count(DISTINCT rater) AS n FROM bad_review JOIN ring_member USING (rater)
        GROUP BY ring, shop HAVING count(DISTINCT rater) >= $least
        """,
        {"least": params["victim_reviews"]},
    )


def _meetings(lake: Any, engine: Any, params: dict[str, Any]) -> tuple[Any, Any]:
    """Pairs of accounts that gave bad reviews at `shared_shops` of the same shops, at each within the same weeks. The weeks are cut twice,
    half a stretch apart, so that no ring is lost on an edge."""
    found = []
    for half in (0, 1):
        lake.execute(
            """
            CREATE OR REPLACE TEMP TABLE met AS SELECT DISTINCT rater AS subject,
                hash(shop, (epoch(reviewed_at) + $half * $days * 43200)::BIGINT // ($days * 86400)) AS thing FROM bad_review
            """,
            {"half": half, "days": params["meet_days"]},
        )
        pairs = engine.pairs(lake, relation="met", least_shared=params["shared_shops"], most_subjects=params["most_raters"])
        found.append(np.stack([pairs.a, pairs.b]))
    both = np.unique(np.concatenate(found, axis=1), axis=1)
    return both[0], both[1]


def _two_friends(left: Any, right: Any) -> tuple[Any, Any]:
    """Edges between accounts that each met two others, again and again: chance meetings hang on by one thread."""
    pairs = np.unique(np.sort(np.stack([left, right]), axis=0), axis=1)
    while True:
        ids, inverse, counts = np.unique(pairs, return_inverse=True, return_counts=True)
        keep = (counts[inverse.reshape(pairs.shape)] >= 2).all(axis=0)
        if keep.all():
            return pairs[0], pairs[1]
        pairs = pairs[:, keep]


def _score(one: Row, params: dict[str, Any]) -> float:
    """Noisy-or of the ring's signs, each above what other bad reviews show, times a term for the ring's size."""
    doubt = 1.0
    for sign, share in _signs(one).items():
        doubt *= 1 - params["signals"][sign] * share
    size = 1 - math.exp(-(one["accounts"] + one["shops"]) / params["size_scale"])
    return round((1 - doubt) * size, 4)


def _signs(one: Row) -> dict[str, float]:
    """How strongly the ring shows each sign, 0 to 1: the share beyond the usual one among other bad reviews."""
    beyond = {
        name: max(0.0, one[name] / one["reviews"] - one[f"usual_{name}"]) / max(0.05, 1 - one[f"usual_{name}"])
        for name in ("refunded", "turned", "cheapest")
    }
    several = 0.0 if one["shops"] < 2 else min(1.0, (one["reviews"] / one["accounts"] - 1) + 0.25 * (one["shops"] - 2))
    return {"several_shops": several, "copied": one["copiers"] / one["accounts"], **beyond}


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
