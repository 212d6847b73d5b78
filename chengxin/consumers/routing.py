"""Who is in charge of a complaint or report: jurisdiction.yaml read in order, the first rule that fits place, category and subject."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from chengxin.law import law
from chengxin.subjects.models import Platform, Shop

HERE, ELSEWHERE, UNKNOWN = "here", "elsewhere", "unknown"
IN_PLATFORM, DIRECT = "in_platform", "direct"


@dataclass(frozen=True)
class Rule:
    """A rule of the table; it holds for what is received on the days between."""

    id: str
    zh: str
    en: str
    article: str
    when: Mapping[str, Any]
    department: str
    place: str
    valid_from: date | None
    valid_to: date | None

    def holds(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Route:
    """The department in charge today, the division whose authority it is, and the rule that says so."""

    department: str
    place: str
    rule: Rule


@cache
def rules() -> tuple[Rule, ...]:
    """The table, in order."""
    raw = yaml.safe_load((Path(__file__).parent / "jurisdiction.yaml").read_text(encoding="utf-8"))["rules"]
    return tuple(
        Rule(
            **{name: one[name] for name in ("id", "zh", "en", "article", "when")},
            **one["to"],
            valid_from=one.get("valid_from"),
            valid_to=one.get("valid_to"),
        )
        for one in raw
    )


def rule(id: str) -> Rule | None:
    """A rule by its id; None for one that an officer's own decision stands for."""
    return next((one for one in rules() if one.id == id), None)


def route(of: str, category: str, shop: Shop | None, platform: Platform | None, day: date, *, unreachable: bool = False) -> Route:
    """of: "complaint" or "report"; day: the day of receipt. The last rule fits everything, so there is always one."""
    known = _known(of, category, shop, platform, unreachable)
    found = next(one for one in rules() if one.holds(day) and _fits(one.when, known))
    places = {"shop": shop.division if shop else "", "platform": platform.division if platform else "", "city": settings.CITY_DIVISION}
    return Route(law.at(day).in_charge(found.department).code, places[found.place], found)


def _known(of: str, category: str, shop: Shop | None, platform: Platform | None, unreachable: bool) -> dict[str, Any]:
    return {
        "of": of,
        "categories": category,
        "seller": IN_PLATFORM if shop and platform else DIRECT,
        "shop_place": _where(shop.division if shop else ""),
        "platform_seat": _where(platform.division if platform else ""),
        "unreachable": unreachable,
    }


def _where(division: str) -> str:
    """In this city, elsewhere, or not known; the first four digits of a division are its city (GB/T 2260)."""
    if not division:
        return UNKNOWN
    return HERE if division[:4] == settings.CITY_DIVISION[:4] else ELSEWHERE


def _fits(when: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
    return all(known[name] in wanted if isinstance(wanted, list) else known[name] == wanted for name, wanted in when.items())
