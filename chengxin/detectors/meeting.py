"""Accounts that meet at shop after shop: joins the raters of a table of reviews into rings, for the detectors that look at reviews.

Raters are joined when they reviewed two of the same shops, at each within the same weeks (pair join of the engine), or one shop with texts
copied from one another (MinHash). Every function works on a temp table of reviews with fact, rater, shop, text and reviewed_at.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa

from chengxin.detectors.chances import noisy_or
from chengxin.detectors.near_texts import near_pairs


def join_into_rings(lake: Any, engine: Any, table: str, params: dict[str, Any]) -> None:
    """Make temp tables ring_member (ring, rater) and ring_shop (ring, shop, n), and add `copied` to the table of reviews.

    params: likeness, trigrams_min (texts); meet_days, shared_shops, most_raters, surprise_min (meetings); ring_reviews and hold_min (how
    many raters of the ring, and what share of the reviews during its stay, a shop needs to count as one of its shops).
    """
    copies = copies_of(lake, table, params)
    lake.register("copies", copies)
    lake.execute(f"""
        CREATE OR REPLACE TEMP TABLE {table} AS SELECT *, fact IN (SELECT a FROM copies UNION SELECT b FROM copies) AS copied FROM {table}
        """)  # noqa: S608
    left, right = _meetings(lake, engine, table, params)
    same = copies.filter(copies["same_shop"])
    left, right = np.concatenate([left, same["left_rater"].to_numpy()]), np.concatenate([right, same["right_rater"].to_numpy()])
    left, right = _two_friends(left, right)
    ids, rings = engine.components(left, right) if len(left) else (np.zeros(0, np.int64), np.zeros(0, np.int64))
    lake.register("joined", pa.table({"rater": ids, "ring": rings}))
    lake.execute("CREATE OR REPLACE TEMP TABLE ring_member AS SELECT ring, rater FROM joined")
    _shops_of_rings(lake, table, params)
    while _same_shops_are_one_ring(lake):
        _shops_of_rings(lake, table, params)


def copies_of(lake: Any, table: str, params: dict[str, Any]) -> pa.Table:
    """Pairs of reviews (a, b: fact ids) of different raters with texts copied from one another."""
    rows = lake.sql(f"SELECT fact, text FROM {table} WHERE text IS NOT NULL ORDER BY fact").to_arrow_table()  # noqa: S608 - a detector's table
    pairs = near_pairs(rows["text"], params["likeness"], params["trigrams_min"])
    facts = rows["fact"].to_numpy()
    lake.register("near_text", pa.table({"a": facts[pairs.left], "b": facts[pairs.right]}))
    return lake.sql(f"""
        SELECT x.fact AS a, y.fact AS b, x.rater AS left_rater, y.rater AS right_rater, x.shop = y.shop AS same_shop
        FROM near_text n JOIN {table} x ON x.fact = n.a JOIN {table} y ON y.fact = n.b WHERE x.rater <> y.rater ORDER BY a, b
        """).to_arrow_table()  # noqa: S608


def _meetings(lake: Any, engine: Any, table: str, params: dict[str, Any]) -> tuple[Any, Any]:
    """Pairs of raters at `shared_shops` of the same shops, at each within the same weeks. The weeks are cut twice, half a stretch apart, so
    that no ring is lost on an edge."""
    found = []
    for half in (0, 1):
        lake.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE met AS SELECT DISTINCT rater AS subject,
                hash(shop, (epoch(reviewed_at) + $half * $days * 43200)::BIGINT // ($days * 86400)) AS thing FROM {table}
            """,  # noqa: S608
            {"half": half, "days": params["meet_days"]},
        )
        pairs = engine.pairs(
            lake,
            relation="met",
            least_shared=params["shared_shops"],
            most_subjects=params["most_raters"],
            least_surprise=params["surprise_min"],
        )
        found.append(np.stack([pairs.a, pairs.b]))
    both = np.unique(np.concatenate(found, axis=1), axis=1)
    return both[0], both[1]


def _two_friends(left: Any, right: Any) -> tuple[Any, Any]:
    """Edges between accounts that each met two others, again and again: chance meetings hang on by one thread."""
    pairs = np.unique(np.sort(np.stack([left, right]), axis=0), axis=1)
    while True:
        _, inverse, counts = np.unique(pairs, return_inverse=True, return_counts=True)
        keep = (counts[inverse.reshape(pairs.shape)] >= 2).all(axis=0)
        if keep.all():
            return pairs[0], pairs[1]
        pairs = pairs[:, keep]


def _shops_of_rings(lake: Any, table: str, params: dict[str, Any]) -> None:
    """Shops where the ring has enough raters and is much of what was said there while it was there: three of fifty angry buyers of a faulty
    lot met by chance, and where a ring's people shop for themselves they are lost among the others."""
    lake.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE ring_shop AS
        WITH stay AS (
            SELECT ring, shop, count(DISTINCT rater) AS n, count(*) AS reviews, min(reviewed_at) AS since, max(reviewed_at) AS until
            FROM {table} JOIN ring_member USING (rater) GROUP BY ring, shop HAVING count(DISTINCT rater) >= $least
        )
        SELECT s.ring, s.shop, s.n, s.reviews / count(*) AS hold FROM stay s
        JOIN {table} t ON t.shop = s.shop AND t.reviewed_at BETWEEN s.since AND s.until
        GROUP BY s.ring, s.shop, s.n, s.reviews HAVING s.reviews / count(*) >= $hold
        """,  # noqa: S608
        {"least": params["ring_reviews"], "hold": params["hold_min"]},
    )


def _same_shops_are_one_ring(lake: Any) -> bool:
    """Give components with exactly the same shops one number; whether there were any. Each turn has fewer rings, so it ends."""
    lake.execute("""
        CREATE OR REPLACE TEMP TABLE ring_name AS SELECT ring, min(ring) OVER (PARTITION BY shops) AS first
        FROM (SELECT ring, list(shop ORDER BY shop) AS shops FROM ring_shop GROUP BY ring)
        """)
    if not lake.execute("SELECT count(*) FROM ring_name WHERE ring <> first").fetchone()[0]:
        return False
    lake.execute("""
        CREATE OR REPLACE TEMP TABLE ring_member AS
        SELECT coalesce(first, ring) AS ring, rater FROM ring_member LEFT JOIN ring_name USING (ring)
        """)
    return True


def ring_score(one: dict[str, Any], signs: dict[str, float], params: dict[str, Any]) -> float:
    """Noisy-or of a ring's signs by their weights (`signals`), times a term for the ring's size."""
    chance = noisy_or(params["signals"][sign] * share for sign, share in signs.items())
    size = 1 - math.exp(-(one["accounts"] + one["shops"]) / params["size_scale"])
    return round(chance * size, 4)


def ring_signs(one: dict[str, Any], names: Iterable[str]) -> dict[str, float]:
    """0 to 1 each: that its people meet at several shops, and for each name the share of its reviews beyond the usual one elsewhere."""
    beyond = {name: max(0.0, one[name] / one["reviews"] - one[f"usual_{name}"]) / max(0.05, 1 - one[f"usual_{name}"]) for name in names}
    several = 0.0 if one["shops"] < 2 else min(1.0, (one["reviews"] / one["accounts"] - 1) + 0.25 * (one["shops"] - 2))
    return {"several_shops": several, **beyond}
