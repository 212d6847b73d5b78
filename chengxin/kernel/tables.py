"""Lists a person works with: a declarative table that filters, sorts, pages and exports (xlsx, CSV, JSON, Parquet).

A room declares the columns and filters once and hands in rows it may show (already scoped by accounts.access):

    CLUES = Table(name="clues", columns=[Column("number", _("Number"), link="url"), …], filters=[Filter("state", _("State"), choices=…)])
    view = CLUES.view(request.GET, queryset)
    if view.export: return view.export_response()
    return render(request, "…", {"table": view})       # template: {% load chengxin %}{% table table %}

Rows are a QuerySet or a list of mappings or objects. Columns read an attribute, a key, or call `value(row)`.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict

from chengxin.kernel import clock, language, money

Kind = Literal["text", "number", "money", "date", "time", "tag", "clock", "mono"]
Choices = Sequence[tuple[str, Any]]

PAGE_SIZE = 25
FORMATS = ("xlsx", "csv", "json", "parquet")
EXPORT_LIMIT = 100_000  # rows; above it a list is a data set and belongs to a job, not to a request

# A cell that starts with one of these is run as a formula by spreadsheet programs (OWASP: CSV injection).
_FORMULA = re.compile(r"^[=+\-@\t\r]")
_NUMBER = re.compile(r"^[+-]?[0-9.]+$")


@dataclass(frozen=True)
class Column:
    """One column. `sort` names the order_by field (or row key); empty means not sortable. `link` names the row's attribute with its URL."""

    key: str
    label: Any
    kind: Kind = "text"
    sort: str = ""
    link: str = ""
    value: Callable[[Any], Any] | None = None
    colour: Callable[[Any], str] | None = None
    css: str = ""
    export: bool = True
    show: bool = True

    def read(self, row: Any) -> Any:
        """The raw value in a row."""
        return self.value(row) if self.value else read(row, self.key)


@dataclass(frozen=True)
class Filter:
    """One filter. `apply(rows, value)` narrows the rows; without it the row's `key` must equal the value."""

    key: str
    label: Any
    kind: Literal["select", "text", "date"] = "select"
    choices: Choices | Callable[[], Choices] = ()
    apply: Callable[[Any, str], Any] | None = None

    def options(self) -> Choices:
        """(value, label) pairs of a select."""
        return self.choices() if callable(self.choices) else self.choices

    def narrow(self, rows: Any, value: str) -> Any:
        """The rows this value leaves."""
        if self.apply:
            return self.apply(rows, value)
        if isinstance(rows, QuerySet):
            return rows.filter(**{self.key: value})
        return [row for row in rows if str(read(row, self.key)) == value]


@dataclass(frozen=True)
class Table:
    """A declared list."""

    name: str
    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    sort: str = ""
    page_size: int = PAGE_SIZE
    caption: Any = ""
    empty: Any = ""
    empty_next: Any = ""
    tools: bool = True  # False: a short list on a home page, without sorting, paging and export

    def view(self, params: QueryDict | Mapping[str, str], rows: Any, prefix: str = "") -> TableView:
        """This list over some rows, as the reader's query asks for it. `prefix` keeps two tables on one page apart."""
        return TableView(self, params, rows, prefix)


@dataclass
class TableView:
    """A table bound to rows and a query; what the template tag draws."""

    table: Table
    params: QueryDict | Mapping[str, str]
    rows: Any
    prefix: str = ""
    errors: list[str] = field(default_factory=list)

    def asked(self, name: str) -> str:
        """The reader's value of one of this table's parameters."""
        return str(self.params.get(self.prefix + name) or "").strip()

    @cached_property
    def columns(self) -> list[Column]:
        return [column for column in self.table.columns if column.show]

    @cached_property
    def filters(self) -> list[dict[str, Any]]:
        """The filters with their present values, for the form."""
        return [
            {"filter": one, "name": self.prefix + one.key, "value": self.asked(one.key), "options": one.options()}
            for one in self.table.filters
        ]

    @property
    def filtered(self) -> bool:
        """Whether any filter is on."""
        return any(self.asked(one.key) for one in self.table.filters)

    @cached_property
    def sort(self) -> tuple[str, bool]:
        """(column key, descending) in force; the declared order when the reader asks for none or for an unknown column."""
        for asked in (self.asked("sort"), self.table.sort):
            key, down = asked.removeprefix("-"), asked.startswith("-")
            if any(column.key == key and column.sort for column in self.table.columns):
                return key, down
        return "", False

    @cached_property
    def found(self) -> Any:
        """The rows after filters and order."""
        rows = self.rows
        for one in self.table.filters:
            if value := self.asked(one.key):
                rows = one.narrow(rows, value)
        return self._ordered(rows)

    def _ordered(self, rows: Any) -> Any:
        key, down = self.sort
        if not key:
            return rows
        name = next(column.sort for column in self.table.columns if column.key == key)
        if isinstance(rows, QuerySet):
            return rows.order_by(("-" if down else "") + name, "pk")
        return sorted(rows, key=lambda row: (read(row, name) is not None, read(row, name)), reverse=down)

    @cached_property
    def page(self) -> Page[Any]:
        return Paginator(self.found, self.table.page_size).get_page(self.asked("page") or 1)

    @cached_property
    def pages(self) -> list[int | str]:
        """Page numbers with gaps marked "…"."""
        return list(self.page.paginator.get_elided_page_range(self.page.number, on_each_side=1, on_ends=1))

    @cached_property
    def cells(self) -> list[list[dict[str, Any]]]:
        """The page's rows as drawable cells."""
        return [[self._cell(column, row) for column in self.columns] for row in self.page.object_list]

    def _cell(self, column: Column, row: Any) -> dict[str, Any]:
        value = column.read(row)
        return {
            "column": column,
            "value": value,
            "text": shown(column, value),
            "link": read(row, column.link) if column.link else "",
            "colour": column.colour(row) if column.colour else "",
            "row": row,
        }

    @property
    def export(self) -> str:
        """The export format asked for, empty when the reader wants the page."""
        asked = self.asked("export")
        return asked if asked in FORMATS else ""

    def export_response(self) -> HttpResponse:
        """All found rows (not only this page) as a file of the asked format."""
        columns = [column for column in self.table.columns if column.export]
        rows = ([column.read(row) for column in columns] for row in self.found[:EXPORT_LIMIT])
        body, mime = WRITERS[self.export](columns, rows)
        response = HttpResponse(body, content_type=mime)
        response["Content-Disposition"] = f'attachment; filename="{self.table.name}-{clock.today():%Y%m%d}.{self.export}"'
        return response


def read(row: Any, key: str) -> Any:
    """A key of a mapping, or an attribute path with dots of an object; methods are called."""
    for part in key.split("."):
        if row is None:
            return None
        row = row.get(part) if isinstance(row, Mapping) else getattr(row, part, None)
        row = row() if callable(row) else row
    return row


def shown(column: Column, value: Any) -> str:
    """A value as people read it."""
    if value is None or value == "":
        return ""
    if column.kind == "money":
        return money.yuan_for_people(int(value))
    if column.kind == "number" and isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, datetime) and column.kind == "date":
        return (clock.city_day(value) if value.tzinfo else value.date()).isoformat()
    if isinstance(value, datetime):
        return f"{value.astimezone(clock.CITY):%Y-%m-%d %H:%M:%S}" if value.tzinfo else f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, Mapping) and "zh" in value:
        return language.pick(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def safe_cell(text: str) -> str:
    """Text that no spreadsheet program runs: an apostrophe before what looks like a formula; plain numbers stay numbers."""
    return "'" + text if _FORMULA.match(text) and not _NUMBER.match(text) else text


def _plain(column: Column, value: Any) -> Any:
    """A value for data formats: yuan text for money, ISO for times, the reader's language for pairs."""
    if column.kind == "money" and value is not None:
        return money.yuan(int(value))
    if isinstance(value, bool | int | float) or value is None:
        return value
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(clock.CITY).isoformat()
    return shown(column, value)


def _spreadsheet_cell(column: Column, value: Any) -> Any:
    plain = _plain(column, value)
    if isinstance(plain, int) and not isinstance(plain, bool) and abs(plain) >= 10**15:
        return str(plain)  # spreadsheet numbers are doubles: 16 digits and more would change
    return safe_cell(plain) if isinstance(plain, str) else "" if plain is None else plain


Rows = Iterable[list[Any]]


def _csv(columns: list[Column], rows: Rows) -> tuple[bytes, str]:
    import csv

    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([str(column.label) for column in columns])
    writer.writerows([_spreadsheet_cell(*pair) for pair in zip(columns, row, strict=True)] for row in rows)
    return out.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8"  # the mark lets Excel read Chinese


def _xlsx(columns: list[Column], rows: Rows) -> tuple[bytes, str]:
    import xlsxwriter  # type: ignore[import-untyped]

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, [str(column.label) for column in columns], book.add_format({"bold": True}))
    for number, row in enumerate(rows, start=1):
        sheet.write_row(number, 0, [_spreadsheet_cell(*pair) for pair in zip(columns, row, strict=True)])
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(columns) - 1, 18)
    book.close()
    return out.getvalue(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _json(columns: list[Column], rows: Rows) -> tuple[bytes, str]:
    records = [{column.key: _plain(column, value) for column, value in zip(columns, row, strict=True)} for row in rows]
    return json.dumps(records, ensure_ascii=False, indent=1).encode(), "application/json"


def _parquet(columns: list[Column], rows: Rows) -> tuple[bytes, str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    data = [[_plain(*pair) for pair in zip(columns, row, strict=True)] for row in rows]
    arrays = [_arrow([row[place] for row in data]) for place in range(len(columns))]
    out = pa.BufferOutputStream()
    pq.write_table(pa.table(arrays, names=[column.key for column in columns]), out)
    return out.getvalue().to_pybytes(), "application/vnd.apache.parquet"


def _arrow(values: list[Any]) -> Any:
    import pyarrow as pa

    kinds = {type(value) for value in values if value is not None}
    if len(kinds) > 1 and kinds != {int, float}:
        values = [None if value is None else str(value) for value in values]
    return pa.array(values, type=None if kinds else pa.string())


WRITERS: dict[str, Callable[[list[Column], Rows], tuple[bytes, str]]] = {"xlsx": _xlsx, "csv": _csv, "json": _json, "parquet": _parquet}
