"""The department's desk: requests for erasure, the dry run of one, the decision."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.kernel.errors import ChengxinError
from chengxin.persons import actions, lists, queries
from chengxin.persons.access import DESK
from chengxin.persons.forms import DecideForm
from chengxin.persons.models import FILED, ErasureRequest
from chengxin.persons.person import Person
from chengxin.persons.queries import ANSWER
from chengxin.persons.stores import store_name


@access.open_to(*DESK)
def requests(request: HttpRequest) -> HttpResponse:
    """The requests that the reader's department was asked."""
    table = lists.REQUESTS.view(request.GET, access.all(access.actor_of(request), ErasureRequest))
    return table.export_response() if table.export else render(request, "persons/requests.html", {"table": table})


@access.open_to(*DESK)
def one(request: HttpRequest, number: str) -> HttpResponse:
    """One request: who asks, for a stated purpose; where the person stands, when asked; the decision."""
    actor = access.actor_of(request)
    found = access.get(actor, ErasureRequest, number=number)
    form = DecideForm(request.POST if "decision" in request.POST else None)
    if form.is_valid():
        try:
            _decide(actor, number, form.cleaned_data)
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Decided."))
            return redirect(found.page_url)
    context = _context(request, actor, found)
    answer = render(request, "persons/request.html", {**context, "form": form}, status=422 if form.errors else 200)
    answer["Cache-Control"] = "no-store"
    return answer


def _decide(actor: Actor, number: str, given: dict[str, Any]) -> None:
    if given["decision"] == "accept":
        rest = {"with_names": given["with_names"], "reason": given["reason"]}
        actions.accept(actor, number, given["ground"], given["checked"], **rest)
    else:
        actions.refuse(actor, number, given["ground"], given["reason"])


def _named(counts: dict[str, int]) -> list[tuple[str, int]]:
    """How many rows lie where, in words."""
    return sorted((store_name(label), many) for label, many in counts.items())


def _context(request: HttpRequest, actor: Actor, found: ErasureRequest) -> dict[str, Any]:
    said = {
        "one": found,
        "article": queries.cited(ANSWER),
        "state": lists.STATES[found.state],
        "ground": queries.ground_of(found),
        "kept": queries.kept_of(found),
        "gone": _named(found.outcome.get("gone", {})),
        "is_open": found.state == FILED,
        **dict.fromkeys(("plan", "stay", "weak", "who")),  # named, so that a template that asks for them logs no context
    }
    if found.state != FILED:
        return said
    plan = None
    if request.method == "POST" and "look" in request.POST:
        plan = actions.look(actor, found, str(access.purpose(request)))
    else:
        actions.note_reading(actor, found, str(access.purpose(request)))
    if plan is not None:
        said |= {"plan": _named(plan.counts()), "stay": queries.said_of_plan(plan.kept()), "weak": len(plan.weak)}
    return {**said, "who": Person.of_json(found.about)}
