"""What the worker does for the room: try a version on the past."""

from __future__ import annotations

from chengxin.jobs.run import JobRun
from chengxin.rules import trying


def dry_run(dry_run_id: str, job: JobRun | None = None) -> str:
    """The dry run somebody asked for; the same again gives the same."""

    def say(done: int, total: int, note: str) -> None:
        if job:
            job.progress(done, total, note)

    result = trying.run(dry_run_id, say)
    return f"{result['events']:,} events, {len(result['newly'])} shops newly, {len(result['no_longer'])} no longer"
