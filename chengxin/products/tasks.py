"""Each night the chains are checked; each morning platforms with buyers left to tell are reminded."""

from __future__ import annotations

from chengxin.jobs.run import JobRun
from chengxin.products import actions


def check_chains(job: JobRun | None = None) -> str:
    """Everything captured until now."""
    run = actions.look_at_chains()
    return f"{run.rows} rows, {run.found} found, {run.added} added, {run.cleared} cleared"


def remind(job: JobRun | None = None) -> str:
    """Tasks whose last day is near."""
    return f"{actions.remind_platforms()} reminded"
