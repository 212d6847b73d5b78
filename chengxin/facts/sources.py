"""Where the bytes come from and which reader they go to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from chengxin.facts import columnar, disk, ndjson
from chengxin.facts.errors import UnknownFormat
from chengxin.facts.kinds import Kind
from chengxin.facts.reading import Sent, check_columns, known_columns

if TYPE_CHECKING:
    from chengxin.facts.mapping import Mapping

FORMATS = ("ndjson", "json", "csv", "xlsx", "parquet", "arrow")


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


def read(kind: Kind, opened: Opened, mapping: Mapping | None) -> tuple[Sent, list[str]]:
    """(rows under the kind's headers, headers that meant nothing). Raises Damaged, TooLarge, MissingColumns, Empty."""
    headers = mapping.headers() if mapping else None
    sent, ignored = _read(kind, opened, headers)
    if mapping:
        sent = mapping.apply(kind, sent)
    known, _ = known_columns(kind, sent.table.column_names)
    check_columns(kind, opened.format, known.values(), sent.table.column_names)
    return sent, ignored


def _read(kind: Kind, opened: Opened, headers: list[str] | None) -> tuple[Sent, list[str]]:
    if opened.table is not None:
        table = opened.table
        return Sent(table, np.arange(1, table.num_rows + 1, dtype=np.int64)), []
    data = opened.data
    if opened.format == "ndjson":
        return ndjson.read(kind, data if isinstance(data, bytes) else Path(str(data)).read_bytes(), headers)
    if opened.format in ("parquet", "arrow"):
        source = pa.BufferReader(data) if isinstance(data, bytes) else pa.OSFile(str(data))
        with source:
            return columnar.read(kind, source, opened.format, headers)
    raise UnknownFormat(format=opened.format, known=", ".join(FORMATS))
