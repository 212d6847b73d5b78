"""Empty tables made once: the migrations of all rooms cost many seconds, and every worker and every directory of a test needs them.

SQLite: a data directory kept in pytest's cache under the hash of what makes the tables, copied by whoever needs one. PostgreSQL: one
database of the cluster is the template of the others.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".pytest_cache" / "tables"
TEMPLATE = "chengxin_tables"
IMPORT = re.compile(r"^(?:from|import) (chengxin[\w.]*)(?: import (\w+))?", re.MULTILINE)


def migrated() -> Path:
    """A data directory with the tables and nothing in them; made when the migrations changed since the last time."""
    folder = CACHE / _fingerprint()
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:  # the workers of one session share it
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "done").exists():
            for old in CACHE.glob("*/"):
                shutil.rmtree(old)
            folder.mkdir()
            _migrate(CHENGXIN_DATA=str(folder), DATABASE_URL="")
            (folder / "done").touch()
    return folder


def copy_when_asked_to_migrate() -> None:
    """The next `migrate`, with which Django makes its test database, copies tables that are there already."""
    from django.core import management
    from django.db import connection

    call: Callable[..., Any] = management.call_command
    sqlite = connection.vendor == "sqlite"

    def quick(name: str, *args: Any, **options: Any) -> Any:
        if name != "migrate":
            return call(name, *args, **options)
        patched.stop()
        if sqlite:
            connection.ensure_connection()
            with sqlite3.connect(migrated() / "chengxin.sqlite3") as made:
                made.backup(connection.connection)
        return None  # PostgreSQL copied the template when the database was made

    if not sqlite:
        connection.settings_dict["TEST"]["TEMPLATE"] = _template(connection.settings_dict)
    patched = patch.object(management, "call_command", quick)
    patched.start()


def _template(settings: dict[str, Any]) -> str:
    """The name of the cluster's database that has the tables; the first worker makes it."""
    import psycopg

    where = {"host": settings["HOST"], "port": settings["PORT"] or None, "user": settings["USER"], "password": settings["PASSWORD"] or None}
    with psycopg.connect(dbname="postgres", autocommit=True, **where) as cluster:
        cluster.execute("SELECT pg_advisory_lock(20170601)")
        if cluster.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone() is None:
            cluster.execute(f"CREATE DATABASE {TEMPLATE}")
            _migrate(DATABASE_URL=os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{TEMPLATE}")
    return TEMPLATE


def _migrate(**extra: str) -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "chengxin.settings", **extra}
    if not environment.get("DATABASE_URL"):
        environment.pop("DATABASE_URL", None)
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=environment, check=True)


def _fingerprint() -> str:
    """Of every migration, of our modules they take triggers and fields from, and of the libraries' versions."""
    # the settings name the apps of others, which bring tables too
    files = {ROOT / "requirements-test.txt", ROOT / "chengxin/settings.py", *ROOT.glob("chengxin/**/migrations/*.py")}
    for file in list(files):
        for module, name in IMPORT.findall(file.read_text()):
            path = ROOT / module.replace(".", "/")
            files |= {found for found in (path.with_suffix(".py"), path / f"{name}.py") if found.exists()}
    digest = hashlib.sha256(sys.version.encode())
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
