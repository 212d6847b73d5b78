"""The worker's part: a document that was taken is stored."""

from __future__ import annotations

from chengxin.jobs.run import JobRun
from chengxin.traceability import actions
from chengxin.traceability.models import CaptureJob


def run_capture(number: str, job: JobRun | None = None) -> str:
    """Run a capture job; again: nothing."""
    done = actions.run(CaptureJob.objects.select_related("owner").get(number=number))
    return f"{done.accepted}/{done.events}"
