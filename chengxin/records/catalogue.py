"""The catalogue: what types of records there are, what each asks for, and when one may be public. Read once from catalogue.yaml."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from chengxin.law import law
from chengxin.law.entries import Dated, PublicityTerm
from chengxin.law.errors import LawUnknown, NotInForce

BAD, GOOD, NEUTRAL = KINDS = ("bad", "good", "neutral")
AUTHORITY, COURT, COMMITMENT, HONOUR = ORIGINS = ("A", "B", "D", "E")
ORIGIN_NAMES = {
    AUTHORITY: {"zh": "行政机关决定", "en": "Decision of an authority"},
    COURT: {"zh": "司法机关裁判", "en": "Decision of a court"},
    COMMITMENT: {"zh": "信用承诺", "en": "Commitment"},
    HONOUR: {"zh": "表彰奖励和认定", "en": "Honour or mark"},
}
KIND_NAMES = {
    BAD: {"zh": "不良记录", "en": "Unfavourable"},
    GOOD: {"zh": "良好记录", "en": "Favourable"},
    NEUTRAL: {"zh": "中性记录", "en": "Neutral"},
}


@dataclass(frozen=True, kw_only=True)
class Item(Dated):
    """One type of record; see catalogue.yaml for the meaning of each field."""

    code: str
    zh: str
    en: str
    kind: str
    origin: str
    objection: str
    provisions: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    bar: tuple[str, ...] = ()
    public: bool = False
    publish_clock: str | None = None
    object_within: str | None = None
    asks: tuple[str, ...] = ()
    columns: dict[str, str] = field(default_factory=dict)

    def terms_on(self, day: date) -> dict[str, PublicityTerm]:
        """The publicity terms of this type that were law on a day, by code."""
        return {code: term for code in self.terms if (term := term_on(code, day)) is not None}


@cache
def _all() -> dict[str, list[Item]]:
    loaded: dict[str, Any] = yaml.load((Path(__file__).parent / "catalogue.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)[
        "items"
    ]
    return {code: [_item(code, row) for row in rows] for code, rows in loaded.items()}


def _item(code: str, row: dict[str, Any]) -> Item:
    given: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    return Item(code=code, **given)


def items(day: date) -> list[Item]:
    """The types that may be entered for a decision of this day."""
    return [one for versions in _all().values() for one in versions if one.holds(day)]


def item(code: str, day: date) -> Item:
    """A type as it stood on a day; its newest version when none did. Raises LawUnknown for a code that is not in the catalogue."""
    versions = _all().get(code)
    if not versions:
        raise LawUnknown(id=code, kind="record types")
    return next((one for one in versions if one.holds(day)), versions[-1])


def term_on(code: str, day: date) -> PublicityTerm | None:
    """A publicity term by the law of a day; None when that day's law has no such term."""
    try:
        return law.at(day).publicity(code)
    except (LawUnknown, NotInForce):
        return None
