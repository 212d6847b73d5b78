"""What may be done with backups: make one and remember it, check one, restore one."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from django.db import DatabaseError, connection, transaction

from chengxin.audit import actions as audit
from chengxin.audit import tree
from chengxin.keeping import making, manifest
from chengxin.keeping.errors import BackupChanged
from chengxin.keeping.making import Made, Order
from chengxin.keeping.models import Backup
from chengxin.kernel import clock
from chengxin.kernel.errors import ChengxinError

ACTOR = "system:keeping"
KEPT_ROWS = 200


def backup(order: Order) -> Made:
    """Make a generation at the target; the log and the health page hear of it, also when it failed."""
    known = _table_exists()
    row = Backup.objects.create() if known else None
    try:
        made = making.make(order)
    except BaseException as error:
        if row:
            _ended(row, Backup.State.FAILED, error=str(error) if isinstance(error, ChengxinError) else repr(error)[:2000])
        raise
    if row:
        row.generation, row.size, row.bytes, row.copied = made.path.name, made.manifest.size, made.manifest.bytes, made.copied
        _ended(row, Backup.State.DONE)
    data = {
        "size": made.manifest.size,
        "generation": made.path.name,
        "files": len(made.manifest.files),
        "missing": len(made.manifest.missing),
    }
    with transaction.atomic():
        audit.record("keeping.backup.made", actor=ACTOR, object=f"keeping.backup:{made.manifest.size}", data=data)
    return made


def _table_exists() -> bool:
    """Not so before the first upgrade to a version with this room."""
    return Backup._meta.db_table in connection.introspection.table_names()


def _ended(row: Backup, state: str, error: str = "") -> None:
    row.state, row.finished_at, row.error = state, clock.now(), error
    with suppress(DatabaseError):  # what went wrong before is what the reader must hear of
        row.save()
        old = Backup.objects.order_by("-started_at").values_list("pk", flat=True)[KEPT_ROWS:]
        Backup.objects.filter(pk__in=list(old)).delete()


def check(target: Path, tell: manifest.Tell = manifest.quietly) -> manifest.Manifest:
    """Read the newest generation at the target and remember what came of it. Raises like manifest.verify."""
    generation = manifest.generation_at(target)
    row = Backup.objects.filter(generation=generation.name).first()
    fault = ""
    try:
        found = manifest.verify(generation, tell=tell)
        manifest.check_newer(found)
        if bytes.fromhex(found.key) not in tree.log_keys():
            raise BackupChanged(count=1, files=f"{manifest.FILE} (signature)")
    except ChengxinError as error:
        fault = str(error)
        raise
    finally:
        if row:
            row.verified_at, row.fault = clock.now(), fault
            row.save(update_fields=["verified_at", "fault"])
    return found
