"""Gate 2: a fault in any one system call of the road (EIO, ENOSPC, kill -9) loses nothing acknowledged, doubles nothing, and heals."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.gates import tracing

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.one_database  # faults of the disk under the default store


def tried(folder: Path, *arguments: str, **environment: str) -> dict[str, Any]:
    """What the program of the faults found."""
    everything = {**os.environ, "CHENGXIN_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "chengxin.settings", **environment}
    everything.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "tests.gates.syscall_faults", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=everything, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr[-3000:]
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(f"gate 2 system calls: {result['points']} points, {result['felt']} felt, {len(result['broken'])} broken, {result['seconds']} s")
    return result


@pytest.fixture(scope="module")
def house(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if reason := tracing.missing():
        pytest.skip(reason)
    return shutil.copytree(migrated, tmp_path_factory.mktemp("faults") / "house")


def test_no_fault_of_a_system_call_breaks_a_promise(house: Path) -> None:
    result = tried(house, "3", "7")
    assert result["broken"] == []
    assert result["felt"] > result["points"] / 2
    assert result["tally"]["clues"] > 0 and result["tally"]["exhibits"] == 1


@pytest.mark.nightly
def test_without_its_transaction_the_gate_finds_what_the_intake_leaves_behind(house: Path) -> None:
    """The twin: a kill between two statements leaves a receipt whose rows are nowhere, or half an entry of the log."""
    result = tried(house, "fdatasync:7:KILL", "fdatasync:8:KILL", FAULT_UNSAFE="1")
    assert len(result["broken"]) >= 2


@pytest.mark.nightly
def test_two_thousand_points_a_night(house: Path) -> None:
    result = tried(house, "2000", "11")
    assert result["broken"] == []
    assert result["felt"] > result["points"] / 2
