"""What an acknowledgement rests on: a commit is on the disk before it is told. Start-up refuses a database that promises less."""

from __future__ import annotations

from django.conf import settings
from django.db import connection

from chengxin.kernel.errors import ChengxinError

FULL = 2  # PRAGMA synchronous; 1 is NORMAL: with the write-ahead log a power cut then takes acknowledged rows with it
JOURNALS = {"wal", "delete", "truncate", "persist"}  # with "memory" or "off" a power cut destroys the database
SERVER = ("fsync", "full_page_writes", "synchronous_commit")


class NotDurable(ChengxinError):
    code = "not_durable"
    status = 503
    what = {"zh": "数据库的落盘设置不足，系统拒绝启动。", "en": "The database may lose what it has confirmed, so the house does not open."}
    why = {"zh": "当前设置：{found}；断电会丢失已确认的数据。", "en": "It is set to {found}; a power cut would lose confirmed data."}
    next = {"zh": "请恢复为 {wanted} 后重新启动。", "en": "Set it back to {wanted} and start again."}


def check() -> None:
    """Ask the database itself. Raises NotDurable."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            level = int(cursor.execute("PRAGMA synchronous").fetchone()[0])
            journal = str(cursor.execute("PRAGMA journal_mode").fetchone()[0])
            if level < FULL or journal not in JOURNALS:
                raise NotDurable(found=f"synchronous={level}, journal_mode={journal}", wanted="synchronous=FULL, journal_mode=WAL")
        elif connection.vendor == "postgresql" and not settings.DEMO:  # what a demo holds is invented
            cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(SERVER)])
            off = sorted(name for name, setting in cursor.fetchall() if setting == "off")
            if off:
                raise NotDurable(found=", ".join(f"{name}=off" for name in off), wanted=", ".join(f"{name}=on" for name in off))
