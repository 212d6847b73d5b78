"""Gate: events to a subscriber that often fails, the sender killed -9 at random moments: all are taken, in the order of recording."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.one_database  # as in test_crash.py


@pytest.mark.nightly  # by day the room's own property cuts the sender short at the same places
def test_kills_lose_no_event_and_change_no_order(migrated: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(migrated, tmp_path / "house")
    everything = {**os.environ, "CHENGXIN_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "chengxin.settings"}
    everything.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "tests.gates.subscription_road", "2000", "40"]
    done = subprocess.run(command, cwd=ROOT, env=everything, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr[-3000:]
    result = json.loads(done.stdout.splitlines()[-1])
    print(result)
    assert result["broken"] == [] and result["events"] >= 2000 and result["kills"] > 0
