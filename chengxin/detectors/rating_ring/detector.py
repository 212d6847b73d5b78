"""Rings that praise for money: the same accounts give five stars at shop after shop, with texts copied from one another.

Praise that many give in their own words, at several shops of one maker, is what a fan club does: meeting alone never makes a clue here. It
takes copied texts, or shared phones, or new accounts, on top of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chengxin import detectors
from chengxin.detectors import Finding, Reason, Window
from chengxin.detectors.meeting import join_into_rings, ring_score, ring_signs

HERE = Path(__file__).parent
PRAISE = (HERE / "praise.sql").read_text(encoding="utf-8")
RINGS = (HERE / "rings.sql").read_text(encoding="utf-8")
EVIDENCE = 2_000

Row = dict[str, Any]


def find(lake: Any, engine: Any, window: Window, params: dict[str, Any]) -> Iterator[Finding]:
    """One finding per ring, with the shops it praised."""
    given = {name: params[name] for name in ("praise_stars", "default_shops", "soon_hours", "new_days")}
    lake.execute(f"CREATE OR REPLACE TEMP TABLE praise AS {PRAISE}", given)
    lake.execute(
        "CREATE OR REPLACE TEMP TABLE default_praise AS SELECT fact FROM review ANTI JOIN praise USING (fact) WHERE stars >= $praise_stars",
        {"praise_stars": params["praise_stars"]},
    )
    join_into_rings(lake, engine, "praise", params)
    result = lake.execute(RINGS, {"phone_raters": params["phone_raters"]})
    names = [column[0] for column in result.description]
    for row in result.fetchall():
        one = dict(zip(names, row, strict=True))
        if one["accounts"] >= params["accounts_min"] and _score(one, params) >= params["score_min"]:
            yield _finding(lake, one, params)


def _score(one: Row, params: dict[str, Any]) -> float:
    """Noisy-or of the ring's signs, each above what other praise shows, times a term for the ring's size."""
    return ring_score(one, _signs(one), params)


def _signs(one: Row) -> dict[str, float]:
    """How strongly the ring shows each sign, 0 to 1."""
    apart = min(1.0, max(0.0, 5 - float(one["others_mean"])) / 2) if one["others"] >= 5 else 0.0
    shares = {"copied": one["copiers"] / one["accounts"], "phones": one["phones"] / one["accounts"]}
    return {"apart": apart, **shares, **ring_signs(one, ("soon", "fresh"))}


def _finding(lake: Any, one: Row, params: dict[str, Any]) -> Finding:
    rows = lake.execute(
        """
        SELECT p.fact, p.order_fact, p.rater, p.shop FROM praise p JOIN ring_member m USING (rater)
        JOIN ring_shop s ON s.ring = m.ring AND s.shop = p.shop WHERE m.ring = ? ORDER BY p.reviewed_at, p.fact LIMIT ?
        """,
        [one["ring"], EVIDENCE],
    ).fetchall()
    reviews, orders, raters, shops = zip(*rows, strict=True)
    evidence = {"review": tuple(sorted(set(reviews))), "order": tuple(sorted({fact for fact in orders if fact is not None}))}
    return Finding(
        detector="rating_ring",
        behaviour="B02",
        shops=tuple(sorted(set(shops))),
        accounts=tuple(sorted(set(raters))),
        evidence={kind: facts for kind, facts in evidence.items() if facts},
        reasons=tuple(_reasons(one, params)),
        score=_score(one, params),
        since=one["since"],
        until=one["until"],
        benign=("fan_club", "template", "group_purchase", "family"),
        picture={"reviews": True},
    )


def _reasons(one: Row, params: dict[str, Any]) -> Iterator[Reason]:
    card, signs, n = detectors.load("rating_ring"), _signs(one), one["reviews"]
    weight = {name: params["signals"][name] * strength for name, strength in signs.items()}
    if one["shops"] > 1:
        yield card.reason("several_shops", max(0.1, weight["several_shops"]), n=n, accounts=one["accounts"], shops=one["shops"])
    if one["copiers"] >= 2:
        yield card.reason("copied", weight["copied"], n=one["copiers"], all=one["accounts"])
    if one["phones"]:
        yield card.reason("phones", weight["phones"], n=one["phones"], all=one["accounts"])
    for name in ("soon", "fresh"):
        if weight[name] > 0:
            share, usual = round(100 * one[name] / n, 1), round(100 * one[f"usual_{name}"], 1)
            yield card.reason(
                name, weight[name], n=one[name], share=share, usual=usual, hours=params["soon_hours"], days=params["new_days"]
            )
    if weight["apart"] > 0:
        yield card.reason("apart", weight["apart"], mean=round(float(one["others_mean"]), 2), n=one["others"])
