"""The database itself refuses to change the log: triggers on both engines. A superuser can drop them; then the signed heads tell.

`install` and `remove` are run by the first migration; `lifted` only by `flush`, which empties a test or demonstration database on purpose.
A room whose rows are never edited (credit records) has them kept in the same way: `keep` from its models, `install_on` in its migration.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

KEYS = {"audit_leaf": '"index"', "audit_node": '"id"', "audit_signedhead": '"id"', "audit_cosignature": '"id"'}
KEPT = tuple(KEYS)
REFUSAL = "the log is append-only"
REFUSE = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
ROOMS: dict[str, str] = {}  # tables of rooms above: table -> quoted key column


def keep(**tables: str) -> None:
    """Name a room's tables that the database keeps from change: table=quoted key column."""
    ROOMS.update(tables)


def install_on(tables: dict[str, str], execute: Any, vendor: str) -> None:
    """Create the triggers of a room's tables."""
    for table, key in tables.items():
        for sql in _kept_on_postgresql(table) if vendor == "postgresql" else _kept_on_sqlite(table, key):
            execute(sql)


def remove_from(tables: Iterable[str], execute: Any, vendor: str) -> None:
    """Drop the triggers of a room's tables."""
    for name, table in _names_of(tables, vendor):
        execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if vendor == "postgresql" else ""))


def install(execute: Any, vendor: str) -> None:
    """Create the triggers through `execute(sql)`."""
    for sql in _postgresql() if vendor == "postgresql" else _sqlite():
        execute(sql)


def remove(execute: Any, vendor: str) -> None:
    """Drop the triggers. PostgreSQL's function stays: triggers of rooms may call it."""
    for name, table in _names(vendor):
        execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if vendor == "postgresql" else ""))


@contextmanager
def lifted() -> Iterator[None]:
    """The triggers are away inside the block."""
    present = connection.introspection.table_names()
    if not all(table in present for table in KEPT):
        yield
        return
    rooms = {table: key for table, key in ROOMS.items() if table in present}
    with connection.cursor() as cursor:
        remove_from(rooms, cursor.execute, connection.vendor)
        remove(cursor.execute, connection.vendor)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            install(cursor.execute, connection.vendor)
            install_on(rooms, cursor.execute, connection.vendor)


def _names(vendor: str) -> list[tuple[str, str]]:
    return [*_names_of(KEPT, vendor), ("audit_tip_grows", "audit_tip"), ("audit_tip_stays", "audit_tip")]


def _names_of(tables: Iterable[str], vendor: str) -> list[tuple[str, str]]:
    acts = ("row", "all") if vendor == "postgresql" else ("update", "delete", "replace")
    return [(f"{table}_no_{act}", table) for table in tables for act in acts]


def _sqlite() -> list[str]:
    made = [sql for table, key in KEYS.items() for sql in _kept_on_sqlite(table, key)]
    made.append(f"CREATE TRIGGER audit_tip_grows BEFORE UPDATE ON audit_tip WHEN NEW.size <= OLD.size OR NEW.id <> OLD.id {REFUSE}")
    made.append(f"CREATE TRIGGER audit_tip_stays BEFORE DELETE ON audit_tip {REFUSE}")
    return made


def _kept_on_sqlite(table: str, key: str) -> list[str]:
    made = [f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} {REFUSE}" for act in ("UPDATE", "DELETE")]
    # INSERT OR REPLACE deletes without firing delete triggers, so an existing key is refused before. FAIL refuses the
    # row as ABORT does, and SQLite keeps no journal for each row then: an insert takes half the time.
    exists = f"EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"  # noqa: S608  constants of ours
    refuse = REFUSE.replace("ABORT", "FAIL")
    return [*made, f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {exists} {refuse}"]


def _postgresql() -> list[str]:
    made = [f"CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"]
    made += [sql for table in KEPT for sql in _kept_on_postgresql(table)]
    made.append(
        "CREATE TRIGGER audit_tip_grows BEFORE UPDATE ON audit_tip FOR EACH ROW WHEN (NEW.size <= OLD.size OR NEW.id <> OLD.id)"
        " EXECUTE FUNCTION audit_refuse()"
    )
    made.append("CREATE TRIGGER audit_tip_stays BEFORE DELETE ON audit_tip FOR EACH ROW EXECUTE FUNCTION audit_refuse()")
    return made


def _kept_on_postgresql(table: str) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_no_row BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
        f"CREATE TRIGGER {table}_no_all BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
    ]
