"""The worker's part: a document that was taken is stored, subscribers get what is new."""

from __future__ import annotations

from chengxin import jobs
from chengxin.jobs.run import JobRun
from chengxin.traceability import actions, pushing
from chengxin.traceability.models import CaptureJob


def run_capture(number: str, job: JobRun | None = None) -> str:
    """Run a capture job; again: nothing."""
    done = actions.run(CaptureJob.objects.select_related("owner").get(number=number))
    return f"{done.accepted}/{done.events}"


def push(job: JobRun | None = None) -> str:
    """A round over the subscriptions: each minute, after a capture that a stream waits for, and when something falls due in between."""
    taken = pushing.push()
    if again := pushing.due_soon():
        jobs.enqueue(PUSH, title=TITLE, run_at=again, key=f"trace-push:{again.isoformat()}")
    return f"{taken} messages"


PUSH = "chengxin.traceability.tasks:push"
TITLE = {"zh": "追溯订阅：推送新事件", "en": "Traceability: send new events to subscribers"}
