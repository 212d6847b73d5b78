"""A platform that fails its duties (B24), as far as its own reports show it beside the other platforms'.

Four counts per platform: paid orders without a payment, payments that contradict their order, complaints that stay open, weeks whose nights
are silent. Each is compared with all other platforms (beta-binomial tail with false-discovery control, see chengxin.detectors.tails). The
finding is about the platform: it names no shop and no person.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from chengxin import detectors
from chengxin.detectors import Finding, Reason, Window, tails

HERE = Path(__file__).parent
ACTS, PLATFORMS = ((HERE / f"{name}.sql").read_text(encoding="utf-8") for name in ("acts", "platforms"))
EVIDENCE = 500  # failures cited per kind
FACTS = {"unbooked": "order", "differs": "order", "open": "complaint", "nights": "order"}  # what `facts` of an act are

Row = dict[str, Any]


def find(lake: Any, engine: Any, window: Window, params: dict[str, Any]) -> Iterator[Finding]:
    """One finding per platform."""
    given = {name: params[name] for name in ("reports_share", "differs_by", "night_min")}
    due = window.until - timedelta(days=params["due_days"])
    lake.execute(f"CREATE OR REPLACE TEMP TABLE duty_act AS {ACTS}", {**given, "since": window.since, "due": due})
    result = lake.execute(PLATFORMS, {"since": window.since})
    names = [column[0] for column in result.description]
    table = [dict(zip(names, line, strict=True)) for line in result.fetchall()]
    by_platform: dict[str, list[Row]] = defaultdict(list)
    for row in _held(table, params):
        by_platform[row["platform"]].append(row)
    for platform, rows in sorted(by_platform.items()):
        score = round(1 - math.prod(1 - _score(row, params) for row in rows), 4)
        if score >= params["score_min"]:
            yield _finding(lake, platform, rows, score, params)


def _held(table: list[Row], params: dict[str, Any]) -> list[Row]:
    """The counts that the other platforms do not explain, with what they make likely in `expected`."""
    table = [row for row in table if row["n"] >= params["lines_min"] and row["platforms"] >= params["platforms_min"]]
    if not table:
        return []
    n, bad, usual = (np.array([float(row[name]) for row in table]) for name in ("n", "bad", "usual"))
    expected, p = n * usual, np.ones(len(table))
    enough = (bad >= params["bad_min"]) & (bad >= params["ratio_min"] * expected)
    p[enough] = tails.tails(bad[enough], n[enough], expected[enough], params["spread_floor"])
    held = tails.discovered(p, params["false_discovery"])
    return [row | {"expected": mean} for row, mean, one in zip(table, expected.tolist(), held.tolist(), strict=True) if one]


def _score(row: Row, params: dict[str, Any]) -> float:
    """Failures beyond the expectation, times how far they exceed twice of it."""
    beyond = row["bad"] - row["expected"]
    return float((1 - math.exp(-beyond / params["excess_scale"])) * row["bad"] / (row["bad"] + 2 * row["expected"]))


def _finding(lake: Any, platform: str, rows: list[Row], score: float, params: dict[str, Any]) -> Finding:
    evidence: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        lines = lake.execute(
            "SELECT facts, others FROM duty_act WHERE kind = $kind AND platform = $platform AND bad ORDER BY happened, facts LIMIT $most",
            {"kind": row["kind"], "platform": platform, "most": EVIDENCE},
        ).fetchall()
        evidence[FACTS[row["kind"]]] |= {fact for line in lines for fact in line[0][:EVIDENCE]}
        if row["kind"] == "differs":
            evidence["payment"] |= {fact for line in lines for fact in line[1]}
    return Finding(
        detector="platform_duty",
        behaviour="B24",
        shops=(),
        accounts=(),
        evidence={kind: tuple(sorted(facts)) for kind, facts in evidence.items()},
        reasons=tuple(_reason(row, params) for row in rows),
        score=score,
        since=min(row["since"] for row in rows),
        until=max(row["until"] for row in rows),
        benign=("lost_report", "other_books", "seller_pays", "busy_season", "closed"),
        picture={"about": [{"kind": "platform", "name": platform}]},
    )


def _reason(row: Row, params: dict[str, Any]) -> Reason:
    numbers = {"n": row["seen"], "bad": row["found"], "expected": round(row["usual"] * row["seen"], 1)}
    days = {"days": params["due_days"]} if row["kind"] == "open" else {}
    return detectors.load("platform_duty").reason(row["kind"], 0.5 + 0.5 * row["bad"] / row["n"], **numbers, **days)
