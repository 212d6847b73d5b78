"""A plan and its draw, step by step; the next step of the person who looks comes first."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.inspection import actions, catalogue, queries
from chengxin.inspection.access import DECIDERS, DESK, WRITERS
from chengxin.inspection.forms import CommitForm, FreezeForm, PlanForm, ReasonForm, RevealForm, ValueForm
from chengxin.inspection.models import Draw, Plan
from chengxin.inspection.models.plans import FAILED, FROZEN, LEAD, WITNESS
from chengxin.inspection.views.desk import subject_of
from chengxin.kernel import clock, language
from chengxin.kernel.errors import ChengxinError
from chengxin.law import law


@access.open_to(*WRITERS)
def new(request: HttpRequest) -> HttpResponse:
    """Plan an inspection; another person approves. Rates of the classes are chosen within the table."""
    actor = access.actor_of(request)
    mine = actor.departments_as(*WRITERS)
    table = queries.rates(clock.today())
    initial = {"clue": request.GET.get("clue", ""), "kind": "clue" if "clue" in request.GET else "lot"}
    form = PlanForm(mine, request.POST or None, initial=initial)
    if form.is_valid():
        try:
            given = {**form.cleaned_data, **_chosen(form, request, table)}
            plan = actions.propose_plan(actor, catalogue.item(form.cleaned_data["item"], clock.today()).department, given)
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Planned. Another person of the department decides."))
            return redirect(plan.page_url)
    rows = [{"code": code, **table[code], "share": request.POST.get(f"share_{code}", table[code]["most"])} for code in catalogue.CLASSES]
    return render(request, "inspection/new.html", {"form": form, "rows": rows}, status=422 if form.errors else 200)


def _chosen(form: PlanForm, request: HttpRequest, table: queries.Rates) -> dict[str, Any]:
    said = form.cleaned_data
    shares = {code: int(text) for code in catalogue.CLASSES if (text := request.POST.get(f"share_{code}", "")).isdecimal()}
    subjects = [subject_of(line).pk for line in said["uscc"].split() if line]
    return {"items": [said["item"], *said["joins"]], "shares": shares if said["kind"] == "lot" else {}, "subjects": subjects}


@access.open_to(*DESK)
def plan(request: HttpRequest, number: str) -> HttpResponse:
    """Everything about a plan: what is asked of me now, the draw, the visits."""
    actor = access.actor_of(request)
    found = access.get(actor, Plan, number=number)
    forms = _forms(request)
    bound = next((one for one in forms.values() if one.is_bound), None)
    try:
        if request.method == "POST" and (bound is None or bound.is_valid()):
            _act(request, actor, found, bound.cleaned_data if bound else {})
            return redirect(found.page_url)
    except ChengxinError as error:
        if bound is None:
            messages.error(request, str(error))
            return redirect(found.page_url)
        bound.add_error(None, str(error))
    context = {**_shown(actor, found), **forms, "form": bound}
    return render(request, "inspection/plan.html", context, status=422 if bound and bound.errors else 200)


FORMS: dict[str, Any] = {
    "freeze": FreezeForm,
    "commit": CommitForm,
    "reveal": RevealForm,
    "value": ValueForm,
    "refuse": ReasonForm,
}


def _forms(request: HttpRequest) -> dict[str, Any]:
    act = request.POST.get("act", "")
    return {f"{name}_form": one(request.POST if act == name else None) for name, one in FORMS.items()}


def _act(request: HttpRequest, actor: Actor, found: Plan, said: dict[str, Any]) -> None:
    """The step that the page's form asks for."""
    act, department = request.POST.get("act", ""), request.POST.get("department", "")
    draw = found.draws.filter(state=FROZEN).first()
    if act in ("approve", "refuse"):
        actions.decide_plan(actor, found.number, act == "approve", said.get("reason", ""))
    elif act == "freeze":
        actions.freeze(actor, found.number, said["source"], said["public_on"])
    elif act == "commit" and draw:
        actions.commit(actor, draw.pk, department, said["commitment"])
    elif act == "reveal" and draw:
        actions.reveal(actor, draw.pk, department, said["secret"])
    elif act == "value" and draw:
        made = actions.say_value(actor, draw.pk, department, said["value"])
        if not made.value:
            messages.error(request, _("The two values differ. Both departments compare with the source and enter it again."))
    elif act == "fail":
        actions.fail_late(actor)


def _shown(actor: Actor, found: Plan) -> dict[str, Any]:
    draw = queries.draw_of(found)
    mine = actor.departments_as(*DESK)
    today = clock.today()
    book = law.at(today)
    parts = [{"department": book.department(one.department), "part": one.part} for one in found.parts.all()]
    return {
        "plan": found,
        "parts": sorted(parts, key=lambda one: one["part"] == WITNESS),
        "items": [catalogue.item(code, clock.city_day(found.proposed_at)) for code in found.items],
        "draw": draw,
        "shares": _shares(found, draw, mine, today) if draw else [],
        "earlier": found.draws.filter(state=FAILED),
        "open": draw is not None and draw.state == FROZEN,
        "late": draw is not None
        and draw.state == FROZEN
        and today >= draw.public_on
        and draw.shares.filter(revealed_at__isnull=False).count() < 2,
        "may_decide": found.state == "WAITING" and bool(actor.departments_as(*DECIDERS) & set(found.of_part(LEAD))),
        "own": found.proposed_by == str(actor),
        "may_freeze": _may_freeze(actor, found, draw),
        "visits": found.tasks.select_related("subject").prefetch_related("members__inspector__user"),
        "sees_visits": bool(mine & set(found.of_part("lead", "joins"))),
    }


def _may_freeze(actor: Actor, found: Plan, draw: Draw | None) -> bool:
    return (
        found.is_approved
        and found.kind == "lot"
        and (draw is None or draw.state == FAILED)
        and bool(actor.departments_as(*WRITERS) & set(found.of_part(LEAD)))
    )


def _shares(found: Plan, draw: Draw, mine: frozenset[str], today: Any) -> list[dict[str, Any]]:
    """Of each of the two departments: what it has done, and what this person may do for it now."""
    known = {one.department: one for one in draw.shares.all()}
    both, revealed = len(known) == 2, all(one.revealed_at for one in known.values())
    rows = []
    for code in queries.secret_holders(found):
        share, open_, before = known.get(code), draw.state == FROZEN, today < draw.public_on
        act = ""
        if open_ and code in mine:
            if before and share is None:
                act = "commit"
            elif before and both and share and not share.revealed_at:
                act = "reveal"
            elif not before and both and revealed and draw.value_department != code:
                act = "value"
        rows.append({"code": code, "name": language.pick(law.at(today).department(code)), "share": share, "act": act})
    return rows
