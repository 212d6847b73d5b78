"""Breaches at courier outlets (B22): what an outlet's parcels and scans leave out, beside the other outlets of its division.

Five counts per outlet: senders not checked, parcels not opened, scans missing on the way, signatures without a delivery, and recipients who
say that nothing came. Each is compared with its peers (beta-binomial tail with false-discovery control, see chengxin.detectors.tails). The
finding is about an outlet: it names no shop and no person, neither the sender nor who scanned.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from chengxin import detectors
from chengxin.detectors import Finding, Window, tails

HERE = Path(__file__).parent
PARCELS, OUTLETS = ((HERE / f"{name}.sql").read_text(encoding="utf-8") for name in ("parcels", "outlets"))
EVIDENCE = 500  # parcels per kind of breach
# kind → which of the outlet's parcels show it
SHOWS = {
    "unnamed": "taken_by = $outlet AND NOT named",
    "unopened": "taken_by = $outlet AND NOT opened",
    "gaps": "taken_by = $outlet AND whole_way AND on_the_way <= $gap_scans",
    "no_attempt": "signed_by = $outlet AND out = 0 AND on_the_way > 0",
    "denied": "signed_by = $outlet AND complaints IS NOT NULL",
}

Row = dict[str, Any]


def find(lake: Any, engine: Any, window: Window, params: dict[str, Any]) -> Iterator[Finding]:
    """One finding per outlet."""
    lake.execute(f"CREATE OR REPLACE TEMP TABLE way_parcel AS {PARCELS}")
    given = {name: params[name] for name in ("gap_scans", "prior")}
    result = lake.execute(OUTLETS, {**given, "since": window.since})
    names = [column[0] for column in result.description]
    table = [row for row in (dict(zip(names, line, strict=True)) for line in result.fetchall()) if row["n"] >= params["lines_min"]]
    by_outlet: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in _held(table, params):
        by_outlet[row["courier"], row["outlet"]].append(row)
    for (courier, outlet), rows in sorted(by_outlet.items()):
        score = round(1 - math.prod(1 - _score(row, params) for row in rows), 4)
        if score >= params["score_min"]:
            yield _finding(lake, courier, outlet, rows, score, params)


def _held(table: list[Row], params: dict[str, Any]) -> list[Row]:
    """The counts that the peers do not explain, with what they make likely in `expected`."""
    if not table:
        return []
    n, bad = (np.array([row[name] for row in table], dtype=np.float64) for name in ("n", "bad"))
    expected = n * np.array([row["usual"] for row in table])
    p = np.ones(len(table))
    for kind in SHOWS:
        mine = np.array([row["kind"] == kind for row in table])
        rho = tails.spread(bad[mine], n[mine], expected[mine], params["spread_floor"])
        enough = mine & (bad >= params["says_min"]) & (bad >= params["ratio_min"] * expected)
        p[enough] = tails.tails(bad[enough], n[enough], expected[enough], rho)
    held = tails.discovered(p, params["false_discovery"])
    return [row | {"expected": mean} for row, mean, one in zip(table, expected.tolist(), held.tolist(), strict=True) if one]


def _score(row: Row, params: dict[str, Any]) -> float:
    """Breaches beyond the expectation, times how far they exceed twice of it."""
    beyond = row["bad"] - row["expected"]
    return float((1 - math.exp(-beyond / params["excess_scale"])) * row["bad"] / (row["bad"] + 2 * row["expected"]))


def _finding(lake: Any, courier: str, outlet: str, rows: list[Row], score: float, params: dict[str, Any]) -> Finding:
    card = detectors.load("courier_breach")
    evidence: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        shows = SHOWS[row["kind"]]
        given = {"outlet": outlet, "courier": courier, "most": EVIDENCE} | ({"gap_scans": params["gap_scans"]} if "$gap" in shows else {})
        lines = lake.execute(
            f"""SELECT facts, sign_facts, complaints FROM way_parcel WHERE courier = $courier AND {shows}
                ORDER BY collected_at, parcel LIMIT $most""",  # noqa: S608
            given,
        ).fetchall()
        evidence["parcel"] |= {fact for line in lines for fact in line[0]}
        if row["kind"] in ("no_attempt", "denied"):
            evidence["scan"] |= {fact for line in lines for fact in line[1]}
        if row["kind"] == "denied":
            evidence["complaint"] |= {fact for line in lines for fact in line[2]}
    reasons = [
        card.reason(
            row["kind"], 0.5 + 0.5 * row["bad"] / row["n"], n=row["seen"], bad=row["found"], expected=round(row["usual"] * row["seen"], 1)
        )
        for row in rows
    ]
    return Finding(
        detector="courier_breach",
        behaviour="B22",
        shops=(),
        accounts=(),
        evidence={kind: tuple(sorted(facts)) for kind, facts in evidence.items() if facts},
        reasons=tuple(reasons),
        score=score,
        since=min(row["since"] for row in rows),
        until=max(row["until"] for row in rows),
        benign=("handhelds", "not_reported", "agreed_place", "contract"),
        picture={"about": [{"kind": "outlet", "name": outlet, "of": courier}]},
    )
