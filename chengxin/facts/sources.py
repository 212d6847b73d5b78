"""Where the bytes come from and which reader they go to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from chengxin.facts import columnar, disk, ndjson
from chengxin.facts.errors import Empty, UnknownFormat
from chengxin.facts.kinds import Kind
from chengxin.facts.reading import Sent, check_columns, known_columns
from chengxin.facts.reasons import WHOLE_ROW, Problem
from chengxin.facts.tables import ROW
from chengxin.kernel import jail

if TYPE_CHECKING:
    from chengxin.facts.mapping import Mapping

FORMATS = ("ndjson", "json", "csv", "xlsx", "parquet", "arrow")
ENDINGS = {
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".xlsx": "xlsx",
    ".xls": "xlsx",
    ".et": "xlsx",
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
}


@dataclass(frozen=True)
class Opened:
    """A source with its digest; `table` instead of bytes when the caller has one in memory."""

    format: str
    size: int
    sha256: str
    data: bytes | Path | None = None
    table: pa.Table | None = None


def open_source(source: Path | bytes | pa.Table, format: str) -> Opened:
    """Measure and digest a source. Raises UnknownFormat."""
    if isinstance(source, pa.Table):
        return Opened("table", source.nbytes, "", table=source)
    if format not in FORMATS:
        raise UnknownFormat(format=format, known=", ".join(FORMATS))
    if isinstance(source, bytes | bytearray | memoryview):
        data = bytes(source)
        return Opened(format, len(data), hashlib.sha256(data).hexdigest(), data)
    path = Path(source)
    return Opened(format, path.stat().st_size, disk.sha256(path), path)


@dataclass(frozen=True)
class Limits:
    """What a jailed reader may use. Columnar files are unpacked whole, so they get more memory for the same bytes."""

    memory_mb: int = 256
    seconds: int = 10
    rows: int = 1_000_000
    columnar_mb: int = 768

    @property
    def columnar(self) -> columnar.Most:
        """The limits of the warm jail."""
        return columnar.Most(self.rows, self.columnar_mb, self.seconds)


INTERACTIVE = Limits()
COMMAND = Limits(
    memory_mb=2048, seconds=300, rows=50_000_000, columnar_mb=8192
)  # an operator's own import on the command line may be larger


def read(kind: Kind, opened: Opened, mapping: Mapping | None, limits: Limits = INTERACTIVE) -> tuple[Sent, list[str]]:
    """(rows under the kind's headers, headers that meant nothing). Raises Damaged, TooLarge, MissingColumns, Empty, FileTooHard."""
    headers = mapping.headers() if mapping else None
    sent, ignored = _read(kind, opened, headers, limits)
    if mapping:
        sent = mapping.apply(kind, sent)
    known, _ = known_columns(kind, sent.table.column_names)
    check_columns(kind, opened.format, known.values(), sent.table.column_names)
    if sent.rows == 0:
        raise Empty()
    return sent, ignored


def _read(kind: Kind, opened: Opened, headers: list[str] | None, limits: Limits) -> tuple[Sent, list[str]]:
    if opened.table is not None:
        return Sent(opened.table, np.arange(1, opened.table.num_rows + 1, dtype=np.int64)), []
    data = opened.data
    if data is None:
        raise ValueError("an opened source has bytes, a path or a table")
    if opened.format == "ndjson":
        return ndjson.read(kind, data if isinstance(data, bytes) else data.read_bytes(), headers)
    if opened.format in ("parquet", "arrow"):
        return columnar.read(kind, data, opened.format, headers, limits.columnar)
    return _jailed(kind, data, opened.format, headers, limits)


def _jailed(kind: Kind, data: bytes | Path, format: str, headers: list[str] | None, limits: Limits) -> tuple[Sent, list[str]]:
    answer = jail.run(
        f"chengxin.facts.tables:read_{format}", data, memory_mb=limits.memory_mb, seconds=limits.seconds, kind=kind.kind, headers=headers
    )
    table = pa.ipc.open_stream(answer["table"]).read_all()
    table.validate(full=True)  # what a taken-over reader may have written
    numbers = table[ROW].to_numpy()
    unread = [Problem(row, WHOLE_ROW, code, value, data, mark) for row, code, data, value, mark in answer["unread"]]
    cells = [Problem(*cell) for cell in answer["cells"]]
    return Sent(table.drop_columns([ROW]), numbers, unread, cells), answer["ignored"]
