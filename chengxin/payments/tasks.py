"""Each night: the recent weeks are laid side by side again, and every channel is looked at."""

from __future__ import annotations

from datetime import timedelta

from chengxin.jobs.run import JobRun
from chengxin.kernel import clock
from chengxin.payments import actions, reconciling


def reconcile_recent(job: JobRun | None = None) -> str:
    """The window that the law's table says reports may still change."""
    now = clock.now()
    since = now - timedelta(days=reconciling.waits(now)["look_back_days"])
    run = actions.reconcile(since, now, now)
    return f"{run.found} found, {run.added} added, {run.cleared} cleared; {actions.look_at_channels(since, now)} flags"
