"""Shops that are tied to clues which officers found to be so: over the same accounts, phones, payers and addresses.

Beliefs start at the accounts of confirmed clues (dismissed ones count against) and run over who uses what; a thing that hundreds share
passes next to nothing on. A shop is named only when many of its people are tied, and far more than chance would bring there: rings buy
cover everywhere, and owners of hijacked accounts shop for themselves.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from chengxin import detectors
from chengxin.detectors import Finding, Reason, Window

HERE = Path(__file__).parent
LINKS = (HERE / "links.sql").read_text(encoding="utf-8")
SHOPS = (HERE / "shops.sql").read_text(encoding="utf-8")
EVIDENCE = 2_000

Row = dict[str, Any]


def find(lake: Any, engine: Any, window: Window, params: dict[str, Any]) -> Iterator[Finding]:
    """One finding per shop, naming the confirmed clue it is most tied to and the path. Without confirmed clues there is nothing to say."""
    cases = params["cases"]
    if not any(case["confirmed"] for case in cases):
        return
    lake.execute(f"CREATE OR REPLACE TEMP TABLE link AS {LINKS}")
    _decided(lake, cases)
    _tied(lake, engine, cases, params)
    _busiest(lake, engine, params["days"])
    result = lake.execute(SHOPS, {name: params[name] for name in ("days", "accounts_min", "share_min")})
    names = [column[0] for column in result.description]
    behaviours = {case["case"]: case["behaviour"] for case in cases}
    for row in result.fetchall():
        one = dict(zip(names, row, strict=True))
        if _beyond(one) >= params["beyond_nats"] and _score(one, params) >= params["score_min"]:
            yield _finding(lake, one, behaviours, params)


def _decided(lake: Any, cases: Sequence[Row]) -> None:
    """Tables of the decided clues: their shops, and the accounts of the confirmed ones with the clue each is of (the first by number)."""
    _table(lake, "decided_shop", {"shop": sorted({shop for case in cases for shop in case["shops"]})})
    of: dict[int, str] = {}
    for case in sorted(cases, key=lambda one: str(one["case"])):
        if case["confirmed"]:
            of.update({account: case["case"] for account in case["accounts"] if account not in of})
    _table(lake, "case_account", {"account": list(of), "clue": list(of.values())})


def _table(lake: Any, name: str, columns: dict[str, list[Any]]) -> None:
    types = {"clue": pa.string(), "belief": pa.float64()}
    made = pa.table({key: pa.array(values, types.get(key, pa.int64())) for key, values in columns.items()})
    lake.register(f"{name}_rows", made)
    lake.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS SELECT * FROM "{name}_rows"')  # noqa: S608 - our own names
    lake.unregister(f"{name}_rows")


def _tied(lake: Any, engine: Any, cases: Sequence[Row], params: dict[str, Any]) -> None:
    """Accounts with enough belief, and by which path: the clue's own, by a shared thing, or farther. `clue` is the one most met on it."""
    links = lake.execute("SELECT DISTINCT account, node FROM link").fetchnumpy()
    seeds = [(account, 1.0 if case["confirmed"] else -1.0) for case in cases for account in case["accounts"]]
    given = np.array([account for account, _ in seeds], np.int64), np.array([value for _, value in seeds])
    found = engine.propagate(links["account"], links["node"], given, coupling=params["coupling"])
    enough = found.left >= params["tied_min"]
    _table(lake, "believed", {"account": found.left_ids[enough].tolist(), "belief": found.left[enough].tolist()})
    lake.execute("""
        CREATE OR REPLACE TEMP TABLE path AS
        SELECT b.account, m.what, m.thing, c.clue, m.fact AS case_fact, mine.fact FROM believed b
        JOIN link mine ON mine.account = b.account AND mine.what IN ('device', 'payer', 'address')
        JOIN link m ON m.node = mine.node AND m.account <> b.account JOIN case_account c ON c.account = m.account
        ANTI JOIN case_account own ON own.account = b.account""")
    lake.execute("""
        CREATE OR REPLACE TEMP TABLE tied AS
        SELECT b.account, b.belief, coalesce(c.clue, p.clue) AS clue,
               CASE WHEN c.account IS NOT NULL THEN 'same' WHEN p.account IS NOT NULL THEN 'shared' ELSE 'farther' END AS path
        FROM believed b LEFT JOIN case_account c USING (account)
        LEFT JOIN (SELECT account, min(clue) AS clue FROM (
            SELECT account, clue, rank() OVER (PARTITION BY account ORDER BY count(DISTINCT (what, thing)) DESC) AS place
            FROM path GROUP BY account, clue) WHERE place = 1 GROUP BY account) p USING (account)""")


def _busiest(lake: Any, engine: Any, days: int) -> None:
    """For each shop the days in which most of its tied people came: a ring comes and goes, honest owners shop all year."""
    rows = lake.execute("""SELECT thing, epoch_us(moment) AS moment FROM link JOIN tied USING (account)
        WHERE what IN ('order', 'review')""").fetchnumpy()
    burst = engine.bursts(rows["thing"], rows["moment"], days * 86_400_000_000)
    _table(lake, "busiest", {"shop": burst.subject.tolist(), "starts": burst.start.tolist()})


def _beyond(one: Row) -> float:
    """Nats by which so many tied accounts are rarer than chance: Chernoff's bound, tied accounts coming here as to the city's other shops
    (one more is counted there, so that a city without any has a rate)."""
    rate = (one["other_tied"] + 1) / (one["other_accounts"] + 1)
    share = one["tied"] / one["accounts"]
    if share <= rate:
        return 0.0
    rest = (1 - share) * math.log((1 - share) / (1 - rate)) if share < 1 else 0.0
    return float(one["accounts"] * (share * math.log(share / rate) + rest))


def _score(one: Row, params: dict[str, Any]) -> float:
    """How sure it is that they are more than chance, times how much of the shop they are."""
    sure = 1 - math.exp(-max(0.0, _beyond(one) - params["beyond_nats"]) / params["beyond_scale"])
    return round(sure * (1 - math.exp(-one["tied"] / one["accounts"] / params["share_scale"])), 4)


def _finding(lake: Any, one: Row, behaviours: dict[str, str], params: dict[str, Any]) -> Finding:
    at = lake.execute(
        """SELECT t.account, t.path, t.clue, l.what, l.fact FROM link l JOIN tied t USING (account)
        WHERE l.what IN ('order', 'review') AND l.thing = ? AND l.moment BETWEEN ? AND ? ORDER BY l.fact""",
        [one["shop"], one["since"], one["until"]],
    ).fetchall()
    clue = _most(row[2] for row in at if row[2])
    orders, reviews = ([row[4] for row in at if row[3] == what][:EVIDENCE] for what in ("order", "review"))
    ways, shown = _ways(lake, one, clue)
    evidence = {"order": tuple(sorted({*orders, *shown})), "review": tuple(sorted(reviews))}
    return Finding(
        detector="confirmed_ties",
        behaviour=behaviours[clue],
        shops=(one["shop"],),
        accounts=tuple(sorted({row[0] for row in at})),
        evidence={kind: facts for kind, facts in evidence.items() if facts},
        reasons=tuple(_reasons(one, clue, ways)),
        score=_score(one, params),
        since=one["since"],
        until=one["until"],
        benign=("chance_customers", "same_family", "hijacked", "same_group"),
    )


def _most(clues: Any) -> str:
    """The clue that most are of; of equals the lower number."""
    counted: dict[str, int] = {}
    for clue in clues:
        counted[clue] = counted.get(clue, 0) + 1
    return min(counted, key=lambda clue: (-counted[clue], clue))


def _ways(lake: Any, one: Row, clue: str) -> tuple[dict[str, int], list[int]]:
    """How many devices, payers and addresses the shop's accounts share with the clue's, and the orders on both sides that show it."""
    rows = lake.execute(
        """SELECT DISTINCT p.what, p.thing, p.fact, p.case_fact FROM path p JOIN link l ON l.account = p.account
        WHERE l.what IN ('order', 'review') AND l.thing = ? AND l.moment BETWEEN ? AND ? AND p.clue = ?""",
        [one["shop"], one["since"], one["until"], clue],
    ).fetchall()
    ways = {what: len({row[1] for row in rows if row[0] == what}) for what in ("device", "payer", "address")}
    return ways, sorted({fact for row in rows for fact in row[2:]})[:EVIDENCE]


def _reasons(one: Row, clue: str, ways: dict[str, int]) -> Iterator[Reason]:
    card, share = detectors.load("confirmed_ties"), round(100 * one["tied"] / one["accounts"], 1)
    if one["same"]:
        own = round(100 * one["same"] / one["accounts"], 1)
        yield card.reason(
            "same_accounts",
            0.9,
            n=one["same"],
            all=one["accounts"],
            share=own,
            case=clue,
            since=_day(one["since"]),
            until=_day(one["until"]),
        )
    if one["shared"]:
        numbers = {"devices": ways["device"], "payers": ways["payer"], "addresses": ways["address"]}
        yield card.reason("shared_things", 0.8, n=one["shared"], case=clue, **numbers)
    if one["farther"]:
        yield card.reason("farther", 0.3, n=one["farther"])
    usual = round(100 * one["other_tied"] / max(one["other_accounts"], 1), 1)
    yield card.reason("beyond_chance", 0.6, share=share, usual=usual)


def _day(at: Any) -> str:
    return f"{at:%Y-%m-%d}"
