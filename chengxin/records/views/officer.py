"""The officer's door: a subject's file, entering and confirming, objections, reports."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.kernel import clock, language
from chengxin.kernel.errors import ChengxinError
from chengxin.law import law
from chengxin.records import actions, catalogue, publicity, queries
from chengxin.records.access import DESK
from chengxin.records.actions.proposing import check_stands
from chengxin.records.actions.steps import roles_in
from chengxin.records.content import from_json
from chengxin.records.forms import CorrectionForm, DaysForm, DecideForm, EntryForm, RefuseForm, WithdrawForm
from chengxin.records.models import WAITING, Objection, Proposal, Record
from chengxin.records.views.report import answer_report
from chengxin.subjects.models import Subject
from chengxin.subjects.queries import family

WRITERS = ("officer", "head")


@access.open_to(*DESK)
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for this department: proposals to confirm, objections to decide."""
    actor = access.actor_of(request)
    today = clock.today()
    objections = [{"one": one, "colour": law.clock_colour(one.due_on, today)} for one in queries.objections(actor)]
    waiting = [{"one": one, "own": one.proposed_by == str(actor), "item": _item(one)} for one in queries.waiting(actor)]
    return render(request, "records/desk.html", {"objections": objections, "waiting": waiting})


def _item(proposal: Proposal) -> catalogue.Item:
    return catalogue.item(proposal.item, clock.today())


@access.open_to(*DESK)
def file(request: HttpRequest, pk: str) -> HttpResponse:
    """A subject's file, as true on one day and as known on another. Only with a purpose; the reading is logged for the subject."""
    actor = access.actor_of(request)
    subject = access.get(actor, Subject, pk=pk)
    purpose = str(access.purpose(request))
    form = DaysForm(request.GET or None)
    days = form.cleaned_data if form.is_bound and form.is_valid() else {"true_on": None, "known_on": None}
    actions.note_read(actor, subject, purpose)
    context = {
        "subject": subject,
        "entries": Subject.objects.filter(pk__in=family(subject.pk)).exclude(pk=subject.pk),
        "form": form if form.is_bound else DaysForm(),
        "days": days,
        "lines": queries.of_subject(subject, **days),
        "past": [] if any(days.values()) else queries.past_of_subject(subject),
        "may_enter": actor.has(*WRITERS),
        "today": clock.today(),
    }
    return render(request, "records/file.html", context)


@access.open_to(*WRITERS)
def enter(request: HttpRequest, pk: str) -> HttpResponse:
    """First the type, then its form; another person confirms."""
    actor = access.actor_of(request)
    subject = access.get(actor, Subject, pk=pk)
    items = {one.code: one for one in catalogue.items(clock.today())}
    item = items.get(request.GET.get("item", ""))
    if item is None:
        return render(request, "records/types.html", {"subject": subject, "items": _by_kind(list(items.values()))})
    form = EntryForm(item, departments_of(actor), request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            made = actions.propose_record(actor, subject.pk, form.cleaned_data["department"], form.content)
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Entered. It is on the file once a colleague has confirmed it."))
            return redirect(made.page_url)
    return _entry(request, subject, item, form, None)


def _by_kind(items: list[catalogue.Item]) -> list[dict[str, Any]]:
    return [{"kind": name, "types": [one for one in items if one.kind == kind]} for kind, name in catalogue.KIND_NAMES.items()]


def _entry(request: HttpRequest, subject: Subject, item: catalogue.Item, form: EntryForm, record: Record | None) -> HttpResponse:
    context = {"subject": subject, "item": item, "form": form, "record": record}
    return render(request, "records/enter.html", context, status=422 if form.errors else 200)


def departments_of(actor: Actor) -> list[tuple[str, str]]:
    """The departments for which the actor may enter records, as they are called today."""
    mine = actor.departments_as(*WRITERS)
    return [(one.code, language.pick(one)) for one in law.at(clock.today()).departments() if one.code in mine]


@access.open_to(*DESK)
def record(request: HttpRequest, number: str) -> HttpResponse:
    """One record with everything behind it. Part of a file: only with a purpose, and logged."""
    actor = access.actor_of(request)
    found = access.get(actor, Record, number=number)
    purpose = str(access.purpose(request))
    actions.note_read(actor, found.subject, purpose)
    mine = bool(roles_in(actor, found.department, WRITERS))
    context = {
        "line": queries.line(found),
        "chain": queries.chain(found),
        "objections": found.objections.all(),
        "mine": mine,
        "waiting": found.proposals.filter(state=WAITING).first(),
    }
    return render(request, "records/record.html", context)


@access.open_to(*WRITERS)
def correct(request: HttpRequest, number: str) -> HttpResponse:
    """Enter what is to stand in its place."""
    actor = access.actor_of(request)
    found = check_stands(actor, access.get(actor, Record, number=number).pk)
    item = catalogue.item(found.item, found.decided_on)
    form = CorrectionForm(found, item, departments_of(actor), request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            made = actions.propose_correction(actor, found.pk, form.content, form.cleaned_data["reason"])
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Entered. It is on the file once a colleague has confirmed it."))
            return redirect(made.page_url)
    return _entry(request, found.subject, item, form, found)


@access.open_to(*WRITERS)
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Ask for a record to be taken off the file."""
    actor = access.actor_of(request)
    found = check_stands(actor, access.get(actor, Record, number=number).pk)
    form = WithdrawForm(request.POST or None)
    if form.is_valid():
        made = actions.propose_withdrawal(actor, found.pk, form.cleaned_data["reason"], form.cleaned_data["document_number"])
        messages.success(request, _("The withdrawal waits for a colleague to confirm it."))
        return redirect(made.page_url)
    return render(request, "records/withdraw.html", {"record": found, "form": form}, status=422 if form.errors else 200)


@access.open_to(*DESK)
def proposal(request: HttpRequest, id: str) -> HttpResponse:
    """What a colleague proposes: confirm it, or send it back with a reason."""
    actor = access.actor_of(request)
    found = access.get(actor, Proposal, pk=id)
    form = RefuseForm(request.POST if request.POST.get("decision") == "refuse" else None)
    if request.method == "POST" and request.POST.get("decision") == "confirm":
        actions.confirm(actor, found.pk)
        messages.success(request, _("Confirmed."))
        return redirect("records:desk")
    if form.is_valid():
        actions.refuse(actor, found.pk, form.cleaned_data["reason"])
        messages.success(request, _("Sent back."))
        return redirect("records:desk")
    own = found.proposed_by == str(actor)
    context = {"proposal": found, "item": _item(found), "form": form, "own": own, **_preview(found)}
    return render(request, "records/proposal.html", context, status=422 if form.errors else 200)


def _preview(found: Proposal) -> dict[str, Any]:
    """What confirming would do: the record as it would stand, and whether the law has it published."""
    if found.act == Proposal.Act.WITHDRAW:
        return {}
    content = from_json(found.content)
    item = catalogue.item(found.item, content["decided_on"])
    allowed = publicity.may_be_public(item, content["term"], content["decided_on"])
    by = publicity.publish_by(item, content["decided_on"]) if allowed.allowed else None
    colour = law.clock_colour(by, clock.today()) if by else ""
    behaviour = law.at(clock.today()).behaviour(content["behaviour"]) if content["behaviour"] else None
    return {"content": content, "behaviour": behaviour, "allowed": allowed, "publish_by": by, "publish_colour": colour}


@access.open_to(*DESK)
def objection(request: HttpRequest, id: str) -> HttpResponse:
    """An objection: accept it where the law says so, then decide with reasons. Its text is the subject's; reading it is logged."""
    actor = access.actor_of(request)
    found = access.get(actor, Objection, pk=id)
    accepts = found.state == "RAISED" and "abnormal" in found.workflow
    form = DecideForm(request.POST if "decision" in request.POST else None)
    if request.method == "POST" and "accept" in request.POST:
        actions.accept_objection(actor, found.pk)
        messages.success(request, _("Accepted; the check has begun."))
        return redirect(found.page_url)
    if form.is_valid():
        chosen = form.cleaned_data["decision"]
        actions.decide_objection(actor, found.pk, chosen != "reject", form.cleaned_data["answer"], chosen)
        messages.success(request, _("Decided. The subject reads the reasons on the own page."))
        return redirect("records:desk")
    line = queries.line(found.record)
    actions.note_read(actor, found.record.subject, f"办理异议 {found.record.number}", ("records", "objection"))
    own = str(actor) in (found.record.entered_by, found.record.confirmed_by)
    colour = law.clock_colour(found.due_on, clock.today())
    article = law.at(clock.city_day(found.raised_at)).article(found.clock)
    context = {"objection": found, "line": line, "form": form, "own": own, "accepts": accepts, "colour": colour, "article": article}
    return render(request, "records/objection.html", context, status=422 if form.errors else 200)


@access.open_to(*DESK)
def report(request: HttpRequest, pk: str) -> HttpResponse:
    """A report of a subject's file as a signed PDF."""
    subject = access.get(access.actor_of(request), Subject, pk=pk)
    return answer_report(request, subject, "records:file")
