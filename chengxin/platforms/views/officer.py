"""The officer's door: all platforms, a scorecard with evidence, reports, self-reports, interviews, notices."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.kernel import clock, language
from chengxin.kernel.errors import ChengxinError
from chengxin.law import law
from chengxin.platforms import actions, feed, forms, lists, papers, queries
from chengxin.platforms.access import DESK
from chengxin.platforms.models import ClueReport, Interview, Measure, Notice, SelfReport
from chengxin.platforms.views.platform import duty_context, interview_context, measure_context
from chengxin.subjects.models import Platform

WRITERS = ("officer", "head")


def departments_of(actor: Actor, roles: tuple[str, ...] = DESK) -> list[tuple[str, str]]:
    """The departments the actor works for, as they are called today."""
    mine = actor.departments_as(*roles)
    return [(one.code, language.pick(one)) for one in law.at(clock.today()).departments() if one.code in mine]


@access.open_to(*DESK)
def overview(request: HttpRequest) -> HttpResponse:
    """What waits for me, and every platform with its duties by colour."""
    actor = access.actor_of(request)
    waiting = queries.desk(actor)
    today = clock.today()
    context = {
        "rows": queries.overview(actor),
        "clues": [{"one": one, "colour": law.clock_colour(one.due_on, today)} for one in waiting["clues"]],
        "talks": [{"one": one, "colour": law.clock_colour(one.due_on, today)} for one in waiting["talks"]],
        "reports": waiting["reports"],
        "notices": waiting["notices"],
        "may_write": actor.has(*WRITERS),
    }
    return render(request, "platforms/overview.html", context)


@access.open_to(*DESK)
def scorecard(request: HttpRequest, code: str) -> HttpResponse:
    """One platform: every duty with colour, finding and evidence; exported as it stands for an inspection."""
    actor = access.actor_of(request)
    platform = access.get(actor, Platform, code=code)
    lines = queries.scorecard(platform)
    table = lists.scorecard(platform).view(request.GET, lines)
    if table.export:
        return table.export_response()
    context = {
        "platform": platform,
        "lines": lines,
        "counts": queries.colour_counts(lines),
        "names": lists.COLOUR_NAMES,
        "talks": [
            {"one": one, "state": lists.state_name("interview", one.state)}
            for one in access.all(actor, Interview).filter(platform=platform)
        ],
        "notices": access.all(actor, Notice).filter(platforms=platform),
        "measures": feed.running().filter(platform=platform).count(),
        "may_write": actor.has(*WRITERS),
    }
    return render(request, "platforms/scorecard.html", context)


@access.open_to(*DESK)
@require_POST
def scorecard_paper(request: HttpRequest, code: str) -> HttpResponse:
    """The scorecard of today as a signed PDF of my department."""
    actor = access.actor_of(request)
    platform = access.get(actor, Platform, code=code)
    made = papers.scorecard(actor, platform, departments_of(actor)[0][0], queries.scorecard(platform))
    messages.success(request, _("The paper is made."))
    return redirect(made.page_url)


@access.open_to(*DESK)
def duty(request: HttpRequest, code: str, duty: str) -> HttpResponse:
    """One duty of one platform with every result."""
    platform = access.get(access.actor_of(request), Platform, code=code)
    return render(request, "platforms/duty.html", {**duty_context(platform, queries.line(platform, duty, "officer")), "door": "officer"})


@access.open_to(*DESK)
def verify_report(request: HttpRequest, id: str) -> HttpResponse:
    """A platform's self-report: look at the evidence, verify it with a term or refuse it."""
    actor = access.actor_of(request)
    found = access.get(actor, SelfReport, pk=id)
    own = departments_of(actor)
    form = forms.DecideForm([("verify", _("It shows that the duty is met")), ("refuse", _("It does not show it"))], request.POST or None)
    if form.is_valid():
        act = actions.verify_self_report if form.cleaned_data["decision"] == "verify" else actions.refuse_self_report
        act(actor, found.pk, own[0][0], form.cleaned_data["reason"])
        messages.success(request, _("Decided."))
        return redirect("platforms:scorecard", found.platform.code)
    one = law.at(clock.today()).duty(found.duty)
    context = {"report": found, "duty": one, "form": form, "own": found.reported_by == str(actor)}
    return render(request, "platforms/verify.html", context, status=422 if form.errors else 200)


@access.open_to(*DESK)
def measures(request: HttpRequest) -> HttpResponse:
    """Measures of all platforms."""
    found = access.all(access.actor_of(request), Measure).select_related("platform", "shop")
    table = lists.ALL.view(request.GET, found)
    if table.export:
        return table.export_response()
    return render(request, "platforms/all_measures.html", {"table": table})


@access.open_to(*DESK)
def measure(request: HttpRequest, number: str) -> HttpResponse:
    """One measure with its history. Officers read; the platform acts."""
    found = access.get(access.actor_of(request), Measure, number=number)
    return render(request, "platforms/officer_measure.html", measure_context(found))


@access.open_to(*DESK)
def clue_report(request: HttpRequest, number: str) -> HttpResponse:
    """What a platform reported: take it up, forward it, or answer whether it is followed."""
    actor = access.actor_of(request)
    found = access.get(actor, ClueReport, number=number, department__in=actor.departments_as(*DESK))
    act = request.POST.get("act", "")
    decide = forms.DecideForm(
        [("follow", _("Followed up")), ("dismiss", _("Not followed up"))], request.POST if act == "decide" else None, prefix="d"
    )
    forward = forms.ForwardForm(request.POST if act == "forward" else None, prefix="f")
    if act and _clue_done(actor, number, act, decide, forward):
        messages.success(request, _("Done."))
        return redirect("platforms:overview" if act == "forward" else found.page_url)
    context = {
        "clue": found,
        "behaviour": lists.behaviour_name(found.behaviour),
        "state": lists.state_name("clue_report", found.state),
        "colour": lists.due_colour(found),
        "department": language.pick(law.at(clock.today()).department(found.department)),
        "decide": decide,
        "forward": forward,
        "steps": queries.named_steps("clue_report", found.pk),
    }
    return render(request, "platforms/clue_report.html", context, status=422 if decide.errors or forward.errors else 200)


def _clue_done(actor: Actor, number: str, act: str, decide: forms.DecideForm, forward: forms.ForwardForm) -> bool:
    if act == "receive":
        actions.receive_clue(actor, number)
    elif act == "decide" and decide.is_valid():
        actions.decide_clue(actor, number, decide.cleaned_data["decision"] == "follow", decide.cleaned_data["reason"])
    elif act == "forward" and forward.is_valid():
        actions.forward_clue(actor, number, forward.cleaned_data["department"], forward.cleaned_data["reason"])
    else:
        return False
    return True


@access.open_to(*WRITERS)
def plan_interview(request: HttpRequest, code: str) -> HttpResponse:
    """Plan a talk about the duties that are not met."""
    actor = access.actor_of(request)
    platform = access.get(actor, Platform, code=code)
    red = [line.duty.code for line in queries.scorecard(platform) if line.colour == "red"]
    form = forms.InterviewForm(departments_of(actor, WRITERS), request.POST or None, initial={"duties": red})
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("matters", "duties", "place", "persons")}
        try:
            made = actions.plan_interview(actor, platform, form.cleaned_data["department"], at=form.at, **given)
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Planned. Serve the notice next."))
            return redirect(made.page_url)
    context = {"form": form, "platform": platform}
    return render(request, "platforms/plan_interview.html", context, status=422 if form.errors else 200)


WAYS = {"accept": actions.accept_rectification, "refuse": actions.refuse_rectification, "send_back": actions.send_back_rectification}


@access.open_to(*DESK)
def interview(request: HttpRequest, number: str) -> HttpResponse:
    """A talk and its next step."""
    actor = access.actor_of(request)
    found = access.get(actor, Interview, number=number, department__in=actor.departments_as(*DESK))
    act = request.POST.get("act", "")
    form = _interview_form(found, actor, request.POST if act else None)
    error = ""
    if act and (form is None or form.is_valid()):
        try:
            _interview_done(actor, number, act, form.cleaned_data if form else {})
        except ChengxinError as refused:
            error = str(refused)
        else:
            messages.success(request, _("Done."))
            return redirect(found.page_url)
    context = {**interview_context(found), "form": form, "own": found.held_by == str(actor), "error": error, "door": "officer"}
    return render(request, "platforms/interview.html", context, status=422 if error or (form and form.errors) else 200)


def _interview_form(found: Interview, actor: Actor, given: Any) -> Any:
    """The form of the next step of the talk, or None where a button does."""
    overdue = found.state == "RECTIFYING" and found.due_on is not None and clock.today() > found.due_on
    refuse = ("refuse", _("Not put right; the case desk is told"))
    if found.state == "PLANNED":
        return forms.ServeForm(given)
    if found.state == "SERVED":
        return forms.HoldForm(given)
    if found.state == "HELD":
        return forms.DemandForm(given)
    if found.state == "RECTIFIED":
        return forms.DecideForm([("accept", _("Put right")), ("send_back", _("Send back for more")), refuse], given)
    return forms.DecideForm([refuse], given, initial={"decision": "refuse"}) if overdue else None


def _interview_done(actor: Actor, number: str, act: str, given: dict[str, Any]) -> None:
    if act == "serve":
        actions.serve_interview(actor, number, given["contact"], given["contact_phone"])
    elif act == "hold":
        actions.hold_interview(actor, number, given["minutes"], given["recorder"], given["signed_by"])
    elif act == "demand":
        actions.demand_rectification(actor, number, given["demands"], given["due_on"])
    elif act == "decide":
        WAYS[given["decision"]](actor, number, given["reason"])


@access.open_to(*WRITERS)
def write_notice(request: HttpRequest) -> HttpResponse:
    """Write a circular or a risk notice for a colleague to issue."""
    actor = access.actor_of(request)
    platforms = access.all(actor, Platform).filter(status="active")
    form = forms.NoticeForm(
        departments_of(actor, WRITERS), platforms, request.POST or None, initial={"platforms": request.GET.getlist("platform")}
    )
    if form.is_valid():
        given = form.cleaned_data
        texts = {name: given[name] for name in ("title", "text", "until")}
        try:
            made = actions.write_notice(actor, given["kind"], given["department"], list(given["platforms"]), **texts)
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Written. A colleague issues it."))
            return redirect(made.page_url)
    context = {"form": form, "title": _("Circular or risk notice"), "back": "platforms:overview", "back_name": _("Platforms")}
    return render(request, "platforms/form.html", context, status=422 if form.errors else 200)


@access.open_to(*DESK)
def notice(request: HttpRequest, number: str) -> HttpResponse:
    """A notice: issue it or send it back; then who has read it."""
    actor = access.actor_of(request)
    found = access.get(actor, Notice, number=number, department__in=actor.departments_as(*DESK))
    act = request.POST.get("act", "")
    form = forms.ReasonForm(request.POST if act == "send_back" else None)
    if act == "issue":
        actions.issue_notice(actor, number)
        messages.success(request, _("Issued."))
        return redirect(found.page_url)
    if form.is_valid():
        actions.send_back_notice(actor, number, form.cleaned_data["reason"])
        messages.success(request, _("Sent back."))
        return redirect("platforms:overview")
    reads = {one.platform_id: one for one in found.reads.all()}
    context = {
        "notice": found,
        "state": lists.state_name("notice", found.state),
        "form": form,
        "own": found.written_by == str(actor),
        "may_issue": actor.has("reviewer", "head"),
        "reads": [{"platform": one, "read": reads.get(one.pk)} for one in found.platforms.all()],
    }
    return render(request, "platforms/notice.html", context, status=422 if form.errors else 200)
