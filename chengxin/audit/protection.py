"""The database itself refuses to change the log: triggers on both engines. A superuser can drop them; then the signed heads tell.

`install` and `remove` are run by the first migration; `lifted` only by `flush`, which empties a test or demonstration database on purpose.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

KEYS = {"audit_leaf": '"index"', "audit_node": '"id"', "audit_signedhead": '"id"', "audit_cosignature": '"id"'}
KEPT = tuple(KEYS)
REFUSAL = "the log is append-only"


def install(execute: Any, vendor: str) -> None:
    """Create the triggers through `execute(sql)`."""
    for sql in _postgresql() if vendor == "postgresql" else _sqlite():
        execute(sql)


def remove(execute: Any, vendor: str) -> None:
    """Drop the triggers."""
    for name, table in _names(vendor):
        execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if vendor == "postgresql" else ""))
    if vendor == "postgresql":
        execute("DROP FUNCTION IF EXISTS audit_refuse()")


@contextmanager
def lifted() -> Iterator[None]:
    """The triggers are away inside the block."""
    if not all(table in connection.introspection.table_names() for table in KEPT):
        yield
        return
    with connection.cursor() as cursor:
        remove(cursor.execute, connection.vendor)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            install(cursor.execute, connection.vendor)


def _names(vendor: str) -> list[tuple[str, str]]:
    acts = ("row", "all") if vendor == "postgresql" else ("update", "delete", "replace")
    named = [(f"{table}_no_{act}", table) for table in KEPT for act in acts]
    return [*named, ("audit_tip_grows", "audit_tip"), ("audit_tip_stays", "audit_tip")]


def _sqlite() -> list[str]:
    made, refuse = [], f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for table, key in KEYS.items():
        for act in ("UPDATE", "DELETE"):
            made.append(f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} {refuse}")
        # INSERT OR REPLACE deletes without firing delete triggers, so an existing key is refused before.
        exists = f"EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"  # noqa: S608  constants above
        made.append(f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {exists} {refuse}")
    made.append(f"CREATE TRIGGER audit_tip_grows BEFORE UPDATE ON audit_tip WHEN NEW.size <= OLD.size OR NEW.id <> OLD.id {refuse}")
    made.append(f"CREATE TRIGGER audit_tip_stays BEFORE DELETE ON audit_tip {refuse}")
    return made


def _postgresql() -> list[str]:
    made = [f"CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"]
    for table in KEPT:
        made.append(f"CREATE TRIGGER {table}_no_row BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION audit_refuse()")
        made.append(f"CREATE TRIGGER {table}_no_all BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()")
    made.append(
        "CREATE TRIGGER audit_tip_grows BEFORE UPDATE ON audit_tip FOR EACH ROW WHEN (NEW.size <= OLD.size OR NEW.id <> OLD.id)"
        " EXECUTE FUNCTION audit_refuse()"
    )
    made.append("CREATE TRIGGER audit_tip_stays BEFORE DELETE ON audit_tip FOR EACH ROW EXECUTE FUNCTION audit_refuse()")
    return made
