"""A visit on a telephone: checklist, result, photos, signature; then the review."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chengxin.accounts import access
from chengxin.commitments import queries as commitments
from chengxin.inspection import actions, catalogue, queries
from chengxin.inspection.access import DESK, WRITERS
from chengxin.inspection.actions.visits import ANSWERS
from chengxin.inspection.forms import ReasonForm, ReportForm
from chengxin.inspection.models import Task
from chengxin.inspection.models.visits import ASSIGNED, REPORTED, SIGNED
from chengxin.kernel import clock
from chengxin.kernel.errors import ChengxinError
from chengxin.law import law


@access.open_to(*DESK)
def task(request: HttpRequest, number: str) -> HttpResponse:
    """The visit as far as it has come; who was sent reports and signs, another person publishes."""
    actor = access.actor_of(request)
    found = access.get(actor, Task, number=number)
    act = request.POST.get("act", "")
    form = ReportForm(request.POST if act == "report" else None, initial=_initial(found))
    back = ReasonForm(request.POST if act == "send_back" else None)
    try:
        if act == "report" and form.is_valid():
            actions.report(actor, number, {**form.cleaned_data, "answers": _answers(found, request)})
            return redirect(f"{found.page_url}?sent=1")
        if act == "sign":
            version = request.POST.get("version", "")
            actions.sign(actor, number, int(version) if version.isdecimal() else 0, _png(request.POST.get("signature", "")))
            return redirect(f"{found.page_url}?sent=1")
        if act == "publish":
            actions.publish(actor, number)
            messages.success(request, _("Published."))
            return redirect(found.page_url)
        if act == "send_back" and back.is_valid():
            actions.send_back(actor, number, back.cleaned_data["reason"])
            return redirect(found.page_url)
    except ChengxinError as error:
        if act != "report":
            messages.error(request, str(error))
            return redirect(found.page_url)
        form.add_error(None, str(error))
    context = _shown(request, found, form, back)
    return render(request, "inspection/task.html", context, status=422 if form.errors or back.errors else 200)


def _initial(found: Task) -> dict[str, Any]:
    return {"version": found.version, "outcome": found.outcome, "summary": found.summary, "place": found.place or found.subject.address}


def _answers(found: Task, request: HttpRequest) -> dict[str, dict[str, str]]:
    given: dict[str, dict[str, str]] = {}
    for item in _items(found):
        lines = {line["code"]: request.POST.get(f"{item.code}.{line['code']}", "") for line in item.checklist}
        given[item.code] = {code: said for code, said in lines.items() if said in ANSWERS}
    return given


def _items(found: Task) -> list[catalogue.Item]:
    return [catalogue.item(code, clock.city_day(found.plan.proposed_at)) for code in found.plan.items]


def _png(text: str) -> bytes:
    """A canvas's data: URL as bytes; empty for anything else."""
    try:
        return base64.b64decode(text.removeprefix("data:image/png;base64,"), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _shown(request: HttpRequest, found: Task, form: ReportForm, back: ReasonForm) -> dict[str, Any]:
    actor = access.actor_of(request)
    answers = _answers(found, request) if request.POST.get("act") == "report" else found.answers
    team = list(queries.team(found))
    me = next((one for one in team if one.inspector.user == actor.user), None)
    options = [("yes", _("As required")), ("no", _("Not as required")), ("na", _("Does not apply"))]
    checklist = [
        {
            "item": item,
            "lines": [
                {
                    "name": f"{item.code}.{line['code']}",
                    "line": line,
                    "said": answers.get(item.code, {}).get(line["code"], ""),
                    "options": options,
                }
                for line in item.checklist
            ],
        }
        for item in _items(found)
    ]
    reviewer = found.department in actor.departments_as("reviewer", "head") and me is None and found.reported_by != str(actor)
    return {
        "committed": commitments.of_subject([found.subject_id]),
        "task": found,
        "checklist": checklist,
        "form": form,
        "back": back,
        "team": [{"one": one, "signed": one.signed_version == found.version and found.version > 0} for one in team],
        "gone": found.members.filter(replaced_at__isnull=False).select_related("inspector__user"),
        "me": me,
        "may_report": me is not None and found.state in (ASSIGNED, REPORTED),
        "may_sign": me is not None and found.state == REPORTED and me.signed_version != found.version,
        "may_review": reviewer and found.state == SIGNED,
        "may_replace": found.state == ASSIGNED
        and bool(found.unit)
        and bool({one.inspector.department for one in team} & actor.departments_as(*WRITERS)),
        "photos": found.photos.select_related("exhibit"),
        "outcome": catalogue.outcomes().get(found.outcome),
        "colour": law.clock_colour(found.publish_by or found.due_on, clock.today()),
        "sent": "sent" in request.GET,
    }


@access.open_to(*WRITERS)
@require_POST
def photo(request: HttpRequest, number: str) -> HttpResponse:
    """A photo from the telephone's camera."""
    actor = access.actor_of(request)
    found = access.get(actor, Task, number=number)
    given = request.FILES.get("photo")
    try:
        actions.add_photo(actor, number, given.read() if given else b"", request.POST.get("shows", "")[:120])
    except ChengxinError as error:
        messages.error(request, str(error))
    return redirect(found.page_url)


@access.open_to(*WRITERS)
@require_POST
def replace(request: HttpRequest, number: str) -> HttpResponse:
    """Somebody cannot come: draw another from the same seed."""
    actor = access.actor_of(request)
    found = access.get(actor, Task, number=number)
    form = ReasonForm(request.POST)
    try:
        if form.is_valid():
            made = actions.replace_inspector(actor, number, request.POST.get("inspector", ""), form.cleaned_data["reason"])
            messages.success(request, _("Drawn from the same seed: %(name)s.") % {"name": made.inspector.user})
        else:
            messages.error(request, _("Say why somebody else has to come."))
    except ChengxinError as error:
        messages.error(request, str(error))
    return redirect(found.page_url)
