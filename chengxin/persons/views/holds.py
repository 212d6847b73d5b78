"""The desk's holds by hand: the list, a new one, one with its history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.kernel import clock, language
from chengxin.kernel.errors import ChengxinError
from chengxin.law import law
from chengxin.persons import holding, lists
from chengxin.persons.access import DESK
from chengxin.persons.forms import HoldForm, LiftForm, RenewForm
from chengxin.persons.models import STANDS, Hold
from chengxin.subjects.models import Subject


@access.open_to(*DESK)
def holds(request: HttpRequest) -> HttpResponse:
    """What the reader's departments hold back, the next to end first."""
    rows = access.all(access.actor_of(request), Hold).select_related("subject", "complaint")
    table = lists.HOLDS.view(request.GET, rows)
    return table.export_response() if table.export else render(request, "persons/holds.html", {"table": table})


@access.open_to(*DESK)
def new(request: HttpRequest) -> HttpResponse:
    """Hold a business's or a complaint's data."""
    actor = access.actor_of(request)
    form = HoldForm(_mine(actor), request.POST or None)
    if form.is_valid():
        made = _done(form, lambda: _place(actor, form.cleaned_data))
        if made:
            messages.success(request, _("Held."))
            return redirect(made.page_url)
    context = {"form": form, "longest": holding.longest()}
    return render(request, "persons/hold_new.html", context, status=422 if form.errors else 200)


def _place(actor: Actor, given: dict[str, Any]) -> Hold:
    subject = access.get(actor, Subject, uscc=given["uscc"].strip().upper()) if given["uscc"] else None
    return holding.place(actor, given["department"], given["until"], given["reason"], subject=subject, complaint=given["complaint"].strip())


def _mine(actor: Actor) -> list[tuple[str, str]]:
    here = actor.departments_as(*DESK)
    return [(one.code, language.pick(one)) for one in law.at(clock.today()).departments() if one.code in here]


def _done(form: Form, act: Callable[[], Hold]) -> Hold | None:
    """Do it; what went wrong stands at the form."""
    try:
        return act()
    except ChengxinError as error:
        form.add_error(None, str(error))
        return None


@access.open_to(*DESK)
def hold(request: HttpRequest, number: str) -> HttpResponse:
    """One hold: whose data, why, until when; renew it or lift it."""
    actor = access.actor_of(request)
    found = access.get(actor, Hold, number=number)
    act = request.POST.get("act", "")
    renew = RenewForm(request.POST if act == "renew" else None, prefix="r")
    lift = LiftForm(request.POST if act == "lift" else None, prefix="l")
    done = None
    if renew.is_valid():
        done = _done(renew, lambda: holding.renew(actor, number, **renew.cleaned_data))
    elif lift.is_valid():
        done = _done(lift, lambda: holding.lift(actor, number, **lift.cleaned_data))
    if done:
        messages.success(request, _("Done."))
        return redirect(found.page_url)
    context = {
        "one": found,
        "of": lists.hold_of(found),
        "state": lists.HOLD_NAMES[lists.hold_state(found)],
        "stands": found.state == STANDS,
        "colour": law.clock_colour(found.until, clock.today()),
        "longest": holding.longest(),
        "steps": [{"one": step, "name": lists.HOLD_STEPS[step.action]} for step in found.steps.all()],
        "renew": renew,
        "lift": lift,
    }
    return render(request, "persons/hold.html", context, status=422 if renew.errors or lift.errors else 200)
