"""CSV, xlsx and JSON arrays, read inside the jail (kernel.jail): these run in a child process with hard limits and see nothing but the
file.

Each returns plain values: an Arrow IPC stream of string columns with the row numbers, and the rows that could not be read.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from chengxin.facts import kinds
from chengxin.facts.errors import Damaged, TooLarge
from chengxin.facts.reading import known_columns, plain_text, rows_to_columns, whole_row
from chengxin.facts.reasons import Problem

ROW = "\0row"  # the column of row numbers beside the file's own; no header can be called so
COMMENT = "※"
MOST_ROWS = 300_000
LONGEST_CELL = 64 * 1024
MOST_UNPACKED = 256 * 1024 * 1024
MOST_PARTS = 2_000
COMPOUND = b"\xd0\xcf\x11\xe0"  # how an xls begins
_DELIMITERS = ",;\t|"


def read_csv(path: str, kind: str, headers: Sequence[str] | None) -> dict[str, Any]:
    """UTF-8 (with or without mark), UTF-16 with mark, or GB18030; comma, semicolon, tab or bar."""
    text = _decoded(Path(path).read_bytes())
    csv.field_size_limit(LONGEST_CELL)
    first = text[: text.find("\n") + 1] or text
    reader = csv.reader(io.StringIO(text), delimiter=max(_DELIMITERS, key=first.count))
    return _sheet(kind, headers, _csv_rows(reader))


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    else:
        if b"\0" in data or data[:4] in (b"PK\3\4", b"%PDF", COMPOUND, b"PAR1"):
            raise damaged("不是文本文件", "it is not a text file")
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise damaged("文字编码不是 UTF-8，也不是 GB18030", "its encoding is neither UTF-8 nor GB18030")


def _csv_rows(reader: Any) -> Iterator[list[str]]:
    number = 0
    while True:
        number += 1
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as cause:
            raise damaged(
                f"第 {number} 行无法读取，可能缺少引号", f"row {number} cannot be read, a quote may be missing ({cause})"
            ) from cause


def read_xlsx(path: str, kind: str, headers: Sequence[str] | None) -> dict[str, Any]:
    """The first sheet of a workbook: xlsx, the older xls, or WPS's et, which is one of the two inside."""
    from python_calamine import CalamineWorkbook

    check_workbook(Path(path))
    try:
        sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
        if (sheet.total_height or 0) > MOST_ROWS:
            raise TooLarge(limit=f"{MOST_ROWS:,}", found=f"{sheet.total_height:,}")
        rows = sheet.iter_rows()
        before = sheet.start[0] if sheet.start else 0
        return _sheet(kind, headers, ([_cell(value) for value in row] for row in rows), first=before + 1)
    except (TooLarge, Damaged, MemoryError):
        raise
    except Exception as cause:  # the reader's own errors and panics have no common class
        if type(cause).__module__.startswith("chengxin."):
            raise
        raise damaged(f"不是完整的工作簿：{cause}"[:200], f"it is not a whole workbook: {cause}"[:200]) from cause


def check_workbook(path: Path) -> None:
    """Look at the archive before anything unpacks it; an xls is none, and the jail's limits are enough for it. Raises Damaged or
    TooLarge."""
    with path.open("rb") as file:
        if file.read(4) == COMPOUND:
            return
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            size = sum(part.file_size for part in parts)
            if size > MOST_UNPACKED or len(parts) > MOST_PARTS:
                raise TooLarge(limit=f"{MOST_UNPACKED >> 20} MiB", found=f"{size >> 20} MiB, {len(parts)} parts")
            for part in parts:
                _check_part(archive, part)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, ValueError) as cause:
        raise damaged("不是完整的 xlsx 文件", f"it is not a whole xlsx file ({cause})"[:200]) from cause


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    if part.filename.startswith(("/", "\\")) or ".." in part.filename.replace("\\", "/").split("/"):
        raise damaged("压缩包内有越界路径", "a path inside the archive leaves it")
    if part.filename.endswith((".xml", ".rels", ".vml")):
        with archive.open(part) as stream:
            head = stream.read(4096)
        if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
            raise damaged("XML 内含外部实体声明", "its XML declares entities")


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return plain_text(value) or ""


def read_json(path: str, kind: str, headers: Sequence[str] | None) -> dict[str, Any]:
    """An array of objects."""
    try:
        rows = msgspec.json.decode(Path(path).read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as cause:
        raise damaged(f"JSON 不完整：{cause}"[:200], f"its JSON is not whole: {cause}"[:200]) from cause
    if not isinstance(rows, list):
        raise damaged("JSON 最外层应为数组", "its outermost JSON value is not an array")
    _check_rows(len(rows))
    good = [(number, row) for number, row in enumerate(rows, 1) if isinstance(row, dict)]
    unread = [whole_row(number, "broken_line", repr(row).encode()) for number, row in enumerate(rows, 1) if not isinstance(row, dict)]
    found: dict[str, None] = {}
    for _, row in good:
        found.update(dict.fromkeys(row))
    wanted, ignored = _wanted(kind, list(found), headers)
    table, cells = rows_to_columns([row for _, row in good], wanted)
    return _answer(table, [number for number, _ in good], unread, cells, ignored)


def _sheet(kind: str, headers: Sequence[str] | None, rows: Iterable[list[str]], first: int = 1) -> dict[str, Any]:
    """A header row, perhaps a row of comments, then data."""
    numbered = ((number, row) for number, row in enumerate(rows, first) if any(cell.strip() for cell in row))
    try:
        _, head = next(numbered)
    except StopIteration:
        raise damaged("没有表头", "it has no header row") from None
    head = _distinct(head)
    wanted, ignored = _wanted(kind, [name for name in head if name], headers)
    places = [head.index(name) for name in wanted]
    columns: list[list[str]] = [[] for _ in places]
    numbers: list[int] = []
    unread: list[Problem] = []
    for number, row in numbered:
        if row[0].startswith(COMMENT):
            continue
        if len(row) != len(head) and (len(row) < len(head) or any(row[len(head) :])):
            unread.append(whole_row(number, "wrong_column_count", "\x1f".join(row).encode(), found=len(row), expected=len(head)))
            continue
        numbers.append(number)
        _check_rows(len(numbers))
        for column, place in zip(columns, places, strict=True):
            column.append(row[place])
    table = pa.table([pa.array(column, pa.string()) for column in columns], names=wanted)
    return _answer(table, numbers, unread, [], ignored)


def _distinct(head: list[str]) -> list[str]:
    """Headers without the empty ones at the end; a repeated header is told apart."""
    while head and not head[-1].strip():
        head = head[:-1]
    seen: dict[str, int] = {}
    names = []
    for name in head:
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def _wanted(kind: str, found: Sequence[str], headers: Sequence[str] | None) -> tuple[list[str], list[str]]:
    if headers is not None:
        return [name for name in headers if name in set(found)], []
    known, ignored = known_columns(kinds.kind(kind), found)
    return list(known), ignored


def _check_rows(rows: int) -> None:
    if rows > MOST_ROWS:
        raise TooLarge(limit=f"{MOST_ROWS:,}", found=f"> {MOST_ROWS:,}")


def _answer(table: pa.Table, numbers: list[int], unread: list[Problem], cells: list[Problem], ignored: list[str]) -> dict[str, Any]:
    table = pa.table([*table.columns, pa.array(numbers, pa.int64())], names=[*table.column_names, ROW])
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return {
        "table": sink.getvalue().to_pybytes(),
        "unread": [(one.row, one.code, dict(one.data), one.value, one.mark) for one in unread],
        "cells": [(one.row, one.field, one.code, one.value) for one in cells],
        "ignored": ignored[:50],
    }


def damaged(zh: str, en: str) -> Damaged:
    """The named error of a file that is not what it should be."""
    return Damaged(reason_zh=f"文件{zh}。", reason_en=f"The file cannot be used: {en}.")
