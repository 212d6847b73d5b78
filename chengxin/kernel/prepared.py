"""A question that is put together once and then asked with one key after another.

Of a short question to the database the putting together is the dearest part: 0.3 ms of Django for 0.02 ms of SQLite.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

Row = tuple[Any, ...]


class Compiled(NamedTuple):
    """A question in one database's words. blank: the place holder's value where the key comes in."""

    sql: str
    params: tuple[Any, ...]
    blank: Any
    converters: list[tuple[int, Any]]


class Prepared:
    """Rows of a `values_list` by one UUID. The builder gets a key and may use it in the question as often as it likes."""

    def __init__(self, build: Callable[[UUID], QuerySet[Any, Any]]) -> None:
        self.build = build
        self.made: dict[str, Compiled] = {}

    def rows(self, key: UUID) -> Sequence[Row]:
        """What the built question answers for a key."""
        database = connections["default"]
        made = self.made.get(database.vendor) or self._compiled(database)
        given = _adapted(database, key)
        found = _asked(database, made.sql, [given if one == made.blank else one for one in made.params])
        return [_converted(row, made.converters, database) for row in found] if made.converters else found

    def _compiled(self, database: BaseDatabaseWrapper) -> Compiled:
        key = uuid4()
        compiler = self.build(key).query.get_compiler("default")
        sql, params = compiler.as_sql()
        converters = compiler.get_converters([expression for expression, _, _ in compiler.select])
        self.made[database.vendor] = made = Compiled(sql, tuple(params), _adapted(database, key), list(converters.items()))
        return made


def _asked(database: BaseDatabaseWrapper, sql: str, params: list[Any]) -> Sequence[Row]:
    """The rows. On SQLite without Django's walk over the text for place holders, which takes longer than the answer."""
    with database.cursor() as cursor:
        if database.vendor != "sqlite" or database.queries_logged:
            cursor.execute(sql, params)
        else:
            with database.wrap_database_errors:
                sqlite3.Cursor.execute(cursor.cursor, in_sqlite(sql), params)
        found: Sequence[Row] = cursor.fetchall()
    return found


@cache
def in_sqlite(sql: str) -> str:
    """The text with SQLite's own place holders. No per cent sign stands in a question of ours but as a place holder."""
    return sql.replace("%s", "?")


def _adapted(database: BaseDatabaseWrapper, key: UUID) -> Any:
    return key if database.features.has_native_uuid_field else key.hex


def _converted(row: Row, converters: list[tuple[int, Any]], database: BaseDatabaseWrapper) -> Row:
    values = list(row)
    for place, (steps, expression) in converters:
        for step in steps:
            values[place] = step(values[place], expression, database)
    return tuple(values)
