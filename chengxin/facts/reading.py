"""What every reader returns: the rows as they were sent, and what could not even be read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from chengxin.facts.errors import MissingColumns
from chengxin.facts.kinds import Kind, fold
from chengxin.facts.reasons import WHOLE_ROW, Problem

SHEETS = frozenset(["csv", "xlsx", "parquet", "arrow"])  # formats with one header for all rows


@dataclass
class Sent:
    """Rows as they were sent. table: columns under their own headers; numbers: 1-based row (line) numbers in the file, one per table row;
    unread: problems of lines that gave no row, `row` being the number in the file; cells: problems of cells of rows in the table."""

    table: pa.Table
    numbers: NDArray[np.int64]
    unread: list[Problem] = field(default_factory=list)
    cells: list[Problem] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return len(self.numbers) + len(self.unread)


def known_columns(kind: Kind, headers: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    """({header in the file: column}, headers that mean nothing, fit to be shown). A column given twice keeps its first header."""
    known: dict[str, str] = {}
    ignored: list[str] = []
    taken: set[str] = set()
    for header in headers:
        name = kind.headers.get(fold(header))
        if name is None or name in taken:
            ignored.append(_shown(str(header)))
            continue
        taken.add(name)
        known[header] = name
    return known, ignored


def _shown(header: str) -> str:
    """A header nobody knows, as a receipt can repeat it: PostgreSQL keeps no NUL, and no text holds half a surrogate pair."""
    return header.replace("\0", "�")[:120].encode("utf-8", "replace").decode()


def check_columns(kind: Kind, format: str, names: Iterable[str], found: Sequence[str]) -> None:
    """A sheet without a required column is refused whole: a thousand equal errors would help nobody."""
    have = {name.removesuffix("_fen") for name in names}
    missing = [column for column in kind.columns if column.required and column.name not in have]
    if missing and format in SHEETS:
        zh, en = "、".join(column.zh for column in missing), ", ".join(column.name for column in missing)
        raise MissingColumns(zh=zh, en=en, found=", ".join(map(str, found))[:300])


def rows_to_columns(rows: Sequence[Mapping[str, Any]], headers: Sequence[str]) -> tuple[pa.Table, list[Problem]]:
    """Rows of plain Python values as string columns, and a problem for each cell that is a list or an object."""
    cells: list[Problem] = []
    arrays = []
    for header in headers:
        values: list[str | None] = []
        for place, row in enumerate(rows):
            value = row.get(header)
            if isinstance(value, dict | list):
                cells.append(Problem(place, header, "nested", str(value)[:120]))
                value = None
            values.append(plain_text(value))
        arrays.append(pa.array(values, pa.string()))
    return pa.table(arrays, names=list(headers)), cells


def plain_text(value: Any) -> str | None:
    """A scalar as text: JSON and cells give numbers where ids are meant."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def whole_row(number: int, code: str, raw: bytes, **data: Any) -> Problem:
    """A problem of a line that gave no row; `number` is its number in the file. The line may hold personal references anywhere, so the
    error sheet repeats only its length."""
    return Problem(number, WHOLE_ROW, code, f"({len(raw)} bytes)", data, hashlib.blake2b(raw, digest_size=16).hexdigest())
