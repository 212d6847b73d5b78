"""Rows into the tables, by columns: executemany on SQLite, COPY on PostgreSQL; keys are ours, so that all rows of a batch go in at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from chengxin.traceability.models import TraceEvent, TraceField, TraceItem, TraceParty

LOCK = "traceability.capture"
EVENT = tuple(str(field.column) for field in TraceEvent._meta.concrete_fields)
ITEM = ("event_id", "role", "uri", "key", "gtin", "lot", "serial", "quantity", "unit")
PARTY = ("event_id", "side", "type", "uri", "value")
CACHE_KB = 131_072  # with the 2 MB that SQLite takes by itself the pages of the indexes go to disk and back within a batch
FIELD = ("event_id", "path", "text", "number", "unit")


def numbers(count: int) -> range:
    """So many fresh ids of events; the caller holds the lock."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COALESCE(MAX(id), 0) FROM {TraceEvent._meta.db_table}")  # noqa: S608 - our own table
        first = int(cursor.fetchone()[0]) + 1
        if connection.vendor == "postgresql":
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [TraceEvent._meta.db_table, first + count])
    return range(first, first + count)


def put(events: Sequence[tuple[Any, ...]], items: Iterable[Any], parties: Iterable[Any], fields: Iterable[Any]) -> None:
    """All rows of a batch. events: in the columns of EVENT; the others as ITEM, PARTY and FIELD say."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size = -{CACHE_KB}")
    for model, columns, rows in (
        (TraceEvent, EVENT, events),
        (TraceItem, ITEM, items),
        (TraceParty, PARTY, parties),
        (TraceField, FIELD, fields),
    ):
        _rows(model._meta.db_table, columns, rows)


def _rows(table: str, columns: Sequence[str], rows: Iterable[Any]) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:  # the names are our models'
                for row in rows:
                    copy.write_row(row)
        else:
            # OR FAIL, as in the trigger: with ABORT SQLite keeps a journal for each row to take it back alone, half the time of a row
            holes = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT OR FAIL INTO {table} ({names}) VALUES ({holes})", list(rows))  # noqa: S608 - names of our models


def moment(at: datetime | None) -> Any:
    """An instant as the database takes it: SQLite keeps times as text, in UTC."""
    if at is None or connection.vendor == "postgresql":
        return at
    return str(at)[:-6]  # without the offset, which is +00:00
