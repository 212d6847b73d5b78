"""A database at one moment, and back: SQLite by its online backup, PostgreSQL by pg_dump in an exported snapshot.

Both are taken while the server writes. What was committed before the moment is in, what came after is not.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, connections, transaction

from chengxin.keeping.errors import NotEmpty, NoTool, ToolFailed
from chengxin.keeping.manifest import Tell

SNAPSHOT = "snapshot"  # the alias under which the moment is read
PAGES = 4096  # 16 MB between two signs of progress
UNFINISHED = "restore_unfinished"  # a table in a PostgreSQL database, a file in a data directory
FILES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}


def engine() -> str:
    """ "sqlite" or "postgresql"."""
    return str(connection.vendor)


@contextmanager
def moment(folder: Path, fixed: Callable[[], None], tell: Tell) -> Iterator[Path]:
    """Fix a moment, call `fixed` at once, write the database as of then into the folder; inside, SNAPSHOT reads that moment."""
    file = folder / FILES[engine()]
    try:
        with _sqlite(file, fixed, tell) if engine() == "sqlite" else _postgresql(file, fixed, tell):
            yield file
    finally:
        if SNAPSHOT in connections.databases:
            connections[SNAPSHOT].close()
            del connections.databases[SNAPSHOT]
            del connections[SNAPSHOT]


def _open(**other: Any) -> None:
    connections.databases[SNAPSHOT] = {**connections.databases["default"], "CONN_MAX_AGE": 0, **other}


@contextmanager
def _sqlite(file: Path, fixed: Callable[[], None], tell: Tell) -> Iterator[None]:
    copy_sqlite(Path(str(connection.settings_dict["NAME"])), file, fixed, tell)
    _open(NAME=f"file:{file}?mode=ro&immutable=1", OPTIONS={})
    yield


def copy_sqlite(source: Path, target: Path, fixed: Callable[[], None], tell: Tell) -> None:
    """SQLite's online backup within one read transaction: writers go on, and the copy does not begin anew when they commit."""
    read, written = sqlite3.connect(f"file:{source}?mode=rw", uri=True, isolation_level=None), sqlite3.connect(target)
    try:
        read.execute("PRAGMA busy_timeout=30000")
        read.execute("BEGIN")
        read.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the first read fixes the moment
        fixed()
        read.backup(written, pages=PAGES, progress=lambda status, left, whole: tell("database", whole - left, whole))
        read.execute("ROLLBACK")
    finally:
        written.close()
        read.close()
    target.chmod(0o600)
    _flush(target)


@contextmanager
def _postgresql(file: Path, fixed: Callable[[], None], tell: Tell) -> Iterator[None]:
    from django.db.backends.postgresql.psycopg_any import IsolationLevel

    options = {**connection.settings_dict["OPTIONS"], "isolation_level": IsolationLevel.REPEATABLE_READ}
    _open(OPTIONS=options)
    with transaction.atomic(using=SNAPSHOT):
        with connections[SNAPSHOT].cursor() as cursor:
            cursor.execute("SELECT pg_export_snapshot()")
            name = cursor.fetchone()[0]
        fixed()
        tell("database", 0, 1)
        dump(file, f"--snapshot={name}")
        tell("database", 1, 1)
        yield


def dump(file: Path, *more: str) -> None:
    """pg_dump of the default database into a new file, flushed."""
    _call("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--exclude-table={UNFINISHED}", f"--file={file}", *more)
    _flush(file)


def _call(tool: str, *arguments: str) -> None:
    given = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    said = {name: str(given[key]) for name, key in names.items() if given[key]}
    said |= {f"PG{name.upper()}": str(value) for name, value in given["OPTIONS"].items() if name.startswith("ssl")}
    try:
        done = subprocess.run([tool, *arguments], env={**os.environ, **said}, capture_output=True, text=True, check=False)
    except FileNotFoundError as cause:
        raise NoTool(tool=tool) from cause
    if done.returncode:
        raise ToolFailed(tool=tool, said=done.stderr.strip()[-2000:])


def _flush(file: Path) -> None:
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# ---- back


def check_empty() -> None:
    """The PostgreSQL database to restore into holds nothing, or what a restore that was killed left. Raises NotEmpty."""
    tables = set(connection.introspection.table_names())
    if tables and UNFINISHED not in tables:
        raise NotEmpty(path=str(connection.settings_dict["NAME"]))
    with connection.cursor() as cursor:
        _clear(cursor)
        cursor.execute(f"CREATE TABLE {UNFINISHED} (since timestamptz DEFAULT now())")


def fill(file: Path) -> None:
    """Everything of a dump, or nothing."""
    connection.close()
    into = f"--dbname={connection.settings_dict['NAME']}"
    # only what is in the schema: a dump may hold the schema itself, which is there
    _call("pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--schema=public", into, str(file))


def finished() -> None:
    """The restored PostgreSQL database may be used."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {UNFINISHED}")


def size() -> int:
    """Bytes of the default database."""
    if engine() == "sqlite":
        return Path(str(connection.settings_dict["NAME"])).stat().st_size
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def is_unfinished() -> bool:
    """Whether the default database is one that a restore has not finished."""
    return engine() == "postgresql" and UNFINISHED in connection.introspection.table_names()


def put_back(file: Path) -> None:
    """The default database becomes again what the file holds; for an upgrade that failed."""
    if engine() == "sqlite":
        name = str(connection.settings_dict["NAME"])
        connection.close()
        read, written = sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True), sqlite3.connect(name, timeout=30)
        try:
            read.backup(written)
        finally:
            written.close()
            read.close()
        return
    with connection.cursor() as cursor:
        _clear(cursor)
    fill(file)


def _clear(cursor: Any) -> None:
    """Drop what there is. Whoever reads waits or fails; nobody sees a half, for the dump comes back in one transaction."""
    cursor.execute("DROP SCHEMA IF EXISTS public CASCADE")
    cursor.execute("CREATE SCHEMA public")
