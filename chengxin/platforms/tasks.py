"""The room's clocks: each night measures begin and end on their days, notices end, and every duty of every platform is checked."""

from __future__ import annotations

from chengxin.jobs.run import JobRun
from chengxin.platforms import actions, checking
from chengxin.subjects.models import Platform

ACTOR = "system:platforms.checks"


def keep_clocks(job: JobRun | None = None) -> str:
    """Begin and end what is due today."""
    begun, ended = actions.begin_and_end()
    return f"{begun} begun, {ended} ended, {actions.end_notices()} notices over"


def check_duties(job: JobRun | None = None) -> str:
    """Check every duty in force for every active platform."""
    return f"{len(checking.run_checks(list(Platform.objects.filter(status='active')), ACTOR))} results"
