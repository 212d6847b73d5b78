"""The inside of the warm jail for Parquet and Arrow: one line of JSON in, one out, the table as uncompressed Arrow in the file named."""

from __future__ import annotations

import json
import os
import resource
import select
import sys
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

from chengxin.facts import kinds
from chengxin.facts.errors import Damaged, TooLarge
from chengxin.facts.reading import known_columns
from chengxin.kernel import jail
from chengxin.kernel.errors import ChengxinError

IDLE_SECONDS = 60
MOST_COLUMNS = 500
FEW_BYTES = 3  # a row's share of a column's dictionary and codes, up to which its values are few
_DAMAGE = (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowSerializationError, OSError, KeyError, ValueError, TypeError)


def main(limits: dict[str, int]) -> None:
    """Serve until the parent is gone or nothing came for a while."""
    pa.set_cpu_count(2)
    jail._limit(limits["memory_mb"], 24 * 3600, jail._mapped_mb())
    while select.select([sys.stdin], [], [], IDLE_SECONDS)[0]:
        line = sys.stdin.buffer.readline()
        if not line:
            return
        used = int(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]))
        # Only the soft limit moves: a lowered hard one could not be raised again for the next file.
        resource.setrlimit(resource.RLIMIT_CPU, (used + limits["seconds"], resource.getrlimit(resource.RLIMIT_CPU)[1]))
        sys.stdout.write(json.dumps(_answer(json.loads(line))) + "\n")
        sys.stdout.flush()
        if os.getppid() == 1:
            return


def _answer(order: dict[str, Any]) -> dict[str, Any]:
    try:
        if "cut" in order:
            return {"hard": "", "pieces": _pieces(order)}
        table, ignored = _read(order)
        with pa.OSFile(order["answer"], "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
    except ChengxinError as error:
        return {"hard": "", "error": [type(error).__name__, error.data]}
    except (MemoryError, pa.ArrowMemoryError):
        return {"hard": "memory"}
    except _DAMAGE as cause:
        note = (str(cause).splitlines() or [type(cause).__name__])[0][:200]
        texts = {"reason_zh": f"文件损坏或不是 {order['format']}：{note}", "reason_en": f"It is damaged or not {order['format']}: {note}"}
        return {"hard": "", "error": ["Damaged", texts]}
    return {"hard": "", "ignored": ignored[:50]}


def _read(order: dict[str, Any]) -> tuple[pa.Table, list[str]]:
    if order["format"] == "parquet":
        return _parquet(order)
    with pa.memory_map(order["path"]) as source:
        reader = pa.ipc.open_file(source) if source.read(6) == b"ARROW1" else pa.ipc.open_stream(_rewound(source))
        wanted, ignored = _wanted(order, reader.schema.names)
        table = reader.read_all()
        check_size(table.num_rows, table.num_columns, order["rows"])
        table = table.select(wanted)
        table.validate(full=True)  # offsets in the file are the sender's word
        return pa.table({name: _plainly(table[name]) for name in wanted}), ignored


def _plainly(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Only texts go on as dictionaries, the same for all rows."""
    if not pa.types.is_dictionary(column.type):
        return column
    kind = column.type.value_type
    return column.unify_dictionaries() if pa.types.is_string(kind) else column.cast(kind)


def _rewound(source: pa.NativeFile) -> pa.NativeFile:
    source.seek(0)
    return source


def _parquet(order: dict[str, Any]) -> tuple[pa.Table, list[str]]:
    file = _opened(order)
    wanted, ignored = _wanted(order, file.schema_arrow.names)
    if order["headers"] is None and (few := _few(file)):  # a mapping works on plain texts
        file = pq.ParquetFile(order["path"], memory_map=True, read_dictionary=few)
    if "piece" not in order:
        return file.read(columns=wanted).unify_dictionaries(), ignored
    first, count, start, rows = order["piece"]
    return file.read_row_groups(range(first, first + count), columns=wanted).slice(start, rows).unify_dictionaries(), ignored


def _few(file: pq.ParquetFile) -> list[str]:
    """Text columns that lie in the file as a dictionary of few values: they go on as one, which saves reading each text of each row."""
    footer = file.metadata
    texts = [place for place, field in enumerate(file.schema_arrow) if pa.types.is_string(field.type)]
    if footer.num_columns != len(file.schema_arrow):
        return []  # nested columns: places in schema and footer are not the same
    chunks = {place: [footer.row_group(group).column(place) for group in range(footer.num_row_groups)] for place in texts}
    return [
        file.schema_arrow.names[place]
        for place, parts in chunks.items()
        if all("RLE_DICTIONARY" in one.encodings and one.total_uncompressed_size <= FEW_BYTES * one.num_values + 1024 for one in parts)
    ]


def _opened(order: dict[str, Any]) -> pq.ParquetFile:
    file = pq.ParquetFile(order["path"], memory_map=True)
    check_size(file.metadata.num_rows, file.metadata.num_columns, order["rows"])
    return file


def _pieces(order: dict[str, Any]) -> list[list[int]]:
    """[first row group, row groups, first row in them, rows] of pieces of at most `cut` rows: small groups together, large ones cut."""
    footer, most = _opened(order).metadata, order["cut"]
    found: list[list[int]] = []
    first = held = 0
    for group in range(footer.num_row_groups):
        rows = footer.row_group(group).num_rows
        if held and held + rows > most:
            found.append([first, group - first, 0, held])
            first, held = group, 0
        held += rows
        if held > most:
            found += [[group, 1, start, min(most, held - start)] for start in range(0, held, most)]
            first, held = group + 1, 0
    return [*found, [first, footer.num_row_groups - first, 0, held]] if held else found


def check_size(rows: int, columns: int, most: int) -> None:
    """Raises TooLarge."""
    if rows > most:
        raise TooLarge(limit=f"{most:,}", found=f"{rows:,}")
    if columns > MOST_COLUMNS:
        raise TooLarge(limit=f"{MOST_COLUMNS} columns", found=f"{columns} columns")


def _wanted(order: dict[str, Any], names: Sequence[str]) -> tuple[list[str], list[str]]:
    if len(set(names)) != len(names):
        raise Damaged(reason_zh="文件中有同名的列。", reason_en="The file has two columns of one name.")
    if order["headers"] is not None:
        return [name for name in names if name in set(order["headers"])], []
    known, ignored = known_columns(kinds.kind(order["kind"]), names)
    return list(known), ignored


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
