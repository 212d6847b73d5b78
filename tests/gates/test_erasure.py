"""Gate 16: a person is taken out everywhere, and everything that proves still proves.

A house of its own, in processes of their own: the person is put into every kind of place, asks, an officer accepts, and then the bytes of
the whole data directory are searched, free pages and write-ahead log with them, in every dress; and every encrypted column is opened.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chengxin.facts.erasing import MASK
from chengxin.persons.person import Person, dresses
from tests.gates import erasure_world
from tests.gates.erasure_world import ADDRESS, DEVICE, EMAIL, KEPT_NAME, NAME, NEEDLES, PHONE

ROOT = Path(__file__).resolve().parents[2]
# the bytes on the disk of the default store; PostgreSQL's are its operator's (docs/operate/forgetting.md)
pytestmark = pytest.mark.one_database


def program(folder: Path, *words: str) -> dict[str, Any]:
    everything = {**os.environ, "CHENGXIN_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "chengxin.settings", "CHENGXIN_DEMO": "1"}
    everything.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "tests.gates.erasure_world", *words]
    done = subprocess.run(command, cwd=ROOT, env=everything, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


@pytest.fixture(scope="module")
def lived_in(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The house with the person everywhere."""
    folder = shutil.copytree(migrated, tmp_path_factory.mktemp("lived") / "house")
    program(folder, "make")
    return folder


@pytest.fixture
def house(lived_in: Path, tmp_path: Path) -> Path:
    shutil.copy(lived_in.with_name("request.json"), tmp_path / "request.json")
    return shutil.copytree(lived_in, tmp_path / "house")


def leftovers(folder: Path) -> Iterator[str]:
    """Every file in which a byte sequence of the person stands, in any dress; the list of the forgotten and the keys too."""
    person = Person(name=NAME, phones=(PHONE,), addresses=(ADDRESS, DEVICE), emails=(EMAIL,), accounts=(f"mall-a:{erasure_world.ACCOUNT}",))
    worn = [one.text.encode() for one in dresses(person)]
    worn += [text.encode("utf-16-le") for text in NEEDLES] + [text.encode("gb18030") for text in NEEDLES]
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            yield from (f"{path.relative_to(folder)}: {one!r}" for one in worn if one in data)


def test_nothing_of_the_person_is_left_and_every_proof_holds(house: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = program(house, "check")
    assert before["faults"] == []
    assert {"consumers.Identity", "subjects.Subject", "accounts.User", "audit.PersonalPart", "facts", "files", "sessions"} <= set(
        before["places"]
    )
    assert list(leftovers(house)), "the person stands nowhere: the gate would show nothing"
    said = program(house, "erase")
    assert said[NAME]["state"] == said[KEPT_NAME]["state"] == "DONE"
    assert said[NAME]["kept"] == []
    after = program(house, "check")
    assert after["places"] == []
    assert after["faults"] == []
    found = list(leftovers(house))
    assert found == []
    with capsys.disabled():
        gone = said[NAME]["gone"]
        print(
            f"\nerasure: {sum(gone.values())} places in {len(gone)} stores, {len(found)} leftovers, {len(after['faults'])} faults of proofs"
        )


@pytest.mark.nightly
def test_a_decided_penalty_stays_with_its_ground(house: Path) -> None:
    said = program(house, "erase")
    kept = {one["store"]: one["provision"] for one in said[KEPT_NAME]["kept"]}
    assert kept["subjects.Subject"] == kept["records.Record"] == "apl.47"
    after = program(house, "check")
    assert after["kept_rows"] > 0


BY_DAY = ("consumers.Identity",)
BY_NIGHT = ("sessions", "scrub", "lake", "files", "insiders", "audit.PersonalPart", "subjects.Subject", "evidence.Exhibit")


@pytest.mark.parametrize("store", [*BY_DAY, *(pytest.param(one, marks=pytest.mark.nightly) for one in BY_NIGHT)])
def test_the_twin_a_store_that_is_left_out_is_found(house: Path, store: str) -> None:
    program(house, "erase", store)
    assert program(house, "check")["places"] or list(leftovers(house)), store


def test_an_older_backup_forgets_again(house: Path, tmp_path: Path) -> None:
    """Backed up, then erased; what is restored from that backup forgets by the list beside it, and signs everybody out."""
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("four words nobody guesses\n")
    chengxin("--data", house, "backup", tmp_path / "kept", "--passphrase-file", passphrase)
    program(house, "erase")
    shutil.copy(house / "forgotten.jsonl", tmp_path / "kept")
    chengxin("restore", tmp_path / "kept", "--data", tmp_path / "again", "--passphrase-file", passphrase)
    after = program(tmp_path / "again", "check")
    assert after["faults"] == []
    assert set(after["places"]) <= {"files", "insiders"}  # not rows: see docs/operate/forgetting.md


def chengxin(*words: object) -> None:
    everything = {**os.environ, "CHENGXIN_DEMO": "1", "PYTHONPATH": str(ROOT)}
    for name in ("DATABASE_URL", "CHENGXIN_DATA"):
        everything.pop(name, None)
    command = [sys.executable, "-m", "chengxin.cli", *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, env=everything, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]


def test_a_mask_is_no_shorter_than_what_it_covers() -> None:
    assert len(MASK * len(PHONE)) == len(PHONE)
