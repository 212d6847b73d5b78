"""Gate 1 at the decision API: kill -9 while decisions are given in several threads; each that was told is kept, in the log, the same."""

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
pytestmark = pytest.mark.one_database  # the default store; PostgreSQL's own crash safety is its makers' claim


def decided_with_kills(folder: Path, kills: int, seed: int = 1, **environment: str) -> dict[str, Any]:
    everything = {**os.environ, "CHENGXIN_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "chengxin.settings", **environment}
    everything.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "tests.gates.decisions_road", str(kills), str(seed)]
    done = subprocess.run(command, cwd=ROOT, env=everything, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr[-3000:]
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(f"decisions: {result}")
    return result


@pytest.fixture
def house(migrated: Path, tmp_path: Path) -> Path:
    return shutil.copytree(migrated, tmp_path / "house")


def test_what_was_told_is_kept_and_logged(house: Path) -> None:
    result = decided_with_kills(house, 2)
    assert result["broken"] == []
    assert result["told"] > 50 and result["held"]


@pytest.mark.nightly
def test_the_gate_sees_a_decision_that_was_told_and_not_kept(house: Path) -> None:
    result = decided_with_kills(house, 3, CRASH_TELLS_EARLY="1")
    assert any("is lost" in line for line in result["broken"])


@pytest.mark.nightly
def test_a_hundred_kills(house: Path) -> None:
    assert decided_with_kills(house, 100)["broken"] == []
