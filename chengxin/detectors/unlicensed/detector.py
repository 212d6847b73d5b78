"""Business without a licence (B20): paid orders of goods that need a licence while the shop shows none that is valid and covers them.

Which goods need which licence is law's list licensed_goods. A shop of a platform that hardly reports licences is never named.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from chengxin import detectors
from chengxin.detectors import Finding, Reason, Window, nearby
from chengxin.kernel import clock
from chengxin.law.shelf import shelf

SALES = (Path(__file__).parent / "sales.sql").read_text(encoding="utf-8")
EVIDENCE = 500

Row = dict[str, Any]


def find(lake: Any, engine: Any, window: Window, params: dict[str, Any]) -> Iterator[Finding]:
    """One finding per shop and kind of goods."""
    goods = shelf().codes["licensed_goods"]["items"]
    needs = [
        (path, name, one.get("valid_from") or date(1900, 1, 1), kind)
        for name, one in goods.items()
        for path in one["paths"]
        for kind in one["any_of"]
    ]
    lake.execute("CREATE OR REPLACE TEMP TABLE need (path VARCHAR, goods VARCHAR, valid_from DATE, licence VARCHAR)")
    lake.executemany("INSERT INTO need VALUES (?, ?, ?, ?)", needs)
    result = lake.execute(SALES, {name: params[name] for name in ("reports_share", "grace_days", "sales_min")})
    names = [column[0] for column in result.description]
    rows = [dict(zip(names, line, strict=True)) for line in result.fetchall()]
    named = [row for row in rows if _score(row, params) >= params["score_min"]]
    for near, kind in (("near_order", "order"), ("near_licence", "licence")):
        nearby.keep(lake, near, kind, "shop", (row["shop"] for row in named))
    for row in named:
        yield _finding(lake, row, params)


def _score(row: Row, params: dict[str, Any]) -> float:
    return float(round((1 - math.exp(-row["bare"] / params["sales_scale"])) * params["weights"][_why(row)], 4))


def _why(row: Row) -> str:
    if row["until"] is None:
        return "other" if row["kinds"] else "none"
    return "ended" if row["ended"] else "run_out"


def _finding(lake: Any, row: Row, params: dict[str, Any]) -> Finding:
    sold = lake.execute(
        """SELECT o.fact FROM near_order o WHERE o.shop = $shop AND o.ordered_at >= $since AND o.paid_at IS NOT NULL
           AND EXISTS (SELECT 1 FROM need n WHERE n.goods = $goods AND starts_with(o.category, n.path))
           ORDER BY o.ordered_at DESC, o.fact LIMIT $most""",
        {"shop": row["shop"], "since": row["since"], "goods": row["goods"], "most": EVIDENCE},
    ).fetchall()
    ended = lake.execute("SELECT fact FROM near_licence WHERE shop = ? AND status <> 'valid' ORDER BY fact", [row["shop"]]).fetchall()
    evidence = {"order": sorted(fact for (fact,) in sold), "licence": [fact for (fact,) in ended]}
    return Finding(
        detector="unlicensed",
        behaviour="B20",
        shops=(row["shop"],),
        accounts=(),
        evidence={kind: tuple(facts) for kind, facts in evidence.items() if facts},
        reasons=(_reason(row, _why(row), params),),
        score=_score(row, params),
        since=row["since"],
        until=row["last"],
        benign=("renewed", "exempt", "other_category", "other_holder"),
    )


def _reason(row: Row, why: str, params: dict[str, Any]) -> Reason:
    goods = shelf().codes["licensed_goods"]["items"][row["goods"]]
    named = {"bare": row["bare"], "goods_zh": goods["zh"], "goods_en": goods["en"].lower()}
    more: dict[str, dict[str, Any]] = {"other": {"kinds": row["kinds"]}}
    if row["until"] is not None:
        day = clock.city_day(row["until"]).isoformat()
        more |= {"ended": {"day": day}, "run_out": {"day": day, "grace": params["grace_days"]}}
    return detectors.load("unlicensed").reason(why, params["weights"][why], **named, **more.get(why, {}))
