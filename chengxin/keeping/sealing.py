"""The keys as one file that only a passphrase opens: a tar in AES-256-GCM under a key made with scrypt (RFC 7914).

The cost (N = 2^15, r = 8, p = 3: 32 MB, about a third of a second) is one of those that OWASP's password storage cheat sheet gives as
equal in strength; it is written in the file's first line, so that it may be raised later.
"""

from __future__ import annotations

import io
import json
import os
import tarfile
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from chengxin.keeping.errors import NoPassphrase, WrongPassphrase

FORMAT = "chengxin-keys/1"
COST = {"n": 2**15, "r": 8, "p": 3}
MOST = {"n": 2**20, "r": 32, "p": 16}  # a forged first line must not take all memory
LEAST = 12


def seal(folder: Path, passphrase: str) -> bytes:
    """The key folder, sealed. Raises NoPassphrase for one that is too short."""
    if len(passphrase) < LEAST:
        raise NoPassphrase(least=LEAST)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for path in sorted(folder.iterdir()):
            if path.is_file():
                tar.add(path, path.name, recursive=False)
    salt, nonce = os.urandom(16), os.urandom(12)
    head = json.dumps({"format": FORMAT, "salt": salt.hex(), "nonce": nonce.hex(), **COST}).encode()
    return head + b"\n" + AESGCM(_key(passphrase, salt, **COST)).encrypt(nonce, packed.getvalue(), head)


def unseal(data: bytes, passphrase: str, folder: Path) -> None:
    """Put the keys into a folder, mode 600. Raises WrongPassphrase."""
    head, _, body = data.partition(b"\n")
    try:
        said = json.loads(head)
        cost = {name: int(said[name]) for name in COST}
        if said["format"] != FORMAT or any(not 0 < cost[name] <= most for name, most in MOST.items()):
            raise ValueError("not a part with keys")
        key = _key(passphrase, bytes.fromhex(said["salt"]), **cost)
        packed = AESGCM(key).decrypt(bytes.fromhex(said["nonce"]), body, head)
    except (ValueError, KeyError, TypeError, InvalidTag) as cause:
        raise WrongPassphrase() from cause
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        for member in tar.getmembers():
            _put(folder, member, tar)


def _put(folder: Path, member: tarfile.TarInfo, tar: tarfile.TarFile) -> None:
    source = tar.extractfile(member) if member.isfile() and "/" not in member.name and not member.name.startswith(".") else None
    if source is None:
        raise WrongPassphrase()
    path = folder / member.name
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(source.read())
        file.flush()
        os.fsync(file.fileno())
    os.utime(path, (member.mtime, member.mtime))  # the age of a key is the age of its file


def _key(passphrase: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=n, r=r, p=p).derive(passphrase.encode())


def passphrase_from(path: Path | None) -> str:
    """The first line of a file; without a file, what is typed at the terminal. Raises NoPassphrase."""
    if path is not None:
        try:
            return path.read_text(encoding="utf-8").splitlines()[0].strip()
        except (OSError, IndexError) as cause:
            raise NoPassphrase(least=LEAST) from cause
    import getpass
    import sys

    if not sys.stdin.isatty():
        raise NoPassphrase(least=LEAST)
    return getpass.getpass("口令 / passphrase: ")
