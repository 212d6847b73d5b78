"""The list of jobs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chengxin.jobs.models import Job
from chengxin.kernel.tables import Column, Filter, Table

COLOURS = {Job.State.DONE: "green", Job.State.FAILED: "red", Job.State.RUNNING: "accent"}


def colour(job: Job) -> str:
    """The tag's colour of a job's state."""
    return COLOURS.get(Job.State(job.state), "")


JOBS = Table(
    name="jobs",
    caption=_("Jobs"),
    empty=_("No jobs yet"),
    empty_next=_("Long work that you start appears here with its progress."),
    sort="-created_at",
    columns=[
        Column("title", _("Job"), link="page"),
        Column("state", _("State"), kind="tag", sort="state", value=lambda job: job.get_state_display(), colour=colour),
        Column("percent", _("Progress %"), kind="number"),
        Column("created_at", _("Asked for at"), kind="time", sort="created_at"),
        Column("finished_at", _("Finished at"), kind="time", sort="finished_at"),
    ],
    filters=[Filter("state", _("State"), choices=lambda: Job.State.choices)],
)
