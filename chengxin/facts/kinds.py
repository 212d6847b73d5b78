"""The vocabulary: one YAML per kind of fact. API schema, lake schema, spreadsheet template and handbook derive from it, nothing else
does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import yaml

from chengxin.facts.errors import UnknownKind

FOLDER = Path(__file__).parent / "schema"

Type = Literal["text", "int", "money", "time", "bool", "code", "division", "gtin", "hash", "person", "device", "ip", "address"]
Pair = Mapping[str, str]

TIME = pa.timestamp("us", tz="UTC")
# A (p) column's token domain: people per platform, things that rings share across platforms city-wide.
PERSONAL: Mapping[str, str] = {"person": "person", "device": "device", "ip": "ip", "address": "address"}
# A reference in a report → the token column that joins it to its fact.
REFERENCES: Mapping[str, str] = {"shop_id": "shop", "order_no": "order", "waybill_no": "parcel", "review_no": "review", "sku": "item"}
_PHYSICAL: Mapping[str, pa.DataType] = {"int": pa.int64(), "money": pa.int64(), "time": TIME, "bool": pa.bool_()}


@dataclass(frozen=True, eq=False)
class Column:
    """One column as platforms send it. `personal` columns are kept only as keyed pseudonyms."""

    name: str
    type: Type
    zh: str
    en: str
    meaning: Pair
    example: str
    required: bool = False
    identifier: bool = False
    free: bool = False
    keep: bool = False
    future: bool = False
    default: int | None = None
    min: int | None = None
    max: int | None = None
    unit: Pair | None = None
    codes: Mapping[str, Pair] = field(default_factory=dict)
    list: str | None = None
    personal: Mapping[str, Any] | None = None

    @property
    def domain(self) -> str | None:
        """The token domain of a personal column."""
        return PERSONAL.get(self.type)

    def allowed(self) -> Mapping[str, Pair]:
        """Code → its names: written in the schema, or a dated list of the law."""
        if self.list is None:
            return self.codes
        from chengxin.kernel import clock
        from chengxin.law import law

        book = law.at(clock.today())
        if self.list == "behaviour":
            return {one.code: {"zh": one.zh, "en": one.en} for one in book.behaviours()}
        return book.codes(self.list)


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind of fact."""

    kind: str
    version: int
    zh: str
    en: str
    meaning: Pair
    key: tuple[str, ...]
    time: str
    retention: str
    rules: tuple[str, ...]
    columns: tuple[Column, ...]

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        return {column.name: column for column in self.columns}

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """Every header a file may use, folded → the column's name (money also as `<name>_fen`)."""
        known: dict[str, str] = {}
        for column in self.columns:
            for header in (column.name, column.zh, column.en):
                known[fold(header)] = column.name
            if column.type == "money":
                known[fold(f"{column.name}_fen")] = f"{column.name}_fen"
        return known

    @cached_property
    def lake_schema(self) -> pa.Schema:
        """The columns of this kind in the lake, in their order."""
        fields = [pa.field("fact", pa.int64(), nullable=False), pa.field("platform", pa.string(), nullable=False)]
        for column in self.columns:
            fields += [pa.field(name, kept) for name, kept in self.kept(column)]
        fields += [pa.field("content", pa.int64(), nullable=False), pa.field("batch", pa.string(), nullable=False)]
        return pa.schema(fields)

    def kept(self, column: Column) -> list[tuple[str, pa.DataType]]:
        """What the lake keeps of an input column: [(name, type)]."""
        if column.domain:
            return [(column.name, pa.int64())]
        reference = REFERENCES.get(column.name)
        if reference is None:
            return [(column.name, _PHYSICAL.get(column.type, pa.string()))]
        both = column.name != "shop_id" and (column.name in self.key or column.keep)
        return [(column.name, pa.string()), (reference, pa.int64())] if both else [(reference, pa.int64())]


def fold(header: str) -> str:
    """A header as it is compared: no marks of obligation, no case, one kind of space."""
    plain = str(header).strip().lstrip("﻿").rstrip("*＊").removesuffix("（必填）").removesuffix("(必填)").strip()
    return "_".join(plain.lower().replace("-", " ").split())


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind, in the order a city meets them."""
    order = "order payment refund parcel scan review followup visit price listing complaint measure licence".split()  # noqa: SIM905
    found = {path.stem: _read(path) for path in sorted(FOLDER.glob("*.yaml"))}
    return {name: found[name] for name in sorted(found, key=lambda name: order.index(name) if name in order else len(order))}


def kind(name: str) -> Kind:
    """The kind of this name, or UnknownKind."""
    try:
        return kinds()[name]
    except KeyError:
        raise UnknownKind(kind=name, known=", ".join(kinds())) from None


def _read(path: Path) -> Kind:
    plain = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    columns = tuple(_column(given) for given in plain.pop("columns"))
    return Kind(**{**plain, "key": tuple(plain["key"]), "rules": tuple(plain["rules"]), "columns": columns})


def _column(given: dict[str, Any]) -> Column:
    column = Column(**{**given, "example": str(given["example"])})
    if column.domain and not all((column.personal or {}).get(word) for word in ("purpose", "basis", "term")):
        raise ValueError(f"{column.name} holds personal data without purpose, basis and term")
    return column
