"""The reasons of reasons.yaml, and the problem that a row can have."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from chengxin.facts.kinds import Kind
from chengxin.kernel import language

WHOLE_ROW = ""
SHOWN = 120


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one row. row: index in the table read (0-based); field: input column, "" for the whole row; value: as sent;
    mark: digest of a line that gave no row."""

    row: int
    field: str
    code: str
    value: str = ""
    data: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    mark: str = ""


@cache
def reasons() -> Mapping[str, Mapping[str, Any]]:
    return dict(yaml.load((Path(__file__).parent / "reasons.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))


def reason(kind: Kind, code: str, field: str, data: Mapping[str, Any], lang: str | None = None) -> tuple[str, str]:
    """(what is wrong, remedy) in the reader's language."""
    entry = reasons()[code]
    column = kind.by_name.get(field)
    holes = {"field": language.pick({"zh": column.zh, "en": column.en}, lang) if column else field, **data}
    return language.pick(entry, lang).format_map(holes), language.pick(entry["remedy"], lang).format_map(holes)


def shown(kind: Kind, field: str, value: str) -> str:
    """What an error sheet may repeat of a value: personal references are never kept raw, not even wrong ones."""
    column = kind.by_name.get(field)
    if column is not None and column.domain:
        return "***"
    return value[:SHOWN]
