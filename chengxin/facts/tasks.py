"""What runs later: cross checks after their grace, large uploads, the nightly keeping of the lake."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.conf import settings

from chengxin.facts import crosschecks, importing, upkeep
from chengxin.facts.events import BatchAccepted
from chengxin.facts.models import Receipt
from chengxin.jobs.actions import enqueue
from chengxin.jobs.run import JobRun, hopeless
from chengxin.kernel import clock

GRACE = timedelta(minutes=30)  # platforms send the kinds of one day one after the other
TITLE = {"zh": "核对报送数据", "en": "Cross-check a report"}


def cross_check_batch(event: BatchAccepted) -> None:
    """A batch came in: look at it once the other reports had time to arrive."""
    if event.accepted and any(event.kind in check["of"] for check in crosschecks.checks().values()):
        enqueue(
            "chengxin.facts.tasks:cross_check",
            title=TITLE,
            owner="system:facts",
            key=f"facts.cross_check.{event.receipt_id}",
            run_at=clock.now() + GRACE,
            receipt_id=event.receipt_id,
        )


def cross_check(receipt_id: str) -> int:
    """The job of one batch. Returns how many checks failed."""
    return len(crosschecks.cross_check(Receipt.objects.get(id=receipt_id)))


def keep_lake() -> dict[str, int]:
    """Every night: merge small files, drop what the law lets go, remove replaced files."""
    return {"merged": upkeep.compact(), "expired": upkeep.drop_expired(), "removed": upkeep.sweep_replaced()}


def import_upload(name: str, platform: str, kind: str, actor: str, correction: bool = False, job: JobRun | None = None) -> list[str]:
    """A large upload from the web page, in batches. Returns the receipts' ids.

    The uploaded file holds persons in clear: it goes when all is accepted, and when it is refused; it stays for a later try otherwise.
    """
    path = uploads() / Path(name).name

    def show(done: int, total: int) -> None:
        if job:
            job.progress(done, total, path.suffix)

    try:
        done = importing.import_file(platform, kind, path, actor=actor, correction=correction, tell=show)
    except Exception as error:
        if hopeless(error):
            path.unlink(missing_ok=True)
        raise
    path.unlink(missing_ok=True)
    return [str(receipt.id) for receipt in done.receipts]


def uploads() -> Path:
    """Where large uploads wait for their job."""
    folder = Path(settings.DATA_DIR) / "uploads"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
