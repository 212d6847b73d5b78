"""Parquet and Arrow IPC: looked at before they are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

from chengxin.facts.errors import Damaged, Empty, TooLarge
from chengxin.facts.kinds import Kind
from chengxin.facts.reading import Sent, known_columns

MOST_COLUMNS = 500


@dataclass(frozen=True)
class Most:
    """The largest table that is read: rows, and bytes unpacked of the columns that are read."""

    rows: int
    unpacked: int


def read(kind: Kind, source: pa.NativeFile, format: str, headers: Sequence[str] | None, most: Most) -> tuple[Sent, list[str]]:
    """(rows, ignored headers). Raises Damaged, TooLarge, Empty."""
    try:
        table, ignored = _parquet(kind, source, headers, most) if format == "parquet" else _arrow(kind, source, headers, most)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowMemoryError, pa.ArrowSerializationError, OSError, KeyError) as cause:
        note = str(cause).splitlines()[0][:200] if str(cause) else type(cause).__name__
        raise Damaged(reason_zh=f"文件损坏或不是 {format}：{note}", reason_en=f"It is damaged or not {format}: {note}") from cause
    if table.num_rows == 0:
        raise Empty()
    return Sent(table, np.arange(1, table.num_rows + 1, dtype=np.int64)), ignored


def _parquet(kind: Kind, source: pa.NativeFile, headers: Sequence[str] | None, most: Most) -> tuple[pa.Table, list[str]]:
    file = pq.ParquetFile(source)
    check_rows(file.metadata.num_rows, file.metadata.num_columns, most)
    names = file.schema_arrow.names
    wanted, ignored = _wanted(kind, names, headers)
    size = sum(_unpacked(file.metadata.row_group(group), set(wanted)) for group in range(file.metadata.num_row_groups))
    if size > most.unpacked:
        raise TooLarge(limit=f"{most.unpacked >> 20} MiB", found=f"{size >> 20} MiB")
    return file.read(columns=wanted), ignored


def _unpacked(group: pq.RowGroupMetaData, wanted: set[str]) -> int:
    columns = (group.column(place) for place in range(group.num_columns))
    return sum(column.total_uncompressed_size for column in columns if column.path_in_schema.split(".")[0] in wanted)


def _arrow(kind: Kind, source: pa.NativeFile, headers: Sequence[str] | None, most: Most) -> tuple[pa.Table, list[str]]:
    magic = source.read(6)
    source.seek(0)
    reader = pa.ipc.open_file(source) if magic == b"ARROW1" else pa.ipc.open_stream(source)
    wanted, ignored = _wanted(kind, reader.schema.names, headers)
    table = reader.read_all()
    check_rows(table.num_rows, table.num_columns, most)
    table = table.select(wanted)
    table.validate(full=True)  # offsets in the file are the sender's word
    return table, ignored


def check_rows(rows: int, columns: int, most: Most) -> None:
    """Raises TooLarge."""
    if rows > most.rows:
        raise TooLarge(limit=f"{most.rows:,}", found=f"{rows:,}")
    if columns > MOST_COLUMNS:
        raise TooLarge(limit=f"{MOST_COLUMNS} columns", found=f"{columns} columns")


def _wanted(kind: Kind, names: Sequence[str], headers: Sequence[str] | None) -> tuple[list[str], list[str]]:
    if headers is not None:
        return [name for name in names if name in set(headers)], []
    known, ignored = known_columns(kind, names)
    return list(known), ignored
