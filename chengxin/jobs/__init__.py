"""Work that happens later: events to handlers (outbox), jobs with progress and retries, and the cron table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chengxin.jobs.models import Job


def enqueue(target: str, **kwargs: Any) -> Job:
    """See chengxin.jobs.actions.enqueue; here so that rooms may write `jobs.enqueue(…)`."""
    from chengxin.jobs import actions  # models cannot load before the apps do

    return actions.enqueue(target, **kwargs)
