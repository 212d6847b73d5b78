"""The witness anybody may run: what it signs, what it keeps, what the log does with it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from django.test import Client

from chengxin.audit import actions, merkle, note, queries, tree, verify, watching
from chengxin.audit.models import Cosignature

pytestmark = pytest.mark.django_db
NAME = "witness.example/1"


class Here:
    """The log of this test, by its own API."""

    def __init__(self) -> None:
        self.client = Client()

    def newest(self) -> str:
        kept = self.client.get("/api/v1/log/heads?limit=1").json()
        return str(kept[0]["note"]) if kept else ""

    def proof(self, old: int, new: int) -> list[bytes]:
        answer = self.client.get(f"/api/v1/log/consistency?old={old}&new={new}")
        return [bytes.fromhex(step) for step in answer.json()["proof"]] if answer.status_code == 200 else []

    def hand_over(self, size: int, line: str) -> None:
        answer = self.client.post("/api/v1/log/cosignatures", {"size": size, "line": line}, content_type="application/json")
        if answer.status_code != 200:
            raise ValueError(answer.json()["detail"])


def grow(many: int) -> None:
    with transaction.atomic():
        actions.record_many([actions.Entry("audit.test.done", "user:1", f"audit.test:{n}", {}) for n in range(many)])
    actions.sign_head()


@pytest.fixture
def state(tmp_path: Path) -> watching.State:
    return watching.State(tmp_path / "witness")


@pytest.fixture
def registered(state: watching.State) -> watching.State:
    tree._known_good[0] = ""
    actions.register_witness(NAME, note.raw(state.key().public_key()), actor="user:1")
    return state


def one_round(state: watching.State) -> str:
    return watching.round_of(Here(), state, NAME, tree.log_keys()[0])


def test_its_signature_stands_beside_the_head_and_with_every_proof(registered: watching.State) -> None:
    grow(3)
    line = one_round(registered)
    (kept,) = Client().get("/api/v1/log/heads?limit=1").json()
    assert kept["cosignatures"] == [line]
    grow(4)  # the log goes on
    file = Client().get("/api/v1/log/leaves/1/proof").json()
    assert verify.verify(json.dumps(file).encode(), queries.public_key()).good
    head, steps = note.read(file["witnessed"]["head"]), [bytes.fromhex(one) for one in file["witnessed"]["proof"]]
    leaf = merkle.leaf_hash(file["leaf"]["body"].encode(), file["leaf"]["hash_name"])
    assert merkle.inclusion_holds(1, head.size, leaf, steps, head.root)
    public = note.raw(registered.key().public_key())
    assert note.cosigned_at(head.note + file["witnessed"]["cosignatures"][0], NAME, public) is not None


def test_the_page_names_each_witness_and_how_far_it_is(registered: watching.State, client: Client) -> None:
    assert "尚未签署" in client.get("/log/").content.decode()
    grow(2)
    one_round(registered)
    page = client.get("/log/").content.decode()
    assert NAME in page and "已跟上" in page


def test_it_goes_on_from_what_it_kept_and_a_round_again_changes_nothing(registered: watching.State) -> None:
    grow(3)
    one_round(registered)
    one_round(watching.State(registered.folder))
    grow(5)
    one_round(watching.State(registered.folder))
    assert note.read(registered.seen(tree.log_keys()[0].hex())).size == queries.size()
    assert Cosignature.objects.count() == 2
    assert note.signed_by_log((registered.folder / "head.txt").read_text(), tree.log_keys())


def test_a_stranger_is_refused_and_a_signature_for_another_head_too(state: watching.State) -> None:
    grow(3)
    with pytest.raises(ValueError, match="unknown witness"):
        one_round(state)
    assert state.seen(tree.log_keys()[0].hex())  # it has kept what it signed, though nobody took it
    assert Cosignature.objects.count() == 0


def test_a_head_of_another_key_is_not_signed(registered: watching.State) -> None:
    grow(1)
    with pytest.raises(ValueError, match="not signed by the log"):
        watching.round_of(Here(), registered, NAME, note.raw(Ed25519PrivateKey.generate().public_key()))
    assert Cosignature.objects.count() == 0


def test_the_one_file_runs_on_python_alone(client: Client, tmp_path: Path) -> None:
    file = tmp_path / "witness.pyz"
    file.write_bytes(client.get("/verify/witness_chengxin.pyz").content)
    code = (
        "import runpy, sys; sys.modules['django'] = None; file, folder = sys.argv[1:]; sys.path.insert(0, file);"
        "sys.argv = [file, 'key', '--state', folder]; runpy.run_path(file, run_name='__main__')"
    )
    command = [sys.executable, "-c", code, str(file), str(tmp_path / "s")]
    done = subprocess.run(command, cwd=tmp_path, env={"PATH": ""}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == note.raw(watching.State(tmp_path / "s").key().public_key()).hex()
