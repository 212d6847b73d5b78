"""The inspection items, outcomes, shipped rates and risk model: YAML beside this file, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from chengxin.law.entries import Dated
from chengxin.law.errors import LawUnknown

GENERAL, KEY = ("general", "key")
CLASSES = ("A", "B", "C", "D")
UNKNOWN = "B"  # the ordinary class, for who was never assessed
HOME = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Item(Dated):
    """One inspection item; see items.yaml for the meaning of each field."""

    code: str
    zh: str
    en: str
    kind: str
    department: str
    basis: tuple[str, ...]
    kinds: tuple[str, ...]
    checklist: tuple[Mapping[str, str], ...]
    cap_percent: int | None = None


@dataclass(frozen=True)
class Factor:
    """What counts towards a risk class: points each, up to `most`."""

    code: str
    points: int
    most: int
    zh: str
    en: str

    def of(self, count: int) -> int:
        """The points for so many."""
        return max(self.most, count * self.points) if self.points < 0 else min(self.most, count * self.points)


@dataclass(frozen=True, kw_only=True)
class RiskModel(Dated):
    """A version of the risk model: its factors, and the least points of each class, highest class first."""

    version: str
    back_months: int
    factors: tuple[Factor, ...]
    classes: Mapping[str, int]

    def class_of(self, points: int) -> str:
        """The class for a sum of points."""
        return next(code for code, least in self.classes.items() if points >= least)


@cache
def _read(name: str) -> Any:
    return yaml.load((HOME / f"{name}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


@cache
def _all() -> dict[str, list[Item]]:
    return {code: [_item(code, row) for row in rows] for code, rows in _read("items")["items"].items()}


def _item(code: str, row: dict[str, Any]) -> Item:
    given: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    return Item(code=code, **given)


def items(day: date, department: str = "") -> list[Item]:
    """The items in force on a day, of one department or of all."""
    known = [one for versions in _all().values() for one in versions if one.holds(day)]
    return [one for one in known if department in ("", one.department)]


def item(code: str, day: date) -> Item:
    """An item as it stood on a day. Raises LawUnknown."""
    for one in _all().get(code, ()):
        if one.holds(day):
            return one
    raise LawUnknown(id=code, kind="inspection items")


def outcomes() -> dict[str, dict[str, Any]]:
    """Code -> {"zh", "en", "problem"}."""
    return dict(_read("outcomes"))


def shipped_rates() -> dict[str, dict[str, int | None]]:
    """Class -> {"least", "most", "per_year"} as shipped, until two persons change it."""
    return {code: dict(row) for code, row in _read("rates").items()}


def risk_model(day: date) -> RiskModel:
    """The risk model of a day. Raises LawUnknown before the first."""
    for row in reversed(_read("risk_model")["versions"]):
        factors = tuple(Factor(code=code, **given) for code, given in row["factors"].items())
        model = RiskModel(**{**row, "factors": factors})
        if model.holds(day):
            return model
    raise LawUnknown(id=day.isoformat(), kind="risk models")
