"""Keys are changed under load and with kills in the middle: nothing becomes unreadable, every proof holds, an old key goes only unused."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.one_database  # processes of their own over a directory of their own


def environment(folder: Path, **more: str) -> dict[str, str]:
    everything = {**os.environ, "CHENGXIN_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "chengxin.settings", "CHENGXIN_DEMO": "1", **more}
    everything.pop("DATABASE_URL", None)
    return everything


def program(folder: Path, *words: str, dies: bool = False, **more: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.gates.keys_road", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment(folder, **more), capture_output=True, text=True, check=False)
    if dies:
        assert done.returncode == -signal.SIGKILL, done.stderr[-3000:]
        return {}
    assert done.returncode == 0, done.stderr[-3000:]
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def killed_at(folder: Path, batch: int) -> None:
    """A rotation that is killed after so many batches were told."""
    command = [sys.executable, "-m", "tests.gates.keys_road", "ring"]
    running = subprocess.Popen(command, cwd=ROOT, env=environment(folder, KEYS_SLOW="0.2"), stdout=subprocess.PIPE, text=True)
    assert running.stdout
    told = 0
    for line in running.stdout:
        told += line == "batch\n"
        if told == batch:
            break
    running.kill()
    running.wait()


@pytest.fixture(scope="module")
def prepared(migrated: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    folder = shutil.copytree(migrated, tmp_path_factory.mktemp("keys") / "house")
    program(folder, "make", "20000" if request.config.getoption("--nightly") else "200")
    return folder


@pytest.fixture
def house(prepared: Path, tmp_path: Path) -> Path:
    return shutil.copytree(prepared, tmp_path / "house")


def test_a_rotation_that_is_killed_goes_on_and_ends(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = program(house, "state")
    assert before["wrong"] == 0 and set(before["used"]) == {"k1"} and before["faults"] == []
    killed_at(house, 3)
    middle = program(house, "state")
    assert middle["wrong"] == 0 and middle["faults"] == []
    assert middle["newest"] == "k2" and middle["used"]["k1"] > 0 and middle["used"]["k2"] > 0
    killed_at(house, 2)
    program(house, "ring")
    after = program(house, "state")
    assert after["newest"] == "k2", "a rotation that was broken off is taken up again, not begun anew"
    assert after["used"]["k1"] == 0 and after["wrong"] == 0 and after["faults"] == []
    with capsys.disabled():
        print(
            f"\nkeys: {after['used']['k2']} values encrypted anew over 2 kills, {after['wrong']} unreadable, {len(after['faults'])} faults"
        )


def retire(house: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "chengxin.cli", "keys", "retire", "k1"]
    return subprocess.run(command, cwd=ROOT, env=environment(house), capture_output=True, text=True, check=False)


@pytest.mark.nightly
def test_an_old_key_goes_only_when_nothing_uses_it(house: Path) -> None:
    killed_at(house, 2)
    assert "marks.ImitationReport" in retire(house).stderr
    program(house, "ring")
    assert retire(house).returncode == 1  # a transaction that read the old ring may still be running
    os.utime(house / "keys" / "ring", (0, 0))
    assert retire(house).returncode == 0
    assert list(json.loads((house / "keys" / "ring").read_text())) == ["k2"]
    after = program(house, "state")
    assert after["wrong"] == 0 and after["faults"] == []


def test_the_twin_a_key_that_went_too_early_leaves_what_cannot_be_read(house: Path) -> None:
    killed_at(house, 2)
    ring = json.loads((house / "keys" / "ring").read_text())
    (house / "keys" / "ring").write_text(json.dumps({"k2": ring["k2"]}))
    with pytest.raises(AssertionError, match="Unreadable"):
        program(house, "state")


@pytest.mark.parametrize(
    "step", ["keep_line", *(pytest.param(one, marks=pytest.mark.nightly) for one in ("draw", "sign_head", "replace_file"))]
)
def test_the_logs_key_changes_whole_wherever_it_is_killed(house: Path, step: str) -> None:
    program(house, "log", dies=True, KEYS_KILL=step)
    assert program(house, "state")["faults"] == []
    told = program(house, "log")
    assert told["old"] != told["new"]
    again = program(house, "state")
    assert again["faults"] == []
    assert not (house / "keys" / "sign_log_next.key").exists()
    assert told["old"] in (house / "keys" / "log_old_keys").read_text()


def test_the_twin_without_the_old_key_the_log_does_not_hold(house: Path) -> None:
    program(house, "log")
    (house / "keys" / "log_old_keys").unlink()
    assert program(house, "state")["faults"] != []
