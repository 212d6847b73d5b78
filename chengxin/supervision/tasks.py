"""Handlers of events that reach the clue desk, and the jobs they leave to the worker."""

from __future__ import annotations

from collections.abc import Sequence

from chengxin.detection.events import FindingsMade
from chengxin.jobs.actions import enqueue
from chengxin.jobs.run import JobRun
from chengxin.supervision.actions import new_week, open_from_findings

# Opening a clue reads its rows and freezes them: 0.1-0.5 s, 1-3 s for a ring of 200 × 200, with the writer's lock held. A handler takes
# the first ten (findings come strongest first); the rest follows in jobs of ten, so that nobody waits long for the lock.
AT_ONCE = 10
TITLE = {"zh": "形成线索", "en": "Opening clues"}


def open_clues(event: FindingsMade) -> None:
    """A run's findings become clues."""
    parts = [event.finding_ids[start : start + AT_ONCE] for start in range(0, len(event.finding_ids), AT_ONCE)]
    for place, part in enumerate(parts):
        if place == 0:
            open_from_findings(event.run_id, part)
        else:
            key = f"supervision.clues.{event.run_id}.{place}"
            enqueue(
                "chengxin.supervision.tasks:open_some",
                title=TITLE,
                key=key,
                owner="system:supervision",
                run_id=event.run_id,
                finding_ids=part,
            )


def open_some(run_id: str, finding_ids: Sequence[str], job: JobRun | None = None) -> str:
    """Part of a run's findings; repeating it changes nothing."""
    return f"{len(open_from_findings(run_id, finding_ids))} opened"


def begin_week(job: JobRun | None = None) -> str:
    """Monday: the reserve moves up, and its lot is drawn."""
    return f"{new_week()} opened"
