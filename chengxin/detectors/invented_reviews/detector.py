"""Praise by accounts that are used once and gone, each on its own phone: no group holds them together, so dense blocks and rings miss them.

Each written five-star review has signs: words copied from another account's at the same shop, written hours after the sign-off, an account
with this one order and review, first seen days before, in the shop's densest week. Against how often all of the city's praise shows
them they make a belief, which then runs over who wrote what, in which words, in which shop's week (linearised belief propagation). A
shop is named when far more of its praise is doubtful than shops differ anyway.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from chengxin import detectors
from chengxin.detectors import Finding, Reason, Window, tails
from chengxin.detectors.meeting import copies_of

HERE = Path(__file__).parent
SIGNS, SHOPS = ((HERE / f"{name}.sql").read_text(encoding="utf-8") for name in ("signs", "shops"))
NAMES = ("copied", "soon", "once", "fresh", "burst")
EVIDENCE = 2_000
DAY = 86_400_000_000

Row = dict[str, Any]


def find(lake: Any, engine: Any, window: Window, params: dict[str, Any]) -> Iterator[Finding]:
    """One finding per shop."""
    given = {name: params[name] for name in ("praise_stars", "default_shops", "soon_hours", "new_days")}
    lake.execute(f"CREATE OR REPLACE TEMP TABLE said AS {SIGNS}", given)
    _burst(lake, engine, params)
    copies = copies_of(lake, "said", params)
    lake.register("copies", copies.filter(copies["same_shop"]))
    lake.execute("""CREATE OR REPLACE TEMP TABLE sign AS
        SELECT *, fact IN (SELECT a FROM copies UNION SELECT b FROM copies) AS copied FROM said JOIN in_burst USING (fact) ORDER BY fact""")
    usual = _usual(lake)
    if not usual:
        return
    _doubt(lake, engine, usual, params)
    for one in _suspects(lake, engine, params):
        one["score"] = _score(one, params)
        if one["score"] >= params["score_min"]:
            yield _finding(lake, one, usual, params)


def _burst(lake: Any, engine: Any, params: dict[str, Any]) -> None:
    """Which reviews fall into their shop's densest days."""
    rows = lake.execute("SELECT shop, epoch_us(reviewed_at) AS moment FROM said").fetchnumpy()
    found = engine.bursts(rows["shop"], rows["moment"], params["burst_days"] * DAY)
    lake.register("burst_rows", pa.table({"shop": found.subject, "starts": found.start}))
    lake.execute(
        """CREATE OR REPLACE TEMP TABLE in_burst AS
        SELECT fact, epoch_us(reviewed_at) BETWEEN starts AND starts + $width AS burst FROM said JOIN burst_rows USING (shop)""",
        {"width": params["burst_days"] * DAY - 1},
    )


def _usual(lake: Any) -> dict[str, float]:
    """How often all of the city's praise shows each sign, never quite 0 or 1; empty without praise."""
    counts = lake.execute(f"SELECT count(*), {', '.join(f'count(*) FILTER (WHERE {name})' for name in NAMES)} FROM sign").fetchone()  # noqa: S608
    return {name: (n + 1) / (counts[0] + 2) for name, n in zip(NAMES, counts[1:], strict=True)} if counts[0] else {}


def _doubt(lake: Any, engine: Any, usual: dict[str, float], params: dict[str, Any]) -> None:
    """Beliefs of the reviews: what their signs say, then what is heard from the same account, words and shop's week."""
    rows = lake.execute(f"SELECT fact, {', '.join(NAMES)} FROM sign ORDER BY fact").fetchnumpy()  # noqa: S608
    nats = np.zeros(len(rows["fact"]))
    for name in NAMES:
        shown = min(max(params["shown"][name], usual[name]), 0.99)  # a sign that all praise shows more often says nothing
        nats += np.where(rows[name], math.log(shown / usual[name]), math.log((1 - shown) / (1 - usual[name])))
    seeds = np.clip(nats / params["evidence_full"], -1.0, 1.0)
    links = lake.execute("""
        SELECT fact, (hash('rater', rater) >> 1)::BIGINT AS node FROM sign
        UNION ALL SELECT fact, (hash('week', shop, burst) >> 1)::BIGINT FROM sign WHERE burst
        UNION ALL SELECT a, (hash('words', least(a, b), greatest(a, b)) >> 1)::BIGINT FROM copies
        UNION ALL SELECT b, (hash('words', least(a, b), greatest(a, b)) >> 1)::BIGINT FROM copies""").fetchnumpy()
    found = engine.propagate(links["fact"], links["node"], (rows["fact"], seeds), coupling=params["coupling"])
    lake.register("belief_rows", pa.table({"fact": found.left_ids, "belief": found.left}))
    lake.execute(
        "CREATE OR REPLACE TEMP TABLE doubt AS SELECT s.*, b.belief >= $least AS doubtful FROM sign s JOIN belief_rows b USING (fact)",
        {"least": params["believed_min"]},
    )


def _suspects(lake: Any, engine: Any, params: dict[str, Any]) -> Iterator[Row]:
    """Shops whose doubtful praise the other shops do not explain, each with what they would make expect."""
    rows = lake.execute("SELECT shop, epoch_us(reviewed_at) AS moment FROM doubt WHERE doubtful").fetchnumpy()
    found = engine.bursts(rows["shop"], rows["moment"], params["days"] * DAY)
    lake.register("busiest", pa.table({"shop": found.subject, "starts": found.start}))
    result = lake.execute(SHOPS, {"days": params["days"]})
    names = [column[0] for column in result.description]
    shops = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    if not shops:
        return
    ever, doubtful, n, k = (np.array([float(one[name]) for one in shops]) for name in ("ever", "ever_doubtful", "reviews", "doubtful"))
    plain = doubtful / ever <= np.quantile(doubtful / ever, params["usual_shops"])
    rate = float((doubtful[plain].sum() + 1) / (ever[plain].sum() + 2))
    rho = tails.spread(doubtful[plain], ever[plain], rate * ever[plain], params["spread_floor"])
    enough = (k >= params["doubtful_min"]) & (k >= params["share_min"] * n)
    p = np.where(enough, tails.tails(k, n, rate * n, rho), 1.0)
    named = tails.discovered(p, params["false_discovery"])
    for place in np.flatnonzero(named):
        yield shops[place] | {"expected": rate * float(n[place])}


def _score(one: Row, params: dict[str, Any]) -> float:
    """Doubtful reviews beyond the expected; in full only where words are copied."""
    beyond = max(0.0, one["doubtful"] - one["expected"])
    words = min(1.0, 2 * one["copied"] / one["doubtful"])
    least = params["copied_floor"]
    return round(float((1 - math.exp(-beyond / params["excess_scale"])) * (least + (1 - least) * words)), 4)


def _finding(lake: Any, one: Row, usual: dict[str, float], params: dict[str, Any]) -> Finding:
    rows = lake.execute(
        """SELECT fact, order_fact, rater FROM doubt WHERE doubtful AND shop = ? AND reviewed_at BETWEEN ? AND ?
        ORDER BY reviewed_at, fact LIMIT ?""",
        [one["shop"], one["since"], one["until"], EVIDENCE],
    ).fetchall()
    evidence = {
        "review": tuple(sorted(row[0] for row in rows)),
        "order": tuple(sorted({row[1] for row in rows if row[1] is not None})),
    }
    return Finding(
        detector="invented_reviews",
        behaviour="B02",
        shops=(one["shop"],),
        accounts=tuple(sorted({row[2] for row in rows})),
        evidence={kind: facts for kind, facts in evidence.items() if facts},
        reasons=tuple(_reasons(lake, one, usual, params)),
        score=one["score"],
        since=one["since"],
        until=one["until"],
        benign=("polite_request", "template", "fan_club", "new_release", "default_good"),
        picture={"reviews": True},
    )


def _reasons(lake: Any, one: Row, usual: dict[str, float], params: dict[str, Any]) -> Iterator[Reason]:
    card, n = detectors.load("invented_reviews"), one["doubtful"]
    days = {"since": f"{one['since']:%Y-%m-%d}", "until": f"{one['until']:%Y-%m-%d}"}
    yield card.reason("doubtful", 0.8, n=n, all=one["reviews"], expected=round(one["expected"], 1), **days)
    said = {"soon": {"hours": params["soon_hours"]}, "fresh": {"days": params["new_days"]}, "burst": {"days": params["burst_days"]}}
    for name in NAMES:
        beyond = (one[name] / n - usual[name]) / (1 - usual[name])
        if beyond > 0.1:
            share, normal = round(100 * one[name] / n, 1), round(100 * usual[name], 1)
            yield card.reason(name, params["shown"][name] * beyond, share=share, usual=normal, **said.get(name, {}))
    mean, others = lake.execute(
        """SELECT sum(stars), count(*) FROM review ANTI JOIN (SELECT fact FROM doubt WHERE doubtful) USING (fact)
        WHERE shop = ? AND coalesce(rater_role, 'buyer') = 'buyer'""",
        [one["shop"]],
    ).fetchone()
    if others >= 5 and mean / others < 4:
        yield card.reason("lower_elsewhere", min(1.0, (5 - mean / others) / 3), mean=round(mean / others, 2), n=others)
