"""The exact seven-day rule on every struck-out price (provisions on clearly marked prices and price fraud, order 56 of 2022, article 16).

With P the struck-out price, T the start of the comparison and D the shop's deals in [T - 7 days, T): P must not exceed min(D), or,
when D is empty, the last deal before T. Exempt are comparisons with a stated basis (`basis` detailed or msrp). The law presumes intent
and lets the shop rebut (article 21), so what is found is a clue for an officer to ask about.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from chengxin import detectors
from chengxin.detectors import Finding, Reason, Window
from chengxin.kernel import clock, money

SQL = (Path(__file__).parent / "comparisons.sql").read_text(encoding="utf-8")

# A comparison that is 10 % too high counts as a whole breach, a smaller one in proportion; three whole breaches give .78, six .95.
WHOLE_EXCESS = 0.10
BREACHES_SCALE = 2.0
PICTURES = 3


@dataclass(frozen=True)
class Comparison:
    """One comparison, amounts in fen; reference is what the rule compares with, None when the item never sold before."""

    shop: int
    item: int
    sku: str
    fact: int
    start: datetime
    shown: int
    struck: int
    first_seen: datetime
    reports_begin: datetime
    lowest_shown: int | None
    highest_shown: int | None
    deals: int | None
    reference: int | None
    reference_fact: int | None
    last_at: datetime | None

    @property
    def excess(self) -> float:
        """By what share the struck-out price exceeds the reference; 0 when there is none."""
        return self.struck / self.reference - 1 if self.reference else 0.0


def find(lake: Any, engine: Any, window: Window, params: dict[str, Any]) -> Iterator[Finding]:
    """One finding per shop whose comparisons break the rule often enough; amounts in the reasons are yuan, shares per cent."""
    given = {"days": params["days"], "reading": params["reading"], "raise_days": params["raise_days"]}
    rows = [Comparison(*row) for row in lake.execute(SQL, given).fetchall()]
    for _, group in groupby(rows, key=lambda one: one.shop):
        finding = _of_shop(list(group), params)
        if finding:
            yield finding


def _of_shop(compared: list[Comparison], params: dict[str, Any]) -> Finding | None:
    wrong = [one for one in compared if one.excess > params["tolerance"]]
    baseless = [one for one in compared if _never_sold(one, params)]
    breaches = sum(min(one.excess / WHOLE_EXCESS, 1.0) for one in wrong) + 0.5 * len(baseless)
    score = _score(breaches, len(wrong) + len(baseless), len(compared))
    if len(wrong) + len(baseless) < params["comparisons_min"] or score < params["score_min"]:
        return None
    bad = sorted([*wrong, *baseless], key=lambda one: (-one.excess, one.fact))
    orders = sorted({one.reference_fact for one in wrong if one.reference_fact is not None})
    return Finding(
        detector="price_fraud",
        behaviour="B13",
        shops=(compared[0].shop,),
        accounts=(),
        evidence={"price": tuple(sorted(one.fact for one in bad)), "order": tuple(orders)},
        reasons=tuple(_reasons(bad, compared, params)),
        score=score,
        since=min(one.start for one in bad),
        until=max(one.start for one in bad),
        benign=("stated_basis", "msrp", "missing_deals", "entry_error"),
        picture={"comparisons": [_picture(one) for one in bad[:PICTURES]]},
    )


def _score(breaches: float, wrong: int, compared: int) -> float:
    """Grows with the number and size of breaches, shrinks when they are a small part of all comparisons (a slip, not a habit)."""
    habit = wrong / (wrong + 0.25 * (compared - wrong)) if wrong else 0.0
    return round((1 - math.exp(-breaches / BREACHES_SCALE)) * habit, 4)


def _never_sold(one: Comparison, params: dict[str, Any]) -> bool:
    """No deal at any price, though long enough on sale; items already on sale when reporting began cannot be judged."""
    grace = timedelta(days=params["days"])
    return one.reference is None and one.start - one.first_seen >= grace and one.first_seen - one.reports_begin >= grace


def _reasons(bad: list[Comparison], compared: list[Comparison], params: dict[str, Any]) -> Iterable[Reason]:
    card = detectors.load("price_fraud")
    yield card.reason(
        "many_comparisons",
        0.5 + 0.5 * len(bad) / len(compared),
        compared=len(compared),
        wrong=len(bad),
        share=round(100 * len(bad) / len(compared)),
        items=len({one.item for one in bad}),
    )
    for one in bad:
        yield _reason(card, one)
    raised = [one for one in bad if _raised_then_cut(one, params)]
    for one in raised[:1]:
        before = one.lowest_shown or one.shown
        yield card.reason(
            "raised_then_cut",
            0.85,
            sku=one.sku,
            before=money.yuan(before),
            raised=money.yuan(one.struck),
            start=_day(one.start),
            shown=money.yuan(one.shown),
            gap=max(1, math.ceil(100 * abs(one.shown / before - 1))),
        )


def _reason(card: detectors.Detector, one: Comparison) -> Reason:
    common = {"sku": one.sku, "start": _day(one.start), "struck": money.yuan(one.struck)}
    if one.reference is None:
        return card.reason("never_sold", 0.6, **common, days_listed=(one.start - one.first_seen).days)
    numbers = {**common, "lowest": money.yuan(one.reference), "excess": round(100 * one.excess, 1)}
    weight = 0.7 + 0.3 * min(one.excess / WHOLE_EXCESS, 1.0)
    if one.deals:
        return card.reason("above_lowest_deal", weight, **numbers, deals=one.deals)
    return card.reason("above_last_deal", weight - 0.05, **numbers, last_day=_day(one.last_at) if one.last_at else "-")


def _raised_then_cut(one: Comparison, params: dict[str, Any]) -> bool:
    low, high = one.lowest_shown, one.highest_shown
    if not low or not high:
        return False
    raised = high >= low * (1 + params["raise_share"])
    return raised and one.struck >= high * params["back_share"] and one.shown >= low * params["back_share"]


def _picture(one: Comparison) -> dict[str, Any]:
    amounts = {"struck": one.struck, "shown": one.shown, "reference": one.reference}
    return {"item": one.item, "sku": one.sku, "start": one.start.isoformat(), **amounts}


def _day(instant: datetime) -> str:
    return clock.city_day(instant).isoformat()
