"""Reads the law files once and checks that they hold together; everything dated is kept in all its versions."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml

from chengxin.law.entries import (
    Behaviour,
    ClockRule,
    CrossReference,
    Dated,
    DatedValue,
    Department,
    Division,
    Duty,
    Instrument,
    Provision,
    PublicityTerm,
)
from chengxin.law.errors import LawDataBroken

HOME = Path(__file__).parent
D = TypeVar("D", bound=Dated)


@dataclass(frozen=True)
class Shelf:
    """All law data in memory: name → every version, oldest first."""

    instruments: Mapping[str, list[Instrument]]
    provisions: Mapping[str, list[Provision]]
    references: tuple[CrossReference, ...]
    clocks: Mapping[str, list[ClockRule]]
    events: Mapping[str, dict[str, str]]
    pauses: Mapping[str, dict[str, str]]
    departments: Mapping[str, list[Department]]
    divisions: Mapping[str, Division]
    codes: Mapping[str, dict[str, Any]]
    behaviours: Mapping[str, list[Behaviour]]
    duties: Mapping[str, list[Duty]]
    publicity: Mapping[str, list[PublicityTerm]]
    values: Mapping[str, list[DatedValue]]
    redactions: Mapping[str, dict[str, Any]]
    never_public: tuple[dict[str, str], ...]
    declarations: Mapping[str, dict[str, Any]]


class _Loader(yaml.CSafeLoader):
    """PyYAML keeps the last of two equal keys; a law file with two is broken."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = {str(key) for key in keys if keys.count(key) > 1}
        if twice:
            raise LawDataBroken(file=str(node.start_mark.name), reason=f"key twice: {', '.join(sorted(twice))}")
        return super().construct_mapping(node, deep)


def read(name: str) -> Any:
    """One YAML file of this folder."""
    with (HOME / name).open(encoding="utf-8") as file:
        return yaml.load(file, Loader=_Loader)  # noqa: S506 - _Loader is a SafeLoader


@cache
def shelf() -> Shelf:
    """The whole shelf, read once. Raises LawDataBroken naming the file and what is wrong."""
    clocks = read("clocks.yaml")
    departments = read("departments.yaml")["departments"]
    redaction = read("redaction.yaml")
    return Shelf(
        instruments=_by_id(_instruments(read("instruments.yaml")["instruments"])),
        provisions=_by_id(_provisions(read("provisions.yaml")["provisions"], read("instruments.yaml")["instruments"])),
        references=tuple(_make("references.yaml", CrossReference, row) for row in read("references.yaml")["references"]),
        clocks=_clocks(clocks["clocks"]),
        events=clocks["events"],
        pauses=clocks["pauses"],
        departments=_by_code(_make("departments.yaml", Department, {"code": code, **row}) for code, row in departments.items()),
        divisions=_divisions(),
        codes={path.stem: read(f"lists/{path.name}") for path in sorted((HOME / "lists").glob("*.yaml"))},
        behaviours=_catalogue("behaviours.yaml", "behaviours", Behaviour),
        duties=_catalogue("duties.yaml", "duties", Duty),
        publicity=_catalogue("publicity.yaml", "terms", PublicityTerm),
        values=_values(),
        redactions=redaction["rules"],
        never_public=tuple(redaction["never_public"]),
        declarations=read("declarations.yaml")["declarations"],
    )


def _make(file: str, kind: Callable[..., D], row: Mapping[str, Any]) -> D:
    """An entry from a YAML row; lists become tuples. A wrong or missing key is named."""
    try:
        return kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in row.items()})
    except TypeError as wrong:
        raise LawDataBroken(file=file, reason=f"{row.get('id') or row.get('code')}: {wrong}") from wrong


def _instruments(rows: Mapping[str, Any]) -> Iterable[Instrument]:
    return (_make("instruments.yaml", Instrument, {"id": name, **row}) for name, row in rows.items())


def _provisions(rows: Mapping[str, Any], instruments: Mapping[str, Any]) -> Iterable[Provision]:
    """A provision's dates and evidence are its instrument's unless it has its own."""
    for name, row in rows.items():
        instrument, _, article = name.rpartition(".")
        if instrument not in instruments:
            raise LawDataBroken(file="provisions.yaml", reason=f"{name}: no instrument {instrument}")
        taken = {key: value for key, value in instruments[instrument].items() if key in ("valid_from", "valid_to", "evidence")}
        for version in row if isinstance(row, list) else [row]:
            yield _make("provisions.yaml", Provision, {"id": name, "instrument": instrument, "article": article, **taken, **version})


def _clocks(rows: Mapping[str, Any]) -> dict[str, list[ClockRule]]:
    found: dict[str, list[ClockRule]] = {}
    for name, row in rows.items():
        shared = {key: value for key, value in row.items() if key != "versions"}
        rules = [_make("clocks.yaml", ClockRule, {"id": name, **shared, **version}) for version in row["versions"]]
        found[name] = rules
        for rule in rules:
            for alias in rule.aliases:
                found.setdefault(alias, []).append(rule)
    return found


def _catalogue(file: str, key: str, kind: type[D]) -> dict[str, list[D]]:
    found: dict[str, list[D]] = {}
    for code, row in read(file)[key].items():
        for version in row if isinstance(row, list) else [row]:
            found.setdefault(code, []).append(_make(file, kind, {"code": code, **version}))
    return found


def _values() -> dict[str, list[DatedValue]]:
    found: dict[str, list[DatedValue]] = {}
    for name, row in read("values.yaml")["values"].items():
        shared = {key: value for key, value in row.items() if key != "versions"}
        found[name] = [_make("values.yaml", DatedValue, {"name": name, **shared, **version}) for version in row["versions"]]
    return found


def _divisions() -> dict[str, Division]:
    with (HOME / "divisions.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: Division(code=row["code"], zh=row["name"], level=row["level"], parent=row["parent"])
            for row in csv.DictReader(file)
        }


def _by_id(entries: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for entry in entries:
        found.setdefault(entry.id, []).append(entry)
    return found


def _by_code(entries: Iterable[Department]) -> dict[str, list[Department]]:
    found: dict[str, list[Department]] = {}
    for entry in entries:
        found.setdefault(entry.code, []).append(entry)
    return found
