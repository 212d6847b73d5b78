"""Payment fraud (B21): cash-out by orders that are none, and accounts that collect for several shops past the licensed institutions.

Cash-out: per shop, the repaid orders whose money went to somebody who neither ordered nor paid, with nothing sent or into accounts that
gather several buyers' money, beside all other shops' (beta-binomial tail with false-discovery control). Collecting: per account that takes
money for several shops, the payments that no institution of the city's list booked. Only the institutions' own books, obtained by legal
request, show where the money went in the end.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from chengxin import detectors
from chengxin.detectors import Finding, Reason, Window, nearby, tails
from chengxin.kernel import clock, money
from chengxin.law import law

HERE = Path(__file__).parent
REPAID, SHOPS, COLLECTORS = ((HERE / f"{name}.sql").read_text(encoding="utf-8") for name in ("repaid", "shops", "collectors"))
EVIDENCE = 500
BENIGN = ("family", "company", "group_leader", "licensed_mall", "unreported")

OUT_ROWS = """
    SELECT fact, order_fact, payment_fact, payee FROM near_repaid r WHERE shop = $shop AND third
    AND (unsent OR (SELECT count(DISTINCT buyer) FROM near_repaid o WHERE o.shop = $shop AND o.third AND o.payee = r.payee) > 1)
    ORDER BY amount DESC, fact LIMIT $most
"""
COLLECTED = """
    SELECT p.fact, o.fact AS order_fact, p.payee, p.payer, p.amount, p.paid_at, o.shop,
           coalesce(NOT list_contains($licensed::VARCHAR[], p.institution), true) AS outside
    FROM payment p
    JOIN (
        SELECT "order", any_value(shop ORDER BY fact) AS shop, arg_min(fact, coalesce(line_no, 1)) AS fact FROM "order" GROUP BY "order"
    ) o USING ("order")
    WHERE list_contains($payees::BIGINT[], p.payee) AND p.amount > 0 ORDER BY p.amount DESC, p.fact
"""

Row = dict[str, Any]


def find(lake: Any, engine: Any, window: Window, params: dict[str, Any]) -> Iterator[Finding]:
    """One finding per shop that cashes out, one per group of collecting accounts that share shops; money in the reasons in yuan."""
    lake.execute(f"CREATE OR REPLACE TEMP TABLE repaid AS {REPAID}", {"reporting_share": params["reporting_share"]})
    beyond = _explained_by_nobody(_rows(lake, SHOPS, prior=params["prior"]), params["out_min"], params)
    cashed = [one | {"score": score} for one in beyond if (score := _cash_score(one, params)) >= params["score_min"]]
    nearby.keep(lake, "near_repaid", "repaid", "shop", (one["shop"] for one in cashed))
    for one in cashed:
        yield _cash_out(lake, one)
    licensed = _licensed(window)
    seen = _rows(lake, COLLECTORS, licensed=licensed, prior=params["prior"], shops_min=params["shops_min"])
    if seen and seen[0]["usual"] > params["outside_most"]:  # the list does not know this city's institutions: it says nothing
        return
    payees = [one["payee"] for one in _explained_by_nobody(seen, params["outside_min"], params)]
    yield from _collecting(lake, engine, payees, licensed, params)


def _licensed(window: Window) -> list[str]:
    """Codes and names on the list, as in force at the window's end."""
    codes = law.at(clock.city_day(window.until)).codes("payment_institution")
    return sorted({*codes, *(one["zh"] for one in codes.values())})


def _explained_by_nobody(table: list[Row], least: int, params: dict[str, Any]) -> list[Row]:
    """Rows whose count k among n is far beyond the expectation, at the false-discovery rate of all rows looked at."""
    if not table:
        return []
    n, k, expected = (np.array([float(row[name]) for row in table]) for name in ("n", "k", "expected"))
    p = np.where((k >= least) & (k > expected), tails.tails(k, n, expected, params["spread_floor"]), 1.0)
    return [table[place] for place in np.flatnonzero(tails.discovered(p, params["false_discovery"]))]


def _cash_score(one: Row, params: dict[str, Any]) -> float:
    """Repaid orders beyond the expectation, times how strongly they show the signs of cash-out (noisy-or)."""
    beyond = max(0.0, float(one["k"]) - float(one["expected"]))
    doubt = 1.0
    for sign, weight in params["signs"].items():
        doubt *= 1 - weight * int(one[sign]) / int(one["k"])
    return round((1 - math.exp(-beyond / params["excess_scale"])) * (1 - doubt), 4)


def _cash_out(lake: Any, one: Row) -> Finding:
    rows = lake.execute(OUT_ROWS, {"shop": one["shop"], "most": EVIDENCE}).fetchall()
    columns = list(zip(*rows, strict=True))
    evidence = dict(zip(("refund", "order", "payment"), (tuple(sorted(set(facts))) for facts in columns[:3]), strict=True))
    return Finding(
        detector="payment_fraud",
        behaviour="B21",
        shops=(one["shop"],),
        accounts=tuple(sorted(set(columns[3]))),
        evidence=evidence,
        reasons=tuple(_cash_reasons(one)),
        score=one["score"],
        since=one["since"],
        until=one["until"],
        benign=BENIGN,
    )


def _cash_reasons(one: Row) -> Iterator[Reason]:
    card, k = detectors.load("payment_fraud"), int(one["k"])
    share = k / int(one["n"])
    numbers = {"n": int(one["n"]), "k": k, "expected": round(float(one["expected"]), 1), "yuan": money.yuan(int(one["fen"]))}
    yield card.reason("to_others", 0.5 + 0.5 * share, **numbers)
    if one["unsent"]:
        yield card.reason("nothing_sent", 0.4 + 0.6 * int(one["unsent"]) / k, k=int(one["unsent"]), hours=round(one["hours"]))
    if one["gathered"]:
        yield card.reason("gathered", 0.4 + 0.6 * int(one["gathered"]) / k, k=int(one["gathered"]), payees=int(one["payees"]))
    if one["shared"]:
        yield card.reason("shared_device", 0.3 + 0.6 * int(one["shared"]) / k, k=int(one["shared"]))


def _collecting(lake: Any, engine: Any, payees: list[int], licensed: list[str], params: dict[str, Any]) -> Iterator[Finding]:
    if not payees:
        return
    result = lake.execute(COLLECTED, {"licensed": licensed, "payees": sorted(payees)})
    names = [column[0] for column in result.description]
    rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    outside = [row for row in rows if row["outside"]]
    ids, groups = engine.components(np.array([row["shop"] for row in outside]), np.array([row["payee"] for row in outside]))
    group_of = dict(zip(ids.tolist(), groups.tolist(), strict=True))
    for number in sorted(set(group_of.values())):
        mine = [row for row in rows if group_of.get(row["payee"]) == number]
        finding = _collected(mine, params)
        if finding.score >= params["score_min"]:
            yield finding


def _collected(rows: list[Row], params: dict[str, Any]) -> Finding:
    outside = [row for row in rows if row["outside"]]
    shops = sorted({row["shop"] for row in outside})
    several = min(1.0, (len(shops) - 1) / 2)
    score = (1 - math.exp(-len(outside) / params["outside_scale"])) * (0.55 + 0.45 * several)
    cited = outside[:EVIDENCE]
    days = [row["paid_at"] for row in outside]
    accounts = sorted({row["payee"] for row in outside})
    card, amount = detectors.load("payment_fraud"), money.yuan(sum(row["amount"] for row in outside))
    numbers = {"k": len(outside), "shops": len(shops), "accounts": len(accounts), "yuan": amount}
    reasons = (
        card.reason("collects", 0.5 + 0.4 * several, payers=len({row["payer"] for row in outside}), **numbers),
        card.reason("no_licence", 0.4 + 0.5 * len(outside) / len(rows), k=len(outside), n=len(rows)),
    )
    evidence = {"payment": tuple(sorted(row["fact"] for row in cited)), "order": tuple(sorted({row["order_fact"] for row in cited}))}
    return Finding("payment_fraud", "B21", tuple(shops), tuple(accounts), evidence, reasons, round(score, 4), min(days), max(days), BENIGN)


def _rows(lake: Any, sql: str, **given: Any) -> list[Row]:
    result = lake.execute(sql, given)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
