"""The joint conference: called with what is overdue, held with minutes and resolutions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.coordination import actions, forms, lists
from chengxin.coordination.access import BOARD, DESK, in_office
from chengxin.coordination.models import PLANNED, Meeting
from chengxin.kernel.errors import ChengxinError


@access.open_to(*BOARD)
def register(request: HttpRequest) -> HttpResponse:
    """The conferences, and calling the next one (the office's)."""
    actor = access.actor_of(request)
    form = forms.MeetingForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        try:
            made = actions.plan_meeting(actor, said["title"], said["at"], said["place"], form.items)
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            return redirect(made.page_url)
    context = {"meetings": access.all(actor, Meeting), "form": form, "office": in_office(actor)}
    return render(request, "coordination/meetings.html", context, status=422 if form.errors else 200)


@access.open_to(*BOARD)
def meeting(request: HttpRequest, number: str) -> HttpResponse:
    """One conference: its agenda, and once held its minutes and the tasks that came of it."""
    actor = access.actor_of(request)
    found = access.get(actor, Meeting, number=number)
    data = request.POST or None
    minutes = forms.MinutesForm(data)
    resolutions = [forms.ResolutionForm(data, prefix=f"n{place}") for place in range(forms.RESOLUTIONS)]
    if data and all([minutes.is_valid(), *(one.is_valid() for one in resolutions)]):
        rows = [row for one in resolutions if (row := one.as_row())]
        try:
            actions.hold(actor, number, minutes.cleaned_data["minutes"], rows)
        except ChengxinError as error:
            minutes.add_error(None, str(error))
        else:
            messages.success(request, _("The minutes are kept and the resolutions are tasks."))
            return redirect(found.page_url)
    context: dict[str, Any] = {
        "meeting": found,
        "desk": actor.has(*DESK),
        "minutes": minutes,
        "resolutions": resolutions,
        "may_hold": found.state == PLANNED and in_office(actor),
        "members": [lists.department_name(code) for code in found.departments],
        "tasks": found.tasks.all(),
    }
    return render(request, "coordination/meeting.html", context, status=422 if data else 200)
