"""What may be done with jobs: ask for one, claim, finish, fail, take back from a dead worker, try a dead one anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db import connection, transaction

from chengxin.jobs import signal
from chengxin.jobs.errors import JobTaken, NotDead
from chengxin.jobs.models import Failure, Job, Outbox, Worker
from chengxin.jobs.target import backoff
from chengxin.kernel import clock

State = Job.State


def enqueue(
    target: str,
    *,
    title: Mapping[str, str] | None = None,
    progress_title: Mapping[str, str] | None = None,
    owner: str = "system:jobs",
    key: str | None = None,
    run_at: datetime | None = None,
    most_attempts: int = 5,
    **kwargs: Any,
) -> Job:
    """Ask for `target` ("module:function") to be called with kwargs by a worker, in the caller's transaction if there is one.

    title: {"zh", "en"} for the job's page; owner: "user:<id>" may see it; key: a second job with the same key is not made, the first is
    returned; kwargs: JSON. The function may take a parameter named `job` (chengxin.jobs.run.JobRun) for progress and effects done once.
    """
    named = title or progress_title or {"zh": target, "en": target}
    fields = {
        "target": target,
        "kwargs": msgspec.to_builtins(kwargs),
        "title_zh": named["zh"],
        "title_en": named.get("en", named["zh"]),
        "owner": owner,
        "run_at": run_at or clock.now(),
        "most_attempts": most_attempts,
    }
    job = _unique(key, fields) if key else Job.objects.create(**fields)
    transaction.on_commit(signal.wake)
    return job


def _unique(key: str, fields: dict[str, Any]) -> Job:
    job: Job
    job, _ = Job.objects.get_or_create(key=key, defaults=fields)
    return job


def claim(worker: str, targets: Sequence[str] | None = None) -> Job | None:
    """Take the job that is due first, of some targets only when they are given; nobody else has it. The attempt is counted now, so that a
    job that kills its worker ends too."""
    due = Job.objects.filter(state=State.WAITING, run_at__lte=clock.now()).order_by("run_at", "id")
    if targets is not None:
        due = due.filter(target__in=targets)
        if not due.exists():
            return None  # who asks often takes no lock for nothing
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        job = due.first()
        if job is None:
            return None
        now = clock.now()
        job.state, job.worker, job.heartbeat_at, job.started_at = State.RUNNING, worker, now, now
        job.attempts += 1
        job.save(update_fields=["state", "worker", "heartbeat_at", "started_at", "attempts"])
        return job


def hold(job: Job) -> None:
    """Inside a transaction: make sure this attempt still owns the job until the commit. Raises JobTaken."""
    still = Job.objects.select_for_update().filter(id=job.id, state=State.RUNNING, worker=job.worker, attempts=job.attempts)
    if not still.exists():
        raise JobTaken()


def finish(job: Job, result: Any) -> None:
    """The job's function returned. Raises JobTaken when another worker has the job by now."""
    with transaction.atomic():
        hold(job)
        job.state, job.finished_at, job.result, job.error = State.DONE, clock.now(), result, ""
        job.save(update_fields=["state", "finished_at", "result", "error"])


def fail(job: Job, error: str, *, died: bool = False) -> None:
    """The job's function raised, or its worker died: try again after a pause, or give up after the last attempt.

    died: the first time there is no pause, for most workers die of a restart and not of the job.
    """
    with transaction.atomic():
        hold(job)
        now = clock.now()
        job.error = error[-8000:]
        if job.attempts >= job.most_attempts:
            job.state, job.finished_at = State.FAILED, now
        else:
            pause = 0 if died and job.attempts == 1 else backoff(job.attempts)
            job.state, job.run_at = State.WAITING, now + timedelta(seconds=pause)
        job.save(update_fields=["error", "state", "finished_at", "run_at"])


def give_up(job: Job, error: str) -> None:
    """The job's function refused what it was given: trying again would only bring the same refusal."""
    with transaction.atomic():
        hold(job)
        job.error, job.state, job.finished_at = error[-8000:], State.FAILED, clock.now()
        job.save(update_fields=["error", "state", "finished_at"])


def retry_job(job: Job) -> None:
    """Give a job that was given up all its attempts again. Raises NotDead."""
    with transaction.atomic():
        dead = Job.objects.filter(id=job.id, state=State.FAILED)
        if not dead.update(state=State.WAITING, attempts=0, run_at=clock.now(), finished_at=None):
            raise NotDead()
        transaction.on_commit(signal.wake)


def retry_event(row: Outbox) -> None:
    """Give the dead letters of an event all their attempts again. Raises NotDead."""
    with transaction.atomic():
        if not Failure.objects.filter(outbox=row, dead=True).delete()[0]:
            raise NotDead()
        Outbox.objects.filter(id=row.id).update(state=Outbox.State.WAITING, next_at=clock.now())
        transaction.on_commit(signal.wake)


def show_life(worker: str) -> None:
    """A worker says that it is there; who has been silent for a day is forgotten."""
    now = clock.now()
    Worker.objects.update_or_create(name=worker, defaults={"seen_at": now})
    Worker.objects.filter(seen_at__lt=now - timedelta(days=1)).delete()


def tidy(days: int = 90) -> int:
    """Remove events and jobs done more than so many days ago; what was given up stays. Returns the number of rows removed."""
    before = clock.now() - timedelta(days=days)
    events, _ = Outbox.objects.filter(state=Outbox.State.DONE, emitted_at__lt=before).delete()
    old, _ = Job.objects.filter(state=State.DONE, finished_at__lt=before).delete()
    return events + old
