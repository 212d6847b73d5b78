"""Gate 6, from outside: one log with two faces is found by two witnesses that exchange their heads, and the evidence proves itself."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chengxin.audit import merkle, note, watching
from chengxin.audit.witness import Contradiction

pytestmark = pytest.mark.one_database  # witnesses have no database
NOW = datetime(2026, 11, 29, tzinfo=UTC)


class Face:
    """What a log shows to one side: leaves, the heads it signed over them, and honest proofs between them."""

    def __init__(self, key: Ed25519PrivateKey, leaves: list[str]) -> None:
        self.key, self.leaves, self.at = key, [merkle.leaf_hash(leaf.encode()) for leaf in leaves], NOW
        self.given: list[str] = []

    def root(self, low: int, high: int) -> bytes:
        edge = merkle.Edge()
        for leaf in self.leaves[low:high]:
            edge.append(leaf)
        return edge.root()

    def newest(self) -> str:
        return note.sign("chengxin/test", len(self.leaves), self.root(0, len(self.leaves)), self.at, self.key).note

    def proof(self, old: int, new: int) -> list[bytes]:
        if new > len(self.leaves):
            return []
        return [self.root(low, high) for low, high in merkle.consistency_ranges(old, new)]

    def hand_over(self, size: int, line: str) -> None:
        self.given.append(line)


class Two:
    """Two witnesses of one log, each shown its own face."""

    def __init__(self, folder: Path, left: list[str], right: list[str]) -> None:
        self.key = Ed25519PrivateKey.generate()
        self.log_key = note.raw(self.key.public_key())
        self.faces = [Face(self.key, left), Face(self.key, right)]
        self.states = [watching.State(folder / name) for name in ("left", "right")]

    def round(self, side: int, exchange: bool = True) -> str:
        other = watching.reader(str(self.states[1 - side].folder / "head.txt"))
        return watching.round_of(self.faces[side], self.states[side], f"w{side}", self.log_key, [other] if exchange else [])


LEAVES = [f"leaf {number}" for number in range(40)]


@pytest.mark.parametrize("fork", [1, 7, 8, 20, 39])
@pytest.mark.parametrize("longer", [0, 1, 5])
def test_two_faces_of_one_log_are_found(tmp_path: Path, fork: int, longer: int) -> None:
    other = [*LEAVES[:fork], *[f"another {number}" for number in range(40 - fork + longer)]]
    two = Two(tmp_path, LEAVES, other)
    assert two.round(0)  # nobody to compare with yet
    with pytest.raises(Contradiction) as found:
        two.round(1)
    evidence = watching.evidence(found.value, two.log_key)
    assert watching.judge(evidence, two.log_key.hex()) == ("unproved" if longer else "forked")
    print(f"gate 6 split view: fork at {fork} found, evidence {watching.judge(evidence)}")


def test_without_the_exchange_each_face_looks_whole(tmp_path: Path) -> None:
    """The twin: what the exchange of heads is for."""
    two = Two(tmp_path, LEAVES, [*LEAVES[:20], *["another"] * 20])
    assert two.round(0, exchange=False) and two.round(1, exchange=False)
    for face in two.faces:
        face.leaves.append(merkle.leaf_hash(b"more"))
    assert two.round(0, exchange=False) and two.round(1, exchange=False)


def test_an_honest_log_that_one_witness_saw_earlier_is_no_contradiction(tmp_path: Path) -> None:
    two = Two(tmp_path, LEAVES[:10], LEAVES[:33])
    two.faces[0].proof = two.faces[1].proof  # type: ignore[method-assign]
    assert two.round(0) and two.round(1) and two.round(0)


def test_a_log_that_was_cut_and_signed_again_is_found_by_one_witness(tmp_path: Path) -> None:
    two = Two(tmp_path, LEAVES, LEAVES)
    assert two.round(0)
    two.faces[0].leaves, two.faces[0].at = two.faces[0].leaves[:30], NOW + timedelta(hours=1)
    with pytest.raises(Contradiction) as found:
        two.round(0)
    assert watching.judge(watching.evidence(found.value, two.log_key)) == "shrunk"


def test_what_it_signed_is_kept_before_it_is_given(tmp_path: Path) -> None:
    two = Two(tmp_path, LEAVES, LEAVES)

    def unplugged(size: int, line: str) -> None:
        raise OSError("the log does not answer")

    two.faces[0].hand_over = unplugged  # type: ignore[method-assign]
    with pytest.raises(OSError, match="does not answer"):
        two.round(0)
    assert note.read(two.states[0].seen(two.log_key.hex())).size == len(LEAVES)


def test_evidence_is_checked_offline_and_nothing_else_passes_for_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    two = Two(tmp_path, LEAVES, [*LEAVES[:20], *["another"] * 20])
    left, right = (face.newest() for face in two.faces)
    file = tmp_path / "evidence.json"
    good = watching.evidence(Contradiction(left, right), two.log_key)
    forged = note.sign("chengxin/test", 40, b"1" * 32, NOW, Ed25519PrivateKey.generate()).note
    cases = {json.dumps(good): 0, json.dumps({**good, "shown": left}): 1, json.dumps({**good, "shown": forged}): 1, "{}": 1, "[]": 1}
    for text, code in cases.items():
        file.write_text(text, encoding="utf-8")
        assert watching.main(["check", str(file)]) == code, text
    file.write_text(json.dumps(good), encoding="utf-8")
    assert watching.main(["check", str(file), "--key", "0" * 64]) == 1
    assert "两个不同的根" in capsys.readouterr().out


def test_the_program_leaves_evidence_and_says_so_by_its_exit_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    two = Two(tmp_path, LEAVES, [*LEAVES[:20], *["another"] * 20])
    faces = iter(two.faces)
    monkeypatch.setattr(watching, "WebLog", lambda address: next(faces))

    def run(side: str, other: str) -> int:
        given = ["--log", "http://log.example", "--key", two.log_key.hex(), "--name", side, "--state", str(tmp_path / side)]
        return watching.main(["run", *given, "--other", str(tmp_path / other / "head.txt")])

    assert run("left", "right") == 0
    assert run("right", "left") == watching.FOUND
    (kept,) = (tmp_path / "right").glob("evidence-*.json")
    assert watching.judge(json.loads(kept.read_text(encoding="utf-8"))) == "forked"
