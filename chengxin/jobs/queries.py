"""What may be asked about jobs and events."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from chengxin.jobs.models import Failure, Job
from chengxin.kernel.errors import NotFound

ALL_SEEN_BY = "sysadmin"


def visible(owner: str, roles: frozenset[str]) -> QuerySet[Job]:
    """The jobs a person may see: one's own; all for the system administrator. Newest first."""
    rows = Job.objects.order_by("-created_at", "-id")
    return rows if ALL_SEEN_BY in roles else rows.filter(owner=owner)


def job(number: UUID, owner: str, roles: frozenset[str]) -> Job:
    """One visible job. Raises NotFound, the same for a stranger's and a missing one."""
    found = visible(owner, roles).filter(id=number).first()
    if found is None:
        raise NotFound
    return found


def dead_letters() -> QuerySet[Failure]:
    """Events that a handler was given up on."""
    return Failure.objects.filter(dead=True).select_related("outbox").order_by("-id")


def dead_jobs() -> QuerySet[Job]:
    """Jobs that were given up on, newest first."""
    return Job.objects.filter(state=Job.State.FAILED).order_by("-finished_at")


def waiting() -> dict[str, int]:
    """How much work waits: events, jobs, and what was given up; for the health page and metrics."""
    from chengxin.jobs.models import Outbox

    return {
        "events_waiting": Outbox.objects.filter(state=Outbox.State.WAITING).count(),
        "jobs_waiting": Job.objects.filter(state=Job.State.WAITING).count(),
        "jobs_running": Job.objects.filter(state=Job.State.RUNNING).count(),
        "given_up": dead_letters().count() + dead_jobs().count(),
    }
