"""How a backup comes back: into a draft beside the new data directory, checked there from first byte to log root, then one rename.

Runs in a process of its own that has not read its settings yet: they are those of the draft, whose keys have to lie there first.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chengxin.audit import note
from chengxin.keeping import disk, manifest, sealing
from chengxin.keeping.errors import (
    BackupChanged,
    BackupIncomplete,
    HeadDiffers,
    NotEmpty,
    OtherDatabase,
    OtherLog,
    RestoredFaulty,
    TooFull,
    WrongPassphrase,
)
from chengxin.keeping.manifest import Manifest, Tell

UNFINISHED = "restore-unfinished"  # a file in the draft: no command runs in a directory that has it
DATABASE = "chengxin.sqlite3"
ACTOR = "system:keeping"


@dataclass
class Order:
    """What is asked for. head: the text of a checkpoint that a witness signed; key: the city's public key from elsewhere, in hex;
    witness: the witness's public key in hex, when the register's own list is not to be trusted; forgotten: a newer list of what was
    forgotten than the one beside the backup."""

    backup: Path
    into: Path
    passphrase: str
    keys: Path | None = None
    head: str = ""
    key: str = ""
    witness: str = ""
    forgotten: Path | None = None
    tell: Tell = manifest.quietly


@dataclass(frozen=True)
class Restored:
    """What was put in place. size: entries of the log at the backup; forgotten: rows that were emptied again; witnesses: who signed the
    head it was compared with."""

    manifest: Manifest
    size: int
    migrated: int
    forgotten: int = 0
    witnesses: tuple[str, ...] = ()


def restore(order: Order) -> Restored:
    """Put a backup into a new data directory. Raises the errors of errors.py; then there is no such directory."""
    generation = manifest.generation_at(order.backup)
    made = manifest.read(generation, order.key)
    if order.into.exists() and (not order.into.is_dir() or any(order.into.iterdir())):
        raise NotEmpty(path=str(order.into))
    if made.bytes > (free := disk.room(order.into)[0]):
        raise TooFull(path=str(order.into), need=made.bytes >> 20, free=free >> 20)
    draft = order.into.with_name(f".{order.into.name}.{UNFINISHED}")
    shutil.rmtree(draft, ignore_errors=True)  # of a restore that was killed
    draft.mkdir(parents=True, mode=0o700)
    disk.write(draft / UNFINISHED, b"")
    try:
        _keys(order, generation, made, draft)
        _files(order, generation, made, draft)
        done = _register(order, made, draft)
        (draft / UNFINISHED).unlink()
        disk.put_in_place(draft, order.into)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    _finished(made)
    return done


def _keys(order: Order, generation: Path, made: Manifest, draft: Path) -> None:
    path = order.keys or generation / manifest.KEYS
    if path.is_dir():
        path = path / f"{made.keys['sha256'][:16]}.{manifest.KEYS}"
    if not path.is_file():
        raise BackupIncomplete(count=1, files=path.name)
    data = path.read_bytes()
    if manifest.CHECKING and hashed(data) != made.keys["sha256"]:
        raise BackupChanged(count=1, files=path.name)
    sealing.unseal(data, order.passphrase, draft / "keys")
    disk.flush(draft / "keys")
    own = draft / "keys" / "sign_log.key"
    if not own.is_file():
        raise WrongPassphrase()
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(own.read_text())).public_key()
    if manifest.CHECKING and note.raw(key).hex() != made.key:  # whoever forges a manifest has no passphrase to seal a key that fits
        raise BackupChanged(count=1, files=f"{manifest.FILE} (signature)")


def hashed(data: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def _files(order: Order, generation: Path, made: Manifest, draft: Path) -> None:
    """Copy every file and compare what was written; the database of SQLite gets its name."""
    gone, changed = [], []
    for done, (path, one) in enumerate(sorted(made.files.items())):
        order.tell("files", done, len(made.files))
        source, target = generation / path, draft / (DATABASE if path == "database.sqlite3" else path)
        if not source.is_file():
            gone.append(path)
            continue
        size, sha256 = disk.copy(source, target)
        if (size, sha256) != (one.bytes, one.sha256):
            changed.append(path)
        if one.mtime:
            os.utime(target, ns=(one.mtime, one.mtime))
    order.tell("files", len(made.files), len(made.files))
    if gone and manifest.CHECKING:
        raise BackupIncomplete(count=len(gone), files=manifest.listed(gone))
    if changed and manifest.CHECKING:
        raise BackupChanged(count=len(changed), files=manifest.listed(changed))


def _register(order: Order, made: Manifest, draft: Path) -> Restored:
    """With the settings of the draft: the database, its migrations, the checks, the heads."""
    os.environ["CHENGXIN_DATA"] = str(draft)
    import django

    django.setup()
    from django.conf import settings
    from django.db import connections

    from chengxin.keeping import databases

    if databases.engine() != made.engine:
        raise OtherDatabase(theirs=made.engine, ours=databases.engine())
    if made.origin != settings.LOG_ORIGIN:
        raise OtherLog(theirs=made.origin, ours=settings.LOG_ORIGIN)
    manifest.check_newer(made)
    if made.engine == "postgresql":
        databases.check_empty()
        order.tell("database", 0, 1)
        databases.fill(draft / databases.FILES["postgresql"])
        order.tell("database", 1, 1)
        (draft / databases.FILES["postgresql"]).unlink()
    migrated = _migrate()
    order.tell("check", 0, 1)
    witnesses = _check(order, made)
    _record(made)
    order.tell("check", 1, 1)
    forgotten = _forget(order, draft)
    connections.close_all()
    return Restored(made, made.size, migrated, forgotten, witnesses)


def _forget(order: Order, draft: Path) -> int:
    """What was forgotten since the backup is forgotten again, and nobody is signed in any more; returns how many rows were emptied."""
    from django.contrib.sessions.models import Session

    from chengxin.persons import emptying, erasing, reclaim

    Session.objects.all().delete()
    newest = order.forgotten or manifest.generation_at(order.backup).parent / emptying.LIST
    if not newest.exists():
        return 0
    disk.copy(newest, draft / emptying.LIST)
    rows = erasing.replay_after_restore()
    reclaim.scrub()
    return rows


def _migrate() -> int:
    """The steps between the backup's version and this one; returns how many."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        call_command("migrate", verbosity=0, interactive=False)
    return len(missing)


def _check(order: Order, made: Manifest) -> tuple[str, ...]:
    from chengxin.audit import queries
    from chengxin.facts import recovery
    from chengxin.persons import proofs

    head = queries.head()
    if (head.size, head.root) != (made.size, note.read(made.head).root):
        raise HeadDiffers(reason_zh="日志末端不是清单所载的首部。", reason_en="The log does not end with the manifest's head.")
    witnesses = _compare(order, head.size) if order.head else ()
    recovery.recover()
    faults = proofs.register_faults()
    if not made.missing:  # else the manifest says which files nobody had, and whoever restores is told
        faults += proofs.file_faults()
    if faults:
        raise RestoredFaulty(faults="\n".join(faults[:50]))
    return witnesses


def _compare(order: Order, size: int) -> tuple[str, ...]:
    """The head of a witness lies on the restored log, and a witness signed it; their names."""
    from chengxin.audit import queries, tree
    from chengxin.audit.models import Witness

    try:
        shown = note.read(order.head)
    except ValueError as cause:
        raise HeadDiffers(reason_zh="给出的首部无法读取。", reason_en="The head that was given cannot be read.") from cause
    if not note.signed_by_log(order.head, tree.log_keys()):
        raise HeadDiffers(reason_zh="给出的首部不是本日志签署的。", reason_en="The head that was given is not signed by this log.")
    if order.witness:
        known = {name: bytes.fromhex(order.witness) for name in _signers(order.head)}
    else:
        known = {one.name: bytes(one.key) for one in Witness.objects.all()}
    signed = tuple(sorted(name for name, key in known.items() if note.cosigned_at(order.head, name, key) is not None))
    if not signed:
        raise HeadDiffers(reason_zh="没有见证人签过给出的首部。", reason_en="No witness has signed the head that was given.")
    if shown.size > size:
        raise HeadDiffers(
            reason_zh=f"给出的首部有 {shown.size} 条，备份只有 {size} 条：请给出备份之前的首部。",
            reason_en=f"The head has {shown.size} entries, the backup {size}: give a head from before the backup.",
        )
    if queries.root_at(shown.size) != shown.root:
        raise HeadDiffers(reason_zh="见证人见过的日志是另一份。", reason_en="What the witness saw is another log.")
    return signed


def _signers(text: str) -> list[str]:
    lines = text.partition("\n\n")[2].splitlines()
    return [line.removeprefix("— ").rpartition(" ")[0] for line in lines]


def _record(made: Manifest) -> None:
    """The log says that it was put back, and from what."""
    from django.db import transaction

    from chengxin.audit import actions as audit

    data = {"made_at": made.made_at, "size": made.size, "version": made.version, "missing": list(made.missing)}
    with transaction.atomic():
        audit.record("keeping.backup.restored", actor=ACTOR, object=f"keeping.backup:{made.size}", data=data)
    audit.sign_head()


def _finished(made: Manifest) -> None:
    """The database of PostgreSQL may be used from now on; that of SQLite came with the directory."""
    if made.engine == "postgresql":
        from chengxin.keeping import databases

        databases.finished()
