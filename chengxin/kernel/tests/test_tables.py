from __future__ import annotations

import io
import json
from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest
from django.http import QueryDict

from chengxin.kernel.tables import Column, Filter, Table, safe_cell

ROWS = [
    {"name": f"店{n}", "paid": n * 100, "n": n, "at": datetime(2026, 11, 24, n % 24, tzinfo=UTC), "kind": "ab"[n % 2]} for n in range(60)
]
TABLE = Table(
    name="shops",
    columns=[
        Column("name", "Name", sort="name"),
        Column("paid", "Paid", kind="money", sort="paid"),
        Column("at", "At", kind="time"),
        Column("kind", "Kind", show=False),
    ],
    filters=[Filter("kind", "Kind", choices=[("a", "A"), ("b", "B")])],
    sort="-paid",
)


def view(query: str = ""):
    return TABLE.view(QueryDict(query), ROWS)


def test_it_sorts_by_the_declared_order_and_by_the_readers():
    assert view().cells[0][0]["text"] == "店59"
    assert view("sort=paid").cells[0][1]["text"] == "0.00"


def test_an_unknown_sort_column_is_ignored():
    assert view("sort=secret").sort == ("paid", True)


def test_it_filters_and_counts():
    assert view("kind=a").page.paginator.count == 30


@pytest.mark.parametrize("page", ["0", "-1", "x", "999"])
def test_a_page_that_is_not_there_shows_one_that_is(page):
    assert view(f"page={page}").page.object_list


def test_an_export_has_every_found_row_and_the_hidden_columns():
    rows = json.loads(view("kind=a&export=json").export_response().content)
    assert len(rows) == 30 and rows[0] == {"name": "店58", "paid": "58.00", "at": "2026-11-24T18:00:00+08:00", "kind": "a"}


def test_parquet_and_xlsx_and_csv_say_the_same():
    parquet = pq.read_table(io.BytesIO(view("export=parquet").export_response().content)).to_pylist()
    assert len(parquet) == 60 and parquet[0]["paid"] == "59.00"
    csv = view("export=csv").export_response().content
    assert csv.startswith(b"\xef\xbb\xbf") and len(csv.splitlines()) == 61
    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_filelike(io.BytesIO(view("export=xlsx").export_response().content)).get_sheet_by_index(0).to_python()
    assert len(sheet) == 61 and sheet[1][0] == "店59"


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\tx", "\rx"])
def test_a_cell_that_a_spreadsheet_would_run_is_disarmed(text):
    assert safe_cell(text).startswith("'")
    exported = Table("t", [Column("x", "X")]).view(QueryDict("export=csv"), [{"x": text}]).export_response().content.decode()
    assert "'" in exported


@pytest.mark.parametrize("text", ["-12.50", "+3", "12", "东北", "a=b"])
def test_plain_numbers_and_text_stay_as_they_are(text):
    assert safe_cell(text) == text


def test_a_number_too_long_for_a_spreadsheet_is_text():
    out = (
        Table("t", [Column("x", "X", kind="number")]).view(QueryDict("export=csv"), [{"x": 1234567890123456789}]).export_response().content
    )
    assert b"1234567890123456789" in out


def test_an_unknown_format_is_no_export():
    assert view("export=exe").export == ""


def test_two_tables_on_a_page_do_not_disturb_each_other():
    assert TABLE.view(QueryDict("b-kind=a"), ROWS, "b-").page.paginator.count == 30
    assert TABLE.view(QueryDict("b-kind=a"), ROWS, "c-").page.paginator.count == 60
