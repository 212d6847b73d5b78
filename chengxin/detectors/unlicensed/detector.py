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
from chengxin.detectors import Finding, Reason, Window
from chengxin.kernel import clock
from chengxin.law.shelf import shelf

SALES = (Path(__file__).parent / "sales.sql").read_text(encoding="utf-8")
EVIDENCE = 500

Row = dict[str, Any]


def find(lake: Any, engine: Any, window: Window, params: dict[str, Any]) -> Iterator[Finding]:
    """One finding per shop and kind of goods."""
    goods = shelf().codes["licensed_goods"]["items"]
    rows = [
        (path, name, one.get("valid_from") or date(1900, 1, 1), kind)
        for name, one in goods.items()
        for path in one["paths"]
        for kind in one["any_of"]
    ]
    lake.execute("CREATE OR REPLACE TEMP TABLE need (path VARCHAR, goods VARCHAR, valid_from DATE, licence VARCHAR)")
    lake.executemany("INSERT INTO need VALUES (?, ?, ?, ?)", rows)
    result = lake.execute(SALES, {name: params[name] for name in ("reports_share", "grace_days", "sales_min")})
    names = [column[0] for column in result.description]
    for row in [dict(zip(names, line, strict=True)) for line in result.fetchall()]:
        why = _why(row)
        score = round((1 - math.exp(-row["bare"] / params["sales_scale"])) * params["weights"][why], 4)
        if score >= params["score_min"]:
            yield _finding(lake, row, why, score, params)


def _why(row: Row) -> str:
    if row["until"] is None:
        return "other" if row["kinds"] else "none"
    return "ended" if row["ended"] else "run_out"


def _finding(lake: Any, row: Row, why: str, score: float, params: dict[str, Any]) -> Finding:
    sold = lake.execute(
        """SELECT o.fact FROM "order" o WHERE o.shop = $shop AND o.ordered_at >= $since AND o.paid_at IS NOT NULL
           AND EXISTS (SELECT 1 FROM need n WHERE n.goods = $goods AND starts_with(o.category, n.path))
           ORDER BY o.ordered_at DESC, o.fact LIMIT $most""",
        {"shop": row["shop"], "since": row["since"], "goods": row["goods"], "most": EVIDENCE},
    ).fetchall()
    ended = lake.execute("SELECT fact FROM licence WHERE shop = ? AND status <> 'valid' ORDER BY fact", [row["shop"]]).fetchall()
    evidence = {"order": sorted(fact for (fact,) in sold), "licence": [fact for (fact,) in ended]}
    return Finding(
        detector="unlicensed",
        behaviour="B20",
        shops=(row["shop"],),
        accounts=(),
        evidence={kind: tuple(facts) for kind, facts in evidence.items() if facts},
        reasons=(_reason(row, why, params),),
        score=score,
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
