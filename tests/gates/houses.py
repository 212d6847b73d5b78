"""A city in a data directory of its own, with the processes that run in it: for the gates of restore and upgrade."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests import tables
from tests.postgres import binaries

ROOT = Path(__file__).resolve().parents[2]
PASSPHRASE = "correct horse battery"


@dataclass
class House:
    """A data directory, and the database that belongs to it when it is PostgreSQL's."""

    folder: Path
    target: Path
    url: str = ""
    passphrase: Path = field(default_factory=Path)
    more: dict[str, str] = field(default_factory=dict)

    def environment(self, folder: Path | None = None, url: str = "") -> dict[str, str]:
        found = {**os.environ, "CHENGXIN_DATA": str(folder or self.folder), "CHENGXIN_DEMO": "1", **self.more}
        found.pop("DATABASE_URL", None)
        if self.url:
            found["DATABASE_URL"] = url or self.url
            found["PATH"] = f"{binaries()}{os.pathsep}{found['PATH']}"
        return found

    def command(self, *words: str | Path) -> list[str]:
        return [sys.executable, "-m", *map(str, words)]

    def run(self, *words: str | Path, folder: Path | None = None, url: str = "", fails: bool = False) -> str:
        done = subprocess.run(
            self.command(*words), cwd=ROOT, env=self.environment(folder, url), capture_output=True, text=True, check=False
        )
        assert bool(done.returncode) == fails, done.stdout[-2000:] + done.stderr[-3000:]
        return done.stdout + (done.stderr if fails else "")

    def road(self, *words: str | Path, **given: Any) -> str:
        return self.run("tests.gates.restore_road", *words, **given)

    def backup(self, *more: str | Path, **given: Any) -> str:
        return self.run("chengxin.cli", "backup", self.target, "--passphrase-file", self.passphrase, *more, **given)

    def restore_words(self, into: Path, *more: str | Path) -> list[str | Path]:
        return ["chengxin.cli", "restore", self.target, "--data", into, "--passphrase-file", self.passphrase, *more]

    def look(self, folder: Path, url: str = "") -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.road("look", folder=folder, url=url))
        return found


def passphrase_in(folder: Path) -> Path:
    path = folder / "passphrase"
    path.write_text(PASSPHRASE + "\n")
    return path


def database(name: str) -> str:
    """A new PostgreSQL database with (or, named `bare…`, without) the tables; its URL."""
    import psycopg
    from django.db import connection

    settings = connection.settings_dict
    where = {"host": settings["HOST"], "port": settings["PORT"] or None, "user": settings["USER"], "password": settings["PASSWORD"] or None}
    template = "template1" if name.startswith("bare") else tables._template(settings)
    with psycopg.connect(dbname="postgres", autocommit=True, **where) as cluster:
        cluster.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cluster.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return os.environ["DATABASE_URL"].rsplit("/", 1)[0] + f"/{name}"
