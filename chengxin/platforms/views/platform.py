"""The platform's door: duties and what is due, self-reports, measures and appeals, reports, talks, rules and events."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.documents import actions as documents
from chengxin.kernel import clock
from chengxin.kernel.errors import ChengxinError, NotFound
from chengxin.law import law
from chengxin.platforms import actions, checking, forms, lists, queries
from chengxin.platforms.models import ClueReport, Interview, MajorEvent, Measure, Notice, RuleVersion, SelfReport
from chengxin.platforms.queries import scorecard
from chengxin.subjects.models import Platform

STAFF = "platform_staff"


def _own(actor: Actor) -> Platform:
    """The platform of the actor; people of two platforms act for the first, by code."""
    found = access.all(actor, Platform).filter(code__in=actor.platforms).first()
    if found is None:
        raise NotFound
    return found


@access.open_to(STAFF)
def duties(request: HttpRequest) -> HttpResponse:
    """What is due, what officers sent, and every duty with its colour and evidence."""
    actor = access.actor_of(request)
    platform = _own(actor)
    lines = scorecard(platform, door="platform")
    table = lists.scorecard(platform).view(request.GET, lines)
    if table.export:
        return table.export_response()
    context = {
        "platform": platform,
        "lines": lines,
        "due": queries.due(actor),
        "notices": queries.unread_notices(actor),
        "counts": queries.colour_counts(lines),
        "names": lists.COLOUR_NAMES,
    }
    return render(request, "platforms/duties.html", context)


@access.open_to(STAFF)
def my_duty(request: HttpRequest, code: str, duty: str) -> HttpResponse:
    """One duty: what the law asks, every result, and the self-report where no program can check."""
    actor = access.actor_of(request)
    platform = access.get(actor, Platform, code=code, code__in=actor.platforms)
    line = queries.line(platform, duty, "platform")
    form = forms.SelfReportForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            actions.self_report(actor, platform, duty, form.cleaned_data["statement"], forms.evidence_of(form))
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Reported. It counts once an officer has verified it."))
            return redirect("platforms:my_duty", code, duty)
    context = {
        **duty_context(platform, line),
        "form": form if duty not in checking.checks() else None,
        "waiting": SelfReport.objects.filter(platform=platform, duty=duty, state="SUBMITTED").exists(),
        "door": "platform",
    }
    return render(request, "platforms/duty.html", context, status=422 if form.errors else 200)


def duty_context(platform: Platform, line: queries.Line) -> dict[str, Any]:
    """What the pages of a duty show at both doors."""
    return {
        "platform": platform,
        "line": line,
        "colour_name": lists.COLOUR_NAMES[line.colour],
        "provisions": [queries.provision(one) for one in line.duty.provisions],
        "history": queries.history(platform, line.duty.code)[:60],
        "reports": SelfReport.objects.filter(platform=platform, duty=line.duty.code)[:20],
        "names": lists.COLOUR_NAMES,
    }


@access.open_to(STAFF)
def my_measures(request: HttpRequest) -> HttpResponse:
    """Measures my platform has taken."""
    actor = access.actor_of(request)
    found = access.all(actor, Measure).filter(platform__code__in=actor.platforms).select_related("shop", "platform")
    table = lists.MINE.view(request.GET, found)
    if table.export:
        return table.export_response()
    return render(request, "platforms/measures.html", {"table": table})


@access.open_to(STAFF)
def new_measure(request: HttpRequest) -> HttpResponse:
    """Enter a measure; telling the shop is the next step."""
    actor = access.actor_of(request)
    form = forms.MeasureForm(request.POST or None)
    if form.is_valid():
        (answer,) = actions.report_measures(actor, _own(actor), [form.row])
        if answer.measure:
            messages.success(request, _("Entered. Now tell the shop; it takes effect after that."))
            return redirect(answer.measure.page_url)
        form.add_error(None, str(answer.error))
    return _form(request, form, _("New measure"), "platforms:my_measures", _("Measures taken"))


def _form(request: HttpRequest, form: Any, title: str, back: str, back_name: str, lead: str = "") -> HttpResponse:
    context = {"form": form, "title": title, "back": back, "back_name": back_name, "lead": lead}
    return render(request, "platforms/form.html", context, status=422 if form.errors else 200)


@access.open_to(STAFF)
def measure(request: HttpRequest, number: str) -> HttpResponse:
    """One measure and its next step; an appeal is taken up and answered by a person who did not make it."""
    actor = access.actor_of(request)
    found = access.get(actor, Measure, number=number, platform__code__in=actor.platforms)
    act = request.POST.get("act", "")
    lift = forms.ReasonForm(request.POST if act == "lift" else None)
    answer = forms.DecideForm([("keep", _("Keep the measure")), ("lift", _("Lift it"))], request.POST if act == "answer" else None)
    if act and _done(actor, number, act, lift, answer):
        messages.success(request, _("Done."))
        return redirect(found.page_url)
    context = {**measure_context(found), "lift": lift, "answer": answer, "me": str(actor)}
    return render(request, "platforms/measure.html", context, status=422 if lift.errors or answer.errors else 200)


def _done(actor: Actor, number: str, act: str, lift: forms.ReasonForm, answer: forms.DecideForm) -> bool:
    if act in ("notice", "publish", "take_up"):
        getattr(actions, act)(actor, number)
    elif act == "lift" and lift.is_valid():
        actions.lift(actor, number, lift.cleaned_data["reason"])
    elif act == "answer" and answer.is_valid():
        actions.answer_appeal(actor, number, answer.cleaned_data["decision"] == "keep", answer.cleaned_data["reason"])
    else:
        return False
    return True


def measure_context(found: Measure) -> dict[str, Any]:
    """What the pages of a measure show at the platform's and the officer's door."""
    today = clock.today()
    return {
        "measure": found,
        "action": lists.action_name(found.action),
        "behaviour": lists.behaviour_name(found.behaviour),
        "state": lists.state_name("measure", found.state),
        "publish_colour": law.clock_colour(found.publish_due_on, today),
        "report_colour": law.clock_colour(found.report_due_on, today) if found.report_due_on else "",
        "open_appeal": found.appeals.filter(result="").first(),
        "appeals": found.appeals.all(),
        "clue": ClueReport.objects.filter(measure=found).first(),
        "over": found.state in ("LIFTED", "ENDED"),
        "steps": queries.named_steps("measure", found.pk),
    }


@access.open_to(STAFF)
def my_clues(request: HttpRequest) -> HttpResponse:
    """What my platform reported, and what the departments made of it."""
    actor = access.actor_of(request)
    found = ClueReport.objects.filter(platform__code__in=actor.platforms).select_related("shop")
    table = lists.CLUES.view(request.GET, found)
    if table.export:
        return table.export_response()
    return render(request, "platforms/clues.html", {"table": table})


@access.open_to(STAFF)
def new_clue(request: HttpRequest) -> HttpResponse:
    """Report unlawful conduct of a shop; it goes to the department in charge."""
    actor = access.actor_of(request)
    form = forms.ClueForm(
        request.POST or None, initial={name: request.GET.get(name, "") for name in ("shop_id", "behaviour", "measure_no")}
    )
    if form.is_valid():
        try:
            actions.report_clue(actor, _own(actor), form.cleaned_data)
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Reported to the department in charge."))
            return redirect("platforms:my_clues")
    return _form(request, form, _("Report unlawful conduct"), "platforms:my_clues", _("Reports of unlawful conduct"))


@access.open_to(STAFF)
def talks(request: HttpRequest) -> HttpResponse:
    """Interviews and notices to my platform."""
    actor = access.actor_of(request)
    found = access.all(actor, Interview).filter(platform__code__in=actor.platforms)
    context = {
        "talks": [{"one": one, "state": lists.state_name("interview", one.state), "colour": _colour(one)} for one in found],
        "notices": access.all(actor, Notice).filter(platforms__code__in=actor.platforms),
    }
    return render(request, "platforms/talks.html", context)


def _colour(one: Interview) -> str:
    return law.clock_colour(one.due_on, clock.today()) if one.due_on else ""


@access.open_to(STAFF)
def my_interview(request: HttpRequest, number: str) -> HttpResponse:
    """A talk: what it is about, what is demanded, and the report of what was put right."""
    actor = access.actor_of(request)
    found = access.get(actor, Interview, number=number, platform__code__in=actor.platforms)
    form = forms.RectifyForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            actions.report_rectification(actor, number, form.cleaned_data["text"], forms.evidence_of(form))
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Reported. Another officer than who held the interview decides."))
            return redirect(found.platform_url)
    context = {**interview_context(found), "form": form, "door": "platform"}
    return render(request, "platforms/my_interview.html", context, status=422 if form.errors else 200)


def interview_context(found: Interview) -> dict[str, Any]:
    """What the pages of an interview show at both doors."""
    return {
        "talk": found,
        "state": lists.state_name("interview", found.state),
        "colour": _colour(found),
        "duties": [one for one in law.at(clock.today()).duties() if one.code in found.duties],
        "steps": queries.named_steps("interview", found.pk),
    }


@access.open_to(STAFF)
def my_notice(request: HttpRequest, number: str) -> HttpResponse:
    """A circular or risk notice; a named person confirms having read it."""
    actor = access.actor_of(request)
    found = access.get(actor, Notice, number=number, platforms__code__in=actor.platforms)
    platform = _own(actor)
    if request.method == "POST":
        actions.confirm_read(actor, number, platform)
        messages.success(request, _("Confirmed as read."))
        return redirect(found.platform_url)
    return render(request, "platforms/my_notice.html", {"notice": found, "read": found.reads.filter(platform=platform).first()})


@access.open_to(STAFF)
def rules(request: HttpRequest) -> HttpResponse:
    """My platform's rules and major events, as everybody reads them."""
    platform = _own(access.actor_of(request))
    versions = RuleVersion.objects.filter(platform=platform).defer("text")
    context = {
        "platform": platform,
        "rules": [{"one": one, "kind": lists.coded("platform_rule_kind", one.kind)} for one in versions],
        "events": [{"one": one, "kind": lists.coded("platform_event", one.kind)} for one in MajorEvent.objects.filter(platform=platform)],
    }
    return render(request, "platforms/rules.html", context)


@access.open_to(STAFF)
def new_rule(request: HttpRequest) -> HttpResponse:
    """Put a version on the register; it cannot be edited afterwards."""
    actor = access.actor_of(request)
    form = forms.RuleForm(request.POST or None)
    if form.is_valid():
        try:
            made = actions.add_rule_version(actor, _own(actor), form.cleaned_data)
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The version is on the register."))
            return redirect(made.page_url)
    return _form(request, form, _("New version of a rule"), "platforms:rules", _("Rules"))


@access.open_to(STAFF)
def new_event(request: HttpRequest) -> HttpResponse:
    """Tell the public of a major event."""
    actor = access.actor_of(request)
    form = forms.EventForm(request.POST or None)
    if form.is_valid():
        try:
            actions.add_event(actor, _own(actor), form.cleaned_data)
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("It is on your public page."))
            return redirect("platforms:rules")
    return _form(request, form, _("Major event"), "platforms:rules", _("Rules"))


@access.open_to(STAFF)
def my_paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A paper of a talk or notice to my platform, or of its scorecard, as it was issued. The reading is logged."""
    document, data = documents.read(access.actor_of(request), pk, "平台查阅送达文书")
    answer = HttpResponse(data, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{document.pk}.pdf"'
    return answer
