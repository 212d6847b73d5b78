"""Signed heads as checkpoints: the text that the log and its witnesses sign.

Formats: C2SP signed-note, tlog-checkpoint and tlog-cosignature (Ed25519, cosignature/v1), so that witnesses that serve other logs can serve
a city's. A checkpoint's first three lines are origin, size and base64 root; we add one extension line with the time.
"""

from __future__ import annotations

import base64
import hashlib
import re
import struct
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

LOG_KEY = 0x01
WITNESS_KEY = 0x04
BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


@dataclass(frozen=True)
class Head:
    """A tree's size and root at a time, and the note that says so. `note` is text + blank line + signature lines."""

    origin: str
    size: int
    root: bytes
    at: str
    note: str

    @property
    def text(self) -> str:
        return self.note.partition("\n\n")[0] + "\n"


def raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def key_id(name: str, key: bytes, kind: int = LOG_KEY) -> bytes:
    """The first 4 bytes of SHA-256(name, newline, kind, key)."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + key).digest()[:4]


def line(name: str, key: bytes, signature: bytes, kind: int = LOG_KEY) -> str:
    return f"— {name} {base64.b64encode(key_id(name, key, kind) + signature).decode()}\n"


def sign(origin: str, size: int, root: bytes, at: datetime, key: Ed25519PrivateKey) -> Head:
    """A head signed by the log; the key's name is the origin."""
    stamp = at.isoformat(timespec="microseconds")
    text = f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n{stamp}\n"
    return Head(origin, size, root, stamp, f"{text}\n{line(origin, raw(key.public_key()), key.sign(text.encode()))}")


def read(note: str) -> Head:
    """Parse a checkpoint without checking signatures. ValueError when it is none."""
    text, blank, lines = note.partition("\n\n")
    parts = text.split("\n")
    if not blank or len(parts) < 3 or not lines.endswith("\n"):
        raise ValueError("not a checkpoint")
    if not (parts[1].isascii() and parts[1].isdigit() and str(int(parts[1])) == parts[1]):
        raise ValueError("the size of a checkpoint is a decimal number")
    root = base64.b64decode(parts[2], validate=True)
    if len(root) != 32:
        raise ValueError("the root of a checkpoint has 32 bytes")
    return Head(parts[0], int(parts[1]), root, parts[3] if len(parts) > 3 else "", note)


def signature_by(note: str, name: str, key: bytes, kind: int = LOG_KEY) -> bytes | None:
    """The signature bytes of the line with this name and key, if the note has one."""
    for one in note.partition("\n\n")[2].split("\n"):
        dash, _, rest = one.partition(" ")
        named, _, encoded = rest.rpartition(" ")
        if dash != "—" or named != name or not BASE64.fullmatch(encoded):
            continue
        blob = base64.b64decode(encoded)
        if blob[:4] == key_id(name, key, kind):
            return blob[4:]
    return None


def holds(key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether an Ed25519 signature holds."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def signed_by_log(note: str, keys: list[bytes]) -> bool:
    """Whether the log itself signed this note with one of the keys."""
    head = read(note)
    for key in keys:
        signature = signature_by(note, head.origin, key)
        if signature is not None and holds(key, signature, head.text.encode()):
            return True
    return False


def cosign(note: str, name: str, key: Ed25519PrivateKey, at: datetime) -> str:
    """A witness's signature line (cosignature/v1): it saw this head, and none that contradicts it, up to `at`."""
    moment = int(at.timestamp())
    message = f"cosignature/v1\ntime {moment}\n{read(note).text}".encode()
    return line(name, raw(key.public_key()), struct.pack(">Q", moment) + key.sign(message), WITNESS_KEY)


def cosigned_at(note: str, name: str, key: bytes) -> int | None:
    """Unix seconds of a witness's signature on the note, None when there is none or it does not hold."""
    blob = signature_by(note, name, key, WITNESS_KEY)
    if blob is None or len(blob) != 72:
        return None
    moment: int = struct.unpack(">Q", blob[:8])[0]
    message = f"cosignature/v1\ntime {moment}\n{read(note).text}".encode()
    return moment if holds(key, blob[8:], message) else None
