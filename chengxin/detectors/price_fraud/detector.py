"""The exact seven-day rule on every struck-out price (provisions on clearly marked prices and price fraud, order 56 of 2022, article 16).

With P the struck-out price, T the start of the comparison and D the shop's deals in [T - 7 days, T): P must not exceed min(D), or,
when D is empty, the last deal before T. A comparison with a stated basis (`basis` detailed) is exempt as long as the basis can be true: it
cannot when P lies above every deal the shop ever reported for the item. Manufacturers' prices (`basis` msrp) are exempt. The law presumes
intent and lets the shop rebut (article 21), so what is found is a clue for an officer to ask about.
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

# A comparison that is 10 % too high counts as a whole breach, a smaller one in proportion; one above every deal ever counts twice: in the
# fictional city one honest shop in a hundred breaks the seven-day rule once in half a year, none ever struck out a price it never got.
WHOLE_EXCESS = 0.10
BREACHES_SCALE = 2.0
PICTURES = 3
EVIDENCE = 5_000  # pages kept as evidence: a year's daily pages of a dozen items


@dataclass(frozen=True)
class Comparison:
    """One comparison, amounts in fen; reference is what the rule compares with, None when the item never sold before; pages are the price
    facts that showed it."""

    shop: int
    item: int
    sku: str
    fact: int
    stated: bool
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
    highest: int | None
    highest_fact: int | None
    past_seen: bool
    pages: list[int]
    reports_deals: bool

    @property
    def excess(self) -> float:
        """By what share the struck-out price exceeds what the rule compares it with; 0 when a stated basis may hold."""
        if self.stated:
            return self.above_every_deal
        return self.struck / self.reference - 1 if self.reference else 0.0

    @property
    def above_every_deal(self) -> float:
        """By what share it exceeds the highest deal ever reported before; 0 when it does not, or when too little of the past is seen."""
        return max(0.0, self.struck / self.highest - 1) if self.highest and self.past_seen else 0.0

    @property
    def breach(self) -> float:
        """How much of a breach this is: 1 for 10 % above the rule's reference, and 1 more for 10 % above every deal ever."""
        return min(self.excess / WHOLE_EXCESS, 1.0) + min(self.above_every_deal / WHOLE_EXCESS, 1.0)


def find(lake: Any, engine: Any, window: Window, params: dict[str, Any]) -> Iterator[Finding]:
    """One finding per shop whose comparisons break the rule often enough; amounts in the reasons are yuan, shares per cent."""
    given = {name: params[name] for name in ("days", "reading", "raise_days", "past_days", "past_deals")}
    rows = [Comparison(*row) for row in lake.execute(SQL, given).fetchall()]
    for _, group in groupby(rows, key=lambda one: one.shop):
        finding = _of_shop(list(group), params)
        if finding:
            yield finding


def _of_shop(compared: list[Comparison], params: dict[str, Any]) -> Finding | None:
    wrong = [one for one in compared if one.excess > params["tolerance"]]
    baseless = [one for one in compared if _never_sold(one, params)]
    breaches = sum(one.breach for one in wrong) + 2 * len(baseless)
    bad = sorted([*wrong, *baseless], key=lambda one: (-one.excess, one.start, one.sku, one.fact))
    score = _score(breaches, len(bad), len(_around(bad, compared, params)))
    if breaches < params["breaches_min"] or score < params["score_min"]:
        return None
    deals = {one.highest_fact if one.stated else one.reference_fact for one in wrong}
    orders = sorted(fact for fact in deals if fact is not None)
    return Finding(
        detector="price_fraud",
        behaviour="B13",
        shops=(compared[0].shop,),
        accounts=(),
        evidence={"price": tuple(sorted([fact for one in bad for fact in one.pages][:EVIDENCE])), "order": tuple(orders)},
        reasons=tuple(_reasons(bad, compared, params)),
        score=score,
        since=min(one.start for one in bad),
        until=max(one.start for one in bad),
        benign=("stated_basis", "msrp", "missing_deals", "entry_error"),
        picture={"comparisons": [_picture(one) for one in bad[:PICTURES]]},
    )


def _around(bad: list[Comparison], compared: list[Comparison], params: dict[str, Any]) -> list[Comparison]:
    """The comparisons of the stretch in which the breaches lie: an honest spring does not excuse an autumn sale."""
    if not bad:
        return []
    margin = timedelta(days=params["around_days"])
    first, last = min(one.start for one in bad) - margin, max(one.start for one in bad) + margin
    return [one for one in compared if first <= one.start <= last]


def _score(breaches: float, wrong: int, compared: int) -> float:
    """Grows with the number and size of breaches, shrinks when they are few among the comparisons of their time (a slip, not a habit)."""
    habit = wrong / (wrong + 0.25 * (compared - wrong)) if wrong else 0.0
    return round((1 - math.exp(-breaches / BREACHES_SCALE)) * habit, 4)


def _never_sold(one: Comparison, params: dict[str, Any]) -> bool:
    """No deal at any price, though long enough on sale in a shop that reports deals.

    Longer for items already on sale when reporting began, whose past is not seen.
    """
    grace = timedelta(days=params["days"])
    seen_from_start = one.first_seen - one.reports_begin >= grace
    on_sale = one.start - one.first_seen
    return one.reference is None and one.reports_deals and on_sale >= (grace if seen_from_start else timedelta(days=params["unsold_days"]))


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
    if one.highest and one.above_every_deal > 0 and one.stated:
        excess = round(100 * one.above_every_deal, 1)
        return card.reason("basis_untrue", 0.9, **common, highest=money.yuan(one.highest), excess=excess)
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
    back: float = params["back_share"]
    raised = high >= low * (1 + float(params["raise_share"]))
    return raised and one.struck >= high * back and one.shown >= low * back


def _picture(one: Comparison) -> dict[str, Any]:
    amounts = {"struck": one.struck, "shown": one.shown, "reference": one.reference}
    return {"item": one.item, "sku": one.sku, "start": one.start.isoformat(), **amounts}


def _day(instant: datetime) -> str:
    return clock.city_day(instant).isoformat()
