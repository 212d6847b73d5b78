"""Puts the full-text index under IndexedName: FTS5 with triggers on SQLite, a GIN index of tsvector('simple') on PostgreSQL.

Called by the migration. A later migration that rebuilds the table on SQLite drops its triggers, so it must call `create` again.
"""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, Func

SQLITE = """
CREATE VIRTUAL TABLE IF NOT EXISTS subjects_indexedname_fts USING fts5(tokens, content='subjects_indexedname', content_rowid='id');
CREATE TRIGGER IF NOT EXISTS subjects_indexedname_added AFTER INSERT ON subjects_indexedname BEGIN
  INSERT INTO subjects_indexedname_fts(rowid, tokens) VALUES (new.id, new.tokens);
END;
CREATE TRIGGER IF NOT EXISTS subjects_indexedname_removed AFTER DELETE ON subjects_indexedname BEGIN
  INSERT INTO subjects_indexedname_fts(subjects_indexedname_fts, rowid, tokens) VALUES ('delete', old.id, old.tokens);
END;
CREATE TRIGGER IF NOT EXISTS subjects_indexedname_changed AFTER UPDATE ON subjects_indexedname BEGIN
  INSERT INTO subjects_indexedname_fts(subjects_indexedname_fts, rowid, tokens) VALUES ('delete', old.id, old.tokens);
  INSERT INTO subjects_indexedname_fts(rowid, tokens) VALUES (new.id, new.tokens);
END;
"""


def create(apps: Any, schema_editor: Any) -> None:
    """Make the index on this database."""
    if schema_editor.connection.vendor == "sqlite":
        for statement in SQLITE.strip().split(";\nCREATE"):
            schema_editor.execute(statement if statement.startswith("CREATE") else f"CREATE{statement}")
    else:
        schema_editor.execute("CREATE INDEX subjects_indexedname_fts ON subjects_indexedname USING gin (to_tsvector('simple', tokens))")


def drop(apps: Any, schema_editor: Any) -> None:
    """Take it away again, so that the migration can be reversed."""
    if schema_editor.connection.vendor == "sqlite":
        for trigger in ("added", "removed", "changed"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS subjects_indexedname_{trigger}")
        schema_editor.execute("DROP TABLE IF EXISTS subjects_indexedname_fts")
    else:
        schema_editor.execute("DROP INDEX IF EXISTS subjects_indexedname_fts")


# A text without a Chinese pair is looked for by LIKE. Few names hold a Latin letter or a figure;
# a text that does is looked for in those alone.
LATIN = {"sqlite": "{} GLOB '*[0-9a-z]*'", "postgresql": "{} ~ '[0-9a-z]'"}


class HoldsLatin(Func):
    """Whether a name holds a Latin letter or a figure, in the words of the index, whatever the table is called in a question."""

    output_field = BooleanField()

    def as_sql(self, compiler: Any, connection: Any, *given: Any, **more: Any) -> Any:
        return super().as_sql(compiler, connection, *given, **{**more, "template": LATIN[connection.vendor].format("%(expressions)s")})


def create_latin(apps: Any, schema_editor: Any) -> None:
    """The names with a Latin letter or a figure, in the order of their entry. Lost with a table that is made anew: slower, not wrong."""
    rows = LATIN[schema_editor.connection.vendor].format('"text"')
    schema_editor.execute(f"CREATE INDEX subjects_latin_name ON subjects_indexedname (id, text) WHERE {rows}")


def drop_latin(apps: Any, schema_editor: Any) -> None:
    """Take it away again."""
    schema_editor.execute("DROP INDEX IF EXISTS subjects_latin_name")
