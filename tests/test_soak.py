"""Gates 22 and 23 by day: their measures can tell; by night a minute of the soak."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests import soak
from tests.soak import growth

pytestmark = pytest.mark.one_database
ROOT = Path(__file__).resolve().parent.parent


def test_the_line_tells_a_leak_from_a_saw() -> None:
    leak = [(second, 100 + second * 2 / 3600) for second in range(600)]
    saw = [(second, 100 + second % 10) for second in range(600)]
    assert growth([(float(a), float(b)) for a, b in leak]) == pytest.approx(2)
    assert abs(growth([(float(a), float(b)) for a, b in saw])) < 1


@pytest.mark.nightly
def test_a_minute_under_load_has_no_server_error() -> None:
    result = soak.soak(60)
    print(f"gate 22 soak: {result}")
    assert result["server_errors"] == 0
    assert int(str(result["requests"])) > soak.LOADED


@pytest.mark.nightly
def test_a_test_that_needs_another_first_is_named_with_its_seed(tmp_path: Path) -> None:
    (tmp_path / "test_order.py").write_text(
        "made = []\n\ndef test_makes():\n    made.append(1)\n\ndef test_needs():\n    assert made\n\ndef test_good():\n    pass\n"
    )
    here = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT), "-p", "conftest"]
    command = [sys.executable, "-m", "tests.flakes", "--first", "4", "--runs", "2", *here, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "test_needs" in done.stdout and "test_good" not in done.stdout and "seeds [4]" in done.stdout
