"""A job while it runs: what its function may say and do."""

from __future__ import annotations

import inspect
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import msgspec
from django.db import transaction

from chengxin.jobs import actions
from chengxin.jobs.errors import JobTaken
from chengxin.jobs.models import Job, Step
from chengxin.jobs.target import resolve
from chengxin.kernel.errors import ChengxinError

PROGRESS_EVERY = 0.5  # seconds between two progress rows: a page refreshes every two seconds


class JobRun:
    """Handed to a job's function as `job`. Progress for the person who waits, effects that happen once."""

    def __init__(self, row: Job) -> None:
        self.row = row
        self.id = row.id
        self.owner = row.owner
        self.attempt = row.attempts
        self._said = 0.0

    def progress(self, done: int, total: int, note: str = "") -> None:
        """Say how far it is. Cheap to call often: written at most twice a second, and at the end."""
        now = time.monotonic()
        if now - self._said < PROGRESS_EVERY and done < total:
            return
        self._said = now
        Job.objects.filter(id=self.id, worker=self.row.worker, attempts=self.attempt).update(done=done, total=total, note=note[:300])

    @contextmanager
    def once(self, name: str) -> Iterator[bool]:
        """`with job.once("sent") as fresh: if fresh: …`: the effect and the note that it happened commit together.

        fresh is False when an earlier attempt did it. Raises JobTaken when another worker has the job.
        """
        with transaction.atomic():
            actions.hold(self.row)
            _, fresh = Step.objects.get_or_create(job_id=self.id, name=name)
            yield fresh


def run(row: Job) -> None:
    """Call a claimed job's function and write down what came of it. Exceptions become a retry or, when hopeless, a failure."""
    try:
        result = call(row)
    except JobTaken:
        return
    except Exception as error:
        _quietly(actions.give_up if hopeless(error) else actions.fail, row, "".join(traceback.format_exception(error)))
    else:
        _quietly(actions.finish, row, result)


def hopeless(error: Exception) -> bool:
    """A named refusal of what was given stays a refusal; what the house could not do now it may do later."""
    return isinstance(error, ChengxinError) and error.status < HTTPStatus.INTERNAL_SERVER_ERROR


def call(row: Job) -> Any:
    """The function's result, as JSON."""
    function = resolve(row.target)
    given = dict(row.kwargs)
    if "job" in inspect.signature(function).parameters:
        given["job"] = JobRun(row)
    return msgspec.to_builtins(function(**given))


def _quietly(what: Any, row: Job, outcome: Any) -> None:
    try:
        what(row, outcome)
    except JobTaken:
        return
