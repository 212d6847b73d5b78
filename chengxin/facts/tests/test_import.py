from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from chengxin.facts import describe, folder, importing, lake, mapping, queries, receipts
from chengxin.facts.actions import accept_batch, import_file
from chengxin.facts.errors import BadMapping, UnknownFormat
from chengxin.facts.kinds import kind, kinds
from chengxin.facts.template import template
from chengxin.facts.tests import sheets
from chengxin.subjects.models import Platform


def journey(path: Path) -> Path:
    """A piece of the Complete Journey's transactions in its own columns and types."""
    table = pa.table(
        {
            "household_id": [900, 900, 1228, 1228],
            "store_id": [330, 330, 406, 406],
            "basket_id": [31198570044, 31198570044, 31198655051, 31198570044],
            "product_id": [1095275, 9878513, 1041453, 1020156],
            "quantity": [1, 2, 0, 1],
            "sales_value": [0.5, 0.99, 0.0, 1.43],
            "coupon_disc": [0.0, 0.1, 0.0, 0.0],
            "transaction_timestamp": pa.array([datetime(2017, 1, 1, 11, 53, 26)] * 4, pa.timestamp("ns")),
        }
    )
    pq.write_table(table, path)
    return path


def test_a_foreign_table_is_imported_through_the_ordinary_command(platform: Platform, tmp_path: Path) -> None:
    done = import_file("shanhuo", "order", journey(tmp_path / "transactions.parquet"), "complete_journey")
    assert "3 accepted" in done.summary() and done.receipts[0].reasons == {"too_small": 1}
    with lake.connect(queries.snapshot(["order"]), memory_mb=256, threads=1) as connection:
        rows = connection.execute('SELECT order_no, line_no, paid, qty, channel, ordered_at FROM "order" ORDER BY line_no').fetchall()
    assert [row[:5] for row in rows] == [
        ("31198570044", 1, 50, 1, "store"),
        ("31198570044", 2, 99, 2, "store"),
        ("31198570044", 3, 143, 1, "store"),
    ]
    assert rows[0][5].isoformat() == "2017-01-01T11:53:26+08:00"


def test_an_import_that_is_run_again_gives_the_same_receipts(platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "ROWS", 2)
    path = journey(tmp_path / "transactions.parquet")
    first, second = (import_file("shanhuo", "order", path, "complete_journey") for _ in range(2))
    assert len(first.receipts) == 2 and [one.document for one in first.receipts] == [one.document for one in second.receipts]


def test_a_long_file_is_cut_at_line_ends(platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BYTES", 1000)
    path = tmp_path / "orders.ndjson"
    path.write_bytes(sheets.ndjson(sheets.orders(50)))
    seen: list[tuple[int, int]] = []
    done = import_file("shanhuo", "order", path, tell=lambda part, whole: seen.append((part, whole)))
    assert len(done.receipts) > 5 and sum(one.accepted for one in done.receipts) == 50 and seen[-1][0] == seen[-1][1]


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "kind: order\ncolumns: {nonsense: x}",
        "kind: order\ncolumns: {buyer: {magic: x}}",
        "kind: nothing\ncolumns: {}",
        "a: [",
        "columns: {buyer: x}",
    ],
)
def test_a_mapping_that_cannot_work_is_refused_with_its_reason(text: str) -> None:
    with pytest.raises(Exception) as raised:
        mapping.load(text.encode())
    assert getattr(raised.value, "code", "") in ("bad_mapping", "unknown_kind")


def test_a_mapping_for_absent_columns_is_refused(platform: Platform) -> None:
    with pytest.raises(BadMapping):
        accept_batch(platform, "order", sheets.parquet(sheets.orders(2)), "parquet", "system:test", "complete_journey")


def test_transforms(platform: Platform) -> None:
    recipe = """
kind: parcel
columns:
  waybill_no: {join: [a, b], with: "-"}
  order_no: {column: o, prefix: T}
  shop_id: {constant: S1}
  courier: {column: c, codes: {顺: demo-express}}
  origin_division: {constant: "230402"}
  dest_division: {constant: "230405"}
  weight_g: {column: kg, multiply: 1000, round: 0}
  collected_at: {column: day, date: "%d/%m/%Y"}
"""
    rows = [{"a": "W", "b": 1, "o": 5, "c": "顺", "kg": 0.52, "day": "03/11/2026"}]
    for format, make in (("csv", sheets.as_csv), ("ndjson", sheets.ndjson), ("parquet", sheets.parquet)):
        accept_batch(platform, "parcel", make(rows), format, "system:test", recipe.encode())
    with lake.connect(queries.snapshot(["parcel"]), memory_mb=256, threads=1) as connection:
        row = connection.execute("SELECT waybill_no, courier, weight_g, collected_at FROM parcel").fetchall()
    assert len(row) == 1 and row[0][:3] == ("W-1", "demo-express", 520) and row[0][3].isoformat() == "2026-11-03T00:00:00+08:00"


def test_an_unknown_ending_is_named(platform: Platform, tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(b"%PDF")
    with pytest.raises(UnknownFormat):
        import_file("shanhuo", "order", tmp_path / "x.pdf")


def test_the_watched_folder_answers_beside_the_file(platform: Platform, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox" / "shanhuo" / "order"
    inbox.mkdir(parents=True)
    (inbox / "good.ndjson").write_bytes(sheets.ndjson(sheets.orders(3)))
    (inbox / "bad.csv").write_bytes(b"order_no\nT1\n")
    (inbox / "half.ndjson.tmp").write_bytes(b"{")
    assert folder.watch(tmp_path, once=True) == 1
    done, errors = tmp_path / "done" / "shanhuo" / "order", tmp_path / "errors" / "shanhuo" / "order"
    assert receipts.read(next(done.glob("*good.ndjson.receipt.json")).read_text())["accepted"] == 3
    assert json.loads(next(errors.glob("*bad.csv.error.json")).read_text())["code"] == "missing_columns"
    assert [path.name for path in inbox.iterdir()] == ["half.ndjson.tmp"]


@pytest.mark.parametrize("ending", ["xls", "et"])
def test_an_old_workbook_and_one_of_wps_are_read_and_their_bad_rows_named(platform: Platform, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"orders.{ending}"
    path.write_bytes(sheets.OLD_WORKBOOK.read_bytes())
    (receipt,) = import_file("shanhuo", "order", path).receipts
    assert (receipt.accepted, receipt.quarantined) == (2, 1)
    (problem,) = queries.errors(receipt)
    assert (problem.row, problem.field, problem.value) == (4, "qty", "-1")


def test_every_receipt_of_a_long_file_lies_beside_it_as_the_verifier_takes_it(
    platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BYTES", 1500)
    inbox = tmp_path / "inbox" / "shanhuo" / "order"
    inbox.mkdir(parents=True)
    (inbox / "long.ndjson").write_bytes(sheets.ndjson(sheets.orders(12)))
    assert folder.watch(tmp_path, once=True) == 1
    documents = [path.read_text() for path in sorted((tmp_path / "done" / "shanhuo" / "order").glob("*.receipt-*.json"))]
    assert len(documents) > 1 and all(receipts.is_genuine(document) for document in documents)
    assert sum(receipts.read(document)["accepted"] for document in documents) == 12


def test_the_handbook_page_is_current() -> None:
    assert describe.PAGE.read_text(encoding="utf-8") == describe.markdown(), "run `python -m chengxin.facts.describe`"


def test_every_template_is_accepted_as_it_is_once_filled(platform: Platform) -> None:
    import io

    from python_calamine import CalamineWorkbook

    for one in kinds().values():
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(template(one))).get_sheet_by_index(0).to_python()
        assert [str(cell).rstrip("*") for cell in sheet[0]] == [column.zh for column in one.columns]
        assert str(sheet[1][0]).startswith("※")
    header, comment = (
        [str(cell) for cell in row]
        for row in CalamineWorkbook.from_filelike(io.BytesIO(template(kind("refund")))).get_sheet_by_index(0).to_python()
    )
    values = ["R1", "T1", "U1", "3.00", "2026-11-03 10:00:00", "", "质量问题", "original"]
    filled = dict.fromkeys(header, "") | dict(zip(header, values, strict=False))
    data = sheets.xlsx([dict(zip(header, comment, strict=True)), filled])
    receipt = accept_batch(platform, "refund", data, "xlsx", "system:test")
    assert (receipt.rows, receipt.accepted) == (1, 1)
