"""Gate: rows through a badly behaved upper platform with kill -9: nothing lost, nothing doubled, every planted difference listed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.one_database  # as in test_crash.py


def through(folder: Path, rows: int, kills: int, a_file: int) -> dict[str, Any]:
    everything = {**os.environ, "CHENGXIN_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "chengxin.settings"}
    everything.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "tests.gates.exchange_road", str(rows), str(kills), "1", str(a_file)]
    done = subprocess.run(command, cwd=ROOT, env=everything, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr[-3000:]
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(result)
    return result


def test_rows_survive_kills_and_a_badly_behaved_platform(migrated: Path, tmp_path: Path) -> None:
    result = through(shutil.copytree(migrated, tmp_path / "house"), 2_000, 3, 1_000)
    assert result["broken"] == []
    assert result["listed"] == result["planted"] > 0


@pytest.mark.nightly
def test_a_hundred_thousand_rows_a_night(migrated: Path, tmp_path: Path) -> None:
    result = through(shutil.copytree(migrated, tmp_path / "house"), 100_000, 40, 10_000)
    assert result["broken"] == [] and result["listed"] == result["planted"] > 0
