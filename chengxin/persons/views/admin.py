"""The administrators' door: what is removed when, and what was; the first week; settings of other cities."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import resolve
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chengxin.accounts import access
from chengxin.accounts.roles import Role
from chengxin.kernel import clock
from chengxin.kernel.errors import ChengxinError
from chengxin.persons import lists, moving, onboarding, reclaim, retention, words
from chengxin.persons.forms import SettingsForm
from chengxin.persons.models import PROPOSED, Removal, SettingsFile
from chengxin.persons.stores import store_name
from chengxin.persons.terms import CASE, HAND, OPEN

KEEPERS = ("sysadmin", "secadmin", "auditadmin")
SETTERS = ("sysadmin", "secadmin")
MOST_LINES = 500  # of the table of differences on a page; the command shows all


@access.open_to(*KEEPERS)
def terms(request: HttpRequest) -> HttpResponse:
    """What would go tonight, what is held and why, when the next term ends; what went. The forecast is the night's own code and changes
    nothing."""
    table = lists.REMOVALS.view(request.GET, Removal.objects.all())
    if table.export:
        return table.export_response()
    held = {CASE: _("a case against the business is open"), OPEN: _("the matter is open"), HAND: _("held back by an officer")}
    lines = [
        {
            "store": store_name(line.store.model),
            "basis": words.basis_name(line.store.basis),
            "term": words.term_name(line.store.term),
            "over": line.over,
            "open": line.open,
            "running": line.running,
            "next": line.next,
            "held": [(held[why], many) for why, many in line.held.items()],
        }
        for line in retention.forecast()
    ]
    context = {"table": table, "lines": lines, "segments": retention.segments(), "size": reclaim.size()}
    return render(request, "persons/terms.html", context)


@access.open_to(*KEEPERS)
def first_week(request: HttpRequest) -> HttpResponse:
    """What a new city has done and what is missing."""
    lines, actor = onboarding.steps(), access.actor_of(request)
    rows = [{"one": one, "mine": one.is_page and _mine(actor, one.where), "who": _who(one.where) if one.is_page else ""} for one in lines]
    return render(request, "persons/first_week.html", {"steps": rows, "done": sum(one.done for one in lines)})


def _mine(actor: access.Actor, address: str) -> bool:
    """Whether the reader may open the page where a step is done."""
    wanted = access.declaration_of(resolve(address).func)
    return wanted is not None and access.may_open(actor, wanted)


def _who(address: str) -> str:
    """Whose page it is, in words."""
    wanted = access.declaration_of(resolve(address).func) or frozenset()
    return "、".join(str(role.label) for role in Role if role in wanted)


@access.open_to(*SETTERS)
def settings_files(request: HttpRequest) -> HttpResponse:
    """The files that came from elsewhere; a new one is checked and compared here, and parts of it proposed."""
    actor = access.actor_of(request)
    form = SettingsForm(request.POST or None, request.FILES or None)
    found, lines = None, []
    if form.is_valid():
        try:
            found = moving.read(form.cleaned_data["file"].read(), form.cleaned_data["key"])
            if form.cleaned_data["parts"]:
                return redirect(moving.propose(actor, found, form.cleaned_data["parts"]).page_url)
            lines = moving.differences(found.parts)
        except ChengxinError as error:
            form.add_error(None, str(error))
    table = lists.SETTINGS.view(request.GET, access.all(actor, SettingsFile))
    if table.export:
        return table.export_response()
    context = {"table": table, "form": form, "found": found, "lines": lines[:MOST_LINES], "many": len(lines), "key": moving.own_key()}
    return render(request, "persons/settings_files.html", context, status=422 if form.errors else 200)


@access.open_to(*SETTERS)
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """This city's settings, signed."""
    said = json.dumps(moving.export(str(access.actor_of(request))), ensure_ascii=False, indent=1)
    answer = HttpResponse(said, content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="settings-{clock.today()}.json"'
    return answer


@access.open_to(*SETTERS)
def settings_file(request: HttpRequest, number: str) -> HttpResponse:
    """One file: what would change, and the second administrator's decision."""
    actor = access.actor_of(request)
    found = access.get(actor, SettingsFile, number=number)
    if request.method == "POST":
        try:
            moving.decide(actor, number, "take" in request.POST)
        except ChengxinError as error:
            messages.error(request, str(error))
        return redirect(found.page_url)
    context = {
        "one": found,
        "state": lists.FILE_STATES[found.state],
        "lines": moving.differences(found.content)[:MOST_LINES],
        "mine": found.proposed_by == str(actor),
        "is_open": found.state == PROPOSED,
    }
    return render(request, "persons/settings_file.html", context)
