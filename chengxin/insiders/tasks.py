"""The room's clock: what is over is deleted, and the hashes of the scripts are in the log."""

from __future__ import annotations

from chengxin.insiders import actions
from chengxin.jobs.run import JobRun
from chengxin.kernel import clock


def keep(job: JobRun | None = None) -> str:
    """Delete mailboxes whose term is over; note new scripts."""
    actions.publish_scripts()
    return f"{actions.delete_over(clock.today())} deleted"
