"""Re-registration (B19): a shop in trouble falls silent, and soon another begins with its settlement account, its sender or its goods.

Each thing shared counts only where hardly any other shop has it: a shared warehouse, a mall's account and a maker's goods at many resellers
link nobody. What the first shop had been in trouble for, a measure of its platform or many complaints at its end, weighs as much as the
link: stock sold to a successor looks the same and is lawful. Who stands behind both registrations only the register and the authorities
can say.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chengxin import detectors
from chengxin.detectors import Finding, Reason, Window

HERE = Path(__file__).parent
LIVES, PAIRS = ((HERE / f"{name}.sql").read_text(encoding="utf-8") for name in ("lives", "pairs"))
OF_LIVES = ("hard", "trouble_days", "silent_days", "new_days", "complaints_min", "complaints_share")
OF_PAIRS = ("overlap_days", "gap_days", "new_days", "orders_min", "common_max")
EVIDENCE = 500

Row = dict[str, Any]


def find(lake: Any, engine: Any, window: Window, params: dict[str, Any]) -> Iterator[Finding]:
    """One finding per pair of shops; pairs that share a shop become one clue."""
    given = {name: params[name] for name in OF_LIVES}
    lake.execute(f"CREATE OR REPLACE TEMP TABLE life AS {LIVES}", {"until": window.until, **given})
    lives = {row["shop"]: row for row in _rows(lake, "SELECT * FROM life")}
    for pair in _rows(lake, PAIRS, **{name: params[name] for name in OF_PAIRS}):
        old, new = lives[pair["old"]], lives[pair["new"]]
        score = _score(pair, old, params)
        if score >= params["score_min"]:
            yield _finding(lake, pair, old, new, score)


def _links(pair: Row, params: dict[str, Any]) -> dict[str, float]:
    """How strongly each link holds, 0 to 1. One single item in common says little, and goods that other shops sell too are a maker's."""
    share = min(1.0, pair["goods"] / max(1, pair["all_goods"]))
    few = min(1.0, pair["goods"] / params["goods_whole"])
    return {"payee": float(pair["payee"]), "sender": float(pair["sender"]), "goods": share * few * pair["goods"] / max(1, pair["shared"])}


def _score(pair: Row, old: Row, params: dict[str, Any]) -> float:
    """Noisy-or of the links, times how deep in trouble the first shop was."""
    doubt = 1.0
    for link, strength in _links(pair, params).items():
        doubt *= 1 - params["links"][link] * strength
    trouble = params["trouble"]["measure" if old["measures"] else "complaints" if old["blamed"] else "none"]
    return round(float((1 - doubt) * trouble), 4)


def _finding(lake: Any, pair: Row, old: Row, new: Row, score: float) -> Finding:
    evidence = {"listing": {*pair["new_pages"][:EVIDENCE], *pair["old_pages"][:EVIDENCE]}, "measure": set(old["measures"])}
    evidence["complaint"] = set(old["complaints"][:EVIDENCE] if old["blamed"] else [])
    if pair["payee"]:
        evidence["payment"] = {row[0] for row in lake.execute(_PAYMENTS, {**_two(pair), "most": EVIDENCE}).fetchall()}
    if pair["sender"]:
        evidence["parcel"] = {row[0] for row in lake.execute(_PARCELS, {**_two(pair), "most": EVIDENCE}).fetchall()}
    return Finding(
        detector="re_registration",
        behaviour="B19",
        shops=tuple(sorted((pair["old"], pair["new"]))),
        accounts=(),
        evidence={kind: tuple(sorted(facts)) for kind, facts in evidence.items() if facts},
        reasons=tuple(_reasons(pair, old, new)),
        score=score,
        since=old["first"],
        until=new["last"],
        benign=("takeover", "franchise", "resellers", "warehouse", "pause"),
    )


def _two(pair: Row) -> Row:
    return {"old": pair["old"], "new": pair["new"]}


def _reasons(pair: Row, old: Row, new: Row) -> Iterator[Reason]:
    card = detectors.load("re_registration")
    yield card.reason("soon_after", 0.4, days=max(0, round(pair["gap"])))
    if old["measures"]:
        yield card.reason("measure", 0.8, action=old["action"])
    if old["blamed"]:
        yield card.reason("complaints", 0.6, k=old["blames"], n=old["late"])
    if pair["payee"]:
        yield card.reason("payee", 0.9)
    if pair["sender"]:
        yield card.reason("sender", 0.6)
    if pair["goods"]:
        share = min(1.0, pair["goods"] / max(1, pair["all_goods"]))
        yield card.reason("goods", 0.3 + 0.6 * share, k=pair["goods"], n=pair["all_goods"])


_PAYMENTS = """
    WITH mine AS (
        SELECT p.fact, p.payee, o.shop FROM payment p JOIN (SELECT DISTINCT "order", shop FROM "order") o USING ("order")
        WHERE o.shop IN ($old, $new)
    )
    SELECT fact FROM mine WHERE payee IN (SELECT payee FROM mine WHERE shop = $old) AND payee IN (SELECT payee FROM mine WHERE shop = $new)
    ORDER BY fact LIMIT $most
"""
_PARCELS = """
    WITH mine AS (SELECT fact, sender, shop FROM parcel WHERE shop IN ($old, $new))
    SELECT fact FROM mine WHERE sender IN (SELECT sender FROM mine WHERE shop = $old)
    AND sender IN (SELECT sender FROM mine WHERE shop = $new) ORDER BY fact LIMIT $most
"""


def _rows(lake: Any, sql: str, **given: Any) -> list[Row]:
    result = lake.execute(sql, given)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
