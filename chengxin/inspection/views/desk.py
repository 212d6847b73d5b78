"""What waits for an officer, and the registers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.accounts.models import RoleGrant
from chengxin.inspection import actions, catalogue, queries
from chengxin.inspection.access import DECIDERS, DESK, WRITERS
from chengxin.inspection.forms import InspectorForm, RatesForm, ReasonForm, UsccForm
from chengxin.inspection.models import Inspector, RateTable
from chengxin.inspection.models.registers import WAITING
from chengxin.kernel import clock, language
from chengxin.kernel.errors import ChengxinError, NotFound
from chengxin.law import law
from chengxin.subjects.models import Subject


@access.open_to(*DESK)
def desk(request: HttpRequest) -> HttpResponse:
    """My visits first, then what waits for a second person, then the plans of my departments."""
    actor = access.actor_of(request)
    today = clock.today()
    context = {
        "visits": [{"one": one, "colour": law.clock_colour(one.due_on, today)} for one in queries.visits_of(actor)],
        "reviews": [{"one": one, "colour": law.clock_colour(one.publish_by, today)} for one in queries.to_review(actor) if one.publish_by],
        "plans_waiting": queries.plans_waiting(actor),
        "corrections": queries.corrections_waiting(actor),
        "warnings": queries.warnings_waiting(actor),
        "rates_waiting": RateTable.objects.filter(state=WAITING),
        "plans": queries.plans_of(actor)[:50],
        "may_write": actor.has(*WRITERS),
    }
    return render(request, "inspection/desk.html", context)


@access.open_to(*DESK)
def registers(request: HttpRequest) -> HttpResponse:
    """The item list with the size of each object register, and the inspectors of my departments."""
    actor = access.actor_of(request)
    mine = actor.departments_as(*WRITERS)
    form = InspectorForm(_colleagues(mine), request.POST or None)
    if form.is_valid():
        user, department = form.cleaned_data["user"].split(":")
        days = (form.cleaned_data["valid_from"], form.cleaned_data["valid_until"])
        try:
            actions.add_inspector(actor, UUID(user), department, form.cleaned_data["certificate"], days)
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("On the register."))
            return redirect("inspection:registers")
    people = access.all(actor, Inspector).filter(removed_at__isnull=True).select_related("user").prefetch_related("conflicts__subject")
    basis = {one["item"].code: _basis(one["item"]) for one in queries.register_counts()}
    rows = [{**one, "mine": one["item"].department in mine, "basis": basis[one["item"].code]} for one in queries.register_counts()]
    context = {"rows": rows, "people": people, "form": form, "may_write": actor.has(*WRITERS), "today": clock.today()}
    return render(request, "inspection/registers.html", context, status=422 if form.errors else 200)


def _basis(item: catalogue.Item) -> str:
    from chengxin.supervision.queries import provision_name

    return language.together(provision_name(one) for one in item.basis)


def _colleagues(departments: frozenset[str]) -> list[tuple[str, str]]:
    """Officers and heads of the departments that are not on the register yet."""
    there = Inspector.objects.filter(removed_at__isnull=True).values_list("user", "department")
    grants = RoleGrant.objects.in_force().filter(department_id__in=departments, role__in=["officer", "head"]).select_related("user")
    known = set(there)
    return [
        (f"{one.user_id}:{one.department_id}", f"{one.user} · {one.department_id}")
        for one in grants
        if (one.user_id, one.department_id) not in known
    ]


@access.open_to(*DESK)
def objects(request: HttpRequest, code: str) -> HttpResponse:
    """Who stands on the object register of an item; its own department adds and removes, with a reason."""
    actor = access.actor_of(request)
    item = next((one for one in catalogue.items(clock.today()) if one.code == code), None)
    if item is None:
        raise NotFound
    form, gone = UsccForm(request.POST if "uscc" in request.POST else None), ReasonForm(request.POST if "remove" in request.POST else None)
    try:
        if "fill" in request.POST:
            made = actions.fill_objects(actor, item.code, _("from the register of subjects"))
            messages.success(request, _("%(n)d added.") % {"n": made})
            return redirect("inspection:objects", code)
        if form.is_valid():
            actions.add_object(actor, item.code, subject_of(form.cleaned_data["uscc"]).pk, form.cleaned_data["reason"])
            return redirect("inspection:objects", code)
        if gone.is_valid():
            actions.remove_object(actor, request.POST["remove"], gone.cleaned_data["reason"])
            return redirect("inspection:objects", code)
    except ChengxinError as error:
        form.add_error(None, str(error)) if form.is_bound else messages.error(request, str(error))
    text = request.GET.get("q", "").strip()[:100]
    listed = queries.objects(item.code)
    found = listed.filter(subject__name__icontains=text) if text else listed
    mine = item.department in actor.departments_as(*WRITERS)
    context = {"item": item, "objects": found[:200], "count": listed.count(), "form": form, "mine": mine, "q": text}
    return render(request, "inspection/objects.html", context, status=422 if form.errors or gone.errors else 200)


def subject_of(uscc: str) -> Subject:
    """The subject with this code. Raises NotFound."""
    found = Subject.objects.filter(uscc=uscc.strip().upper()).first()
    if found is None:
        raise NotFound
    return found


@access.open_to(*WRITERS)
def inspector(request: HttpRequest, id: str) -> HttpResponse:
    """One inspector: declare a conflict, or take them off the register."""
    actor = access.actor_of(request)
    found = access.get(actor, Inspector, pk=id)
    conflict = UsccForm(request.POST if "uscc" in request.POST else None)
    gone = ReasonForm(request.POST if "remove" in request.POST else None)
    try:
        if conflict.is_valid():
            actions.declare_conflict(actor, found.pk, subject_of(conflict.cleaned_data["uscc"]).pk, conflict.cleaned_data["reason"])
            messages.success(request, _("Recorded. No later draw sends this inspector there."))
            return redirect("inspection:inspector", id)
        if gone.is_valid():
            actions.remove_inspector(actor, found.pk, gone.cleaned_data["reason"])
            messages.success(request, _("Taken off the register."))
            return redirect("inspection:registers")
    except ChengxinError as error:
        conflict.add_error(None, str(error)) if conflict.is_bound else messages.error(request, str(error))
    conflicts = found.conflicts.select_related("subject")
    context: dict[str, Any] = {"inspector": found, "conflicts": conflicts, "form": conflict, "gone": gone}
    return render(request, "inspection/inspector.html", context, status=422 if conflict.errors or gone.errors else 200)


@access.open_to(*DESK)
def rates(request: HttpRequest) -> HttpResponse:
    """The table in force, its history, and a change by two persons."""
    actor = access.actor_of(request)
    table = queries.rates(clock.today())
    form = RatesForm(table, request.POST if "reason" in request.POST and actor.has(*WRITERS) else None)
    try:
        if "decide" in request.POST and actor.has(*DECIDERS):
            actions.decide_rates(actor, request.POST["decide"], "approve" in request.POST, _("not agreed"))
            return redirect("inspection:rates")
        if form.is_valid():
            actions.propose_rates(actor, _first_of(actor), form.rates, form.cleaned_data["reason"])
            messages.success(request, _("The table waits for a second person."))
            return redirect("inspection:rates")
    except ChengxinError as error:
        form.add_error(None, str(error)) if form.is_bound else messages.error(request, str(error))
    waiting = RateTable.objects.filter(state=WAITING).first()
    context = {
        "rows": _rows(table),
        "form": form,
        "waiting": waiting,
        "waiting_rows": _rows(waiting.rates) if waiting else [],
        "own": waiting is not None and waiting.proposed_by == str(actor),
        "past": RateTable.objects.exclude(state=WAITING),
        "may_write": actor.has(*WRITERS),
        "may_decide": actor.has(*DECIDERS),
    }
    return render(request, "inspection/rates.html", context, status=422 if form.errors else 200)


def _rows(table: dict[str, dict[str, int | None]]) -> list[dict[str, Any]]:
    names = law.at(clock.today()).codes("risk_class")
    return [{"code": code, "name": names[code], **table[code]} for code in catalogue.CLASSES]


def _first_of(actor: Actor) -> str:
    return min(actor.departments_as(*WRITERS))
