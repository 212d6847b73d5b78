"""Licences that are another's (B19): numbers and images that shops of different holders share, codes that cannot be, names that differ.

Several shops of one holder may well show one licence. Signs of one shop, or of the shops that share a number or image, add up as
independent evidence; a single wrong character or name names nobody.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stdnum.cn import uscc

from chengxin import detectors
from chengxin.detectors import Finding, Window

SIGNS = (Path(__file__).parent / "signs.sql").read_text(encoding="utf-8")
KINDS = ("shared", "copied", "borrowed", "impossible", "strange")

Row = dict[str, Any]


def find(lake: Any, engine: Any, window: Window, params: dict[str, Any]) -> Iterator[Finding]:
    """One finding per group of shops that share a number or image, or per shop alone."""
    result = lake.execute(SIGNS, {"image_shops": params["image_shops"]})
    names = [column[0] for column in result.description]
    rows = [dict(zip(names, line, strict=True)) for line in result.fetchall()]
    wrong = {code for code in {row["credit_code"] for row in rows if row["credit_code"]} if not uscc.is_valid(code)}
    for row in rows:
        row["impossible"] = row["credit_code"] in wrong
    odd = [row for row in rows if any(row[kind] for kind in KINDS)]
    for group in _groups(odd):
        score = _score(group, params)
        if score >= params["score_min"]:
            yield _finding(group, score, params)


def _groups(rows: list[Row]) -> list[list[Row]]:
    """Rows of shops that hang together by a number or an image, each shop with all of its own."""
    home: dict[Any, Any] = {}

    def root(one: Any) -> Any:
        while home.setdefault(one, one) != one:
            one = home[one]
        return one

    for row in rows:
        ties: list[tuple[str, ...]] = [("number", row["kind"], row["licence_no"])] if row["shared"] or row["borrowed"] else []
        ties += [("image", row["image_hash"])] if row["copied"] else []
        for tie in ties:
            home[root(tie)] = root(row["shop"])
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        groups[root(row["shop"])].append(row)
    return sorted(groups.values(), key=lambda group: min(row["shop"] for row in group))


def _score(group: list[Row], params: dict[str, Any]) -> float:
    """The signs as independent evidence, each once, and a little for every shop beyond the second."""
    signs = [params[kind] for kind in KINDS if any(row[kind] for row in group)]
    more = max(0, len({row["shop"] for row in group}) - 2)
    left = math.prod(1.0 - weight for weight in signs) * (1.0 - params["each_more"]) ** more
    return round(float(1.0 - left), 4)


def _finding(group: list[Row], score: float, params: dict[str, Any]) -> Finding:
    card = detectors.load("shared_licence")
    reasons = []
    for kind in KINDS:
        mine = [row for row in group if row[kind]]
        if mine:
            numbers = {"shops": len({row["shop"] for row in mine})}
            if kind == "borrowed":
                numbers["strange"] = len({row["shop"] for row in mine if row["strange"]})
            reasons.append(card.reason(kind, params[kind], **numbers))
    return Finding(
        detector="shared_licence",
        behaviour="B19",
        shops=tuple(sorted({row["shop"] for row in group})),
        accounts=(),
        evidence={"licence": tuple(sorted({row["fact"] for row in group}))},
        reasons=tuple(reasons),
        score=score,
        since=min(row["checked_at"] for row in group),
        until=max(row["checked_at"] for row in group),
        benign=("one_firm", "typing", "renamed", "placeholder", "authorised"),
    )
