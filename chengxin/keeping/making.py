"""How a backup is made: the database at one moment, every file it names, the keys sealed, the signed manifest; one rename at the end.

Files are immutable, so what counts is that they are still there when it is their turn: they get a second name under the data directory
(a hard link, which costs no space) before and right after the moment, and are copied from there while the server compacts and deletes.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connections

import chengxin
from chengxin.audit import merkle, note, outside, tree
from chengxin.audit.models import Tip
from chengxin.keeping import databases, disk, manifest, named, sealing
from chengxin.keeping.errors import BackupChanged, BackupNewer, SourceDamaged, TargetBusy, TargetInside, TooFull
from chengxin.keeping.manifest import File, Manifest, Tell
from chengxin.kernel import clock, encryption
from chengxin.persons import emptying

HOLD = "backup-hold"
ATTEMPTS = 3  # a file that came and went within the moment is there again in the next one
SPARE = 64 << 20  # bytes that stay free at the target
Before = tuple[Path, Manifest] | None  # the newest generation


@dataclass
class Order:
    """What is asked for. keys: a folder for the sealed keys apart from the rest; with_faults: even when the source lacks files."""

    target: Path
    passphrase: str
    keys: Path | None = None
    with_faults: bool = False
    keep: int = 0
    tell: Tell = manifest.quietly


@dataclass(frozen=True)
class Made:
    """A finished generation. copied: bytes that were not in the generation before."""

    path: Path
    manifest: Manifest
    copied: int
    removed: int


def make(order: Order) -> Made:
    """Make one generation and remove those beyond `keep`. Raises the errors of errors.py; then the target is as it was."""
    if len(order.passphrase) < sealing.LEAST:
        sealing.seal(settings.KEYS_DIR, order.passphrase)  # refuses, before an hour of copying
    _check_target(order.target)
    with _only_one(settings.DATA_DIR / "backup.lock"), _only_one(order.target / ".lock"):
        for old in order.target.glob(f"{manifest.DRAFT}*"):
            shutil.rmtree(old, ignore_errors=True)
        for attempt in range(ATTEMPTS):
            try:
                return _make(order)
            except SourceDamaged:
                if attempt == ATTEMPTS - 1:
                    raise
    raise AssertionError("unreachable")


def _check_target(target: Path) -> None:
    data = settings.DATA_DIR.resolve()
    if target.resolve() == data or data in target.resolve().parents:
        raise TargetInside()
    target.mkdir(parents=True, exist_ok=True, mode=0o700)


@contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as cause:
        raise TargetBusy(path=str(lock.parent)) from cause
    finally:
        os.close(descriptor)


def _make(order: Order) -> Made:
    hold = Hold(settings.DATA_DIR)
    draft = order.target / f"{manifest.DRAFT}{secrets.token_hex(6)}"
    draft.mkdir(mode=0o700)
    try:
        hold.take(order.tell)
        before = _before(order.target)
        _check_room(order, hold, before)
        with databases.moment(draft, lambda: hold.take(order.tell), order.tell) as database:
            made, copied = _fill(order, draft, hold, database, before)
        final = order.target / f"chengxin-{clock.now():%Y%m%dT%H%M%S%fZ}-{made.size}"
        disk.put_in_place(draft, final)
        _beside(order.target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    finally:
        hold.let_go()
    return Made(final, made, copied, _remove_old(order, final))


def _beside(target: Path) -> None:
    """The newest list of what was forgotten lies beside the generations: a restore of any of them forgets it again."""
    own = emptying.path()
    if own.exists():
        draft = target / f".{emptying.LIST}"
        draft.unlink(missing_ok=True)  # of a run that was killed
        disk.copy(own, draft)
        draft.replace(target / emptying.LIST)
        disk.flush(target)


def _fill(order: Order, draft: Path, hold: Hold, database: Path, before: Before) -> tuple[Manifest, int]:
    wanted = named.named(databases.SNAPSHOT)
    head = _head()
    migrations = _migrations()
    files, copied = _copy(order, draft, hold, before)
    faults = sorted(path for path, sha256 in wanted.items() if path not in files or sha256 not in ("", files[path].sha256))
    if faults and not order.with_faults:
        raise SourceDamaged(count=len(faults), files=manifest.listed(faults))
    files[database.name] = File(database.stat().st_size, manifest.digest(database))
    _heads(draft, files, head.size)
    made = Manifest(
        version=chengxin.__version__,
        made_at=clock.now().isoformat(timespec="seconds"),
        origin=head.origin,
        head=head.note,
        size=head.size,
        engine=databases.engine(),
        migrations=migrations,
        files=files,
        keys=_keys(order, draft),
        missing=tuple(faults),
    )
    disk.write(draft / manifest.FILE, manifest.write(made, encryption.public_key_hex("log"), encryption.signing_key("log").sign))
    return made, copied + files[database.name].bytes


def _head() -> note.Head:
    """The signed end of the log at the moment."""
    tip = Tip.objects.using(databases.SNAPSHOT).first()
    return note.read(tip.note) if tip else tree.signed(0, merkle.EMPTY_ROOT, clock.now())


def _migrations() -> tuple[str, ...]:
    with connections[databases.SNAPSHOT].cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
        return tuple(f"{app}.{name}" for app, name in cursor.fetchall())


def _before(target: Path) -> Before:
    """The newest generation that can be read."""
    for one in reversed(manifest.generations(target)):
        try:
            return one, manifest.read(one, encryption.public_key_hex("log"))
        except (BackupChanged, BackupNewer):
            continue
    return None


def _check_room(order: Order, hold: Hold, before: Before) -> None:
    known = before[1].files if before else {}
    need = (
        SPARE
        + databases.size()
        + sum(source.stat().st_size for path, source in hold.files.items() if path not in known and source.exists())
    )
    free = disk.room(order.target)[0]
    if need > free:
        raise TooFull(path=str(order.target), need=need >> 20, free=free >> 20)


def _copy(order: Order, draft: Path, hold: Hold, before: Before) -> tuple[dict[str, File], int]:
    files: dict[str, File] = {}
    copied = 0
    for done, (path, source) in enumerate(sorted(hold.files.items())):
        order.tell("files", done, len(hold.files))
        try:
            status = source.stat()
        except FileNotFoundError:
            continue  # not linked and deleted since: when the register names it, that is found below
        kept = before[1].files.get(path) if before else None
        same = kept and (kept.bytes, kept.mtime) == (status.st_size, status.st_mtime_ns)
        if before and kept and same and _again(before[0] / path, draft / path, kept):
            files[path] = kept
            continue
        try:
            size, sha256 = disk.copy(source, draft / path)
        except FileNotFoundError:
            continue
        files[path] = File(size, sha256, status.st_mtime_ns)
        copied += size
    order.tell("files", len(hold.files), len(hold.files))
    return files, copied


def _again(old: Path, new: Path, kept: File) -> bool:
    """The file of the generation before under a second name: immutable files are not copied twice."""
    return old.is_file() and old.stat().st_size == kept.bytes and disk.link(old, new)


def _heads(draft: Path, files: dict[str, File], size: int) -> None:
    """The heads kept beside the database, up to the moment: a later one would say that the restored log was cut."""
    path = outside.path()
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
    kept = "".join(line for line in lines if line.endswith("\n") and _size(line) <= size).encode()
    disk.write(draft / path.name, kept)
    files[path.name] = File(len(kept), manifest.digest(draft / path.name))


def _size(line: str) -> int:
    try:
        return note.read(json.loads(line)).size
    except ValueError:
        return 1 << 62


def _keys(order: Order, draft: Path) -> dict[str, object]:
    sealed = sealing.seal(settings.KEYS_DIR, order.passphrase)
    sha256 = hashlib.sha256(sealed).hexdigest()
    if order.keys is None:
        disk.write(draft / manifest.KEYS, sealed)
    else:
        order.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
        disk.write(order.keys / f"{sha256[:16]}.{manifest.KEYS}", sealed)
        disk.flush(order.keys)
    return {"bytes": len(sealed), "sha256": sha256, "apart": order.keys is not None}


def _remove_old(order: Order, newest: Path) -> int:
    """Only whole generations go, and only after a newer one stands."""
    old = [one for one in manifest.generations(order.target) if one != newest]
    going = old[: max(0, len(old) + 1 - order.keep)] if order.keep else []
    for one in going:
        draft = order.target / f"{manifest.DRAFT}gone-{one.name}"
        one.rename(draft)  # a killed removal leaves no half that looks whole
        shutil.rmtree(draft, ignore_errors=True)
    return len(going)


class Hold:
    """Second names for the files of a data directory, so that they outlive the backup's moment."""

    def __init__(self, data: Path) -> None:
        self.data, self.folder = data, data / HOLD
        self.files: dict[str, Path] = {}
        self.let_go()

    def take(self, tell: Tell) -> None:
        """Hold what is not held yet."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        for path in disk.kept_files(self.data):
            if path in self.files:
                continue
            held = self.folder / path
            self.files[path] = held if disk.link(self.data / path, held) else self.data / path
        tell("hold", len(self.files), len(self.files))

    def let_go(self) -> None:
        """Give the second names up; also those that a killed backup left."""
        shutil.rmtree(self.folder, ignore_errors=True)
