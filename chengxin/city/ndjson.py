"""Newline-delimited JSON of a report: money in yuan with two decimals, times with the city's zone, nothing for what is not known."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa


def save(table: pa.Table, path: Path) -> None:
    """Write a report's table, one JSON object a line."""
    chosen = ", ".join(_column(field) for field in table.schema)
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'Asia/Shanghai'; SET threads = 1; SET preserve_insertion_order = true")
        connection.register("report", table)
        connection.execute(f"COPY (SELECT {chosen} FROM report) TO '{path}' (FORMAT json)")  # noqa: S608 - our own column names


def _column(field: pa.Field) -> str:
    if field.name.endswith("_fen"):
        name = field.name.removesuffix("_fen")
        return f'printf(\'%d.%02d\', "{field.name}" // 100, "{field.name}" % 100) AS "{name}"'
    if pa.types.is_timestamp(field.type):
        return f'strftime("{field.name}", \'%Y-%m-%dT%H:%M:%S+08:00\') AS "{field.name}"'
    return f'"{field.name}"'
