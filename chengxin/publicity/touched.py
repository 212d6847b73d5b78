"""Whether anything that public answers are made of has changed: triggers of the database write a row, in the change's own transaction.

A later migration that makes one of these tables anew on SQLite drops its triggers and must call `watch` again; a test looks for each.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from chengxin.publicity.models import Touch

# The tables public answers read: found by a test that draws every kept answer and looks at its questions.
TABLES = (
    "commitments_commitment",
    "commitments_commitmentend",
    "commitments_template",
    "consumers_answer",
    "consumers_complaint",
    "consumers_identity",
    "consumers_rating",
    "evaluation_ratingrule",
    "evaluation_snapshot",
    "lists_listentry",
    "lists_redentry",
    "lists_repairapplication",
    "marks_mark",
    "marks_markstep",
    "marks_permitlink",
    "platforms_majorevent",
    "publicity_review",
    "records_objection",
    "records_record",
    "records_recordend",
    "subjects_indexedname",
    "subjects_joining",
    "subjects_licence",
    "subjects_platform",
    "subjects_selfdeclaration",
    "subjects_shop",
    "subjects_subject",
    "subjects_subjectidentifier",
)
NAME = "public_touch"
ACTS = ("INSERT", "UPDATE", "DELETE")
FUNCTION = (
    f"CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN INSERT INTO publicity_touch DEFAULT VALUES; RETURN NULL; END $$"
)


def mark() -> tuple[Any, ...]:
    """A value that differs after any change that is visible now.

    On SQLite one writer follows another, so the last row says all. On PostgreSQL a row may become visible after
    a later one, so they are counted too.
    """
    what = "max(id), count(*)" if connection.vendor == "postgresql" else "max(id)"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {what} FROM publicity_touch")  # noqa: S608 - constant text
        return tuple(cursor.fetchone())


def watch(execute: Any, vendor: str, tables: tuple[str, ...] = TABLES) -> None:
    """Put the triggers on the tables."""
    if vendor == "postgresql":
        execute(FUNCTION)
    for table in tables:
        for act in ACTS if vendor == "sqlite" else ("INSERT OR UPDATE OR DELETE OR TRUNCATE",):
            execute(_trigger(table, act, vendor))


def leave(execute: Any, vendor: str, tables: tuple[str, ...] = TABLES) -> None:
    """Take them away again."""
    for table in tables:
        for name in names(table, vendor):
            execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if vendor == "postgresql" else ""))


def names(table: str, vendor: str) -> list[str]:
    """The names of a table's triggers."""
    return [f"{table}_{NAME}"] if vendor == "postgresql" else [f"{table}_{NAME}_{act.lower()}" for act in ACTS]


def _trigger(table: str, act: str, vendor: str) -> str:
    if vendor == "postgresql":
        return f"CREATE TRIGGER {table}_{NAME} AFTER {act} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {NAME}()"
    tells = "BEGIN INSERT INTO publicity_touch (id) VALUES (NULL); END"
    return f"CREATE TRIGGER {table}_{NAME}_{act.lower()} AFTER {act} ON {table} {tells}"


def forget() -> int:
    """Leave only the newest row: nothing but the mark is read from them. Each process then makes its answers anew once."""
    last = Touch.objects.order_by("-pk").values_list("pk", flat=True).first()
    return Touch.objects.filter(pk__lt=last).delete()[0] if last else 0
