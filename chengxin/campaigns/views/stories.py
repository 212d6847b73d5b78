"""The officer's door to typical cases and to activities of the calendar."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.campaigns import actions, forms, lists, occasions
from chengxin.campaigns import stories as telling
from chengxin.campaigns.access import DESK
from chengxin.campaigns.models import Activity, Story
from chengxin.campaigns.models.stories import APPROVED, DRAFT, FACT_CHECK, PUBLISHED, REDACTED
from chengxin.campaigns.views.shared import form_page, mine, said
from chengxin.subjects.queries import search_subjects


@access.open_to(*DESK)
def stories(request: HttpRequest) -> HttpResponse:
    """My department's typical cases."""
    table = lists.STORIES.view(request.GET, access.all(access.actor_of(request), Story))
    return table.export_response() if table.export else render(request, "campaigns/desk_stories.html", {"table": table})


@access.open_to(*DESK)
def new_bad(request: HttpRequest) -> HttpResponse:
    """A bad example, filled from its record."""
    actor = access.actor_of(request)
    form = forms.BadForm(mine(actor), request.POST or None, initial={"record": request.GET.get("record", "")[:24]})
    if form.is_valid():
        given = form.cleaned_data
        made = said(request, lambda: actions.draft_bad(actor, given["department"], given["record"], given["title"]), form)
        if made:
            return redirect(made.page_url)
    return form_page(request, form, _("Write a bad example"), reverse("campaigns:desk_stories"), _("Typical cases"))


@access.open_to(*DESK)
def new_good(request: HttpRequest) -> HttpResponse:
    """A good example of one subject of the register."""
    actor = access.actor_of(request)
    form = forms.GoodForm(mine(actor), request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        found = list(search_subjects(given["subject"])[:2])
        exact = [one for one in found if given["subject"].strip() in (one.name, one.uscc)] or found
        if len(exact) != 1:
            form.add_error("subject", _("Exactly one subject of the register must fit. Enter the whole name or the code."))
        else:
            made = said(request, lambda: actions.draft_good(actor, given["department"], exact[0].pk, given["title"], given["text"]), form)
            if made:
                return redirect(made.page_url)
    return form_page(request, form, _("Write a good example"), reverse("campaigns:desk_stories"), _("Typical cases"))


PLAIN: dict[str, Callable[[Actor, str], Any]] = {
    "check": actions.check_facts,
    "approve": actions.approve_story,
    "publish": actions.publish_story,
    "ask": actions.ask_consent,
}
REASONED: dict[str, Callable[[Actor, str, str], Any]] = {"send_back": actions.send_back, "drop": actions.drop, "down": actions.take_down}


@access.open_to(*DESK)
def story(request: HttpRequest, number: str) -> HttpResponse:
    """One typical case: the next step first, draft and public text side by side."""
    actor = access.actor_of(request)
    found = access.get(actor, Story, number=number, department__in=actor.departments_as(*DESK))
    act = request.POST.get("act", "")
    reason = forms.ReasonForm(_("Reason"), request.POST if act in REASONED else None, prefix="r", most=300)
    draft = forms.DraftForm(found, request.POST if act == "rewrite" else None, prefix="d")
    strike = forms.RedactForm(request.POST if act == "redact" else None, prefix="s")
    if _story_act(request, actor, number, act, reason, draft, strike):
        return redirect(found.page_url)
    bad = bool(reason.errors or draft.errors or strike.errors)
    context = {**_story_page(actor, found), "reason": reason, "draft": draft, "strike": strike}
    return render(request, "campaigns/story.html", context, status=422 if bad else 200)


def _story_act(request: HttpRequest, actor: Actor, number: str, act: str, reason: Any, draft: Any, strike: Any) -> bool:
    """Whether something was done, or is refused with a message."""
    if act in PLAIN:
        said(request, lambda: PLAIN[act](actor, number))
        return True
    if act in REASONED and reason.is_valid():
        return bool(said(request, lambda: REASONED[act](actor, number, reason.cleaned_data["text"]), reason))
    if act == "rewrite" and draft.is_valid():
        return bool(said(request, lambda: actions.rewrite(actor, number, **draft.cleaned_data), draft))
    if act == "redact" and strike.is_valid():
        return bool(said(request, lambda: actions.redact(actor, number, strike.cleaned_data["words"].splitlines()), strike))
    return False


def _story_page(actor: Actor, found: Story) -> dict[str, Any]:
    return {
        "story": found,
        "kind": lists.KINDS[found.kind],
        "state": lists.state_name("story", found.state),
        "consent": lists.CONSENTS[found.consent],
        "down": telling.why_down(found) if found.state == PUBLISHED else "",
        "own": found.author == str(actor),
        "is_draft": found.state == DRAFT,
        "to_redact": found.state == FACT_CHECK,
        "to_approve": found.state == REDACTED,
        "to_publish": found.state == APPROVED,
        "is_public": found.state == PUBLISHED,
        "may_ask": found.kind == "GOOD" and found.state in (REDACTED, APPROVED) and found.consent == "",
        "steps": lists.history("story", found),
    }


# ---- activities


@access.open_to(*DESK)
def activities(request: HttpRequest) -> HttpResponse:
    """The calendar and what is planned for it."""
    table = lists.ACTIVITIES.view(request.GET, access.all(access.actor_of(request), Activity))
    context = {"table": table, "coming": occasions.coming()}
    return table.export_response() if table.export else render(request, "campaigns/activities.html", context)


@access.open_to(*DESK)
def new_activity(request: HttpRequest) -> HttpResponse:
    """Plan an activity."""
    actor = access.actor_of(request)
    form = forms.ActivityForm(mine(actor), request.POST or None, initial={"occasion": request.GET.get("occasion", "")[:30]})
    if form.is_valid():
        made = said(request, lambda: actions.plan_activity(actor, form.cleaned_data["department"], form.cleaned_data), form)
        if made:
            return redirect(made.page_url)
    return form_page(request, form, _("Plan an activity"), reverse("campaigns:activities"), _("Activities"))


@access.open_to(*DESK)
def change_activity(request: HttpRequest, number: str) -> HttpResponse:
    """Change what is planned; what stood before stays in the history."""
    actor = access.actor_of(request)
    found = access.get(actor, Activity, number=number, department__in=actor.departments_as(*DESK))
    form = forms.ActivityForm([], request.POST or None, change=found)
    if form.is_valid():
        given = form.cleaned_data
        if said(request, lambda: actions.change_activity(actor, number, given, given["reason"]), form):
            return redirect(found.page_url)
    return form_page(request, form, _("Change the plan"), found.page_url, found.number)


@access.open_to(*DESK)
def activity(request: HttpRequest, number: str) -> HttpResponse:
    """One activity; its result once it is over, or the plan taken back."""
    actor = access.actor_of(request)
    found = access.get(actor, Activity, number=number)
    act = request.POST.get("act", "")
    form = forms.ResultForm(request.POST if act == "end" else None)
    withdraw = forms.ReasonForm(_("Why the plan is withdrawn"), request.POST if act == "withdraw" else None, prefix="w")
    if _activity_act(request, actor, number, form, withdraw):
        return redirect(found.page_url)
    context = {
        "activity": found,
        "form": form,
        "withdraw": withdraw,
        "state": lists.state_name("activity", found.state),
        "occasion": occasions.occasions()[found.occasion],
        "department": lists.department_name(found.department),
        "members": [lists.department_name(code) for code in found.members],
        "mine": found.department in actor.departments_as(*DESK) and found.state == "PLANNED",
        "steps": lists.history("activity", found),
    }
    return render(request, "campaigns/activity.html", context, status=422 if form.errors or withdraw.errors else 200)


def _activity_act(request: HttpRequest, actor: Actor, number: str, form: Any, withdraw: Any) -> bool:
    """Whether something was done."""
    if form.is_valid():
        given = form.cleaned_data
        return bool(said(request, lambda: actions.end_activity(actor, number, given["result"], not given["cancelled"]), form))
    if withdraw.is_valid():
        return bool(said(request, lambda: actions.withdraw_activity(actor, number, withdraw.cleaned_data["text"]), withdraw))
    return False
