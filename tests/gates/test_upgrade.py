"""An older register becomes one of this version: with a backup before, and back to what it was when a migration fails."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from pathlib import Path

import pytest

from chengxin.keeping import manifest
from tests.gates.houses import House, passphrase_in

OLDER = (("jobs", "0001_initial"), ("keeping", "zero"))  # the state before this room was there
on_both = pytest.mark.django_db  # the database of the test is not used: the processes have their own


def made_older(house: House) -> None:
    for app, name in OLDER:
        house.run("django", "migrate", app, name, "--settings", "chengxin.settings", "--verbosity", "0")


@pytest.fixture(scope="module")
def older_city(kept_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The city in the tables of the version before; copy it."""
    folder = shutil.copytree(kept_city, tmp_path_factory.mktemp("older") / "house")
    made_older(House(folder, folder / "nowhere"))
    return folder


@pytest.fixture
def older(older_city: Path, tmp_path: Path) -> House:
    return House(shutil.copytree(older_city, tmp_path / "house"), tmp_path / "backups", passphrase=passphrase_in(tmp_path))


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


@pytest.mark.nightly
@on_both
def test_an_older_register_is_backed_up_and_upgraded_and_nothing_is_lost(either: House, request: pytest.FixtureRequest) -> None:
    before = either.look(either.folder)
    if either.url:
        made_older(either)
    else:
        shutil.rmtree(either.folder)
        shutil.copytree(request.getfixturevalue("older_city"), either.folder)
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
def test_a_backup_of_an_older_version_is_upgraded_as_it_is_restored(older: House, tmp_path: Path) -> None:
    older.backup()
    said = older.run(*older.restore_words(tmp_path / "new"))
    assert "migrations applied: 2" in said
    older.run("chengxin.cli", "ready", folder=tmp_path / "new")
    assert older.look(tmp_path / "new")["files"] == ["%PDF", "PNG"]


@pytest.mark.one_database
def test_a_migration_that_fails_leaves_the_register_as_it_was(older: House) -> None:
    spoil(older)
    before = content(older)
    assert "数据库已恢复到升级前" in older.run("chengxin.cli", "setup", fails=True)
    assert content(older) == before


@pytest.mark.one_database
def test_without_the_copy_it_would_be_neither_old_nor_new(older: House) -> None:
    """The twin."""
    spoil(older)
    before = steps(older)
    assert "keeping_backup" in older.run("chengxin.cli", "setup", "--without-backup", fails=True)
    assert steps(older) == before + 1
