"""The officer's door: the desk by clock colour, templates, the register with how promises are kept, coverage, and each alleged breach."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.commitments import actions, coverage, forms, lists, queries
from chengxin.commitments.access import DESK
from chengxin.commitments.models import (
    ALLEGED,
    CONCLUDED,
    NOTICED,
    PROPOSED,
    PUBLISHED,
    REPAIRING,
    STATEMENT,
    Breach,
    Commitment,
    Measuring,
    Template,
)
from chengxin.kernel import clock, language
from chengxin.kernel.errors import ChengxinError
from chengxin.law import law
from chengxin.records.models import WAITING

OFFICERS = ("officer", "head")


def departments_of(actor: Actor) -> list[tuple[str, str]]:
    """The departments the actor works for, as they are called today."""
    mine = actor.departments_as(*DESK)
    return [(one.code, language.pick(one)) for one in law.at(clock.today()).departments() if one.code in mine]


@access.open_to(*DESK)
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for me, by clock colour; when the facts were last measured."""
    context = {**queries.desk(access.actor_of(request)), "run": Measuring.objects.order_by("-made_at").first()}
    return render(request, "commitments/desk.html", context)


@access.open_to(*DESK)
def templates(request: HttpRequest) -> HttpResponse:
    """The letters of my department, and picking one more for a colleague to publish."""
    actor = access.actor_of(request)
    form = forms.ProposeForm(departments_of(actor), request.POST or None)
    if form.is_valid():
        try:
            made = actions.propose_template(actor, form.cleaned_data["letter"], form.cleaned_data["department"])
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("A colleague can publish it now."))
            return redirect(made.page_url)
    rows = [_template_row(one) for one in access.all(actor, Template)]
    return render(request, "commitments/templates.html", {"rows": rows, "form": form}, status=422 if form.errors else 200)


TEMPLATE_STATES = {
    "PROPOSED": ("待发布", "To be published"),
    "PUBLISHED": ("已发布", "Published"),
    "REFUSED": ("已退回", "Sent back"),
    "ENDED": ("已停用", "Ended"),
}


def _template_row(one: Template) -> dict[str, Any]:
    zh, en = TEMPLATE_STATES[one.state]
    return {
        "one": one,
        "type": lists.type_name(one.type),
        "department": lists.department_name(one.department),
        "state": {"zh": zh, "en": en},
    }


@access.open_to(*DESK)
def template(request: HttpRequest, number: str) -> HttpResponse:
    """One template in full: a second person publishes it or sends it back; a published one can be ended."""
    actor = access.actor_of(request)
    found = access.get(actor, Template, number=number)
    act = request.POST.get("act", "")
    form = forms.ReasonForm(request.POST if act in ("refuse", "end") else None)
    if act == "publish" or form.is_valid():
        try:
            _decide_template(actor, number, act, form)
        except ChengxinError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Done."))
        return redirect(found.page_url)
    mine = found.department in actor.departments_as(*DESK)
    context = {
        **_template_row(found),
        "form": form,
        "own": found.proposed_by == str(actor),
        "may_publish": mine and found.state == PROPOSED,
        "may_end": mine and found.state == PUBLISHED,
        "promises": forms.SignForm(found, [], True).promises,
    }
    return render(request, "commitments/template.html", context, status=422 if form.errors else 200)


def _decide_template(actor: Actor, number: str, act: str, form: forms.ReasonForm) -> None:
    if act == "publish":
        actions.publish_template(actor, number)
    else:
        chosen = {"refuse": actions.refuse_template, "end": actions.end_template}[act]
        chosen(actor, number, form.cleaned_data["reason"])


@access.open_to(*DESK)
def register(request: HttpRequest) -> HttpResponse:
    """Every commitment."""
    table = lists.OFFICER.view(request.GET, queries.register())
    if table.export:
        return table.export_response()
    return render(request, "commitments/all.html", {"table": table})


@access.open_to(*DESK)
def commitment(request: HttpRequest, number: str) -> HttpResponse:
    """One commitment with how it is kept; raising a breach by hand, or ending what was not signed as it says."""
    actor = access.actor_of(request)
    found = access.get(actor, Commitment, number=number)
    act = request.POST.get("act", "")
    promises = [(one["clause"], language.pick(one)) for one in found.content["promises"]]
    allege = forms.AllegeForm(promises, request.POST if act == "allege" else None, prefix="a")
    void = forms.ReasonForm(request.POST if act == "void" else None, prefix="v")
    try:
        if act == "allege" and allege.is_valid():
            breach = actions.allege(actor, number, allege.cleaned_data["clause"], allege.cleaned_data["facts"])
            return redirect(breach.page_url)
        if act == "void" and void.is_valid():
            actions.void(actor, number, void.cleaned_data["reason"])
            return redirect(found.page_url)
    except ChengxinError as error:
        messages.error(request, str(error))
        return redirect(found.page_url)
    context = {
        "commitment": found,
        "state": lists.state_label(found),
        "state_code": queries.state_of(found),
        "type": lists.type_name(found.type),
        "kept": queries.kept(found),
        "breaches": [{"one": one, "state": queries.state_name(one)} for one in access.all(actor, Breach).filter(commitment=found)],
        "allege": allege,
        "void": void,
        "ended": getattr(found, "end", None),
        "mine": found.department in actor.departments_as(*OFFICERS),
    }
    return render(request, "commitments/officer_commitment.html", context, status=422 if allege.errors or void.errors else 200)


@access.open_to(*DESK)
def returns(request: HttpRequest) -> HttpResponse:
    """Who promised to take goods back, for how many days, and how it was kept."""
    table = lists.RETURNS.view(request.GET, queries.returns())
    return table.export_response() if table.export else render(request, "commitments/returns.html", {"table": table})


@access.open_to(*DESK)
def board(request: HttpRequest) -> HttpResponse:
    """Who has signed of those who should, and the share of promises kept, with its interval."""
    table = lists.COVERAGE.view(request.GET, coverage.board())
    if table.export:
        return table.export_response()
    return render(request, "commitments/coverage.html", {"table": table, "kept": queries.by_clause()})


@access.open_to(*DESK)
def breach(request: HttpRequest, number: str) -> HttpResponse:
    """One alleged breach: its facts, its history, and the next step of whoever may take it."""
    actor = access.actor_of(request)
    found = access.get(actor, Breach, number=number, department__in=actor.departments_as(*DESK))
    act = request.POST.get("act", "")
    form = _form(found, act, request)
    if act in ACTS and (form is None or form.is_valid()):
        try:
            ACTS[act](actor, number, form.cleaned_data if form else {})
        except ChengxinError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Done."))
        return redirect(found.page_url)
    return render(
        request, "commitments/breach.html", _breach_context(actor, found, form), status=422 if form and act and form.errors else 200
    )


FORMS: dict[str, type[Any]] = {
    "notify": forms.NotifyForm,
    "dismiss": forms.ReasonForm,
    "conclude": forms.ConcludeForm,
    "send_back": forms.ReasonForm,
    "propose_repair": forms.ReasonForm,
    "refuse_repair": forms.ReasonForm,
}
ACTS: dict[str, Callable[[Actor, str, dict[str, Any]], Any]] = {
    "notify": lambda actor, number, said: actions.notify(actor, number, said["facts"], said["contact"], said["phone"]),
    "dismiss": lambda actor, number, said: actions.dismiss(actor, number, said["reason"]),
    "pass": lambda actor, number, said: actions.pass_statement(actor, number),
    "conclude": lambda actor, number, said: actions.conclude(actor, number, said["conclusion"], said["reasons"]),
    "send_back": lambda actor, number, said: actions.send_back(actor, number, said["reason"]),
    "confirm": lambda actor, number, said: actions.confirm(actor, number),
    "propose_repair": lambda actor, number, said: actions.propose_repair(actor, number, said["reason"]),
    "refuse_repair": lambda actor, number, said: actions.refuse_repair(actor, number, said["reason"]),
    "decide_repair": lambda actor, number, said: actions.decide_repair(actor, number),
}


def _form(found: Breach, act: str, request: HttpRequest) -> Any:
    made = FORMS.get(act)
    return made(request.POST, prefix=act) if made else None


def _breach_context(actor: Actor, found: Breach, form: Any) -> dict[str, Any]:
    """The page: the forms of the steps that are open to this person, each with its prefix."""
    queries.note_read(actor, found)
    initial = {"facts": found.facts, "contact": actor.name}
    shown = {name: made(initial=initial, prefix=name) for name, made in FORMS.items()}
    if form is not None:
        shown[form.prefix] = form
    second = found.proposed_by != str(actor)
    repair_waits = bool(found.withdrawal and found.withdrawal.state == WAITING)
    return {
        "breach": found,
        "commitment": found.commitment,
        "state": queries.state_name(found),
        "colour": law.clock_colour(found.due_on, clock.today()) if found.due_on else "",
        "article": law.at(clock.today()).clock(found.clock).source if found.clock else "",
        "forms": shown,
        "evidence": queries.evidence(found.found.get("kind", ""), found.found.get("facts", [])),
        "steps": queries.named_steps(found),
        "promises": queries.promised_of(found),
        "officer": bool(set(OFFICERS) & set(actor.roles)),
        "second": second,
        "alleged": found.state == ALLEGED,
        "may_pass": found.state == NOTICED and found.due_on is not None and clock.today() > found.due_on,
        "may_conclude": found.state == STATEMENT,
        "concluded": found.state == CONCLUDED,
        "repairing": found.state == REPAIRING,
        "repair_waits": repair_waits,
        "repair_own": bool(repair_waits and found.withdrawal and found.withdrawal.proposed_by == str(actor)),
    }
