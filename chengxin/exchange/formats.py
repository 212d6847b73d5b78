"""The files of the exchange: rows written as XML, CSV or xlsx, and read back, in the parser jail, whoever wrote them.

A row in a file is {"number", "fact", "act", column: text …}. Receipts and lists of what is shown are CSV files of their own columns.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from chengxin.exchange import fieldmaps
from chengxin.kernel import jail
from chengxin.kernel.tables import safe_cell

HEAD = ("number", "act")
MOST_ROWS = 200_000
MOST_COLUMNS = 80
CELL = 8_000
SECONDS, MEMORY_MB = 60, 700
NAME = re.compile(r"^[A-Z][A-Z_]{1,20}$")

Line = dict[str, str]


def write(format: str, columns: Sequence[str], lines: Sequence[Line]) -> bytes:
    """The file's bytes; every line has `number`, `act` and the columns."""
    return {"xml": _xml, "csv": _csv, "xlsx": _xlsx}[format]((*HEAD, *columns), lines)


def _xml(columns: Sequence[str], lines: Sequence[Line]) -> bytes:
    out = ['<?xml version="1.0" encoding="UTF-8"?>\n<rows>\n']
    for line in lines:
        cells = "".join(f"<{name}>{escape(_clean(line.get(name, '')))}</{name}>" for name in columns)
        out.append(f"<row>{cells}</row>\n")
    return "".join([*out, "</rows>\n"]).encode()


def _clean(text: str) -> str:
    """Without the control characters that XML 1.0 has no spelling for."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text)


def _csv(columns: Sequence[str], lines: Sequence[Line]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue().encode("utf-8-sig")


def _xlsx(columns: Sequence[str], lines: Sequence[Line]) -> bytes:
    import xlsxwriter  # type: ignore[import-untyped]

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    sheet = book.add_worksheet("rows")
    sheet.write_row(0, 0, columns)
    for place, line in enumerate(lines, start=1):
        sheet.write_row(place, 0, [line.get(name, "") for name in columns])
    book.close()
    return out.getvalue()


# ---- reading, in the jail


def rows(path: Path) -> list[Line]:
    """The rows of a file from outside: [{column: text}]. Raises FileTooHard when it is damaged, too large, or not what its name says."""
    found: list[Line] = jail.run(f"{__name__}:read", path, memory_mb=MEMORY_MB, seconds=SECONDS, suffix=path.suffix)
    return found


def shown(path: Path) -> list[tuple[str, str, str]]:
    """A list of what the upper platform shows: (number, status, digest of its columns) a line."""
    found: list[tuple[str, str, str]] = jail.run(f"{__name__}:read_shown", path, memory_mb=MEMORY_MB, seconds=SECONDS)
    return found


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
        (line["number"], line["status"], fieldmaps.digest({name: text for name, text in line.items() if name not in names}))
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


def error_sheet(lines: Sequence[Line]) -> bytes:
    """Refused rows with their reasons as CSV that no spreadsheet program runs."""
    return _csv(("number", "code", "text"), [{name: safe_cell(text) for name, text in line.items()} for line in lines])
