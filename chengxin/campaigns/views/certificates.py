"""The officer's door to completed courses: every certificate and reported training, and its revocation."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.campaigns import actions, forms, lists, papers, queries
from chengxin.campaigns.access import DESK, REVOKERS
from chengxin.campaigns.models import Completion
from chengxin.campaigns.views.shared import said


@access.open_to(*DESK)
def completions(request: HttpRequest) -> HttpResponse:
    """Every completed course, the newest first."""
    table = lists.ALL_COMPLETIONS.view(request.GET, queries.completions(access.actor_of(request)))
    context = {"table": table, "title": _("Certificates and trainings")}
    return table.export_response() if table.export else render(request, "campaigns/table.html", context)


@access.open_to(*DESK)
def completion(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One certificate or training; a reviewer or the head of the department with the seal may revoke it."""
    actor = access.actor_of(request)
    found = access.get(actor, Completion, pk=pk)
    form = forms.ReasonForm(_("Why it is revoked"), request.POST or None, help_text=_("Whose it was reads it."))
    if form.is_valid() and said(request, lambda: actions.revoke(actor, pk, form.cleaned_data["text"]), form):
        return redirect(found.page_url)
    context = {
        "one": found,
        "name": lists.course_name(found.course),
        "who": found.subject.name if found.subject else lists.account_end(found),
        "check": lists.certificate_url(found.code) if found.code else "",
        "revocation": getattr(found, "revocation", None),
        "teacher": lists.department_name(papers.TEACHER),
        "may_revoke": papers.TEACHER in actor.departments_as(*REVOKERS),
        "form": form,
    }
    return render(request, "campaigns/completion.html", context, status=422 if form.errors else 200)
