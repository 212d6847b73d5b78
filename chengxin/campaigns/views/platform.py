"""The platform's door: its streamers with the day their training is due, trainings it held, courses its shops and streamers completed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.campaigns import actions, forms, lists, queries
from chengxin.campaigns.access import STAFF
from chengxin.campaigns.models import Streamer
from chengxin.campaigns.views.shared import form_page, said
from chengxin.kernel.errors import NotFound
from chengxin.subjects.models import Platform


def own(actor: Actor) -> Platform:
    """The platform of the actor; people of two platforms act for the first, by code."""
    found = access.all(actor, Platform).filter(code__in=actor.platforms).first()
    if found is None:
        raise NotFound
    return found


@access.open_to(STAFF)
def streamers(request: HttpRequest) -> HttpResponse:
    """My streamers, the most overdue first."""
    actor = access.actor_of(request)
    table = lists.OWN_STREAMERS.view(request.GET, access.all(actor, Streamer).select_related("platform"))
    context = {"table": table, "late": queries.overdue(actor).count()}
    return table.export_response() if table.export else render(request, "campaigns/streamers.html", context)


@access.open_to(STAFF)
def completions(request: HttpRequest) -> HttpResponse:
    """What my shops and streamers completed."""
    table = lists.COMPLETIONS.view(request.GET, queries.completions(access.actor_of(request)))
    return (
        table.export_response()
        if table.export
        else render(request, "campaigns/table.html", {"table": table, "title": _("Completed courses")})
    )


@access.open_to(STAFF)
def new_streamer(request: HttpRequest) -> HttpResponse:
    """Name a streamer, or enter the last day of one. The code is shown once."""
    actor = access.actor_of(request)
    form = forms.StreamerForm(request.POST or None)
    if form.is_valid():
        made = said(request, lambda: actions.name_streamer(actor, own(actor), **form.cleaned_data), form)
        if made:
            streamer, code = made
            shown = "-".join(code[at : at + 4] for at in range(0, len(code), 4))
            return render(request, "campaigns/streamer_code.html", {"streamer": streamer, "code": shown})
    return form_page(request, form, _("Name a streamer"), reverse("campaigns:streamers"), _("Streamers"))


@access.open_to(STAFF)
def new_training(request: HttpRequest) -> HttpResponse:
    """Report a training that the platform held itself."""
    actor = access.actor_of(request)
    form = forms.TrainingForm(request.POST or None)
    if form.is_valid() and said(request, lambda: actions.report_training(actor, own(actor), **form.cleaned_data), form):
        return redirect("campaigns:streamers")
    return form_page(request, form, _("Report a training"), reverse("campaigns:streamers"), _("Streamers"))
