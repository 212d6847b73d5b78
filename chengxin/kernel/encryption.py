"""Encryption at rest with a key ring, blind indexes for equality, keyed tokens for pseudonyms, and the house's signing keys.

AES-256-GCM (NIST SP 800-38D) with the field's name as associated data, so that a value copied to another column does not open. Keys live in
`settings.KEYS_DIR`, mode 600; `rotate` adds a key, old values stay readable until all are written anew (persons.keys), then `retire` drops
the old one. Ring and signing keys are read again when their file changes: a process that serves needs no restart.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.db import models
from numpy.typing import NDArray

from chengxin.kernel import storage
from chengxin.kernel.errors import ChengxinError

TOKEN_MASK = (1 << 63) - 1  # 63 bits: no engine we use has unsigned 64-bit integers everywhere


class Unreadable(ChengxinError):
    code = "unreadable_secret"
    status = 500
    what = {"zh": "加密数据无法读取。", "en": "An encrypted value cannot be read."}
    why = {"zh": "密钥不存在或数据被改动（{field}）。", "en": "Its key is missing or the value was altered ({field})."}
    next = {"zh": "请系统管理员检查密钥目录的备份。", "en": "Ask the system administrator to check the backup of the key folder."}


def encrypt(text: str, field: str) -> str:
    """`<key id>.<base64 nonce + ciphertext>`; `field` is the column's dotted name and must be the same when reading."""
    key_id, key = _newest()
    nonce = os.urandom(12)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), field.encode())
    return f"{key_id}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def decrypt(stored: str, field: str) -> str:
    """The text of `encrypt`. Raises Unreadable when the key is gone, the value was altered, or it belongs to another field."""
    try:
        key_id, body = stored.split(".", 1)
        raw = base64.urlsafe_b64decode(body)
        return AESGCM(_ring()[key_id]).decrypt(raw[:12], raw[12:], field.encode()).decode()
    except (KeyError, ValueError, InvalidTag) as cause:
        raise Unreadable(field=field) from cause


def seal(data: bytes, field: str) -> bytes:
    """A file's bytes encrypted: `<key id>\\n`, nonce, ciphertext; `field` must be the same when opening."""
    key_id, key = _newest()
    nonce = os.urandom(12)
    return key_id.encode() + b"\n" + nonce + AESGCM(key).encrypt(nonce, data, field.encode())


def unseal(stored: bytes, field: str) -> bytes:
    """The bytes of `seal`. Raises Unreadable like `decrypt`."""
    try:
        key_id, body = stored.split(b"\n", 1)
        return AESGCM(_ring()[key_id.decode()]).decrypt(body[:12], body[12:], field.encode())
    except (KeyError, ValueError, InvalidTag) as cause:
        raise Unreadable(field=field) from cause


def blind_index(text: str, field: str) -> str:
    """32 hex characters that are equal for equal texts of one field and say nothing else."""
    return hmac.new(secret("index"), f"{field}\0{text}".encode(), hashlib.sha256).hexdigest()[:32]


def rotate() -> str:
    """Add a key to the ring; new values use it. Returns its id."""
    ring = {name: base64.b64encode(key).decode() for name, key in _ring().items()}
    key_id = f"k{max(int(name[1:]) for name in ring) + 1}"
    ring[key_id] = base64.b64encode(secrets.token_bytes(32)).decode()
    _replace("ring", json.dumps(ring))
    return key_id


def retire(key_id: str) -> None:
    """Destroy a key of the ring that is not the newest. The caller made sure nothing uses it. ValueError for the newest."""
    ring = _ring()
    if key_id not in ring or key_id == newest():
        raise ValueError(f"{key_id} is not an older key of the ring")
    _replace("ring", json.dumps({name: base64.b64encode(key).decode() for name, key in ring.items() if name != key_id}))


def newest() -> str:
    """The id of the key that new values use."""
    return _newest()[0]


def ring_ids() -> list[str]:
    """The keys of the ring, oldest first."""
    return sorted(_ring(), key=lambda key_id: int(key_id[1:]))


def keyed_token(domain: str, value: str) -> int:
    """A pseudonym: 63 bits of BLAKE2b (RFC 7693) keyed with the city's token key, separate per domain."""
    digest = hashlib.blake2b(value.encode(), digest_size=8, key=_domain_key(domain)).digest()
    return int.from_bytes(digest, "little") & TOKEN_MASK


def keyed_tokens(domain: str, values: Sequence[str]) -> NDArray[np.int64]:
    """`keyed_token` of each value, as int64; the caller passes distinct values (hash the dictionary, not the column)."""
    copy = hashlib.blake2b(digest_size=8, key=_domain_key(domain)).copy
    digests = bytearray()
    for value in values:
        one = copy()
        one.update(value.encode())
        digests += one.digest()
    return (np.frombuffer(digests, dtype="<u8") & np.uint64(TOKEN_MASK)).astype(np.int64)


def signing_key(name: str) -> Ed25519PrivateKey:
    """The house's Ed25519 key (RFC 8032) of this name, made at first use; read again when its file was replaced."""
    path = key_path(f"sign_{name}")
    if not path.exists():
        secret(f"sign_{name}")
    return _signing_key(path, path.stat().st_mtime_ns)


@cache
def _signing_key(path: Path, changed: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(path.read_text()))


def key_path(name: str) -> Path:
    """Where a secret lies."""
    return Path(settings.KEYS_DIR) / f"{name}.key"


def kept_lines(name: str) -> list[str]:
    """Lines of a file in the key folder: what was in force before, oldest first."""
    path = Path(settings.KEYS_DIR) / name
    return path.read_text().split() if path.exists() else []


def keep_line(name: str, line: str) -> None:
    """Add a line to such a file, once."""
    known = kept_lines(name)
    if line not in known:
        _replace(name, "\n".join([*known, line]) + "\n")


def draw(name: str) -> None:
    """Make a new secret under a name that has none, whole on the disk before anybody reads it."""
    _first(key_path(name), base64.b64encode(secrets.token_bytes(32)).decode())


def public_key_hex(name: str) -> str:
    """The 32 raw bytes of the public key, in hex."""
    return signing_key(name).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


@cache
def secret(name: str) -> bytes:
    """32 random bytes kept in the key folder under this name, made at first use by whoever is first."""
    path = Path(settings.KEYS_DIR) / f"{name}.key"
    if not path.exists():
        _first(path, base64.b64encode(secrets.token_bytes(32)).decode())
    return base64.b64decode(path.read_text())


def forget_cached_keys() -> None:
    """Read the key folder anew: after a restore, and between tests that use their own folder."""
    for cached in (secret, _signing_key, _ring_of, _domain_key):
        cached.cache_clear()


@cache
def _domain_key(domain: str) -> bytes:
    return hmac.new(secret("tokens"), domain.encode(), hashlib.sha256).digest()


def _ring() -> dict[str, bytes]:
    """The ring as it lies on the disk now: another process may have rotated it."""
    path = Path(settings.KEYS_DIR) / "ring"
    try:
        changed = path.stat().st_mtime_ns
    except FileNotFoundError:
        _first(path, json.dumps({"k1": base64.b64encode(secrets.token_bytes(32)).decode()}))
        changed = path.stat().st_mtime_ns
    return _ring_of(path, changed)


@cache
def _ring_of(path: Path, changed: int) -> dict[str, bytes]:
    return {name: base64.b64decode(key) for name, key in json.loads(path.read_text()).items()}


def _newest() -> tuple[str, bytes]:
    ring = _ring()
    name = max(ring, key=lambda key_id: int(key_id[1:]))
    return name, ring[name]


def _first(path: Path, text: str) -> None:
    """Write a secret unless another process was first; link() cannot overwrite."""
    draft = _draft(path, text)
    try:
        path.hardlink_to(draft)
        storage.sync(path.parent)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def replace_file(path: Path, data: bytes) -> None:
    """Put a file in the place of another, whole, flushed to disk, readable by us alone."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _replace(name: str, text: str) -> None:
    path = Path(settings.KEYS_DIR) / name
    _draft(path, text).replace(path)
    storage.sync(path.parent)


def _draft(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return draft


if TYPE_CHECKING:
    _Text = models.TextField[str, str]
else:
    _Text = models.TextField


class EncryptedTextField(_Text):
    """A text column that is encrypted at rest and declares why the city holds it.

    purpose: what it is for; basis: the provision that allows it; term: the law clock after which it goes. The build fails without them.
    """

    def __init__(self, *args: Any, purpose: str = "", basis: str = "", term: str = "", **kwargs: Any) -> None:
        self.purpose, self.basis, self.term = purpose, basis, term
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "purpose": self.purpose, "basis": self.basis, "term": self.term}

    def check(self, **kwargs: Any) -> list[Any]:
        from django.core.checks import Error

        missing = [word for word in ("purpose", "basis", "term") if not getattr(self, word)]
        problems = super().check(**kwargs)
        if missing:
            problems.append(Error(f"{self} holds personal data without {', '.join(missing)}", obj=self, id="chengxin.E001"))
        return problems

    @property
    def _context(self) -> str:
        return f"{self.model._meta.label_lower}.{self.name}"

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return decrypt(value, self._context) if value else value

    def get_prep_value(self, value: Any) -> Any:
        return encrypt(str(value), self._context) if value else value
