"""Fake traffic: visits that were bought, so that a shop or a product looks sought after (behaviour B06).

Order 37 article 14 and order 91 article 9 forbid invented clicks, views and followers. A stretch of days in which visits without
purchase stand out from the shop's own rhythm is a *surge*; live streams, advertisements and launches make surges too. What tells them
apart are families of signs that do not depend on each other: the equipment the visits came from, how long they stayed, the hours they
came at, whether any of them ended in an order, and whether the same devices visited other shops in the same days.
"""

# ruff: noqa: S608 - column names are written here and numbers go through int(); no text of anyone reaches a statement
from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from chengxin import detectors
from chengxin.detectors import Engine, Finding, Window

from .confirm import Verdict, confirm

HERE = Path(__file__).parent
SQL = {path.stem: path.read_text(encoding="utf-8") for path in HERE.glob("*.sql")}
EVIDENCE = 2_000  # visits kept as evidence, the most doubtful first; a case needs a sample, not a warehouse
MARKS = {
    "glance": 1,
    "single": 1,
    "night": 1,
    "shared_device": 2,
    "crowded_network": 1,
    "repeated": 1,
    "linked": 2,
}  # doubt each mark casts
SURGE = pa.schema(
    [
        ("surge", pa.int64()),
        ("platform", pa.string()),
        ("shop", pa.int64()),
        ("length", pa.int64()),
        ("day", pa.int64()),
        ("n", pa.int64()),
        ("usual", pa.float64()),
        ("z", pa.float64()),
    ]
)
Row = dict[str, Any]


def find(lake: Any, engine: Engine, window: Window, params: Row) -> Iterator[Finding]:
    """One finding per shop, or per ring of shops that the same devices visited, whose surge enough families of signs confirm."""
    begin = window.since - timedelta(days=params["history_days"])
    given = {"begin": begin, "until": window.until} | _some(params, "glance_seconds", "night_from", "night_until")
    lake.execute(f"CREATE OR REPLACE TEMP TABLE look AS {SQL['looks']}", given)
    surges = _surges(lake, params)
    if not surges:
        return
    lake.register("surge", pa.Table.from_pylist(surges, schema=SURGE))
    shared = _some(params, "device_users", "network_visits", "repeat_visits")
    lake.execute(f"CREATE OR REPLACE TEMP TABLE mark AS {SQL['marks']}", shared | _some(params, "network_orders"))
    city = _rows(lake, SQL["usual"], shared | _some(params, "peer_visits"))[0]
    for row in _groups(lake, engine, len(surges), params):
        verdict = confirm(row, city, params)
        if verdict.score >= params["score_min"]:
            yield _finding(lake, row, verdict)
    lake.unregister("grouped")
    lake.unregister("surge")


def _surges(lake: Any, params: Row) -> list[Row]:
    """Per shop its most surprising stretch over all lengths, numbered by shop."""
    lake.execute(f"CREATE OR REPLACE TEMP TABLE paced AS {SQL['paced']}", _some(params, "calm"))
    given = _some(params, "visits_min", "times_min", "z_min")
    best: dict[int, Row] = {}
    for length in params["lengths"]:
        for row in _rows(lake, SQL["surges"].replace("{length}", str(int(length))), given):
            if row["shop"] not in best or row["surprise"] > best[row["shop"]]["surprise"]:
                best[row["shop"]] = row
    platforms = dict(lake.execute("SELECT shop, any_value(platform) FROM look GROUP BY shop").fetchall()) if best else {}
    return [{**best[shop], "surge": number, "platform": platforms[shop]} for number, shop in enumerate(sorted(best))]


def _groups(lake: Any, engine: Engine, surges: int, params: Row) -> list[Row]:
    """The counts of every group of surges; the temporary relation `grouped` keeps who belongs to which."""
    ties = _rows(lake, SQL["ties"], _some(params, "tie_things", "tie_share", "tie_idle", "tie_nats"))
    group = np.arange(surges, dtype=np.int64)
    if ties:
        left, right = (np.array([tie[side] for tie in ties], dtype=np.int64) for side in ("a", "b"))
        ids, names = engine.components(left, right)
        group[ids] = names
    lake.register("grouped", pa.table({"surge": np.arange(surges, dtype=np.int64), "grp": group}))
    strongest: dict[int, Row] = {}
    for tie in ties:
        name = int(group[tie["a"]])
        if name not in strongest or tie["shared"] > strongest[name]["shared"]:
            strongest[name] = tie
    none = {"shared": 0, "expected": 0.0}
    return [row | {name: strongest.get(row["grp"], none)[name] for name in none} for row in _rows(lake, SQL["groups"], {})]


def _finding(lake: Any, row: Row, verdict: Verdict) -> Finding:
    card = detectors.load("fake_traffic")
    reasons = [card.reason(sign.code, sign.weight, **sign.numbers) for sign in verdict.signs]
    facts = _evidence(lake, row, [sign.code for sign in verdict.signs if sign.code in MARKS])
    return Finding(
        detector="fake_traffic",
        behaviour=card.behaviour,
        shops=tuple(row["shops"]),
        accounts=(),  # who looked is nobody's fault: a farm's accounts are often hired or hijacked, and consumers are never scored
        evidence={"visit": tuple(sorted(fact for fact, _ in facts))},
        reasons=tuple(sorted(reasons, key=lambda one: (-one.weight, one.code))),
        score=verdict.score,
        since=min(at for _, at in facts),
        until=max(at for _, at in facts),
        benign=verdict.benign,
    )


def _evidence(lake: Any, row: Row, codes: list[str]) -> list[tuple[int, datetime]]:
    """(fact, time) of the visits that bear confirmed marks; where three are confirmed, one alone is common among honest visitors."""
    doubt = " + ".join(f"{MARKS[code]} * {code}::INT" for code in codes)
    rows = lake.execute(
        f"""SELECT fact, entered_at, {doubt} AS doubt FROM (
            SELECT m.*, count(DISTINCT m.shop) OVER (PARTITION BY m.thing) >= 2 AS linked
            FROM mark m JOIN grouped g USING (surge) WHERE g.grp = $grp)
        WHERE doubt > 0 ORDER BY doubt DESC, fact LIMIT {EVIDENCE}""",
        {"grp": row["grp"]},
    ).fetchall()
    least = min(2 if len(codes) >= 3 else 1, rows[0][2])
    return [(fact, at) for fact, at, marks in rows if marks >= least]


def _some(params: Row, *names: str) -> Row:
    return {name: params[name] for name in names}


def _rows(lake: Any, query: str, given: Row) -> list[Row]:
    done = lake.execute(query, given)
    names = [column[0] for column in done.description]
    return [dict(zip(names, row, strict=True)) for row in done.fetchall()]
