"""Space and traces: what was deleted in the database leaves its pages, its free pages and its write-ahead log too."""

from __future__ import annotations

from pathlib import Path

from django.db import connection

SAY = "INSERT INTO {0}({0}) VALUES ('rebuild')"


def size() -> int:
    """Bytes of the database on disk, the write-ahead log with it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    name = str(connection.settings_dict["NAME"])
    return sum(Path(name + end).stat().st_size for end in ("", "-wal") if Path(name + end).exists())


def reclaim() -> int:
    """Give free pages back to the disk; returns the bytes freed. Outside a transaction. On PostgreSQL autovacuum does it.

    SQLite: the first time the file is turned to incremental vacuum, which writes it anew once; then a night frees what that night left.
    """
    if connection.in_atomic_block or connection.vendor != "sqlite":
        return 0
    before = size()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA auto_vacuum")
        if int(cursor.fetchone()[0]) != 2:  # 2: incremental
            cursor.execute("PRAGMA auto_vacuum=INCREMENTAL")
            cursor.execute("VACUUM")
        else:
            cursor.execute("PRAGMA incremental_vacuum")
            cursor.fetchall()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return max(0, before - size())


def scrub(tables: tuple[str, ...] = ()) -> None:
    """After an erasure: no byte of what was there is left in free pages, in slack space of pages or in the write-ahead log.

    SQLite writes the whole file anew (VACUUM) with secure_delete on, the full-text index first, and cuts the log to nothing. PostgreSQL
    writes the named tables anew (VACUUM FULL); its archived WAL and replicas are the operator's, see the runbook.
    """
    if connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA secure_delete=ON")
            cursor.fetchall()
            cursor.execute("SELECT name FROM sqlite_master WHERE type='table' AND sql LIKE '%USING fts5%'")
            for (name,) in cursor.fetchall():
                cursor.execute(SAY.format(name))
            cursor.execute("PRAGMA auto_vacuum=INCREMENTAL")
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            for name in tables:
                cursor.execute(f"VACUUM FULL {connection.ops.quote_name(name)}")
