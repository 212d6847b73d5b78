"""The other systems and how they speak: one YAML each, with dated versions of their headings and words.

A row is read by the version in force on the day it comes in. The code of a system is what a client program of its is bound to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from chengxin.accounts.access import Actor
from chengxin.consumers.access import DESK
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.law import law
from chengxin.subjects.sheets import plain_heading

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Column:
    """A column of the other system: our field, its headings (the first is theirs of today), and its words for our values."""

    field: str
    names: tuple[str, ...]
    required: bool
    values: Mapping[str, str]


@dataclass(frozen=True)
class Version:
    """How a system speaks between two days. results: step of ours → its word for the outcome."""

    valid_from: date
    valid_to: date | None
    columns: Mapping[str, Column]
    results: Mapping[str, str]

    def holds(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def titles(self) -> dict[str, str]:
        """Heading without spaces → our field."""
        return {plain_heading(name): field for field, column in self.columns.items() for name in (*column.names, field)}

    def heading(self, field: str) -> str:
        return self.columns[field].names[0] if field in self.columns else field


@dataclass(frozen=True)
class Peer:
    """Another system; the people of `department` exchange with it."""

    code: str
    zh: str
    en: str
    department: str
    versions: tuple[Version, ...]

    def on(self, day: date) -> Version:
        """The version in force; LookupError before the first."""
        for one in self.versions:
            if one.holds(day):
                return one
        raise LookupError(f"{self.code} has no field map for {day}")


@cache
def fields() -> Mapping[str, Mapping[str, Any]]:
    """Our fields, of fields.yaml."""
    read: Mapping[str, Mapping[str, Any]] = yaml.safe_load((HERE / "fields.yaml").read_text(encoding="utf-8"))
    return read


def of_who() -> frozenset[str]:
    """The fields that say who complained or reported."""
    return frozenset(name for name, field in fields().items() if field.get("who"))


@cache
def peers() -> Mapping[str, Peer]:
    """Every system by its code."""
    read = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((HERE / "dialects").glob("*.yaml"))]
    return {one["code"]: Peer(one["code"], one["zh"], one["en"], one["department"], tuple(map(_version, one["versions"]))) for one in read}


def _version(raw: Mapping[str, Any]) -> Version:
    columns = {
        field: Column(field, tuple(one["names"]), bool(one.get("required")), one.get("values") or {})
        for field, one in raw["columns"].items()
    }
    unknown = set(columns) - set(fields())
    if unknown:
        raise LookupError(f"fields.yaml has no {unknown}")
    return Version(raw["valid_from"], raw.get("valid_to"), columns, raw["results"])


def of_desk(actor: Actor) -> list[Peer]:
    """The systems that the actor's departments exchange with today."""
    mine = actor.departments_as(*DESK)
    return [one for one in peers().values() if _in_charge(one) in mine]


def _in_charge(peer: Peer) -> str:
    return law.at(clock.today()).in_charge(peer.department).code


def named(code: str, among: Iterable[Peer]) -> Peer:
    """The system of a code among some. Raises NotFound."""
    found = next((one for one in among if one.code == code), None)
    if found is None:
        raise NotFound
    return found
