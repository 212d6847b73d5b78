"""The tables that hold personal data, as stores.yaml names them: their columns, the matter they belong to, what stops their removal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.apps import apps
from django.db.models import Model

from chengxin.kernel import language
from chengxin.kernel.encryption import EncryptedTextField

HERE = Path(__file__).parent
MARK = "［已删除］"  # stands where a person stood; shown as it is


@dataclass(frozen=True)
class Store:
    """One line of stores.yaml; see there."""

    model: str
    name: Mapping[str, str]
    since: str
    root: str | None = None
    twin: str = ""
    owner: bool = False
    subject: str = ""
    also: Mapping[str, Any] = field(default_factory=dict)
    person: Mapping[str, Any] = field(default_factory=dict)
    blank: Mapping[str, str] = field(default_factory=dict)
    done: Mapping[str, list[str]] = field(default_factory=dict)
    keep: Mapping[str, str] | None = None
    files: str = ""
    delete: bool = False

    @property
    def table(self) -> type[Model]:
        found: type[Model] = apps.get_model(self.model)
        return found

    @property
    def fields(self) -> tuple[EncryptedTextField, ...]:
        return encrypted(self.table)

    @property
    def term(self) -> str:
        """The clock that every column of the table declares, or its words."""
        return str(self.fields[0].term)

    @property
    def basis(self) -> str:
        return str(self.fields[0].basis)


@dataclass(frozen=True)
class Matter:
    """A kind of matter that papers and exhibits name."""

    kind: str
    model: str
    ended: str
    keep: bool = False


def encrypted(model: type[Model]) -> tuple[EncryptedTextField, ...]:
    """A table's encrypted columns."""
    return tuple(one for one in model._meta.concrete_fields if isinstance(one, EncryptedTextField))


@cache
def stores() -> Mapping[str, Store]:
    """Every store by the label of its table."""
    return {one["model"]: Store(**one) for one in _read("stores.yaml")}


def store_name(label: str) -> str:
    """What people call what lies in a table ("consumers.Complaint"), in the reader's language."""
    found = stores().get(label)
    return language.pick(found.name) if found else label


@cache
def matters() -> Mapping[str, Matter]:
    """Every kind of matter that papers name."""
    return {kind: Matter(kind, **one) for kind, one in _read("matters.yaml").items()}


@cache
def grounds() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """accept | refuse -> code -> {provision, zh, en}."""
    found: Mapping[str, Mapping[str, Mapping[str, str]]] = _read("refusals.yaml")
    return found


def undeclared() -> list[str]:
    """Tables with encrypted columns that no store names: nothing would ever be removed from them."""
    return sorted(one._meta.label for one in apps.get_models() if encrypted(one) and one._meta.label not in stores())


def _read(name: str) -> Any:
    return yaml.load((HERE / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
