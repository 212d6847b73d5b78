"""The mark as a credential: ours is read by joserfc and by the public sd-jwt reference, and every wrong one is refused."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
import time
from pathlib import Path

import gmalg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.jwk import OKPKey
from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier

from chengxin.kernel import encryption
from chengxin.marks import credential, verify_mark
from chengxin.marks.credential import EDDSA, SM2
from chengxin.marks.verify_mark import BINDING, SM2_ID, Question, encoded, sm2_holds, sm3, verdict

pytestmark = pytest.mark.one_database
HOST, NOW = "beishan.example", 1_795_900_000.0


@pytest.fixture(autouse=True)
def keys(settings, tmp_path):
    settings.KEYS_DIR = tmp_path
    encryption.forget_cached_keys()
    yield
    encryption.forget_cached_keys()


def claims(**more):
    given = {"iss": "https://city.example", "iat": int(NOW), "nbf": int(NOW), "exp": int(NOW) + 900_000, "serial": "TM1", "host": HOST}
    facts = {"name": "北山粮油店", "uscc": "92230499MA00000011", "shop": "北山", "platform": "示例平台", "division": "230402"}
    return {**given, "status": credential.place_of(7), **facts, **more}


def asked(mark, host=HOST, at=NOW + 60, key=None, status="", nonce="", audience=""):
    known = credential.key_hex(EDDSA) if key is None else key
    return verdict(mark, Question(host, at, known, status, nonce, audience)).code


def listed(**statuses):
    import numpy as np

    places, codes = np.array([int(one[1:]) for one in statuses], dtype=np.int64), np.array(list(statuses.values()), dtype=np.uint8)
    return credential.status_list(0, places, codes, int(NOW), int(NOW) + 3600, EDDSA)


def own_key():
    key = Ed25519PrivateKey.generate()
    return key, {"kty": "OKP", "crv": "Ed25519", "x": encoded(key.public_key().public_bytes_raw())}


def shown(mark, key, nonce, audience, at=NOW + 50, leave_out=()):
    """What the shop's own program shows: some disclosures, and its signature over the question (RFC 9901, 4.3)."""
    issued, *disclosures = mark.split("~")[:-1]
    kept = [one for one in disclosures if json.loads(base64.urlsafe_b64decode(one + "==="))[1] not in leave_out]
    text = "~".join([issued, *kept, ""])
    said = {"iat": int(at), "aud": audience, "nonce": nonce, "sd_hash": encoded(hashlib.sha256(text.encode()).digest())}
    head = encoded(json.dumps({"alg": "EdDSA", "typ": BINDING}).encode()) + "." + encoded(json.dumps(said).encode())
    return f"{text}{head}.{encoded(key.sign(head.encode()))}"


def test_a_mark_is_good_on_its_own_host_only():
    mark = credential.issue(claims(), EDDSA)
    assert asked(mark) == "good"
    assert asked(mark, f"https://{HOST.upper()}:443/a") == "good"
    for other in (f"www.{HOST}", "beishan.example.evil.example", "beishаn.example", "", f"{HOST}.cn", f"https://x@evil.example/{HOST}"):
        assert asked(mark, other) == "host"


def test_a_mark_is_refused_before_after_revoked_and_suspended():
    mark = credential.issue(claims(), EDDSA)
    assert asked(mark, at=NOW - 600) == "early"
    assert asked(mark, at=NOW + 900_000) == "expired"
    assert asked(mark, status=listed(p7=0)) == "good"
    assert asked(mark, status=listed(p7=1)) == "revoked"
    assert asked(mark, status=listed(p7=2, p6=1)) == "suspended"
    assert asked(mark, status=listed(), at=NOW + 3600) == "list"  # an old list proves nothing
    assert asked(mark, status="a.b.c") == "list"


def test_a_status_list_of_another_key_is_refused():
    mark, other = credential.issue(claims(), EDDSA), credential.status_list
    import numpy as np

    none = np.array([], dtype=np.int64)
    forged = other(0, none, none.astype(np.uint8), int(NOW), int(NOW) + 3600, SM2)
    assert asked(mark, status=forged) == "list"
    elsewhere = other(1, none, none.astype(np.uint8), int(NOW), int(NOW) + 3600, EDDSA)
    assert asked(mark, status=elsewhere) == "list"


@pytest.mark.parametrize("part", [0, 1, 2])
def test_every_changed_part_is_forged_or_unreadable(part):
    mark = credential.issue(claims(), EDDSA)
    issued, rest = mark.split("~", 1)
    parts = issued.split(".")
    middle = len(parts[part]) // 2
    parts[part] = parts[part][:middle] + ("A" if parts[part][middle] != "A" else "B") + parts[part][middle + 1 :]
    assert asked(".".join(parts) + "~" + rest) in ("forged", "unreadable", "other_key")


def test_a_disclosure_that_was_not_promised_is_forged():
    mark = credential.issue(claims(), EDDSA)
    extra = encoded(json.dumps(["salt", "name", "南山百货"], ensure_ascii=False).encode())
    issued, *own = mark.split("~")[:-1]
    assert asked("~".join([issued, extra, ""])) == "forged"
    assert asked("~".join([issued, own[0], own[0], ""])) == "forged"
    assert asked("~".join([issued, own[0], ""])) == "good"  # the holder may leave some out


def test_a_mark_of_another_key_is_not_trusted():
    mark = credential.issue(claims(), EDDSA)
    assert asked(mark, key="00" * 32) == "other_key"
    key, jwk = own_key()
    header = encoded(json.dumps({"alg": "EdDSA", "typ": "dc+sd-jwt", "jwk": jwk}).encode())
    signed = header + "." + encoded(json.dumps(claims()).encode())
    own = f"{signed}.{encoded(key.sign(signed.encode()))}~"
    assert asked(own, key="") == "good"  # it agrees with the key that it names …
    assert asked(own) == "other_key"  # … which is not the city's


def test_a_shown_mark_answers_one_question_once():
    key, jwk = own_key()
    mark = credential.issue(claims(), EDDSA, jwk)
    answer = shown(mark, key, "n-1", "https://asker.example", leave_out=("uscc",))
    assert asked(answer, nonce="n-1", audience="https://asker.example") == "good"
    assert "uscc" not in verdict(answer, Question(HOST, NOW + 60, "", "", "n-1", "https://asker.example")).claims
    for nonce, audience in (("n-2", "https://asker.example"), ("n-1", "https://other.example"), ("", "")):
        assert asked(answer, nonce=nonce, audience=audience) == "replayed"
    assert asked(answer, nonce="n-1", audience="https://asker.example", at=NOW + 9000) == "replayed"
    assert asked(mark, nonce="n-1", audience="https://asker.example") == "replayed"  # the bare mark answers nobody
    other, _ = own_key()
    assert asked(shown(mark, other, "n-1", "a"), nonce="n-1", audience="a") == "replayed"


def test_a_plain_statement_lives_for_minutes():
    said = claims(exp=int(NOW) + 600, mark_exp=int(NOW) + 900_000, standing="good", nonce="n")
    plain = credential.statement(said, EDDSA)
    assert asked(plain) == asked(plain, nonce="n") == "good"
    assert asked(plain, nonce="other") == "replayed"
    assert asked(plain, at=NOW + 700) == "replayed"
    assert asked(plain, at=NOW + 900_001) == "expired"
    assert asked(credential.statement({**said, "standing": "revoked"}, EDDSA)) == "revoked"


def test_joserfc_reads_ours():
    issued = credential.issue(claims(), EDDSA).split("~")[0]
    key = OKPKey.import_key(credential.public_jwk(EDDSA))
    found = jws.deserialize_compact(issued, key, algorithms=["EdDSA"])
    assert json.loads(found.payload)["host"] == HOST
    status = jws.deserialize_compact(listed(p7=1), key, algorithms=["EdDSA"])
    assert status.headers()["typ"] == "statuslist+jwt"


def test_the_public_reference_reads_ours_with_the_shops_answer(monkeypatch):
    monkeypatch.setattr("sd_jwt.verifier.DEFAULT_SIGNING_ALG", "EdDSA")  # it asks for ES256 unless told
    key, jwk = own_key()
    mark = shown(credential.issue(claims(), EDDSA, jwk), key, "n-1", "https://asker.example", at=time.time(), leave_out=("uscc",))
    house = JWK(**credential.public_jwk(EDDSA))
    found = SDJWTVerifier(mark, lambda *_: house, "https://asker.example", "n-1").get_verified_payload()
    assert found["name"] == "北山粮油店"
    assert "uscc" not in found
    with pytest.raises(Exception, match="nonce"):
        SDJWTVerifier(mark, lambda *_: house, "https://asker.example", "n-2").get_verified_payload()


def test_sm2_marks_hold_and_are_forged_alike():
    mark, key = credential.issue(claims(), SM2), credential.key_hex(SM2)
    assert asked(mark, key=key) == "good"
    assert asked(mark, "other.example", key=key) == "host"
    issued, rest = mark.split("~", 1)
    head, body, signature = issued.split(".")
    changed = encoded(bytes([base64.urlsafe_b64decode(signature + "==")[0] ^ 1]) + base64.urlsafe_b64decode(signature + "==")[1:])
    assert asked(f"{head}.{body}.{changed}~{rest}", key=key) == "forged"


def test_our_sm2_and_sm3_agree_with_a_library():
    maker = gmalg.SM2(sk=(4711).to_bytes(32, "big"), uid=SM2_ID)
    public = maker.generate_pk((4711).to_bytes(32, "big"))[-64:]
    r, s = (part.rjust(32, b"\0") for part in maker.sign(b"message"))
    assert sm2_holds(public, r + s, b"message")
    assert not sm2_holds(public, r + s, b"massage")
    assert not sm2_holds(public, s + r, b"message")
    assert sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"  # GB/T 32905, A.1


def test_the_single_file_runs_by_itself(tmp_path):
    mark, status = tmp_path / "mark.txt", tmp_path / "list.txt"
    mark.write_text(credential.issue(claims(), EDDSA), encoding="utf-8")
    status.write_text(listed(p7=1), encoding="utf-8")
    file = Path(verify_mark.__file__)

    def run(*more):
        order = [sys.executable, "-I", str(file), str(mark), "--key", credential.key_hex(EDDSA), "--at", "2026-11-28T21:06:41Z", *more]
        return subprocess.run(order, capture_output=True, text=True, check=False)

    good = run("--host", HOST)
    assert (good.returncode, "是否被撤销未核验" in good.stdout) == (0, True)
    assert "Wrong host" in run("--host", "evil.example").stdout
    assert run("--host", HOST, "--status", str(status)).returncode == 1


@pytest.mark.parametrize("text", ["", "~", "a.b.c~", "a.b", "..~", "é~", "e30.e30.e30~", "W10.W10.AA~"])
def test_any_text_may_be_asked(text):
    assert asked(text) == "unreadable"
