"""The format chengxin-insider/1 in Python: for the demo, the tests, and whoever checks the browser's script. The server never calls it.

The format is described in `static/insiders/sealing.js` and `docs/decisions/0080-insiders-and-triage.md`. All texts are UTF-8, all bytes
base64url without padding.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

SUITE = "chengxin-insider/1"
ROUNDS = 600_000  # of PBKDF2-HMAC-SHA-256: OWASP password storage, 2023
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BLOCK = 4096


@dataclass(frozen=True)
class Pair:
    """A P-256 pair. id: 32 hex characters of the SHA-256 of the uncompressed public point."""

    private: ec.EllipticCurvePrivateKey

    @property
    def raw(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def id(self) -> str:
        return key_id(self.raw)

    @property
    def public(self) -> str:
        return encoded(self.raw)

    @property
    def pkcs8(self) -> bytes:
        return self.private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def new_pair() -> Pair:
    return Pair(ec.generate_private_key(ec.SECP256R1()))


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def key_id(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:32]


# ---- the reporter's code and the handler's passphrase


def new_code() -> str:
    signs = "".join(secrets.choice(SIGNS) for _ in range(20))
    return "-".join(signs[place : place + 5] for place in range(0, 20, 5))


@dataclass(frozen=True)
class OfCode:
    """What a code gives: lookup and tag go to the house, the key stays with who has the code."""

    lookup: str
    tag: str
    key: bytes


def of_code(code: str) -> OfCode:
    secret = code.replace("-", "").encode()
    return OfCode(_derived(secret, "lookup", 16).hex(), _derived(secret, "tag", 16).hex(), _derived(secret, "mailbox key", 32))


def wrapped_by_code(pair: Pair, known: OfCode) -> dict[str, str]:
    iv = os.urandom(12)
    return {"iv": encoded(iv), "box": encoded(AESGCM(known.key).encrypt(iv, pair.pkcs8, _of_key(pair.id)))}


def opened_by_code(name: str, wrapped: Mapping[str, str], known: OfCode) -> Pair:
    """Raises InvalidTag for another code."""
    return _loaded(AESGCM(known.key).decrypt(decoded(wrapped["iv"]), decoded(wrapped["box"]), _of_key(name)))


def wrapped_by_passphrase(pair: Pair, passphrase: str) -> dict[str, Any]:
    salt, iv = os.urandom(16), os.urandom(12)
    box = AESGCM(_of_passphrase(passphrase, salt, ROUNDS)).encrypt(iv, pair.pkcs8, _of_key(pair.id))
    return {"rounds": ROUNDS, "salt": encoded(salt), "iv": encoded(iv), "box": encoded(box)}


def opened_by_passphrase(name: str, wrapped: Mapping[str, Any], passphrase: str) -> Pair:
    """Raises InvalidTag for another passphrase."""
    key = _of_passphrase(passphrase, decoded(wrapped["salt"]), wrapped["rounds"])
    return _loaded(AESGCM(key).decrypt(decoded(wrapped["iv"]), decoded(wrapped["box"]), _of_key(name)))


def _of_passphrase(passphrase: str, salt: bytes, rounds: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", unicodedata.normalize("NFKC", passphrase).encode(), salt, rounds)


def _of_key(name: str) -> bytes:
    return f"{SUITE}\nkey\n{name}".encode()


def _loaded(pkcs8: bytes) -> Pair:
    private = load_der_private_key(pkcs8, None)
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    return Pair(private)


# ---- messages


def seal(content: Mapping[str, Any], sender: Pair, receivers: Sequence[str], channel: str, tag: str) -> dict[str, Any]:
    """Seal for the receivers' public keys (as text), authenticated by the sender's key."""
    ephemeral, message, key, iv = new_pair(), os.urandom(16).hex(), os.urandom(32), os.urandom(12)
    bound = _bound(channel, tag, message, sender.id)
    to = {}
    for public in receivers:
        theirs = _point(decoded(public))
        name = key_id(decoded(public))
        secret = ephemeral.private.exchange(ec.ECDH(), theirs) + sender.private.exchange(ec.ECDH(), theirs)
        boxed, box_iv = _box_key(secret, bound, ephemeral.public, name)
        to[name] = encoded(AESGCM(boxed).encrypt(box_iv, key, f"{bound}\n{name}".encode()))
    plain = json.dumps(content, ensure_ascii=False).encode()
    plain += b" " * (-len(plain) % BLOCK)
    body = AESGCM(key).encrypt(iv, plain, bound.encode())
    return {
        "suite": SUITE, "message": message, "from": sender.id, "eph": ephemeral.public, "iv": encoded(iv), "body": encoded(body), "to": to,
    }  # fmt: skip


def unseal(sealed: Mapping[str, Any], own: Pair, sender: str, channel: str, tag: str) -> dict[str, Any]:
    """The content. sender: the public key (as text) that it has to come from. Raises InvalidTag, or KeyError for a key it is not for."""
    bound = _bound(channel, tag, sealed["message"], key_id(decoded(sender)))
    secret = own.private.exchange(ec.ECDH(), _point(decoded(sealed["eph"]))) + own.private.exchange(ec.ECDH(), _point(decoded(sender)))
    boxed, box_iv = _box_key(secret, bound, sealed["eph"], own.id)
    key = AESGCM(boxed).decrypt(box_iv, decoded(sealed["to"][own.id]), f"{bound}\n{own.id}".encode())
    found: dict[str, Any] = json.loads(AESGCM(key).decrypt(decoded(sealed["iv"]), decoded(sealed["body"]), bound.encode()))
    return found


def _bound(channel: str, tag: str, message: str, sender: str) -> str:
    return "\n".join((SUITE, channel, tag, message, sender))


def _box_key(secret: bytes, bound: str, ephemeral: str, receiver: str) -> tuple[bytes, bytes]:
    made = _derived(secret, "\n".join((bound, ephemeral, receiver)), 44)
    return made[:32], made[32:]


def _derived(secret: bytes, info: str, length: int) -> bytes:
    return HKDF(SHA256(), length, SUITE.encode(), info.encode()).derive(secret)


def _point(raw: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
