"""The files of the exchange: rows written as XML, CSV or xlsx, and read back, in the parser jail, whoever wrote them.

A row in a file is {"number", "fact", "act", column: text …}. Receipts and lists of what is shown are CSV files of their own columns.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from chengxin.kernel import jail

HEAD = ("number", "act")
SECONDS, MEMORY_MB = 60, 700
READER = "chengxin.exchange.reading"

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
    found: list[Line] = jail.run(f"{READER}:read", path, memory_mb=MEMORY_MB, seconds=SECONDS, suffix=path.suffix)
    return found


def shown(path: Path) -> list[tuple[str, str, str]]:
    """A list of what the upper platform shows: (number, status, digest of its columns) a line."""
    found: list[tuple[str, str, str]] = jail.run(f"{READER}:read_shown", path, memory_mb=MEMORY_MB, seconds=SECONDS)
    return found
