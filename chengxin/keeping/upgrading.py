"""From an older version to this one: a copy of the database first, then the migrations; when one fails, the copy comes back.

Files are immutable and migrations do not touch them, so the database's copy is enough to go back. Where a target is configured a whole
backup is made as well.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

import chengxin
from chengxin.keeping import actions, databases, disk, manifest, sealing
from chengxin.keeping.errors import TooFull, Unfinished, UpgradeFailed
from chengxin.keeping.making import Order
from chengxin.keeping.restoring import UNFINISHED
from chengxin.kernel import clock
from chengxin.kernel.errors import ChengxinError

Say = Callable[[str], None]
FOLDER = "before-upgrade"
KEEP = 2  # copies


def upgrade(*, without_backup: bool, say: Say) -> int:
    """Apply the migrations that are missing; returns how many. Raises Unfinished, UpgradeFailed, TooFull."""
    if (settings.DATA_DIR / UNFINISHED).exists() or databases.is_unfinished():
        raise Unfinished()
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not missing:
        return 0
    if not executor.loader.applied_migrations:  # a new register has nothing to lose
        call_command("migrate", verbosity=0, interactive=False)
        return len(missing)
    say(f"升级到 {chengxin.__version__}：{len(missing)} 步 / upgrading to {chengxin.__version__}: {len(missing)} migrations")
    copy = None if without_backup else _copy(say)
    _whole(say)
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except Exception as cause:
        if copy is None:
            raise
        databases.put_back(copy)
        raise UpgradeFailed(reason=f"{type(cause).__name__}: {cause}"[:1000]) from cause
    say("升级完成 / upgraded")
    return len(missing)


def _copy(say: Say) -> Path:
    """The database as it is, in the data directory. Raises TooFull."""
    folder = settings.DATA_DIR / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    for draft in folder.glob(".*"):
        draft.unlink()
    need, free = databases.size(), disk.room(folder)[0]
    if need > free:
        raise TooFull(path=str(folder), need=need >> 20, free=free >> 20)
    draft = folder / f".{secrets.token_hex(6)}"
    if databases.engine() == "sqlite":
        databases.copy_sqlite(Path(str(connection.settings_dict["NAME"])), draft, lambda: None, manifest.quietly)
    else:
        databases.dump(draft)
    kept = folder / f"{clock.now():%Y%m%dT%H%M%SZ}.{databases.FILES[databases.engine()].rpartition('.')[2]}"
    draft.chmod(0o600)
    draft.rename(kept)
    disk.flush(folder)
    for old in sorted(folder.iterdir())[:-KEEP]:
        old.unlink()
    say(f"升级前的数据库 / the database before: {kept}")
    return kept


def _whole(say: Say) -> None:
    """A whole backup where a target is configured; else, and when it fails, it is said why not: the copy stands anyway."""
    if not settings.BACKUP or settings.BACKUP_PASSPHRASE_FILE is None:
        say("没有设置备份目录或口令文件，未作整体备份 / no whole backup: CHENGXIN_BACKUP or its passphrase file is not set")
        return
    try:
        passphrase = sealing.passphrase_from(settings.BACKUP_PASSPHRASE_FILE)
        made = actions.backup(Order(Path(settings.BACKUP), passphrase, settings.BACKUP_KEYS, keep=settings.BACKUP_KEEP))
    except ChengxinError as error:
        say(f"未作整体备份 / no whole backup: {error}")
        return
    say(f"升级前的备份 / backup before: {made.path}")
