"""A key column that is SQLite's own row number, so that leaves and nodes are found without a second index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    _Big = models.BigIntegerField[int, int]
else:
    _Big = models.BigIntegerField


class RowNumberField(_Big):
    """64 bits everywhere; on SQLite the type must be spelled `integer` to be the rowid (sqlite.org/lang_createtable.html#rowid)."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return "integer" if connection.vendor == "sqlite" else super().db_type(connection)

    def rel_db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return "integer" if connection.vendor == "sqlite" else super().rel_db_type(connection)
