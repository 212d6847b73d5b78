"""What the worker does for the log: keep a head every few minutes, recompute everything every hour."""

from __future__ import annotations

from chengxin.audit import actions, queries
from chengxin.audit.errors import LogDamaged
from chengxin.jobs.run import JobRun


def sign_head() -> int:
    """Keep the present head; returns its size."""
    return actions.sign_head().size


def check(job: JobRun) -> int:
    """The self-check of the whole log; returns the leaves checked. Raises LogDamaged: the job fails, and those who must act hear of it."""
    faults = queries.self_check()
    if faults:
        raise LogDamaged(faults="\n".join(faults[:50]))
    return queries.size()
