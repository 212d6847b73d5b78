"""Pages of jobs: one job with its progress, one's own jobs, and what was given up."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chengxin.jobs import actions, queries, reader
from chengxin.jobs.models import Job, Outbox
from chengxin.jobs.tables import JOBS


@reader.open_to("signed_in")
def listed(request: HttpRequest) -> HttpResponse:
    """One's own jobs; all of them for the system administrator."""
    actor = reader.actor_of(request)
    view = JOBS.view(request.GET, queries.visible(actor.id, actor.roles))
    return view.export_response() if view.export else render(request, "jobs/list.html", {"table": view, "all": "sysadmin" in actor.roles})


@reader.open_to("signed_in")
def shown(request: HttpRequest, number: UUID) -> HttpResponse:
    """One job; the page looks again every two seconds until it is finished."""
    actor = reader.actor_of(request)
    return render(request, "jobs/job.html", {"job": queries.job(number, actor.id, actor.roles), "trace": "sysadmin" in actor.roles})


@reader.open_to("signed_in")
def progress(request: HttpRequest, number: UUID) -> HttpResponse:
    """How far a job is, for the page's script."""
    actor = reader.actor_of(request)
    job = queries.job(number, actor.id, actor.roles)
    fields = {"state": job.state, "label": str(job.get_state_display()), "percent": job.percent, "done": job.done, "total": job.total}
    return JsonResponse({**fields, "note": job.note, "finished": job.finished})


@reader.open_to("sysadmin")
def given_up(request: HttpRequest) -> HttpResponse:
    """Dead letters and failed jobs."""
    return render(request, "jobs/given_up.html", {"letters": queries.dead_letters()[:200], "jobs": queries.dead_jobs()[:200]})


@require_POST
@reader.open_to("sysadmin")
def retry_job(request: HttpRequest, number: UUID) -> HttpResponse:
    """Try a failed job anew."""
    actions.retry_job(get_object_or_404(Job, id=number))
    messages.success(request, _("It will be tried again now."))
    return redirect("jobs:given_up")


@require_POST
@reader.open_to("sysadmin")
def retry_event(request: HttpRequest, number: int) -> HttpResponse:
    """Deliver a dead letter anew."""
    actions.retry_event(get_object_or_404(Outbox, id=number))
    messages.success(request, _("It will be tried again now."))
    return redirect("jobs:given_up")
