"""Plans: paste a text, look at what it is proposed to mean, edit, confirm. Nothing is a task before."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.coordination import actions, forms
from chengxin.coordination.access import BOARD, in_office
from chengxin.coordination.models import DRAFT, Plan
from chengxin.kernel.errors import ChengxinError


@access.open_to(*BOARD)
def register(request: HttpRequest) -> HttpResponse:
    """The plans so far, and the form for a new one (the office's)."""
    actor = access.actor_of(request)
    form = forms.PlanForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        try:
            made = actions.propose(actor, said["title"], said["issued_on"], said["text"])
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Read. Look at what was not understood, edit, then confirm."))
            return redirect(made.page_url)
    context = {"plans": access.all(actor, Plan), "form": form, "office": in_office(actor)}
    return render(request, "coordination/plans.html", context, status=422 if form.errors else 200)


@access.open_to(*BOARD)
def plan(request: HttpRequest, number: str) -> HttpResponse:
    """One plan: the proposed tasks as a form while it is a draft, its tasks afterwards."""
    actor = access.actor_of(request)
    found = access.get(actor, Plan, number=number)
    act = request.POST.get("act", "")
    data = request.POST if act in ("save", "confirm") else None
    measures = forms.measures()
    rows = [forms.RowForm(one, measures, data) for one in found.rows] if found.state == DRAFT else []
    day = forms.UsualDayForm(data)
    drop = forms.ReasonForm(request.POST if act == "drop" else None, prefix="drop")
    valid = data is not None and all([day.is_valid(), *(one.is_valid() for one in rows)])
    if (valid or (act == "drop" and drop.is_valid())) and (answer := _done(request, actor, found, act, rows, day, drop)):
        return answer
    wrong = data is not None and not valid
    context = {
        "plan": found,
        "rows": rows,
        "day": day,
        "drop": drop,
        "wrong": wrong,
        "office": in_office(actor),
        "draft": found.state == DRAFT,
    }
    return render(request, "coordination/plan.html", context, status=422 if wrong or drop.errors else 200)


def _done(request: HttpRequest, actor: Actor, found: Plan, act: str, rows: list[Any], day: Any, drop: Any) -> HttpResponse | None:
    """Save, confirm or drop; None when it is refused, with a message."""
    try:
        if act == "drop":
            actions.drop(actor, found.number, drop.cleaned_data["reason"])
            return redirect(found.page_url)
        kept = [one.as_row(day.cleaned_data["usual_day"]) for one in rows]
        actions.edit(actor, found.number, kept)
        if act == "save":
            messages.success(request, _("Saved."))
            return redirect(found.page_url)
        made = actions.confirm(actor, found.number)
    except ChengxinError as error:
        messages.error(request, str(error))
        return None if act == "drop" else redirect(found.page_url)
    messages.success(request, _("%(n)s tasks are assigned.") % {"n": len(made)})
    return redirect(reverse("coordination:tasks"))
