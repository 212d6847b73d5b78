"""The catalogue of lists, factors, measures, programmes and conditions: dated data read once from catalogue.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from chengxin.law.entries import Dated
from chengxin.law.errors import LawUnknown, NotInForce

DEPARTMENT, BANK, PLATFORM = EXECUTORS = ("department", "bank", "platform")
Pair = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class ListKind(Dated):
    """An official list as it stands in one version; clocks are ids of law/clocks.yaml, `consent` is who above must agree, or nobody."""

    code: str
    zh: str
    en: str
    authority: str
    level: str
    basis: tuple[str, ...]
    notice_clock: str
    publish_clock: str
    earliest_clock: str
    until_clock: str
    withdraw_clock: str
    lift_clock: str
    items: tuple[str, ...]
    terms: tuple[str, ...]
    bar: tuple[str, ...] = ()
    never_repaired: tuple[str, ...] = ()
    training: bool = False
    consent: Mapping[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class Measure(Dated):
    """A joint measure; `national` is its place in the national basic list, and without one it can never be pushed."""

    code: str
    zh: str
    en: str
    family: str
    national: str
    basis: str
    executor: str
    default: tuple[str, ...]
    kinds: tuple[str, ...]
    shop: bool = False


@dataclass(frozen=True, kw_only=True)
class Programme(Dated):
    """A red-list programme: who runs it, what is asked, how long the notice and the term are, what it gives."""

    code: str
    zh: str
    en: str
    authority: str
    basis: str
    notice_clock: str
    term_clock: str
    kinds: tuple[str, ...]
    criteria: Pair
    checks: tuple[str, ...]
    benefits: tuple[str, ...]


@cache
def _loaded() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load((Path(__file__).parent / "catalogue.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return loaded


def _given(code: str, row: dict[str, Any]) -> dict[str, Any]:
    return {"code": code, **{name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}}


@cache
def _kinds() -> dict[str, list[ListKind]]:
    return {code: [ListKind(**_given(code, row)) for row in rows] for code, rows in _loaded()["kinds"].items()}


def kind(code: str, day: date) -> ListKind:
    """An official list by the law of a day. Raises LawUnknown, or NotInForce when no version holds on the day."""
    versions = _kinds().get(code)
    if not versions:
        raise LawUnknown(id=code, kind="official lists")
    for one in versions:
        if one.holds(day):
            return one
    raise NotInForce(id=code, day=day.isoformat(), periods="; ".join(one.period() for one in versions))


def kinds(day: date) -> list[ListKind]:
    return [one for versions in _kinds().values() for one in versions if one.holds(day)]


def fields() -> list[dict[str, Any]]:
    """The fields of conduct that may lead to the list, each with its provision and behaviours."""
    return list(_loaded()["fields"])


def field_of(behaviour: str) -> dict[str, Any] | None:
    """The listable field of a behaviour, or None: then nobody can be proposed for it."""
    return next((one for one in fields() if behaviour in one["behaviours"]), None)


def factors() -> list[dict[str, str]]:
    return list(_loaded()["factors"])


def conditions() -> list[dict[str, str]]:
    return list(_loaded()["conditions"])


def purposes() -> dict[str, dict[str, str]]:
    return dict(_loaded()["purposes"])


@cache
def _measures() -> dict[str, Measure]:
    return {code: Measure(**_given(code, row)) for code, row in _loaded()["measures"].items()}


def measure(code: str) -> Measure:
    """A measure, in force or not (old tasks still name it). Raises LawUnknown."""
    if code not in _measures():
        raise LawUnknown(id=code, kind="joint measures")
    return _measures()[code]


def measures(day: date, subject_kind: str = "") -> list[Measure]:
    """What may be pushed on a day, to this kind of subject: only what the national basic list has."""
    return [one for one in _measures().values() if one.holds(day) and one.national and (not subject_kind or subject_kind in one.kinds)]


@cache
def _programmes() -> dict[str, Programme]:
    return {code: Programme(**_given(code, row)) for code, row in _loaded()["programmes"].items()}


def programme(code: str) -> Programme:
    if code not in _programmes():
        raise LawUnknown(id=code, kind="red-list programmes")
    return _programmes()[code]


def programmes(day: date) -> list[Programme]:
    return [one for one in _programmes().values() if one.holds(day)]


def benefits() -> dict[str, dict[str, str]]:
    return dict(_loaded()["benefits"])
