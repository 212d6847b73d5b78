"""Cities to be kept, restored and upgraded."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.gates.houses import House, database, passphrase_in


@pytest.fixture(scope="session")
def kept_city(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small city on SQLite; copy it."""
    folder = shutil.copytree(migrated, tmp_path_factory.mktemp("city") / "house")
    House(folder, folder / "nowhere").road("begin")
    return folder


@pytest.fixture
def house(kept_city: Path, tmp_path: Path) -> House:
    return House(shutil.copytree(kept_city, tmp_path / "house"), tmp_path / "backups", passphrase=passphrase_in(tmp_path))


@pytest.fixture
def either(request: pytest.FixtureRequest, tmp_path: Path) -> House:
    """The city on the database that the session tests."""
    from django.db import connection

    if connection.vendor == "sqlite":
        found: House = request.getfixturevalue("house")
        return found
    url = database(f"keep_{os.getpid()}")
    house = House(tmp_path / "house", tmp_path / "backups", url, passphrase_in(tmp_path))
    house.road("begin")
    return house
