"""NDJSON: Arrow's reader for the lines that are well-formed, msgspec line by line around those that are not. One broken line costs one
row."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.json
from numpy.typing import NDArray

from chengxin.facts import kernels
from chengxin.facts.errors import Empty
from chengxin.facts.kinds import Kind
from chengxin.facts.reading import Sent, known_columns, rows_to_columns, whole_row
from chengxin.facts.reasons import Problem

LONGEST_LINE = 64 * 1024
SNIFFED = 10  # first and middle lines whose values tell the types: systems write a column always the same way
SMALLEST = 512  # below this many lines msgspec is as fast as another try with Arrow
BLOCK = 1 << 20

Lines = tuple[NDArray[np.int64], NDArray[np.int64]]


def read(kind: Kind, data: bytes, headers: Sequence[str] | None = None) -> tuple[Sent, list[str]]:
    """(rows, ignored headers). headers: the keys to read when a mapping names them, else those that the kind knows."""
    body = np.frombuffer(data.removeprefix(b"\xef\xbb\xbf"), dtype=np.uint8)
    starts, ends, plain = kernels.scan_lines(body, LONGEST_LINE)
    filled = ends > starts
    if not filled.any():
        raise Empty()
    plain &= filled & _is_utf8(body, starts, ends)
    sniffed = _sniff(body, starts, ends, np.flatnonzero(plain))
    wanted, ignored = (list(headers), []) if headers is not None else _wanted(kind, sniffed)
    reader = _Reader(body, (starts, ends), _schema(kind, wanted, sniffed))
    reader.read(np.flatnonzero(filled), plain)
    return reader.sent(), ignored


def _is_utf8(body: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Per line; the whole file is looked at once and only a bad one line by line."""
    if _valid_utf8(body):
        return np.ones(len(starts), np.bool_)
    return np.array([_valid_utf8(body[start:end]) for start, end in zip(starts.tolist(), ends.tolist(), strict=True)])


def _valid_utf8(piece: NDArray[np.uint8]) -> bool:
    offsets = np.array([0, len(piece)], dtype=np.int64)
    array = pa.Array.from_buffers(pa.large_string(), 1, [None, pa.py_buffer(offsets), pa.py_buffer(piece)])
    try:
        array.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _sniff(body: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64], plain: NDArray[np.int64]) -> dict[str, set[type]]:
    """Key → types of its values in some first and some middle lines."""
    found: dict[str, set[type]] = {}
    middle = len(plain) // 2
    for line in [*plain[:SNIFFED].tolist(), *plain[middle : middle + SNIFFED].tolist()]:
        try:
            row = msgspec.json.decode(body[starts[line] : ends[line]].tobytes())
        except (msgspec.DecodeError, RecursionError):
            continue
        for key, value in row.items():
            found.setdefault(key, set()).add(type(value))
    return found


def _wanted(kind: Kind, sniffed: dict[str, set[type]]) -> tuple[list[str], list[str]]:
    """The keys to read: those seen, and every column's own name, since an optional one may come later in the file."""
    known, ignored = known_columns(kind, sniffed)
    taken = {name.removesuffix("_fen") for name in known.values()}
    return [*known, *(column.name for column in kind.columns if column.name not in taken)], ignored


def _schema(kind: Kind, wanted: Sequence[str], sniffed: dict[str, set[type]]) -> pa.Schema:
    known, _ = known_columns(kind, wanted)
    fields = []
    for key in wanted:
        seen = sniffed.get(key, set()) - {type(None)}
        column = kind.by_name.get(known.get(key, ""))
        fields.append(pa.field(key, _type(seen, column is not None and column.type == "money")))
    return pa.schema(fields)


def _type(seen: set[type], money: bool) -> pa.DataType:
    if seen and seen <= {int, float}:
        return pa.int64() if seen == {int} and not money else pa.float64()
    return pa.bool_() if seen == {bool} else pa.string()


class _Reader:
    """Reads pieces of the file, the largest first, and collects them in order."""

    def __init__(self, body: NDArray[np.uint8], lines: Lines, schema: pa.Schema) -> None:
        self.body, self.schema = body, schema
        self.starts, self.ends = lines
        self.tables: list[pa.Table] = []
        self.numbers: list[NDArray[np.int64]] = []
        self.unread: list[Problem] = []
        self.cells: list[Problem] = []
        self.rows = 0

    def read(self, lines: NDArray[np.int64], plain: NDArray[np.bool_]) -> None:
        """Read these lines (indices, ascending)."""
        good = plain[lines]
        if good.all():
            table = self._fast(lines)
            if table is not None:
                self._add(table, lines)
                return
        if len(lines) <= SMALLEST:
            self._slow(lines)
            return
        for piece in np.array_split(lines, 8):
            self.read(piece, plain)

    def _fast(self, lines: NDArray[np.int64]) -> pa.Table | None:
        """The lines by Arrow's reader, or None when it stumbles over any of them."""
        piece = pa.py_buffer(self.body[self.starts[lines[0]] : self.ends[lines[-1]]])
        options = pyarrow.json.ParseOptions(explicit_schema=self.schema, unexpected_field_behavior="ignore")
        try:
            table = pyarrow.json.read_json(pa.BufferReader(piece), pyarrow.json.ReadOptions(use_threads=True, block_size=BLOCK), options)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            return None
        return table if table.num_rows == len(lines) else None

    def _slow(self, lines: NDArray[np.int64]) -> None:
        rows, kept = [], []
        for line in lines.tolist():
            row = self._one(line)
            if row is not None:
                rows.append(row)
                kept.append(line)
        table, cells = rows_to_columns(rows, self.schema.names)
        self.cells += [Problem(cell.row + self.rows, cell.field, cell.code, cell.value) for cell in cells]
        self._add(table, np.array(kept, dtype=np.int64))

    def _one(self, line: int) -> dict[str, object] | None:
        text = self.body[self.starts[line] : self.ends[line]].tobytes()
        code = "line_too_long" if len(text) > LONGEST_LINE else "broken_line"
        if code == "broken_line":
            try:
                row = msgspec.json.decode(text)
                if isinstance(row, dict):
                    return row
            except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
                code = code if _valid_utf8(np.frombuffer(text, np.uint8)) else "encoding"
        self.unread.append(whole_row(line + 1, code, text, max=LONGEST_LINE))
        return None

    def _add(self, table: pa.Table, lines: NDArray[np.int64]) -> None:
        self.tables.append(table)
        self.numbers.append(lines + 1)
        self.rows += table.num_rows

    def sent(self) -> Sent:
        tables = self.tables
        if len(tables) > 1 and any(table.schema != tables[0].schema for table in tables):
            texts = pa.schema([pa.field(name, pa.string()) for name in self.schema.names])
            tables = [_as_texts(table, texts) for table in tables]
        return Sent(pa.concat_tables(tables), np.concatenate(self.numbers), self.unread, self.cells)


def _as_texts(table: pa.Table, texts: pa.Schema) -> pa.Table:
    columns = []
    for name in texts.names:
        column = table[name]
        if pa.types.is_floating(column.type):
            column = pa.chunked_array([pa.array([None if one is None else repr(one) for one in column.to_pylist()], pa.string())])
        columns.append(column.cast(pa.string()))
    return pa.table(columns, schema=texts)
