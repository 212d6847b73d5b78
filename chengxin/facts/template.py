"""The spreadsheet template of a kind: Chinese headers, one row of comments that the reader skips, choices for codes."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from chengxin.facts.kinds import Column, Kind
from chengxin.facts.tables import COMMENT

ROWS = 10_000  # rows that get the choices of a code column
MOST_CHOICES = 250  # characters; spreadsheet programs refuse longer lists


def template(kind: Kind) -> bytes:
    """An xlsx with the headers of this kind."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet(kind.zh)
    required, optional = book.add_format({"bold": True, "bg_color": "#FDE9D9"}), book.add_format({"bold": True})
    comment, text = book.add_format({"italic": True, "font_color": "#666666", "text_wrap": True}), book.add_format({"num_format": "@"})
    for place, column in enumerate(kind.columns):
        # Text format: else a spreadsheet turns order numbers into 1.2E+17 and divisions into numbers.
        sheet.set_column(place, place, 18, text)
        sheet.write_string(0, place, column.zh + ("*" if column.required else ""), required if column.required else optional)
        sheet.write_string(1, place, (COMMENT if place == 0 else "") + _comment(column), comment)
        _choices(sheet, place, column)
    sheet.freeze_panes(2, 0)
    book.close()
    return out.getvalue()


def _comment(column: Column) -> str:
    codes = "（" + "、".join(f"{code} {names['zh']}" for code, names in column.codes.items()) + "）" if column.codes else ""
    return f"{column.meaning['zh']}{codes}，例：{column.example}"


def _choices(sheet: Any, place: int, column: Column) -> None:
    names = [said["zh"] for said in column.codes.values()]
    if names and len(",".join(names)) < MOST_CHOICES:
        sheet.data_validation(2, place, ROWS, place, {"validate": "list", "source": names, "ignore_blank": True})
