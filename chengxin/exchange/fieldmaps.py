"""Field maps: which column of the upper platform's form takes what, dated and versioned in maps/*.yaml. Filling and checking one row.

A row's content is {column: text} with every column of its map; digest() of it is what both sides compare.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from chengxin.kernel.errors import ChengxinError
from chengxin.law.entries import Dated
from chengxin.subjects import identifiers

HOME = Path(__file__).parent / "maps"
PENALTY, LICENCE = KINDS = ("penalty", "licence")
PERSON = "自然人"
FEN_IN_WAN = 1_000_000  # fen in 10,000 yuan
NO_END = "2099-12-31"  # how the form writes "without an end"


@dataclass(frozen=True, kw_only=True)
class Field:
    """One column; see maps/penalty.yaml."""

    code: str
    zh: str
    en: str
    kind: str
    source: str
    required: bool = False
    of_organisations: bool = False
    personal: bool = False
    empty: str = ""
    most: int = 10


@dataclass(frozen=True, kw_only=True)
class FieldMap(Dated):
    """One version of one map. `party`: the column with the party's class; `key`: the column that names the decision."""

    kind: str
    zh: str
    en: str
    key: str
    clock: str
    withdraw_clock: str
    correct_clock: str
    version: str
    fields: tuple[Field, ...]
    source: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(one.code for one in self.fields)

    @property
    def party(self) -> str:
        return next(one.code for one in self.fields if one.source == "party_class")

    @property
    def uscc(self) -> str:
        return next(one.code for one in self.fields if one.source == "party_uscc")

    def field(self, code: str) -> Field:
        return next(one for one in self.fields if one.code == code)


@cache
def versions(kind: str) -> tuple[FieldMap, ...]:
    """Every version of a map, the oldest first."""
    raw: dict[str, Any] = yaml.load((HOME / f"{kind}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    shared = {name: value for name, value in raw.items() if name != "versions"}
    return tuple(FieldMap(kind=kind, **shared, **{**one, "fields": tuple(map(_field, one["fields"]))}) for one in raw["versions"])


def _field(row: Mapping[str, Any]) -> Field:
    return Field(source=row["from"], **{name: value for name, value in row.items() if name != "from"})


def at(kind: str, day: date) -> FieldMap:
    """The version in force on a day; the oldest for a day before all."""
    found = versions(kind)
    return next((one for one in reversed(found) if one.holds(day)), found[0])


def of_version(kind: str, version: str) -> FieldMap:
    """A version by its name. LookupError for one that is not there."""
    found = next((one for one in versions(kind) if one.version == version), None)
    if found is None:
        raise LookupError(f"no version {version} of {kind}")
    return found


def names() -> dict[str, dict[str, str]]:
    """kind -> {"zh", "en"}."""
    return {kind: {"zh": versions(kind)[-1].zh, "en": versions(kind)[-1].en} for kind in KINDS}


# ---- one row


def fill(form: FieldMap, values: Mapping[str, Any]) -> dict[str, str]:
    """The row of a fact: every column as text. Personal columns stay empty for natural persons."""
    natural = values.get("party_class") == PERSON
    return {one.code: "" if natural and one.personal else _spelled(one, values.get(one.source)) for one in form.fields}


def _spelled(one: Field, value: Any) -> str:
    if value is None or value == "":
        return one.empty
    if one.kind == "wan":
        return f"{Decimal(value) / FEN_IN_WAN:f}"
    return value.isoformat() if isinstance(value, date) else str(value).strip()


Error = dict[str, str]


def check(form: FieldMap, content: Mapping[str, str]) -> list[Error]:
    """What is wrong with a row, one entry a column: {"field", "code", "zh", "en"}; empty when the form takes it."""
    natural = content.get(form.party) == PERSON
    return [error for one in form.fields if (error := _fault(one, content.get(one.code, ""), natural))]


def _fault(one: Field, text: str, natural: bool) -> Error | None:
    if not text:
        lacking = one.required or (one.of_organisations and not natural)
        return _error(one, "missing", "必填项为空", "is required") if lacking else None
    if natural and one.personal:
        return _error(one, "personal", "自然人信息不得报送", "is not sent for natural persons")
    if len(text) > one.most:
        return _error(one, "too_long", f"超过 {one.most} 字", f"is longer than {one.most}")
    if one.kind == "date" and not _is_date(text):
        return _error(one, "date", "日期应为 YYYY-MM-DD", "must be a date YYYY-MM-DD")
    if one.kind == "wan" and not _is_amount(text):
        return _error(one, "amount", "金额应为万元小数", "must be a decimal in 10,000 yuan")
    if one.kind == "uscc" and not _is_uscc(text):
        return _error(one, "uscc", "统一社会信用代码有误", "is no valid unified social credit code")
    return None


def _error(one: Field, code: str, zh: str, en: str) -> Error:
    return {"field": one.code, "code": code, "zh": f"{one.zh}：{zh}", "en": f"{one.en}: {en}"}


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_amount(text: str) -> bool:
    whole, _, part = text.partition(".")
    return whole.isdigit() and len(part) <= 6 and (part.isdigit() or "." not in text) and whole.isascii() and part.isascii()


def _is_uscc(text: str) -> bool:
    try:
        return identifiers.uscc(text) == text
    except ChengxinError:
        return False
