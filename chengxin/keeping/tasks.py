"""What the worker does at night where a target is configured."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from chengxin.jobs.run import JobRun
from chengxin.keeping import actions, sealing
from chengxin.keeping.errors import NoPassphrase
from chengxin.keeping.making import Order


def backup(job: JobRun) -> str:
    """The scheduled backup; the generation's name. Without a target there is nothing to do."""
    if not settings.BACKUP:
        return ""
    if settings.BACKUP_PASSPHRASE_FILE is None:
        raise NoPassphrase(least=sealing.LEAST)  # nobody is there to type it
    passphrase = sealing.passphrase_from(settings.BACKUP_PASSPHRASE_FILE)
    order = Order(Path(settings.BACKUP), passphrase, settings.BACKUP_KEYS, keep=settings.BACKUP_KEEP)
    order.tell = lambda stage, done, total: job.progress(done, total, stage)
    return actions.backup(order).path.name


def verify(job: JobRun) -> str:
    """Read the newest generation once a week: a medium that forgets is found before it is needed."""
    if not settings.BACKUP:
        return ""
    return actions.check(Path(settings.BACKUP), lambda stage, done, total: job.progress(done, total, stage)).made_at
