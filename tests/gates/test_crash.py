"""Gate 1: kill -9 at random moments of import, detection and clue opening; nothing acknowledged is lost, nothing is doubled."""

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
pytestmark = pytest.mark.one_database  # what must survive is the default store; PostgreSQL's own crash safety is its makers' claim


def on_the_road(folder: Path, kills: int, seed: int = 1, **environment: str) -> str:
    """What the program of the road says."""
    everything = {**os.environ, "CHENGXIN_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "chengxin.settings", **environment}
    everything.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "tests.gates.crash_road", str(kills), str(seed)]
    done = subprocess.run(command, cwd=ROOT, env=everything, capture_output=True, text=True, check=False)
    assert done.returncode == 0 or done.stdout, done.stderr[-3000:]
    return done.stdout


def walk_with_kills(folder: Path, kills: int, seed: int = 1, **environment: str) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(on_the_road(folder, kills, seed, **environment).splitlines()[-1])
    print(
        f"crash: {result['kills']} kills, {result['acknowledged']} acknowledgements, {len(result['broken'])} broken, {result['seconds']} s"
    )
    return result


@pytest.fixture(scope="session")
def prepared(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The city before anything is reported."""
    folder = shutil.copytree(migrated, tmp_path_factory.mktemp("prepared") / "house")
    on_the_road(folder, -1)
    return folder


@pytest.fixture
def house(prepared: Path, tmp_path: Path) -> Path:
    return shutil.copytree(prepared, tmp_path / "house")


@pytest.fixture(scope="module")
def undisturbed(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """What the road makes when nobody kills it."""
    return calm(prepared, tmp_path_factory)


def calm(prepared: Path, tmp_path_factory: pytest.TempPathFactory, **environment: str) -> dict[str, int]:
    folder = shutil.copytree(prepared, tmp_path_factory.mktemp("calm") / "house")
    tally: dict[str, int] = walk_with_kills(folder, 0, **environment)["tally"]
    return tally


def test_nothing_acknowledged_is_lost_and_nothing_doubled(house: Path, undisturbed: dict[str, int]) -> None:
    result = walk_with_kills(house, 4)
    assert result["broken"] == []
    assert result["tally"] == undisturbed
    assert undisturbed["clues"] > 0


@pytest.mark.nightly
def test_the_gate_sees_a_receipt_that_was_told_too_early(house: Path) -> None:
    """The twin: acknowledged before it is committed, a receipt is lost by a kill right after."""
    result = walk_with_kills(house, 1, CRASH_ACKNOWLEDGES_EARLY="1")
    assert any("is lost" in line for line in result["broken"])


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(4))
def test_a_hundred_kills_a_night(house: Path, prepared: Path, tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    result = walk_with_kills(house, 100, seed, CRASH_DETECTORS="")
    assert result["broken"] == []
    assert result["tally"] == calm(prepared, tmp_path_factory, CRASH_DETECTORS="")
