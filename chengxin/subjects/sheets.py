"""Sheets of shops in and out: read only inside the jail, written with every formula made harmless.

`read_rows` runs in kernel.jail (no Django there); everything else runs in the server.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from chengxin.kernel.errors import ChengxinError

MOST_ROWS = 50_000
MOST_COLUMNS = 200
HEADS = 10  # lines in which the heading line is looked for: authorities put titles above tables


class NotASheet(ChengxinError):
    """The file is neither a workbook nor a text table."""

    code = "not_a_sheet"
    status = 422
    what = {"zh": "文件不是可读取的表格。", "en": "The file is not a readable table."}
    why = {"zh": "{reason_zh}", "en": "{reason_en}"}
    next = {"zh": "请用模板另存为 xlsx 或 UTF-8 编码的 CSV。", "en": "Save it from the template as xlsx or UTF-8 CSV."}


def read_rows(path: str, titles: dict[str, str]) -> dict[str, Any]:
    """Rows of the first sheet as {"columns", "unknown", "rows": [{"_row": number, column: text}]}; titles: heading text → column name."""
    table = table_of(path)
    head = _heading(table, titles)
    if head is None:
        raise NotASheet(reason_zh="前 10 行内没有找到模板的列名", reason_en="the first 10 lines hold no column names of the template")
    names = [titles.get(plain_heading(cell), "") for cell in table[head]]
    unknown = [cell.strip() for cell, name in zip(table[head], names, strict=True) if cell.strip() and not name]
    rows = [
        {"_row": str(number), **{name: cell.strip() for name, cell in zip(names, cells, strict=False) if name}}
        for number, cells in enumerate(table[head + 1 :], start=head + 2)
        if any(cell.strip() for cell in cells)
    ]
    return {"columns": [name for name in names if name], "unknown": unknown, "rows": rows}


def table_of(path: str) -> list[list[str]]:
    """The cells of the first sheet as text, of a workbook or a text table. Runs in the jail."""
    raw = Path(path).read_bytes()
    return _workbook(path) if raw[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0") else _text_table(raw)


NAME_HEADS = (
    "名称",
    "企业名称",
    "主体名称",
    "商户名称",
    "店铺名称",
    "网店名称",
    "单位名称",
    "公司名称",
    "经营者名称",
    "name",
    "company",
    "shop",
    "subject",
)


def read_names(path: str) -> list[str]:
    """The names in a sheet: the column under a heading that says so, else the first column. Runs in the jail."""
    table = table_of(path)
    for number, row in enumerate(table[:HEADS]):
        places = [place for place, cell in enumerate(row) if plain_heading(cell) in NAME_HEADS]
        if places:
            table, column = table[number + 1 :], places[0]
            break
    else:
        column = 0
    return [row[column].strip() for row in table if len(row) > column and row[column].strip()]


def _workbook(path: str) -> list[list[str]]:
    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    if sheet.total_height > MOST_ROWS or sheet.total_width > MOST_COLUMNS:
        raise NotASheet(
            reason_zh=f"超过 {MOST_ROWS} 行或 {MOST_COLUMNS} 列", reason_en=f"more than {MOST_ROWS} rows or {MOST_COLUMNS} columns"
        )
    return [[_plain(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]


def _plain(cell: Any) -> str:
    """A cell as people typed it: whole numbers without .0, days as ISO."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat() if hasattr(cell, "isoformat") else str(cell)


def _text_table(raw: bytes) -> list[list[str]]:
    if b"\0" in raw[:4096]:
        raise NotASheet(reason_zh="是二进制文件", reason_en="it is a binary file")
    text = _decoded(raw)
    dialect = "\t" if text.count("\t", 0, 2000) > text.count(",", 0, 2000) else ","
    csv.field_size_limit(100_000)
    table = []
    for row in csv.reader(io.StringIO(text), delimiter=dialect):
        table.append(row)
        if len(table) > MOST_ROWS or len(row) > MOST_COLUMNS:
            raise NotASheet(
                reason_zh=f"超过 {MOST_ROWS} 行或 {MOST_COLUMNS} 列", reason_en=f"more than {MOST_ROWS} rows or {MOST_COLUMNS} columns"
            )
    return table


def _decoded(raw: bytes) -> str:
    """UTF-8 with or without its mark, else GB 18030, which is what Chinese spreadsheets write."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotASheet(reason_zh="文字编码不是 UTF-8 或 GB18030", reason_en="its text is neither UTF-8 nor GB18030")


def _heading(table: Sequence[Sequence[str]], titles: dict[str, str]) -> int | None:
    counts = [sum(plain_heading(cell) in titles for cell in row) for row in table[:HEADS]]
    best = max(counts, default=0)
    return counts.index(best) if best >= 2 else None


def plain_heading(cell: str) -> str:
    """A heading as it is compared: without blanks and the mark of what is required, in small letters."""
    return "".join(cell.split()).rstrip("*").lower()


# -- outside the jail ----------------------------------------------------------------------------------------------------------------


def heading_names() -> dict[str, str]:
    """Heading text (Chinese, English or the column's own name, without spaces) → column name."""
    from chengxin.subjects.vocabulary import shop_columns

    return {plain_heading(text): name for name, column in shop_columns().items() for text in (name, column["zh"], column["en"])}


def template() -> bytes:
    """The xlsx template with Chinese headings, an example row and a sheet that explains each column."""
    from chengxin.kernel.language import pick
    from chengxin.subjects.vocabulary import categories, shop_columns

    columns = shop_columns()
    rows = [[column.get("example", "") for column in columns.values()]]
    heads = [column["zh"] + ("*" if column.get("required") else "") for column in columns.values()]
    notes = [[name, column["zh"], column["en"], column["kind"], column.get("example", "")] for name, column in columns.items()]
    notes += [["categories", item["zh"], item["en"], code, ""] for code, item in categories().items()]
    return write({"店铺": (heads, rows), pick({"zh": "填写说明", "en": "Columns"}): (["name", "zh", "en", "kind", "example"], notes)})


def write(sheets: dict[str, tuple[Sequence[str], Iterable[Sequence[Any]]]]) -> bytes:
    """An xlsx workbook of {sheet: (headings, rows)}; nothing in it is run as a formula."""
    import xlsxwriter  # type: ignore[import-untyped]

    from chengxin.kernel.tables import safe_cell

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    for name, (heads, rows) in sheets.items():
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, heads, book.add_format({"bold": True}))
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, [safe_cell(cell) if isinstance(cell, str) else cell for cell in row])
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(len(heads) - 1, 0), 20)
    book.close()
    return out.getvalue()
