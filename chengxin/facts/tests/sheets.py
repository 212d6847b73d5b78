"""Rows and files as platforms send them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

Row = dict[str, Any]
OLD_WORKBOOK = Path(__file__).parent / "files" / "orders.xls"  # orders(3) as an xls; the third has the quantity -1


def order(number: int = 1, **changes: Any) -> Row:
    """A good order row; changes replace or (None) remove values."""
    row = {
        "order_no": f"T{number:06d}",
        "shop_id": f"S{number % 5}",
        "buyer": f"U{number % 40}",
        "sku": f"K{number % 7}",
        "qty": 1,
        "list_price": "20.00",
        "paid": "18.50",
        "ordered_at": f"2026-11-{1 + number % 20:02d}T10:{number % 60:02d}:00+08:00",
        "dest_division": "230405",
        "device": f"D{number % 30}",
        "ip": f"192.0.2.{number % 200}",
        "channel": "app",
        "title": "东北黑木耳 250 克",
    } | changes
    return {name: value for name, value in row.items() if value is not None}


def orders(count: int, first: int = 1) -> list[Row]:
    return [order(number) for number in range(first, first + count)]


def ndjson(rows: Sequence[Row]) -> bytes:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()


def as_json(rows: Sequence[Row]) -> bytes:
    return json.dumps(list(rows), ensure_ascii=False).encode()


def _headers(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def as_csv(rows: Sequence[Row], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, _headers(rows), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def xlsx(rows: Sequence[Row], names: dict[str, str] | None = None) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    headers = _headers(rows)
    sheet.write_row(0, 0, [(names or {}).get(name, name) for name in headers])
    for place, row in enumerate(rows, 1):
        for column, name in enumerate(headers):
            value = row.get(name)
            if isinstance(value, str):
                sheet.write_string(place, column, value)
            elif value is not None:
                sheet.write(place, column, value)
    book.close()
    return out.getvalue()


def parquet(rows: Sequence[Row]) -> bytes:
    out = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(list(rows)), out)
    return out.getvalue().to_pybytes()


def arrow(rows: Sequence[Row]) -> bytes:
    table = pa.Table.from_pylist(list(rows))
    out = pa.BufferOutputStream()
    with pa.ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table)
    return out.getvalue().to_pybytes()
