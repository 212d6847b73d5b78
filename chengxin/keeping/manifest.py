"""The manifest of a backup: what is in it, which log it ends with, and the log's signature over both. Read without a database.

    {"manifest": <canonical JSON, as text>, "signature": hex, "key": hex}

The text says {format, version, made_at, origin, head, size, engine, migrations, files: {path: {bytes, sha256, mtime}}, keys, missing}.
`head` is the signed end of the log in the database that was backed up, so the log's own key vouches for the whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chengxin.audit import note
from chengxin.audit.canonical import canonical
from chengxin.keeping.errors import BackupChanged, BackupIncomplete, BackupNewer, NoBackup

FORMAT = "chengxin-backup/1"
STATEMENT = b"chengxin-backup/1\n"  # what is signed begins so, and is no other document of the house
FILE = "manifest.json"
KEYS = "keys.sealed"
DRAFT = ".making-"
NAMED = 12  # so many files are named in an error
CHECKING = True  # tests switch it off to show that a changed backup would pass

Tell = Callable[[str, int, int], None]


def quietly(stage: str, done: int, total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class File:
    """One file: bytes, SHA-256 in hex, and the time of its source in nanoseconds, by which the next backup knows it again."""

    bytes: int
    sha256: str
    mtime: int = 0


@dataclass(frozen=True)
class Manifest:
    """See the module. keys: {"bytes", "sha256", "apart"}; missing: what the register named and nobody had."""

    version: str
    made_at: str
    origin: str
    head: str
    size: int
    engine: str
    migrations: tuple[str, ...]
    files: Mapping[str, File]
    keys: Mapping[str, Any]
    missing: tuple[str, ...] = ()
    key: str = field(default="", compare=False)

    @property
    def bytes(self) -> int:
        return sum(one.bytes for one in self.files.values())


def statement(text: str) -> bytes:
    """The bytes that are signed."""
    return STATEMENT + hashlib.sha256(text.encode()).digest()


def write(manifest: Manifest, key: str, sign: Callable[[bytes], bytes]) -> bytes:
    """The file's bytes. key: the public key in hex; sign: of the log's key."""
    files = {path: {"bytes": one.bytes, "sha256": one.sha256, "mtime": one.mtime} for path, one in manifest.files.items()}
    said = {
        "format": FORMAT,
        **{name: getattr(manifest, name) for name in ("version", "made_at", "origin", "head", "size", "engine")},
        "migrations": list(manifest.migrations),
        "files": files,
        "keys": dict(manifest.keys),
        "missing": list(manifest.missing),
    }
    text = canonical(said)
    return json.dumps({"manifest": text, "signature": sign(statement(text)).hex(), "key": key}, ensure_ascii=False).encode()


def read(generation: Path, key: str = "") -> Manifest:
    """The manifest of a generation, its signature checked. key: the city's public key in hex, when it is known from elsewhere.

    Raises NoBackup, BackupChanged, BackupNewer.
    """
    path = generation / FILE
    if generation.name.startswith(DRAFT) or not path.is_file():
        raise NoBackup(path=str(generation))
    try:
        outer = json.loads(path.read_bytes())
        text, signer = str(outer["manifest"]), str(outer["key"])
        said = json.loads(text)
        form = str(said["format"])
        if form != FORMAT:
            raise BackupNewer(theirs=said.get("version", form), ours=FORMAT, detail=form)
        made = _read(said, signer)
        good = note.holds(bytes.fromhex(signer), bytes.fromhex(outer["signature"]), statement(text))
        good = good and note.signed_by_log(made.head, [bytes.fromhex(signer)]) and note.read(made.head).size == made.size
    except (ValueError, KeyError, TypeError, AttributeError) as cause:
        raise BackupChanged(count=1, files=FILE) from cause
    if CHECKING and not (good and signer == (key.lower() or signer)):
        raise BackupChanged(count=1, files=f"{FILE} (signature)")
    return made


def _read(said: Mapping[str, Any], signer: str) -> Manifest:
    files = {path: File(int(one["bytes"]), str(one["sha256"]), int(one["mtime"])) for path, one in said["files"].items()}
    if any(path.startswith("/") or ".." in Path(path).parts for path in files):
        raise ValueError("a path leads out of the backup")
    plain: dict[str, Any] = {name: str(said[name]) for name in ("version", "made_at", "origin", "head", "engine")}
    plain |= {name: tuple(map(str, said[name])) for name in ("migrations", "missing")}
    return Manifest(**plain, size=int(said["size"]), files=files, keys=said["keys"], key=signer)


def digest(path: Path) -> str:
    """SHA-256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_newer(manifest: Manifest) -> None:
    """Raises BackupNewer when the backup has migrations that this program does not know. Needs Django."""
    from django.db.migrations.loader import MigrationLoader

    import chengxin

    known = {f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations or {}}
    unknown = [one for one in manifest.migrations if one not in known]
    if unknown and CHECKING:
        raise BackupNewer(theirs=manifest.version, ours=chengxin.__version__, detail=listed(unknown))


def generation_at(path: Path) -> Path:
    """The generation that a path means: itself, or the newest one in it. Raises NoBackup."""
    if (path / FILE).is_file():
        return path
    found = generations(path)
    if not found:
        raise NoBackup(path=str(path))
    return found[-1]


def generations(target: Path) -> list[Path]:
    """The finished generations in a folder, oldest first: their names begin with their time."""
    if not target.is_dir():
        return []
    return sorted(one for one in target.iterdir() if one.name.startswith("chengxin-") and (one / FILE).is_file())


def verify(generation: Path, key: str = "", tell: Tell = quietly) -> Manifest:
    """Read every file of a generation. Raises NoBackup, BackupIncomplete, BackupChanged, BackupNewer."""
    manifest = read(generation, key)
    gone, changed = [], []
    for done, (path, one) in enumerate(sorted(manifest.files.items())):
        tell("verify", done, len(manifest.files))
        there = generation / path
        if not there.is_file():
            gone.append(path)
        elif there.stat().st_size != one.bytes or digest(there) != one.sha256:
            changed.append(path)
    sealed = generation / KEYS
    if sealed.is_file() and digest(sealed) != manifest.keys["sha256"]:
        changed.append(KEYS)
    elif not sealed.is_file() and not manifest.keys["apart"]:
        gone.append(KEYS)
    known = {*manifest.files, FILE, KEYS}
    changed += [str(one.relative_to(generation)) for one in generation.rglob("*") if _stray(one, generation, known)]
    tell("verify", len(manifest.files), len(manifest.files))
    if gone and CHECKING:
        raise BackupIncomplete(count=len(gone), files=listed(gone))
    if changed and CHECKING:
        raise BackupChanged(count=len(changed), files=listed(changed))
    return manifest


def _stray(one: Path, generation: Path, known: set[str]) -> bool:
    return not one.is_dir() and str(one.relative_to(generation)) not in known


def listed(names: list[str]) -> str:
    more = f" … +{len(names) - NAMED}" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
