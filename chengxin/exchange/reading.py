"""What runs in the parser jail: files of the exchange read row by row. It imports next to nothing, for it is started for every file."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from chengxin.audit.canonical import canonical

MOST_ROWS = 200_000
MOST_COLUMNS = 80
CELL = 8_000  # characters; the longest column of a form has 5,000

Line = dict[str, str]


def digest(content: Mapping[str, str]) -> str:
    """SHA-256 of a row in canonical JSON: the same on both sides when nothing was altered."""
    return hashlib.sha256(canonical(dict(content)).encode()).hexdigest()


def read(path: str, suffix: str) -> list[Line]:
    """The jail's entry; ValueError for a file that is not of its suffix."""
    readers = {".xml": _read_xml, ".csv": _read_csv, ".xlsx": _read_xlsx}
    found: list[Line] = []
    for line in readers[suffix](path):
        if len(found) >= MOST_ROWS or len(line) > MOST_COLUMNS:
            raise ValueError("too many rows or columns")
        found.append({str(name): str(value)[:CELL] for name, value in line.items() if name})
    return found


def read_shown(path: str) -> list[tuple[str, str, str]]:
    """The jail's entry for lists of what is shown."""
    names = ("number", "status")
    return [
        (line["number"], line["status"], digest({name: text for name, text in line.items() if name not in names}))
        for line in read(path, ".csv")
    ]


def _read_xml(path: str) -> Iterator[Line]:
    """Rows of a plain document; a document type is refused, and with it every entity of its own."""
    with Path(path).open("rb") as file:
        if b"<!DOCTYPE" in file.read() or file.seek(0):
            raise ValueError("a document type is not allowed")
        for _, element in ElementTree.iterparse(file, events=("end",)):  # noqa: S314 - in the jail, without a document type
            if element.tag == "row":
                yield {cell.tag: cell.text or "" for cell in element}
                element.clear()


def _read_csv(path: str) -> Iterator[Line]:
    csv.field_size_limit(CELL * 4)
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        for line in csv.DictReader(file, strict=True):
            yield {name: value or "" for name, value in line.items() if isinstance(value, str | None)}


def _read_xlsx(path: str) -> Iterator[Line]:
    from python_calamine import CalamineWorkbook

    table = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    names = [str(cell) for cell in table[0]] if table else []
    for cells in table[1:]:
        yield dict(zip(names, (_cell(one) for one in cells), strict=False))


def _cell(value: Any) -> str:
    return "" if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value)
