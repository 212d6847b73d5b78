"""The official forms as dated data (forms/*.yaml, described in forms/README.md): what each asks for and how it is laid out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from chengxin.documents.errors import FormUnknown
from chengxin.law import law
from chengxin.law.entries import Dated

FOLDER = Path(__file__).parent / "forms"
TEXT, LONG, DATE, TIME, MONEY, NUMBER, CHOICE, LIST, ROWS = KINDS = (
    "text",
    "long",
    "date",
    "time",
    "money",
    "number",
    "choice",
    "list",
    "rows",
)
NOWHERE = "230499"  # a division that does not exist
SHARED = ("fields", "marks", "remedies")


@dataclass(frozen=True, kw_only=True)
class Field:
    """One blank of a form; see forms/fields.yaml. `personal` names a rule of law/redaction.yaml, `unless` the field that lifts it."""

    name: str
    zh: str
    en: str
    kind: str = TEXT
    personal: str = ""
    unless: str = ""
    codes: str = ""
    options: dict[str, str] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    required: bool = False

    def choices(self, day: date) -> dict[str, str]:
        """The values of a choice with their Chinese names, by the law of a day."""
        return {code: one["zh"] for code, one in law.at(day).codes(self.codes).items()} if self.codes else self.options


@dataclass(frozen=True, kw_only=True)
class Form(Dated):
    """One version of a form. `mark` stands in its document numbers, `evidence` says how well its wording is known. desk: an officer may
    issue it by hand; what decides something comes only out of its workflow."""

    id: str
    zh: str
    en: str
    mark: str
    source_zh: str
    source_en: str
    evidence: str
    fields: dict[str, Field]
    layout: tuple[dict[str, Any], ...]
    remedy: str = ""
    desk: bool = False


def form(id: str, day: date) -> Form:
    """The form as it stands on a day. Raises FormUnknown when there is none of this id then."""
    found = next((one for one in _all().get(id, []) if one.holds(day)), None)
    if found is None:
        raise FormUnknown(id=id, day=day.isoformat())
    return found


def forms(day: date) -> list[Form]:
    """Every form in use on a day, by id."""
    return [one for id in sorted(_all()) for one in _all()[id] if one.holds(day)]


def remedy(of: Form, day: date, values: Mapping[str, Any]) -> str:
    """What a paper says of review and suit by the law of its day; empty when the form has no such text."""
    if not of.remedy:
        return ""
    shared = _read("remedies")
    named = {name: str(values.get(name) or _dated(shared[name], day)) for name in ("review_authority", "court")}
    return _dated(shared["remedies"][of.remedy], day).format(**named)


def number_start(department: str, mark: str, year: int) -> str:
    """A document number up to its counting part: 鹤市监罚告〔2026〕."""
    office = _read("marks")["departments"].get(department) or law.at(date(year, 12, 31)).department(department).zh
    return f"{_city()['mark']}{office}{mark}〔{year}〕"


def authority(department: str, day: date) -> str:
    """The department's name in full: the city's and its own."""
    return f"{_city()['zh']}{law.at(day).department(department).zh}"


def _city() -> dict[str, str]:
    """The city's sign and name; a demonstration signs as nobody's city."""
    cities: dict[str, dict[str, str]] = _read("marks")["cities"]
    return cities[NOWHERE] if settings.DEMO else cities[settings.CITY_DIVISION]


def vocabulary() -> dict[str, Field]:
    """Every field that any form may have, by name."""
    return _fields()


def _dated(versions: list[dict[str, Any]], day: date) -> str:
    holding = [one for one in versions if Dated(valid_from=one.get("valid_from"), valid_to=one.get("valid_to")).holds(day)]
    return str(holding[-1]["text"])


@cache
def _read(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return loaded


@cache
def _fields() -> dict[str, Field]:
    return {name: Field(name=name, **row) for name, row in _read("fields")["fields"].items()}


@cache
def _all() -> dict[str, list[Form]]:
    names = [path.stem for path in sorted(FOLDER.glob("*.yaml")) if path.stem not in SHARED]
    return {name: [_form(name, row) for row in _read(name)["versions"]] for name in names}


def _form(id: str, row: dict[str, Any]) -> Form:
    blanks = {name.removesuffix("!"): name.endswith("!") for name in row["fields"]}
    fields = {name: Field(**{**vars(_fields()[name]), "required": required}) for name, required in blanks.items()}
    return Form(id=id, **{**row, "fields": fields, "layout": tuple(row["layout"])})
