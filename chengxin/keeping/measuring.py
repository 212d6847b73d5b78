"""Numbers about the system: each from one query or one look at a disk. What they mean is said in health.py."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Max, Min

from chengxin.audit import note
from chengxin.audit.models import Tip
from chengxin.detection.models import Run
from chengxin.jobs import cron
from chengxin.jobs.models import Job, Outbox, Tick, Worker
from chengxin.keeping import disk
from chengxin.keeping.models import Backup
from chengxin.kernel import clock

CHECK = "chengxin.audit.tasks:check"
DAY = 86_400.0


def age(instant: datetime | None) -> float | None:
    """Seconds since then; None when it never was."""
    return None if instant is None else (clock.now() - instant).total_seconds()


def database_answers() -> bool:
    """Whether a query comes back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone()[0])


@cache
def _steps() -> frozenset[tuple[str, str]]:
    """(app, name) of every migration of this version, by the files' names: importing them all would stay in the server's memory."""
    return frozenset((app.label, path.stem) for app in apps.get_app_configs() for path in Path(app.path).glob("migrations/[0-9]*.py"))


@cache
def _migrated() -> bool:
    """Once true, true as long as this process runs its code."""
    if _steps() - MigrationRecorder(connection).applied_migrations().keys():
        raise LookupError  # not remembered
    return True


def migrated() -> bool:
    """Whether the database is of this version."""
    try:
        return _migrated()
    except LookupError:
        return False


def places() -> dict[str, Path]:
    """The disks to watch: data, and backup where one is configured and there."""
    found = {"data": Path(settings.DATA_DIR)}
    if settings.BACKUP and Path(settings.BACKUP).is_dir():
        found["backup"] = Path(settings.BACKUP)
    return found


def days_left() -> float | None:
    """Days until the data's disk is full, at the growth between a month's first and last good backup; None when it does not grow."""
    since = clock.now() - timedelta(days=31)
    rows = list(
        Backup.objects.filter(state=Backup.State.DONE, finished_at__gte=since).order_by("finished_at").values_list("finished_at", "bytes")
    )
    if len(rows) < 2 or rows[-1][0] is None or rows[0][0] is None:
        return None
    days, grown = (rows[-1][0] - rows[0][0]).total_seconds() / DAY, rows[-1][1] - rows[0][1]
    if days < 1 or grown <= 0:
        return None
    return disk.room(Path(settings.DATA_DIR))[0] / (grown / days)


def worker_silence() -> float | None:
    return age(Worker.objects.aggregate(last=Max("seen_at"))["last"])


def workers() -> int:
    return Worker.objects.filter(seen_at__gte=clock.now() - timedelta(minutes=2)).count()


def job_wait() -> float:
    """Seconds the oldest job that is due has waited."""
    first = Job.objects.filter(state=Job.State.WAITING, run_at__lte=clock.now()).aggregate(first=Min("run_at"))["first"]
    return age(first) or 0.0


def outbox_wait() -> float:
    first = Outbox.objects.filter(state=Outbox.State.WAITING).aggregate(first=Min("emitted_at"))["first"]
    return age(first) or 0.0


def cron_late() -> float:
    """Seconds since the tick that should have been asked for and was not; of the latest entry."""
    seen = dict(Tick.objects.values_list("name", "at"))
    now = clock.now()
    return max((_late(one, seen[one.name], now) for one in cron.table() if one.name in seen), default=0.0)


def _late(entry: cron.Entry, seen: datetime, now: datetime) -> float:
    due = entry.last_due(now)
    return (now - due).total_seconds() if seen < due else 0.0


def last_backup() -> Backup | None:
    """The last good one."""
    return Backup.objects.filter(state=Backup.State.DONE).order_by("-finished_at").first()


def backup_failed() -> str:
    """Why the last finished attempt failed, or what the last reading of a backup found; empty when neither."""
    last = Backup.objects.exclude(state=Backup.State.RUNNING).order_by("-started_at").first()
    read = Backup.objects.exclude(verified_at=None).order_by("-verified_at").first()
    return (last.error if last else "") or (read.fault if read else "")


def log_check() -> tuple[float | None, bool]:
    """(seconds since the last good self-check, whether the last one failed)."""
    rows = Job.objects.filter(target=CHECK)
    good = rows.filter(state=Job.State.DONE).aggregate(last=Max("finished_at"))["last"]
    last = rows.filter(state__in=(Job.State.DONE, Job.State.FAILED)).order_by("-finished_at").first()
    return age(good), last is not None and last.state == Job.State.FAILED


def log_size() -> int:
    tip = Tip.objects.only("size").first()
    return tip.size if tip else 0


def clock_behind() -> float:
    """Seconds by which the log's last entry lies in the future: this machine's clock, or that of another, is wrong."""
    tip = Tip.objects.first()
    at = note.read(tip.note).at if tip else ""
    return max(0.0, -(age(datetime.fromisoformat(at)) or 0.0)) if at else 0.0


def key_ages() -> dict[str, float]:
    """Seconds since each key was made, by its file."""
    found = {}
    for name, path in (("sign_log", "sign_log.key"), ("ring", "ring")):
        file = Path(settings.KEYS_DIR) / path
        if file.exists():
            found[name] = clock.now().timestamp() - file.stat().st_mtime
    return found


def detector_run() -> tuple[float | None, bool]:
    """(seconds since the last run that was done, whether the last one failed or was stopped)."""
    good = Run.objects.filter(state=Run.State.DONE).aggregate(last=Max("finished_at"))["last"]
    last = Run.objects.exclude(state=Run.State.RUNNING).order_by("-started_at").first()
    return age(good), last is not None and last.state != Run.State.DONE


def oldest(values: Iterable[float]) -> float:
    return max(values, default=0.0)
