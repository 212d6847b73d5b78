"""Gate 3: the power goes at any moment. The database opens whole, and everything acknowledged is there, its files too."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.gates import tracing

ROOT = Path(__file__).resolve().parents[2]


def cut(folder: Path, many: int, seed: int, **environment: str) -> dict[str, Any]:
    """What the program of the cuts found."""
    everything = {**os.environ, "CHENGXIN_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "chengxin.settings", **environment}
    everything.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "tests.gates.power_cut", str(many), str(seed)]
    done = subprocess.run(command, cwd=ROOT, env=everything, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr[-3000:]
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(f"gate 3 power cut: {result['cuts']} cuts, {result['broken']} broken, {result['seconds']} s")
    return result


@pytest.fixture(scope="module")
def house(migrated: Path) -> Iterator[Path]:
    if reason := tracing.missing():
        pytest.skip(reason)
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="power-", dir=memory if memory.is_dir() else None) as folder:
        yield shutil.copytree(migrated, Path(folder) / "house")


@pytest.mark.one_database
def test_no_power_cut_loses_what_was_acknowledged(house: Path) -> None:
    result = cut(house, 60, 5)
    assert result["first"] == []
    assert result["events"]["said"] >= 6 and result["events"]["sync"] > 10


@pytest.mark.nightly
@pytest.mark.one_database
def test_with_synchronous_normal_acknowledged_rows_are_lost(house: Path) -> None:
    """The twin of the database: a commit that is not flushed."""
    result = cut(house, 20, 5, POWER_UNSAFE="NORMAL")
    assert any("is lost" in line for line in result["first"])


@pytest.mark.one_database
def test_with_a_lake_that_is_not_flushed_rows_have_no_file(house: Path) -> None:
    """The twin of the lake."""
    result = cut(house, 20, 5, POWER_UNSAFE="lake")
    assert any("lake" in line and "price" in line for line in result["first"])


@pytest.mark.nightly
@pytest.mark.one_database
def test_ten_thousand_cuts_a_night(house: Path) -> None:
    assert cut(house, 10_000, 17)["first"] == []


@pytest.mark.one_database
@pytest.mark.parametrize(("level", "opens"), [("FULL", True), ("EXTRA", True), ("NORMAL", False), ("OFF", False)])
def test_start_up_refuses_less_than_full(migrated: Path, tmp_path: Path, level: str, opens: bool) -> None:
    folder = shutil.copytree(migrated, tmp_path / "house")
    code = (
        "import django, sys; django.setup(); from django.conf import settings; from chengxin.prepare import main;"
        "options = settings.DATABASES['default']['OPTIONS'];"
        "options['init_command'] = options['init_command'].replace('=FULL', '=' + sys.argv[1]); sys.exit(main())"
    )
    environment = {**os.environ, "CHENGXIN_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "chengxin.settings"}
    environment.pop("DATABASE_URL", None)
    done = subprocess.run([sys.executable, "-c", code, level], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode == 0) is opens, done.stderr
    assert opens or "synchronous=FULL" in done.stderr
