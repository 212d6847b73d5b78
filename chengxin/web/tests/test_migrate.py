"""The faster `migrate` makes the schema that Django's own makes."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

DJANGOS_OWN = "import django; django.setup(); from django.core.management.commands.migrate import Command; from django.core.management import call_command; call_command(Command(), verbosity=0)"  # noqa: E501
OURS = "import django; django.setup(); from django.core.management import call_command; call_command('migrate', verbosity=0)"


def schema(folder: Path, code: str) -> list[str]:
    folder.mkdir()
    around = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    around |= {"CHENGXIN_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "chengxin.settings"}
    subprocess.run([sys.executable, "-c", code], env=around, check=True)
    with sqlite3.connect(folder / "chengxin.sqlite3") as database:
        return sorted(text for (text,) in database.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"))


@pytest.mark.nightly
def test_the_schema_is_that_of_djangos_own_command(tmp_path: Path) -> None:
    ours = schema(tmp_path / "ours", OURS)
    assert len(ours) > 300
    assert ours == schema(tmp_path / "djangos", DJANGOS_OWN)
