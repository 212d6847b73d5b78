"""How much of each cap of a fund's rule is left for a claim. Caps count claims; they say nothing of a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import QuerySet, Sum

from chengxin.compensation.errors import CapReached
from chengxin.compensation.models import AdvanceClaim
from chengxin.compensation.models.claims import SPENT
from chengxin.kernel import clock

NAMES = {
    "cap_claim_fen": ("每件申请", "of one claim"),
    "cap_person_year_fen": ("同一申请人当年累计", "of one person's year"),
    "cap_shop_year_fen": ("同一店铺当年累计", "of one shop's year"),
}


def left(claim: AdvanceClaim) -> dict[str, int]:
    """Cap → fen left, by the rule of the claim's own day and the calendar year (city time) in which it was filed."""
    content = claim.rule.content
    others = _same_year(claim)
    found = {"cap_claim_fen": content["cap_claim_fen"]}
    found["cap_person_year_fen"] = content["cap_person_year_fen"] - _spent(others.filter(person_index=claim.person_index))
    if claim.shop_id:
        found["cap_shop_year_fen"] = content["cap_shop_year_fen"] - _spent(others.filter(shop=claim.shop_id))
    return {name: max(0, fen) for name, fen in found.items()}


def check(claim: AdvanceClaim, amount_fen: int) -> None:
    """Raises CapReached with the first cap that leaves less than the amount; the fund is held."""
    for name, fen in left(claim).items():
        if amount_fen > fen:
            zh, en = NAMES[name]
            raise CapReached(cap_zh=zh, cap_en=en, left=fen)


def _same_year(claim: AdvanceClaim) -> QuerySet[AdvanceClaim]:
    first, after = year_of(clock.city_day(claim.filed_at))
    spent = AdvanceClaim.objects.filter(fund=claim.fund_id, state__in=SPENT, filed_at__gte=first, filed_at__lt=after)
    return spent.exclude(pk=claim.pk)


def year_of(day: date) -> tuple[datetime, datetime]:
    """The first moments of a day's calendar year and of the next."""
    first, after = (datetime.combine(date(year, 1, 1), time(), clock.CITY) for year in (day.year, day.year + 1))
    return first, after


def _spent(rows: QuerySet[AdvanceClaim]) -> int:
    return int(rows.aggregate(sum=Sum("approved_fen"))["sum"] or 0)


@dataclass(frozen=True)
class Case:
    """A claim for the what-if: asked and approved in fen, its year, its person and shop as keys that stand for nobody."""

    asked_fen: int
    approved_fen: int
    year: int
    person: str
    shop: str


def what_if(cases: Iterable[Case], content: dict[str, Any]) -> tuple[int, int, int]:
    """(claims, fen approved then, fen that these caps would have allowed), claims in the order in which they were filed."""
    used: dict[tuple[str, int, str], int] = {}
    n = then = now = 0
    for one in cases:
        keys = [("cap_person_year_fen", one.year, one.person), ("cap_shop_year_fen", one.year, one.shop)]
        room = [content[key[0]] - used.get(key, 0) for key in keys if key[2]]
        allowed = max(0, min(one.asked_fen, content["cap_claim_fen"], *room))
        for key in keys:
            used[key] = used.get(key, 0) + allowed
        n, then, now = n + 1, then + one.approved_fen, now + allowed
    return n, then, now
