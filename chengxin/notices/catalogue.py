"""The three tables of this room, read once: topics and sentences, matters with their clocks, events with whom they are told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache, reduce
from pathlib import Path
from typing import Any

import yaml
from django.apps import apps
from django.db.models import Model
from django.urls import reverse

from chengxin.accounts.roles import Role
from chengxin.kernel import clock
from chengxin.law import law

Text = dict[str, str]
HERE = Path(__file__).parent


@dataclass(frozen=True)
class To:
    """Who is told: the roles of a department, a subject's people, a platform's staff, or everyone of a role; and where they find it.

    measure, departments: where a row names no department, those that lead a measure of the plan, or those a value of the law names.
    """

    department: str = ""
    subject: str = ""
    platform: str = ""
    everyone: str = ""
    measure: int = 0
    departments: str = ""
    roles: tuple[str, ...] = ()
    only: dict[str, Any] = field(default_factory=dict)
    page: str = ""
    page_name: str = ""

    @property
    def named(self) -> frozenset[str]:
        """The departments of `measure` or `departments` by the law of today."""
        return _named(self.measure, self.departments, clock.today())

    def page_of(self, row: Model) -> str:
        """The address for these people."""
        return reverse(self.page_name) if self.page_name else str(value(row, self.page))


@cache
def _named(measure: int, departments: str, day: date) -> frozenset[str]:
    book = law.at(day)
    if measure:
        return frozenset(code for one in book.measures() if one.number == measure for code in one.lead_now)
    given = book.value(departments)
    return frozenset(book.in_charge(str(code)).code for code in ([given] if isinstance(given, str) else given))


@dataclass(frozen=True)
class Matter:
    """Rows of one model that wait for somebody. See matters.yaml."""

    code: str
    model: str
    zh: str
    en: str
    open: dict[str, Any]
    number: str
    to: tuple[To, ...]
    about: str = ""
    due: str = ""
    clock: str = ""
    clock_of: str = ""
    clocks: dict[str, str] = field(default_factory=dict)
    clock_by: str = ""
    provision: str = ""
    why: Text = field(default_factory=dict)
    since: str = ""
    fresh: str = ""
    owner: str = ""
    not_by: str = ""
    unless: dict[str, Any] = field(default_factory=dict)
    workflow: str = ""

    @property
    def kind(self) -> type[Model]:
        return apps.get_model(self.model)

    @property
    def relations(self) -> list[str]:
        """What is read with the rows, because the list says it of each."""
        paths = [self.number, self.about, *(to.department or to.subject or to.platform for to in self.to)]
        return sorted({lookup(path.rpartition(".")[0]) for path in paths if "." in path.strip(".")})

    def holds(self, row: Model) -> bool:
        """Whether a row is in a state in which it waits; what else the table asks of open rows is left to the database."""
        states = self.open.get("state__in") or [self.open.get("state", getattr(row, "state", ""))]
        return getattr(row, "state", "") in states

    def waiting(self, rows: Any = None) -> Any:
        """The open ones among rows (all)."""
        found = (self.kind._default_manager.all() if rows is None else rows).filter(**_plain(self.open))
        return found.exclude(**self.unless) if self.unless else found


@dataclass(frozen=True)
class Told:
    """An event that is told. See events.yaml."""

    code: str
    event: str
    topic: str
    row: dict[str, str]
    number: str
    zh: str
    en: str
    to: tuple[To, ...]
    when: str = ""
    only: dict[str, Any] = field(default_factory=dict)

    def found(self, event: Any) -> Any:
        """The row that the event is about, or None."""
        model = apps.get_model(self.row["model"])
        key = {self.row.get("by", "pk"): getattr(event, self.row["field"])}
        return model._default_manager.filter(**key, **self.only).first()


def value(row: Any, path: str) -> Any:
    """What stands at a dotted path from a row; None when a relation on the way is empty."""
    return reduce(lambda found, step: None if found is None else getattr(found, step), path.split("."), row)


def lookup(path: str) -> str:
    """A dotted path as Django's filters write it."""
    return path.replace(".", "__")


def _plain(given: dict[str, Any]) -> dict[str, Any]:
    return {f"{key}__isnull" if wanted is None else key: True if wanted is None else wanted for key, wanted in given.items()}


def _read(name: str) -> Any:
    return yaml.load((HERE / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def _to(given: list[dict[str, Any]]) -> tuple[To, ...]:
    made = tuple(To(**{**one, "roles": tuple(one.get("roles", ()))}) for one in given)
    unknown = {role for one in made for role in one.roles} - set(Role.values)
    if unknown:
        raise ValueError(f"unknown roles {sorted(unknown)}")
    return made


@cache
def matters() -> dict[str, Matter]:
    return {code: Matter(**{"code": code, **given, "to": _to(given["to"])}) for code, given in _read("matters.yaml").items()}


@cache
def matters_of(model: type[Model]) -> tuple[Matter, ...]:
    """The matters with a last day that rows of a model may be."""
    return tuple(one for one in matters().values() if one.due and one.kind is model)


@cache
def events() -> dict[str, list[Told]]:
    """By the event's path."""
    made: dict[str, list[Told]] = {}
    for given in _read("events.yaml"):
        one = Told(**{**given, "to": _to(given["to"])})
        made.setdefault(one.event, []).append(one)
    return made


@cache
def sentences() -> dict[str, Told]:
    return {one.code: one for ones in events().values() for one in ones}


@cache
def topics() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = _read("topics.yaml")["topics"]
    return found


@cache
def stages() -> dict[str, Text]:
    found: dict[str, Text] = _read("topics.yaml")["stages"]
    return found
