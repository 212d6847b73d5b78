"""Money taken, nothing delivered (B15): paid orders without parcel or refund, long after the promised time and the lawful delay.

Per shop and stretch of days the count of such orders is compared with what the other shops of the same platform and day make likely
(beta-binomial tail, see chengxin.detectors.tails), with false-discovery control over all shops. Whether the money was meant to be kept is
for the officer to find out: article 10 of order 73 counts a prepayment kept for fifteen days as deliberate delay, no more.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from chengxin import detectors
from chengxin.detectors import Finding, Reason, Window, nearby, promises, tails
from chengxin.kernel import clock, money

HERE = Path(__file__).parent
ORDERS, SHOPS, DETAIL = ((HERE / f"{name}.sql").read_text(encoding="utf-8") for name in ("orders", "shops", "detail"))
EVIDENCE = 500  # facts per kind; a case needs victims, not every row

Row = dict[str, Any]


def find(lake: Any, engine: Any, window: Window, params: dict[str, Any]) -> Iterator[Finding]:
    """One finding per shop; money in the reasons in yuan, shares in per cent."""
    promises.prepare(lake, window.until, params)
    given = {"until": window.until, "repaid_share": params["repaid_share"], "prior": params["prior"]}
    lake.execute(f"CREATE OR REPLACE TEMP TABLE ripe_order AS {ORDERS}", given)
    suspects = _suspects(lake, params)
    if not suspects:
        return
    nearby.keep(lake, "near_order", "ripe_order", "shop", suspects)
    given = {"until": window.until, "shops": sorted(suspects)}
    for row in _rows(lake, DETAIL, **given):
        one = row | suspects[row["shop"]]
        one["score"] = _score(one, params)
        if one["score"] >= params["score_min"]:
            yield _finding(lake, one, window, params)


def _suspects(lake: Any, params: dict[str, Any]) -> dict[int, Row]:
    """{shop: expected count, smallest p} of shops whose count the peers do not explain."""
    table = lake.execute(SHOPS, {"bin": params["bin"]}).fetchnumpy()
    if not len(table["shop"]):
        return {}
    n, kept, expected = (np.asarray(table[name], dtype=np.float64) for name in ("n", "kept", "expected"))
    whole = table["scale"] == 0
    rho = tails.spread(kept[whole], n[whole], expected[whole], params["spread_floor"])
    enough = (kept >= params["kept_min"]) & (kept >= params["ratio_min"] * expected)
    p = np.where(enough, tails.tails(kept, n, expected, rho), 1.0)
    shops, place, looks = np.unique(table["shop"], return_inverse=True, return_counts=True)
    least = np.ones(len(shops))
    np.minimum.at(least, place, p)
    named = tails.discovered(np.minimum(1.0, least * looks), params["false_discovery"])
    means = dict(zip(table["shop"][whole].tolist(), expected[whole].tolist(), strict=True))
    return {int(shop): {"expected": means[int(shop)], "p": float(value)} for shop, value in zip(shops[named], least[named], strict=True)}


def _score(one: Row, params: dict[str, Any]) -> float:
    """Orders beyond the peers', stronger when buyers say that nothing came and their claims lie open."""
    beyond = max(0.0, one["kept"] - one["expected"])
    voices = min(1.0, max(0, one["voices"] - 1) / (0.3 * one["kept"]))  # one voice in a shop is chance
    return round(float((1 - math.exp(-beyond / params["excess_scale"])) * (0.4 + 0.6 * voices)), 4)


def _finding(lake: Any, one: Row, window: Window, params: dict[str, Any]) -> Finding:
    rows = lake.execute(
        """SELECT fact, payments, refunds, complaints FROM near_order WHERE shop = ? AND kept
           ORDER BY missed DESC, amount DESC, fact LIMIT ?""",
        [one["shop"], EVIDENCE],
    ).fetchall()
    evidence = {"order": tuple(sorted(row[0] for row in rows))}
    for place, kind in enumerate(("payment", "refund", "complaint"), start=1):
        facts = sorted({fact for row in rows for fact in row[place] or []})
        if facts:
            evidence[kind] = tuple(facts[:EVIDENCE])
    return Finding(
        detector="no_delivery",
        behaviour="B15",
        shops=(one["shop"],),
        accounts=(),
        evidence=evidence,
        reasons=tuple(_reasons(lake, one, window, params)),
        score=one["score"],
        since=one["since"],
        until=one["until"],
        benign=("virtual_goods", "parcels_unreported", "refunded_elsewhere", "preorder", "force_majeure"),
        picture={"orders": [row[0] for row in rows[:5]]},
    )


def _reasons(lake: Any, one: Row, window: Window, params: dict[str, Any]) -> Iterator[Reason]:
    card = detectors.load("no_delivery")
    kept, terms = one["kept"], {"delay_days": one["delay_days"]}
    amount = money.yuan(int(one["fen"]))
    share = round(100 * kept / one["n"], 1)
    yield card.reason(
        "money_kept", 0.6 + 0.4 * kept / one["n"], n=one["n"], kept=kept, share=share, yuan=amount, expected=round(one["expected"], 1)
    )
    yield card.reason("long_overdue", 0.5, hours=round(one["hours"]), days=round(one["days_over"]), **terms)
    if one["ignored"]:
        yield card.reason("refunds_ignored", 0.5 + 0.5 * one["ignored"] / kept, ignored=one["ignored"], **terms)
    if one["missed"]:
        yield card.reason("not_received", 0.5 + 0.5 * one["missed"] / kept, missed=one["missed"])
    rate, before = _pace(lake, one)
    if before and rate >= params["growth_min"] * before:
        yield card.reason("orders_rose", 0.6, rate=round(rate, 1), times=round(rate / before, 1))
    silence = (window.until - max(one["last_order"], one["last_parcel"] or one["last_order"])).days
    if silence >= params["silent_days"]:
        yield card.reason("gone_silent", 0.7, last=clock.city_day(one["last_order"]).isoformat(), days=silence)


def _pace(lake: Any, one: Row) -> tuple[float, float]:
    """Orders a day in the stretch of the kept orders, and in the shop's days before."""
    row = lake.execute(
        """SELECT count(*) FILTER (WHERE paid_at BETWEEN $since AND $until) / greatest(1, date_diff('day', $since, $until)),
                  count(*) FILTER (WHERE paid_at < $since) / greatest(1, date_diff('day', min(paid_at), $since))
           FROM promised WHERE shop = $shop""",
        {"since": one["since"], "until": one["until"], "shop": one["shop"]},
    ).fetchone()
    return float(row[0]), float(row[1] or 0)


def _rows(lake: Any, sql: str, **given: Any) -> list[Row]:
    result = lake.execute(sql, given)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
