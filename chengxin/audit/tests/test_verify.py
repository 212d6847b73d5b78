"""Three verifiers, one verdict: the command's, the single Python file and the browser's script agree on genuine and on tampered files."""

from __future__ import annotations

import importlib.util
import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from chengxin.audit import actions, note, queries, verify
from chengxin.audit.verdicts import TEXTS

STATIC = Path(verify.__file__).parent / "static" / "audit"
Write = Callable[[int], None]

NODE = """
const { verify } = require(process.argv[1]);
const lines = require("fs").readFileSync(0, "utf8").split("\\n").filter(Boolean);
(async () => {
  for (const line of lines) {
    const { data, key } = JSON.parse(line);
    console.log((await verify(new Uint8Array(Buffer.from(data, "base64")), key)).code);
  }
})();
"""


def single_file() -> Any:
    spec = importlib.util.spec_from_file_location("verify_chengxin", STATIC / "verify_chengxin.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SINGLE = single_file()


def by_node(files: list[bytes], key: str | None = None, script: str = NODE) -> list[str]:
    import base64

    sent = "\n".join(json.dumps({"data": base64.b64encode(file).decode(), "key": key}) for file in files)
    done = subprocess.run(["node", "-e", script, str(STATIC / "verify.js")], input=sent, capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.fixture
def files(write: Write) -> dict[str, dict[str, Any]]:
    """One genuine file of each kind."""
    write(5)
    old = actions.sign_head()
    with transaction.atomic():
        receipt = actions.sign_document("facts.receipt", {"行数": 3, "batch": "b1", "rate": 0.5})
    write(6)
    return {
        "receipt": receipt,
        "leaf": queries.leaf_file(3),
        "consistency": queries.consistency_file(old, queries.head()),
    }


def spelled(given: Any) -> bytes:
    return json.dumps(given, ensure_ascii=False).encode()


def flip(text: str, at: int) -> str:
    return text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :]


def tampered(files: dict[str, dict[str, Any]]) -> list[tuple[bytes, str]]:
    """Tampered files with the verdict that each must get."""
    receipt, leaf, consistency = files["receipt"], files["leaf"], files["consistency"]
    other = Ed25519PrivateKey.generate()
    other_key = note.raw(other.public_key()).hex()
    return [
        (spelled({**receipt, "document": receipt["document"].replace("b1", "b2")}), "document"),
        (spelled({**receipt, "kind": "facts.other"}), "document"),
        (spelled({**receipt, "nonce": flip(receipt["nonce"], 0)}), "document"),
        (spelled({**receipt, "signature": flip(receipt["signature"], 3)}), "signature"),
        (spelled({**receipt, "leaf": {**receipt["leaf"], "body": receipt["leaf"]["body"].replace("system", "sistem")}}), "inclusion"),
        (spelled({**receipt, "leaf": {**receipt["leaf"], "index": 4}}), "inclusion"),
        (spelled({**receipt, "leaf": {**receipt["leaf"], "index": 5.5}}), "unreadable"),
        (spelled({**receipt, "leaf": {**receipt["leaf"], "index": True}}), "unreadable"),
        (spelled({**receipt, "leaf": {**receipt["leaf"], "hash_name": "sm3"}}), "inclusion"),
        (spelled({**receipt, "leaf": {**receipt["leaf"], "hash_name": "md5"}}), "unreadable"),
        (spelled({**receipt, "proof": receipt["proof"][:-1]}), "inclusion"),
        (spelled({**receipt, "proof": [*receipt["proof"], "00" * 32]}), "inclusion"),
        (spelled({**receipt, "proof": "00"}), "unreadable"),
        (spelled({**receipt, "head": receipt["head"].replace("\n6\n", "\n7\n")}), "head"),
        (spelled({**receipt, "head": receipt["head"] + "\n"}), "unreadable"),
        (spelled({**receipt, "key": other_key}), "head"),
        (json.dumps({**receipt, "document": "\ud800"}).encode(), "unreadable"),
        (spelled({**leaf, "leaf": {**leaf["leaf"], "index": 2}}), "inclusion"),
        (spelled({**leaf, "format": "chengxin-leaf/2"}), "unreadable"),
        (spelled({name: value for name, value in leaf.items() if name != "head"}), "unreadable"),
        (spelled({**consistency, "old": consistency["new"], "new": consistency["old"]}), "consistency"),
        (spelled({**consistency, "proof": consistency["proof"][1:]}), "consistency"),
        (spelled([leaf]), "unreadable"),
        (b"", "unreadable"),
        (b"\xff\xfe", "unreadable"),
        (("\ufeff" + json.dumps(leaf)).encode(), "unreadable"),
        (spelled({**leaf, "extra": float("nan")}), "unreadable"),
    ]


def test_genuine_files_are_genuine_to_all(files: dict[str, dict[str, Any]]) -> None:
    key = queries.public_key()
    given = [spelled(file) for file in files.values()]
    assert [verify.verify(one, key).code for one in given] == ["good"] * 3
    assert [SINGLE.verify(one, key)["code"] for one in given] == ["good"] * 3
    if shutil.which("node"):
        assert by_node(given, key) == ["good"] * 3


def test_every_tampering_gets_the_same_verdict_from_all(files: dict[str, dict[str, Any]]) -> None:
    cases = tampered(files)
    assert [verify.verify(one).code for one, _ in cases] == [code for _, code in cases]
    assert [SINGLE.verify(one)["code"] for one, _ in cases] == [code for _, code in cases]
    if shutil.which("node"):
        assert by_node([one for one, _ in cases]) == [code for _, code in cases]


def test_random_mutants_get_the_same_verdict_from_all(files: dict[str, dict[str, Any]]) -> None:
    chance, mutants = random.Random(7), []
    for _ in range(120):
        data = bytearray(spelled(chance.choice(list(files.values()))))
        at = chance.randrange(len(data))
        if chance.random() < 0.5:
            data[at] = chance.choice(b'0123456789abcdef"{}[],:\\n \xe4')
        else:
            del data[at : at + chance.randint(1, 9)]
        mutants.append(bytes(data))
    own = [verify.verify(one).code for one in mutants]
    assert [SINGLE.verify(one)["code"] for one in mutants] == own
    if shutil.which("node"):
        assert by_node(mutants) == own
    assert own.count("good") < 10  # a byte that says nothing, such as a blank, may change


def test_another_key_is_not_trusted(files: dict[str, dict[str, Any]]) -> None:
    other = "ab" * 32
    one = spelled(files["receipt"])
    assert verify.verify(one, other).code == SINGLE.verify(one, other)["code"] == "other_key"
    if shutil.which("node"):
        assert by_node([one], other) == ["other_key"]


def test_a_receipt_made_with_a_forgers_key_is_good_only_to_who_names_no_key(files: dict[str, dict[str, Any]]) -> None:
    """Why --key exists: the twin of pinning."""
    verdict = verify.verify(spelled(files["receipt"]))
    assert verdict.good
    assert not verdict.pinned
    assert verdict.key in verdict.text


def test_sm3_leaves_verify_everywhere(files: dict[str, dict[str, Any]], write: Write, settings: Any) -> None:
    settings.LOG_HASH = "sm3"
    write(2)
    one = spelled(queries.leaf_file(queries.size() - 1))
    assert verify.verify(one).good
    assert SINGLE.verify(one)["code"] == "good"
    assert SINGLE.sm3(b"abcd" * 16).hex() == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"  # GB/T 32905 A.2
    if shutil.which("node"):
        assert by_node([one]) == ["good"]


def test_the_browsers_own_arithmetic_agrees_where_webcrypto_is_absent(files: dict[str, dict[str, Any]]) -> None:
    if not shutil.which("node"):
        pytest.skip("node is not installed")
    script = 'Object.defineProperty(globalThis, "crypto", { value: undefined });\n' + NODE
    cases = [(spelled(file), "good") for file in files.values()] + tampered(files)
    assert by_node([one for one, _ in cases], None, script) == [code for _, code in cases]


# RFC 8032 section 7.1: key, message, signature
ED25519 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("key", "message", "signature"), ED25519)
def test_the_plain_python_signature_check_knows_the_rfcs_vectors(key: str, message: str, signature: str) -> None:
    given = [bytes.fromhex(one) for one in (key, signature, message)]
    assert SINGLE.ed25519_holds(*given)
    assert not SINGLE.ed25519_holds(given[0], given[1], given[2] + b"x")
    high = given[1][:32] + (int.from_bytes(given[1][32:], "little") + SINGLE.ORDER).to_bytes(32, "little")
    assert not SINGLE.ed25519_holds(given[0], high, given[2])  # a second spelling of the same signature is refused


def test_the_single_file_runs_alone(files: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    shutil.copy(STATIC / "verify_chengxin.py", tmp_path)
    (tmp_path / "good.json").write_bytes(spelled(files["receipt"]))
    (tmp_path / "bad.json").write_bytes(tampered(files)[0][0])
    run = [sys.executable, "-I", "-S", str(tmp_path / "verify_chengxin.py")]
    good = subprocess.run([*run, str(tmp_path / "good.json"), "--key", queries.public_key()], capture_output=True, text=True, check=False)
    bad = subprocess.run([*run, str(tmp_path / "bad.json")], capture_output=True, text=True, check=False)
    assert good.returncode == 0, good.stderr
    assert TEXTS["good"]["en"] in good.stdout
    assert bad.returncode == 1
    assert TEXTS["document"]["zh"] in bad.stdout


def test_the_single_file_says_the_same_words() -> None:
    assert {code: (pair["zh"], pair["en"]) for code, pair in TEXTS.items()} == SINGLE.TEXTS


def test_offline_verification_is_quick(files: dict[str, dict[str, Any]]) -> None:
    one = spelled(files["leaf"])
    began = time.perf_counter()
    for _ in range(10):
        verify.verify(one)
    assert (time.perf_counter() - began) / 10 < 1  # 4 ms on a quiet machine (gate 6: 10 ms); a loaded one may take longer


def test_the_command_reads_a_file_and_never_raises_for_what_is_in_it(files: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    path = tmp_path / "leaf.json"
    path.write_bytes(spelled(files["leaf"]))
    assert verify.verify_file(path).good
    assert verify.verify_file(tmp_path / "none.json").code == "unreadable"
    path.write_bytes(b"[" * 100_000)
    assert verify.verify_file(path).code == SINGLE.verify(path.read_bytes())["code"] == "unreadable"
    assert verify.main([str(path)]) == 1
