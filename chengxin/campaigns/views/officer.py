"""The officer's door: what of my campaigns is late or below target, each campaign with its numbers, clues of other regions, trainings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import Count
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.campaigns import actions, forms, indicators, lists, queries
from chengxin.campaigns.access import DESK
from chengxin.campaigns.actions.handovers import elsewhere
from chengxin.campaigns.models import Campaign, CampaignTask, Handover, Streamer
from chengxin.campaigns.models.campaigns import APPROVED, DRAFTED, ENDED, OPEN, RUNNING, SENT
from chengxin.campaigns.views.shared import form_page, mine, said
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.law import law
from chengxin.supervision.models import Clue


@access.open_to(*DESK)
def desk(request: HttpRequest) -> HttpResponse:
    """Today: late, below target, waiting."""
    return render(request, "campaigns/desk.html", queries.desk(access.actor_of(request)))


@access.open_to(*DESK)
def campaigns(request: HttpRequest) -> HttpResponse:
    """Every campaign my departments take part in."""
    table = lists.CAMPAIGNS.view(request.GET, access.all(access.actor_of(request), Campaign))
    return (
        table.export_response()
        if table.export
        else render(request, "campaigns/table.html", {"table": table, "title": _("Special campaigns")})
    )


@access.open_to(*DESK)
def new_campaign(request: HttpRequest) -> HttpResponse:
    """Draft a campaign."""
    actor = access.actor_of(request)
    form = forms.CampaignForm(mine(actor), request.POST or None)
    if form.is_valid():
        made = said(request, lambda: actions.draft_campaign(actor, form.cleaned_data["department"], form.given), form)
        if made:
            return redirect(made.page_url)
    return form_page(request, form, _("Draft a campaign"), reverse("campaigns:desk"), _("Campaigns"))


@access.open_to(*DESK)
def change(request: HttpRequest, number: str) -> HttpResponse:
    """The head changes the plan; what stood before stays in the history."""
    actor = access.actor_of(request)
    found = access.get(actor, Campaign, number=number)
    form = forms.CampaignForm(mine(actor), request.POST or None, change=found)
    if form.is_valid() and said(request, lambda: actions.change_campaign(actor, number, form.given, form.cleaned_data["reason"]), form):
        return redirect(found.page_url)
    return form_page(request, form, _("Change the campaign"), found.page_url, found.number)


CAMPAIGN_ACTS: dict[str, Callable[[Actor, str, str], Any]] = {
    "approve": lambda actor, number, text: actions.approve_campaign(actor, number),
    "refuse": actions.refuse_campaign,
    "end": actions.end_campaign,
    "close": actions.close_campaign,
    "finish": actions.finish_task,
    "drop": actions.drop_task,
}


def _labels() -> dict[str, tuple[str, int]]:
    return {
        "refuse": (_("Why it is not approved"), 500),
        "end": (_("Why it ends early"), 500),
        "close": (_("Summary for the report"), 2000),
        "finish": (_("What came of the task"), 500),
        "drop": (_("Why the task is dropped"), 500),
    }


@access.open_to(*DESK)
def campaign(request: HttpRequest, number: str) -> HttpResponse:
    """One campaign: the next step first, its figures against targets, day by day, tasks, clues handed over, history."""
    actor = access.actor_of(request)
    found = access.get(actor, Campaign, number=number)
    act = request.POST.get("act", "")
    texts = {
        name: forms.ReasonForm(label, request.POST if act == name else None, prefix=name, most=most)
        for name, (label, most) in _labels().items()
    }
    task = forms.TaskForm(found, request.POST if act == "task" else None, prefix="t")
    if _campaign_act(request, actor, found, act, texts, task):
        return redirect(found.page_url)
    bad = any(one.errors for one in [*texts.values(), task])
    return render(request, "campaigns/campaign.html", {**_campaign_page(actor, found), **texts, "task": task}, status=422 if bad else 200)


def _campaign_act(request: HttpRequest, actor: Actor, found: Campaign, act: str, texts: dict[str, Any], task: Any) -> bool:
    """Whether something was done."""
    if act == "approve":
        said(request, lambda: actions.approve_campaign(actor, found.number))
        return True
    if act == "task" and task.is_valid():
        return bool(said(request, lambda: actions.give_task(actor, found.number, **task.cleaned_data), task))
    form: Form | None = texts.get(act)
    if form is None or not form.is_valid():
        return False
    which = request.POST.get("task", "") if act in ("finish", "drop") else found.number
    if act in ("finish", "drop"):
        access.get(actor, CampaignTask, number=which, campaign=found)
    return bool(said(request, lambda: CAMPAIGN_ACTS[act](actor, which, form.cleaned_data["text"]), form))


def _campaign_page(actor: Actor, found: Campaign) -> dict[str, Any]:
    today, lead = clock.today(), found.department in actor.departments_as(*DESK)
    tasks = [
        {
            "one": one,
            "name": lists.department_name(one.department),
            "colour": law.clock_colour(one.due_on, today),
            "mine": _mine(actor, one),
        }
        for one in found.tasks.all()
    ]
    head = found.department in actor.departments_as("head")
    return {
        "campaign": found,
        "plan": lists.plan_of(found),
        "state": lists.state_name("campaign", found.state),
        "figures": indicators.figures(found) if found.state not in (DRAFTED, "REFUSED") else [],
        "indicators": list(indicators.INDICATORS.values()),
        "daily": indicators.daily(found)[:31],
        "tasks": tasks,
        "handovers": list(found.handovers.all()),
        "steps": lists.history("campaign", found),
        "lead": lead,
        "head": head,
        "own": found.drafted_by == str(actor),
        "may_approve": head and found.state == DRAFTED,
        "may_change": head and found.state in (APPROVED, RUNNING),
        "may_close": lead and (found.state == ENDED or (found.state == RUNNING and found.ends_on <= today)),
        "may_give": lead and found.state in (APPROVED, RUNNING),
    }


def _mine(actor: Actor, task: CampaignTask) -> bool:
    return task.state == OPEN and task.department in actor.departments_as(*DESK)


@access.open_to(*DESK)
def counted(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """The rows behind a number of a campaign."""
    actor = access.actor_of(request)
    found = access.get(actor, Campaign, number=number)
    indicator = indicators.INDICATORS.get(code)
    if indicator is None:
        raise NotFound
    try:
        day = date.fromisoformat(request.GET.get("day", "")) if request.GET.get("day") else None
    except ValueError as error:
        raise NotFound from error
    rows = queries.counted(actor, found, indicator, day)
    for row in rows:
        row["department"] = lists.department_name(row["department"])
    table = lists.COUNTED.view(request.GET, rows)
    context = {"table": table, "campaign": found, "indicator": indicator}
    return table.export_response() if table.export else render(request, "campaigns/counted.html", context)


# ---- clues of other regions


@access.open_to(*DESK)
def handovers(request: HttpRequest) -> HttpResponse:
    """What my departments handed to other regions, by the day the answer is due."""
    table = lists.HANDOVERS.view(request.GET, access.all(access.actor_of(request), Handover).select_related("clue"))
    return (
        table.export_response()
        if table.export
        else render(request, "campaigns/table.html", {"table": table, "title": _("Clues handed to other regions")})
    )


@access.open_to(*DESK)
def new_handover(request: HttpRequest, number: str) -> HttpResponse:
    """Hand a clue of my desk to the region where its subject sits."""
    actor = access.actor_of(request)
    clue = access.get(actor, Clue, number=number)
    form = forms.HandoverForm(lists.running(access.all(actor, Campaign)), request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        contact = (given["contact"], given["phone"])
        made = said(request, lambda: actions.hand_over(actor, number, given["authority"], given["facts"], contact, given["campaign"]), form)
        if made:
            return redirect(made.page_url)
    there = "；".join(f"{one.name}（{one.division}）" for one in elsewhere(clue)) or _("No subject of this clue is registered elsewhere.")
    return form_page(request, form, _("Hand the clue to another region"), clue.page_url, clue.number, there)


@access.open_to(*DESK)
def handover(request: HttpRequest, number: str) -> HttpResponse:
    """One clue that was handed over, and its answer."""
    actor = access.actor_of(request)
    found = access.get(actor, Handover, number=number)
    form = forms.AnswerForm(request.POST or None)
    if form.is_valid() and said(request, lambda: actions.answer_handover(actor, number, **form.cleaned_data), form):
        return redirect(found.page_url)
    context = {
        "handover": found,
        "form": form,
        "state": lists.state_name("handover", found.state),
        "colour": law.clock_colour(found.due_on, clock.today()) if found.due_on and found.state == SENT else "",
        "steps": lists.history("handover", found),
    }
    return render(request, "campaigns/handover.html", context, status=422 if form.errors else 200)


# ---- trainings


@access.open_to(*DESK)
def overdue(request: HttpRequest) -> HttpResponse:
    """Streamers whose yearly training is overdue, by platform."""
    actor = access.actor_of(request)
    table = lists.ALL_STREAMERS.view(request.GET, access.all(actor, Streamer).select_related("platform"))
    if table.export:
        return table.export_response()
    late = queries.overdue(actor).order_by().values("platform__name").annotate(n=Count("pk")).order_by("-n")
    return render(request, "campaigns/overdue.html", {"table": table, "late": list(late)})
