"""An older register becomes one of this version: with a backup before, and back to what it was when a migration fails."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

import pytest

from chengxin.keeping import manifest
from tests.gates.houses import House

OLDER = (("jobs", "0001_initial"), ("keeping", "zero"))  # the state before this room was there
on_both = pytest.mark.django_db  # the database of the test is not used: the processes have their own


def made_older(house: House) -> None:
    for app, name in OLDER:
        house.run("django", "migrate", app, name, "--settings", "chengxin.settings", "--verbosity", "0")


def content(house: House) -> str:
    with sqlite3.connect(house.folder / "chengxin.sqlite3") as database:
        return hashlib.sha256("\n".join(database.iterdump()).encode()).hexdigest()


def steps(house: House) -> int:
    with sqlite3.connect(house.folder / "chengxin.sqlite3") as database:
        return int(database.execute("SELECT count(*) FROM django_migrations").fetchone()[0])


def spoil(house: House) -> None:
    """What the second of the missing migrations makes is there already, so it fails after the first has been applied."""
    with sqlite3.connect(house.folder / "chengxin.sqlite3") as database:
        database.execute("CREATE TABLE keeping_backup (id integer)")
    database.close()


@on_both
def test_an_older_register_is_backed_up_and_upgraded_and_nothing_is_lost(either: House, tmp_path: Path) -> None:
    before = either.look(either.folder)
    made_older(either)
    assert either.run("chengxin.cli", "ready", fails=True) == ""
    settings = {"CHENGXIN_BACKUP": str(either.target), "CHENGXIN_BACKUP_PASSPHRASE_FILE": str(either.passphrase)}
    either.more.update(settings)
    either.run("chengxin.cli", "setup")
    either.run("chengxin.cli", "ready")
    after = either.look(either.folder)
    assert (after["receipts"], after["facts"], after["files"]) == (before["receipts"], before["facts"], before["files"])
    (copy,) = (either.folder / "before-upgrade").iterdir()
    assert copy.stat().st_size > 0
    (generation,) = manifest.generations(either.target)
    assert not any(one.startswith("keeping.") for one in manifest.verify(generation).migrations)
    assert either.run("chengxin.cli", "check").startswith("no fault")


@pytest.mark.one_database
def test_a_backup_of_an_older_version_is_upgraded_as_it_is_restored(house: House, tmp_path: Path) -> None:
    made_older(house)
    house.backup()
    said = house.run(*house.restore_words(tmp_path / "new"))
    assert "migrations applied: 2" in said
    house.run("chengxin.cli", "ready", folder=tmp_path / "new")
    assert house.look(tmp_path / "new")["files"] == ["%PDF", "PNG"]


@pytest.mark.one_database
def test_a_migration_that_fails_leaves_the_register_as_it_was(house: House) -> None:
    made_older(house)
    spoil(house)
    before = content(house)
    assert "数据库已恢复到升级前" in house.run("chengxin.cli", "setup", fails=True)
    assert content(house) == before


@pytest.mark.one_database
def test_without_the_copy_it_would_be_neither_old_nor_new(house: House) -> None:
    """The twin."""
    made_older(house)
    spoil(house)
    before = steps(house)
    assert "keeping_backup" in house.run("chengxin.cli", "setup", "--without-backup", fails=True)
    assert steps(house) == before + 1
