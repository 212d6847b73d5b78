"""Brushing: rings of accounts and shops whose orders were invented (behaviour B01).

Two roads lead to a candidate ring: its *shape* (dense blocks of accounts × shops in time windows; shops that share buyers beyond
chance), and its *equipment* (doubtful orders tied together by devices, addresses or payers). Whatever the road, the candidate is then
confirmed by families of signs that do not depend on each other, each measured against the other buyers of the same shops. Shape alone
is never enough: fans are dense too.
"""

# ruff: noqa: S608 - column names are written here and numbers go through int() or float(); no text of anyone reaches a statement
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from chengxin import detectors
from chengxin.detectors import Engine, Finding, Reason, Window

from . import chance, evidence
from .confirm import Ring, confirm, suspicious

HERE = Path(__file__).parent
SIGNALS = (HERE / "signals.sql").read_text(encoding="utf-8")
RINGS = (HERE / "rings.sql").read_text(encoding="utf-8")
SHAPE = (HERE / "shape.sql").read_text(encoding="utf-8")
SETTINGS = (
    "fast_seconds",
    "warmup_days",
    "fresh_days",
    "device_buyers",
    "address_buyers",
    "payer_buyers",
    "back_hours",
    "light_share",
    "least_grams",
    "thin_z",
    "least_spread",
)
# A hard sign costs a ring money or work to avoid; an order is doubtful when one meets a sign of another family.
HARD = "(fast OR one_payer OR money_back OR light)"
FAMILIES = "fast::INT + (one_device OR one_address)::INT + (one_payer OR money_back)::INT + light::INT + (fresh AND unvisited)::INT"
SHARED = """CREATE OR REPLACE TEMP TABLE shared AS
    SELECT DISTINCT shop AS subject, hash(buyer, fortnight) AS thing, buyer, fortnight
    FROM (SELECT shop, buyer, (date_diff('day', $start, ordered_at) // 14)::INT AS fortnight FROM sign WHERE platform = $platform)"""
# Buyers who met two shops of a group in one fortnight; fortnights in a row are one stretch of the ring's life.
GROUPS = """WITH met AS (
        SELECT g.grp, x.buyer, x.fortnight, x.subject FROM shared x JOIN group_rows g USING (subject)
        QUALIFY count(*) OVER (PARTITION BY g.grp, x.buyer, x.fortnight) >= 2),
    busy AS (SELECT grp, fortnight FROM met GROUP BY ALL HAVING count(DISTINCT buyer) >= $least),
    stretch AS (SELECT *, fortnight - row_number() OVER (PARTITION BY grp ORDER BY fortnight) AS run FROM busy)
    SELECT list(DISTINCT buyer ORDER BY buyer), list(DISTINCT subject ORDER BY subject), min(fortnight), max(fortnight)
    FROM met JOIN stretch USING (grp, fortnight) GROUP BY grp, run ORDER BY grp, run"""
Row = dict[str, Any]


@dataclass(frozen=True)
class Candidate:
    """Accounts and shops that may be a ring, in a stretch of time."""

    accounts: tuple[int, ...]
    shops: tuple[int, ...]
    since: datetime
    until: datetime


def find(lake: Any, engine: Engine, window: Window, params: Row) -> Iterator[Finding]:
    """Findings, one per candidate ring that enough families of signs confirm."""
    given = {name: params[name] for name in SETTINGS} | {"since": window.since, "until": window.until}
    lake.execute(f"CREATE OR REPLACE TEMP TABLE sign AS {SIGNALS}", given)
    base = _one(lake, _base_rates())
    if not base["orders"]:
        return
    candidates = [*_by_equipment(lake, engine, window, params), *_by_shape(lake, engine, window, params)]
    measured = [(candidate, confirm(row, base, params)) for candidate, row in _measured(lake, candidates, base, params)]
    kept = [one for one in measured if one[1].score >= params["score_min"] and one[1].accounts >= params["ring_accounts_min"]]
    with _registered(lake, [candidate for candidate, _ in kept]):
        evidence.gather(lake)
    for number, (_, ring) in enumerate(kept):
        yield from _finding(lake, number, ring, params)


def _base_rates() -> str:
    signs = ("fast", "unvisited", "fresh", "one_device", "one_address", "one_payer", "money_back", "light", "thin")
    return "SELECT count(*) AS orders, " + ", ".join(f"coalesce(avg({sign}::INT), 0) AS {sign}" for sign in signs) + " FROM sign"


def _by_equipment(lake: Any, engine: Engine, window: Window, params: Row) -> Iterator[Candidate]:
    """Doubtful orders whose accounts are tied by a device, an address or a payer that several of them use."""
    lake.execute(f"CREATE OR REPLACE TEMP TABLE doubtful AS SELECT * FROM sign WHERE {HARD} AND {FAMILIES} >= 2")
    ties = " UNION ALL ".join(
        f"SELECT buyer, shop, {thing} AS thing FROM doubtful WHERE {thing} IS NOT NULL" for thing in ("device", "address", "payer")
    )
    lake.execute(f"CREATE OR REPLACE TEMP TABLE tie AS {ties}")
    # A campus or a group's pick-up point has many buyers and few doubtful ones; a ring's drop address is the other way round.
    everyone = " UNION ALL ".join(
        f"SELECT buyer, {thing} AS thing FROM sign WHERE {thing} IS NOT NULL" for thing in ("device", "address", "payer")
    )
    linked = f"""SELECT thing FROM (SELECT thing, count(DISTINCT buyer) AS n FROM tie GROUP BY thing)
        JOIN (SELECT thing, count(DISTINCT buyer) AS users FROM ({everyone}) SEMI JOIN tie USING (thing) GROUP BY thing) USING (thing)
        WHERE n >= {int(params["linked_min"])} AND n >= {float(params["linked_share"])} * users"""
    links = lake.execute(f"SELECT DISTINCT buyer, thing FROM tie SEMI JOIN ({linked}) USING (thing) ORDER BY ALL").fetchnumpy()
    if not len(links["buyer"]):
        return
    ids, names = engine.components(np.asarray(links["buyer"]), np.asarray(links["thing"]))
    lake.register("component_rows", pa.table({"buyer": ids, "component": names}))
    yield from _rings_of_components(lake, engine, params)
    lake.unregister("component_rows")


def _rings_of_components(lake: Any, engine: Engine, params: Row) -> Iterator[Candidate]:
    """Components that brush the same shop become one ring; a shop belongs to it with a few doubtful orders of its accounts."""
    enough = f"count(*) >= {int(params['shop_orders_min'])} AND count(DISTINCT buyer) >= {int(params['linked_min'])}"
    at_shop = f"SELECT component, shop FROM doubtful JOIN component_rows USING (buyer) GROUP BY ALL HAVING {enough} ORDER BY ALL"
    met = lake.execute(at_shop).fetchnumpy()
    if not len(met["shop"]):
        return
    ids, names = engine.components(np.asarray(met["component"]), np.asarray(met["shop"]))
    lake.register("ring_rows", pa.table({"component": ids, "ring": names}))
    rows = lake.execute(
        f"""WITH kept AS ({at_shop})
        SELECT list(DISTINCT buyer ORDER BY buyer), list(DISTINCT shop ORDER BY shop), min(ordered_at), max(ordered_at)
        FROM doubtful JOIN component_rows USING (buyer) JOIN kept USING (component, shop) JOIN ring_rows USING (component)
        GROUP BY ring ORDER BY ring"""
    ).fetchall()
    lake.unregister("ring_rows")
    for accounts, shops, first, last in rows:
        yield Candidate(tuple(accounts), tuple(shops), first - timedelta(hours=12), last + timedelta(hours=12))


def _by_shape(lake: Any, engine: Engine, window: Window, params: Row) -> Iterator[Candidate]:
    """Dense blocks in time windows, and shops that share buyers beyond chance; each platform by itself, as its accounts are its own."""
    for (platform,) in lake.execute("SELECT DISTINCT platform FROM sign ORDER BY 1").fetchall():
        yield from _blocks(lake, engine, platform, params)
        yield from _shop_pairs(lake, engine, platform, window, params)


def _blocks(lake: Any, engine: Engine, platform: str, params: Row) -> Iterator[Candidate]:
    seen = lake.execute("SELECT buyer, shop, epoch(ordered_at)::BIGINT AS t FROM sign WHERE platform = ?", [platform]).fetchnumpy()
    edges = tuple(np.asarray(seen[name]) for name in ("buyer", "shop", "t"))
    first, last = int(np.min(seen["t"])), int(np.max(seen["t"])) + 1
    how = {"weightings": params["weightings"], "blocks": params["blocks"], "least_surprise": params["block_nats"]}
    for block in engine.dense_blocks(edges, windows=[tuple(one) for one in params["windows"]], **how):
        if 2 <= len(block.cols) <= params["block_shops_max"] and len(block.rows) >= params["ring_accounts_min"]:
            since, until = block.window.since or first, block.window.until or last
            yield Candidate(block.rows, block.cols, _instant(since), _instant(until))


def _shop_pairs(lake: Any, engine: Engine, platform: str, window: Window, params: Row) -> Iterator[Candidate]:
    """Per fortnight (two sets of them, a week apart): two shops with more common buyers than chance, and those buyers."""
    for shift in (0, 7):
        start = window.since - timedelta(days=shift)
        lake.execute(SHARED, {"start": start, "platform": platform})
        found = engine.pairs(lake, relation="shared", least_shared=params["pair_shared_min"], least_surprise=0.0)
        if not len(found):
            continue
        strong = found.surprise >= params["pair_tie_nats"]
        ties = engine.components(found.a[strong], found.b[strong]) if strong.any() else (found.a[:0], found.a[:0])
        alone = np.arange(len(found), dtype=np.int64)
        # Each pair by itself, and the groups that strong pairs form: a ring of five shops is one group, a chance pair is none.
        subject = np.concatenate([ties[0], found.a, found.b])
        group = np.concatenate([np.searchsorted(np.unique(ties[1]), ties[1]) - len(subject), alone, alone])
        lake.register("group_rows", pa.table({"subject": subject, "grp": group}))
        rows = lake.execute(GROUPS, {"least": params["pair_shared_min"]}).fetchall()
        lake.unregister("group_rows")
        for accounts, members, first, last in rows:
            since, until = start + timedelta(days=14 * first), start + timedelta(days=14 * last + 14)
            if len(members) <= params["block_shops_max"]:
                yield Candidate(tuple(accounts), tuple(members), since, until)


def _measured(lake: Any, candidates: list[Candidate], base: Row, params: Row) -> Iterator[tuple[Candidate, Row]]:
    """Each candidate that bears hard signs, with the counts about it. Its shape is measured last, as that looks at everybody else."""
    kept = sorted(set(candidates), key=lambda one: (one.since, one.shops, one.accounts))
    counted = _about(lake, RINGS, kept)
    hopeful = [(candidate, row) for candidate, row in counted if suspicious(row, base, params)]
    shapes = _shapes(lake, [candidate for candidate, _ in hopeful])
    for (candidate, row), shape in zip(hopeful, shapes, strict=True):
        yield candidate, row | shape


def _about(lake: Any, query: str, candidates: list[Candidate]) -> list[tuple[Candidate, Row]]:
    """The query's rows for each candidate that has any order."""
    if not candidates:
        return []
    with _registered(lake, candidates):
        return [(candidates[row["ring"]], row) for row in _rows(lake, query)]


def _shapes(lake: Any, candidates: list[Candidate]) -> list[Row]:
    """For each ring the combinations that chance would give it while it was at work, and its shops' orders of that time.

    Chance is counted on each of its platforms by itself (a ring held together by devices may work on several): accounts of one do not buy
    at shops of another. Both sides keep their other business: accounts' combinations times shops' combinations over all combinations.
    """
    found: dict[int, Row] = {}
    rows = [row for _, row in _about(lake, SHAPE, candidates)]
    for row, everybody in zip(rows, _everybody(lake, rows), strict=True):
        shape = found.setdefault(row["ring"], {"chance_pairs": 0.0, "shop_orders": 0})
        shape["chance_pairs"] += float(row["account_pairs"]) * row["shop_pairs"] / everybody
        shape["shop_orders"] += row["orders"]
    return [found[ring] for ring in sorted(found)]


def _everybody(lake: Any, rows: list[Row]) -> list[int]:
    """For each ring's stretch on a platform the combinations that all accounts and shops of the platform had in it."""
    counts = [0] * len(rows)
    for platform in sorted({row["platform"] for row in rows}):
        mine = [place for place, row in enumerate(rows) if row["platform"] == platform]
        since, until = (np.array([rows[place][side] for place in mine], dtype=np.int64) for side in ("since", "until"))
        seen = lake.execute("SELECT buyer, shop, epoch_us(ordered_at) AS moment FROM sign WHERE platform = ?", [platform]).fetchnumpy()
        account, shop, at = (np.asarray(seen[name]).astype(np.int64) for name in ("buyer", "shop", "moment"))
        met = chance.combinations(account, shop, at, since, until)
        for place, count in zip(mine, met.tolist(), strict=True):
            counts[place] = count
    return counts


@contextmanager
def _registered(lake: Any, candidates: list[Candidate]) -> Iterator[None]:
    """The candidates as tables, each under its place as number: candidate (ring, since, until), candidate_account, candidate_shop."""
    stamp = pa.timestamp("us", tz="UTC")
    since, until = (pa.array([getattr(one, name) for one in candidates], stamp) for name in ("since", "until"))
    lake.register("candidate", pa.table({"ring": pa.array(range(len(candidates)), pa.int64()), "since": since, "until": until}))
    for name, side, column in (("candidate_account", "accounts", "buyer"), ("candidate_shop", "shops", "shop")):
        members = [(i, member) for i, one in enumerate(candidates) for member in getattr(one, side)]
        rings, values = (pa.array([pair[place] for pair in members], pa.int64()) for place in (0, 1))
        lake.register(name, pa.table({"ring": rings, column: values}))
    yield
    for name in ("candidate", "candidate_account", "candidate_shop"):
        lake.unregister(name)


def _finding(lake: Any, number: int, ring: Ring, params: Row) -> Iterator[Finding]:
    card = detectors.load("brushing")
    reasons: list[Reason] = [card.reason(sign.code, sign.weight, **sign.numbers) for sign in ring.signs]
    facts, accounts, shops = evidence.of(lake, number, params)
    if not shops or len(accounts) < params["ring_accounts_min"]:
        return
    yield Finding(
        detector="brushing",
        behaviour=card.behaviour,
        shops=shops,
        accounts=accounts,
        evidence=facts,
        reasons=tuple(sorted(reasons, key=lambda one: (-one.weight, one.code))),
        score=ring.score,
        since=ring.first_at,
        until=ring.last_at,
        benign=ring.benign,
        picture=evidence.picture(lake, number, shops),
    )


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _rows(lake: Any, query: str) -> list[Row]:
    done = lake.execute(query)
    names = [column[0] for column in done.description]
    return [dict(zip(names, row, strict=True)) for row in done.fetchall()]


def _one(lake: Any, query: str) -> Row:
    return _rows(lake, query)[0]
