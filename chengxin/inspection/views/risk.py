"""Risk classes for desks only, warnings for both sides, and the chain of a clue."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.inspection import actions, catalogue, chain, queries
from chengxin.inspection.access import DECIDERS, DESK, OWNERS, WRITERS
from chengxin.inspection.forms import ChainForm, ClassForm, WarningForm
from chengxin.inspection.models import RiskWarning
from chengxin.inspection.models.registers import WAITING
from chengxin.inspection.models.risk import NOTIFIED, PROPOSED
from chengxin.kernel import clock
from chengxin.kernel.errors import ChengxinError
from chengxin.law import law
from chengxin.subjects.models import Subject
from chengxin.supervision.models import Clue


@access.open_to(*DESK)
def risk_class(request: HttpRequest, pk: str) -> HttpResponse:
    """A subject's classes with every reason; correct one with a second person."""
    actor = access.actor_of(request)
    subject = access.get(actor, Subject, pk=pk)
    form = ClassForm(request.POST if request.POST.get("act") == "correct" else None)
    try:
        if "decide" in request.POST:
            actions.decide_class(actor, request.POST["decide"], "approve" in request.POST, _("not agreed"))
            return redirect("inspection:risk_class", pk)
        if form.is_valid():
            said = form.cleaned_data
            actions.propose_class(actor, subject.pk, min(actor.departments_as(*WRITERS) or {""}), said["risk_class"], said["reason"])
            messages.success(request, _("The correction waits for a second person."))
            return redirect("inspection:risk_class", pk)
    except ChengxinError as error:
        form.add_error(None, str(error)) if form.is_bound else messages.error(request, str(error))
    latest = queries.latest_assessment(subject)
    waiting = latest.corrections.filter(state=WAITING, department__in=actor.departments_as(*DESK)).first() if latest else None
    factors = {one.code: one for one in catalogue.risk_model(clock.today()).factors}
    context: dict[str, Any] = {
        "subject": subject,
        "names": law.at(clock.today()).codes("risk_class"),
        "holds": queries.classes([subject])[subject.pk] if latest else "",
        "months": [
            {"one": one, "reasons": [{**each, "name": factors.get(each["factor"])} for each in one.reasons]}
            for one in subject.risk_assessments.all()[:12]
        ],
        "waiting": waiting,
        "own": waiting is not None and waiting.proposed_by == str(actor),
        "form": form,
        "may_write": actor.has(*WRITERS) and latest is not None and waiting is None,
        "may_decide": actor.has(*DECIDERS),
    }
    return render(request, "inspection/risk_class.html", context, status=422 if form.errors else 200)


@access.open_to(*WRITERS)
def warn(request: HttpRequest, pk: str) -> HttpResponse:
    """Propose a risk warning to a subject."""
    actor = access.actor_of(request)
    subject = access.get(actor, Subject, pk=pk)
    form = WarningForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        try:
            made = actions.propose_warning(
                actor, subject.pk, min(actor.departments_as(*WRITERS)), (said["text"], said["advice"]), said["until"]
            )
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The warning waits for a second person."))
            return redirect(made.page_url)
    return render(request, "inspection/warn.html", {"subject": subject, "form": form}, status=422 if form.errors else 200)


@access.open_to(*DESK)
def warning(request: HttpRequest, number: str) -> HttpResponse:
    """One warning: approve it or not."""
    actor = access.actor_of(request)
    found = access.get(actor, RiskWarning, number=number)
    if request.method == "POST":
        try:
            actions.decide_warning(actor, number, "approve" in request.POST)
        except ChengxinError as error:
            messages.error(request, str(error))
        return redirect(found.page_url)
    may = found.state == PROPOSED and found.department in actor.departments_as(*DECIDERS)
    return render(request, "inspection/warning.html", {"warning": found, "may_decide": may, "own": found.proposed_by == str(actor)})


@access.open_to(*OWNERS, "platform_staff")
def my_warnings(request: HttpRequest) -> HttpResponse:
    """The warnings to my own business, those to acknowledge first."""
    actor = access.actor_of(request)
    if request.method == "POST":
        try:
            actions.acknowledge_warning(actor, request.POST.get("number", ""))
        except ChengxinError as error:
            messages.error(request, str(error))
        return redirect("inspection:my_warnings")
    mine = queries.warnings_of(actor)
    standing = sorted(queries.standing(mine), key=lambda one: one.state != NOTIFIED)
    over = mine.exclude(pk__in=[one.pk for one in standing])
    return render(request, "inspection/my_warnings.html", {"standing": standing, "over": over, "acknowledge": NOTIFIED})


@access.open_to(*DESK)
def clue_chain(request: HttpRequest, number: str) -> HttpResponse:
    """The five steps of a clue: what is done, what is next."""
    actor = access.actor_of(request)
    clue = access.get(actor, Clue, number=number)
    step = request.POST.get("step", "")
    form = ChainForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        file = form.cleaned_data["file"]
        given = {**form.cleaned_data, "file": file.read() if file else b"", "content_type": file.content_type if file else ""}
        try:
            actions.enter_step(actor, number, step, given)
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Entered."))
            return redirect("inspection:chain", number)
    may = actor.has(*WRITERS) and clue.department in actor.departments_as(*WRITERS)
    context = {"clue": clue, "page": chain.of(actor, clue), "form": form, "step": step, "may_write": may}
    return render(request, "inspection/chain.html", context, status=422 if form.errors else 200)
