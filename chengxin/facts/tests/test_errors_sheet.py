"""A sheet of 1,000 rows with 37 different errors: 37 rows come back by name, 963 are accepted."""

from __future__ import annotations

import io
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from chengxin.facts import lists, queries
from chengxin.facts.actions import accept_batch
from chengxin.facts.kinds import kind
from chengxin.facts.tests import sheets
from chengxin.kernel.tables import WRITERS
from chengxin.subjects.models import Platform

# code → what is done to the row
SPOILT: dict[str, dict[str, Any]] = {
    "missing": {"buyer": ""},
    "too_long": {"category": "食" * 201},
    "control_character": {"promo": "双\x08十一"},
    "mojibake": {"category": "锟斤拷�食品"},
    "formula": {"promo": "=SUM(A1:A9)"},
    "cell_error": {"sku": "#REF!"},
    "mangled_number": {"order_no": "2.02611E+17"},
    "space_inside": {"sku": "K 20"},
    "slash": {"shop_id": "S/1"},
    "id_number_in_text": {"title": "木耳 11010519491231002X 留言"},
    "not_a_number": {"qty": "两件"},
    "not_whole": {"qty": "1.5"},
    "too_small": {"qty": "0"},
    "too_big": {"qty": "1000001"},
    "not_money": {"paid": "十八"},
    "more_than_two_decimals": {"paid": "18.505"},
    "negative_amount": {"coupon": "-1"},
    "amount_too_big": {"list_price": "99999999999999"},
    "currency_sign": {"paid": "¥18.50"},
    "thousands_separator": {"paid": "1,018.50"},
    "not_a_time": {"ordered_at": "昨天"},
    "no_such_date": {"ordered_at": "2026-02-30 10:00:00"},
    "no_such_hour": {"ordered_at": "2026-11-03 25:00:00"},
    "ambiguous_date": {"ordered_at": "03/11/26"},
    "bad_offset": {"ordered_at": "2026-11-03T10:00:00+99:00"},
    "in_the_future": {"ordered_at": "2027-11-03 10:00:00"},
    "too_old": {"ordered_at": "1996-11-03 10:00:00"},
    "unknown_code": {"channel": "fax"},
    "division_shape": {"dest_division": "2304"},
    "division_unknown": {"dest_division": "990405"},
    "gtin_shape": {"gtin": "95201234"[:7]},
    "gtin_check": {"gtin": "9520123456780"},
    "ip_shape": {"ip": "300.1.2.3"},
    "paid_before_ordered": {"paid_at": "2026-10-01 10:00:00"},
    "closed_before_ordered": {"closed_at": "2026-10-01 10:00:00"},
    "viewed_after_ordered": {"viewed_at": "2026-11-24 11:59:00"},
    "conflict_in_file": {"order_no": "T000001", "paid": "3.00"},
}


def rows() -> list[sheets.Row]:
    made = sheets.orders(1000)
    for place, (code, change) in enumerate(SPOILT.items()):
        number = 20 + 25 * place
        made[number] = {**made[number], **change}
        assert code
    return made


@pytest.mark.parametrize("format", ["xlsx", "csv", "ndjson", "json"])
def test_thirty_seven_errors_come_back_by_name(platform: Platform, format: str) -> None:
    makers = {"xlsx": sheets.xlsx, "csv": sheets.as_csv, "ndjson": sheets.ndjson, "json": sheets.as_json}
    columns = dict.fromkeys(name for row in rows() for name in row)
    receipt = accept_batch(
        platform, "order", makers[format]([{name: row.get(name, "") for name in columns} for row in rows()]), format, "system:test"
    )
    problems = queries.errors(receipt)
    first = 22 if format in ("xlsx", "csv") else 21
    assert {problem.row: problem.code for problem in problems} == {first + 25 * place: code for place, code in enumerate(SPOILT)}
    assert len(SPOILT) == 37 == len(problems) == receipt.quarantined
    assert (receipt.rows, receipt.accepted, receipt.duplicates) == (1000, 963, 0)


def test_the_error_sheet_names_row_column_value_reason_and_remedy(platform: Platform) -> None:
    receipt = accept_batch(platform, "order", sheets.ndjson(rows()), "ndjson", "system:test")
    lines = lists.error_lines(receipt, queries.errors(receipt), "zh")
    assert {line["row"] for line in lines} and all(line["why"] and line["remedy"] for line in lines)
    division = next(line for line in lines if line["code"] == "division_shape")
    assert division["name"] == "收货行政区划" and division["value"] == "2304" and "6、9 或 12 位" in division["why"]
    columns = list(lists.ERRORS.columns)
    body, _ = WRITERS["xlsx"](columns, ([column.read(line) for column in columns] for line in lines))
    read = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()
    assert len(read) == 38 and kind("order").by_name["paid"].zh in {row[1] for row in read}


def test_corrected_rows_sent_with_the_whole_file_complete_it(platform: Platform) -> None:
    accept_batch(platform, "order", sheets.ndjson(rows()), "ndjson", "system:test")
    again = accept_batch(platform, "order", sheets.ndjson(sheets.orders(1000)), "ndjson", "system:test")
    assert (again.accepted, again.duplicates, again.quarantined) == (37, 963, 0)
