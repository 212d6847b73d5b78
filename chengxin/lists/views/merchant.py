"""The owner's door: what stands about me until when and what I can do; platforms' lists apart; consents for banks."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.kernel import clock
from chengxin.kernel.errors import ChengxinError
from chengxin.law import law
from chengxin.lists import catalogue, papers, queries
from chengxin.lists.access import OWNERS
from chengxin.lists.actions import consents, listing, platforms, red, repairing
from chengxin.lists.forms import ConsentForm, DefendForm, ReasonForm, RepairForm
from chengxin.lists.models import FinanceConsent, ListEntry, PlatformListEntry, RedEntry, RepairApplication
from chengxin.lists.models.official import DROPPED, NOTICED, PROPOSED, STANDING
from chengxin.lists.models.repair import OPEN_REPAIRS
from chengxin.records.catalogue import BAD
from chengxin.records.models import Record
from chengxin.subjects.models import PaymentOrg, Subject


@access.open_to(*OWNERS)
def mine(request: HttpRequest) -> HttpResponse:
    """What stands, until when, what to do: object, repair, nominate; for a bank's staff what the bank has to do, too."""
    actor = access.actor_of(request)
    context = {
        "files": [_file(one) for one in _own(actor)],
        "consents": FinanceConsent.objects.filter(subject__in=actor.subjects).select_related("subject"),
        "tasks": [(one, catalogue.measure(one.measure)) for one in queries.tasks_of(actor)],
        "notices": queries.notices_of(actor),
        "today": clock.today(),
    }
    return render(request, "lists/mine.html", context)


def _own(actor: Actor) -> list[Subject]:
    return list(access.all(actor, Subject).filter(pk__in=actor.subjects))


def _file(subject: Subject) -> dict[str, Any]:
    """A subject's entries (a proposal the subject has not been told of is not shown), records that may be repaired, red lists."""
    entries = ListEntry.objects.filter(subject=subject).exclude(state=PROPOSED).exclude(state=DROPPED, noticed_on=None)
    repairs = RepairApplication.objects.filter(subject=subject).select_related("entry", "record")
    states = workflow.load("lists/repair").states
    reds = RedEntry.objects.filter(subject=subject)
    return {
        "subject": subject,
        "entries": [_line(one) for one in entries.select_related("record")],
        "records": [_record(line.record) for line in queries.public_records(subject) if line.record.kind == BAD],
        "repairs": [(one, states[one.state], law.clock_colour(one.due_on, clock.today()), one.state in OPEN_REPAIRS) for one in repairs],
        "red": [(one, catalogue.programme(one.programme), workflow.load("lists/red").states[one.state]) for one in reds],
        "programmes": [one for one in catalogue.programmes(clock.today()) if subject.kind in one.kinds],
    }


def _line(entry: ListEntry) -> dict[str, Any]:
    today = clock.today()
    may_defend = entry.state == NOTICED and entry.due_on is not None and today <= entry.due_on
    earliest = repairing.earliest_of(entry)
    open_one = entry.repairs.filter(state__in=OPEN_REPAIRS).exists()
    return {
        "one": queries.Listing(entry),
        "entry": entry,
        "may_defend": may_defend,
        "standing": entry.state in STANDING,
        "earliest": earliest,
        "may_repair": entry.state in STANDING and earliest is not None and today >= earliest and not open_one,
    }


def _record(record: Record) -> dict[str, Any]:
    earliest = repairing.earliest_of(record)
    open_one = record.repairs.filter(state__in=OPEN_REPAIRS).exists()
    until = next((one.publicity.until for one in queries.public_records(record.subject) if one.record.pk == record.pk), None)
    may = earliest is not None and clock.today() >= earliest and not open_one
    return {"record": record, "earliest": earliest, "until": until, "may_repair": may}


@access.open_to(*OWNERS)
def own_entry(request: HttpRequest, id: str) -> HttpResponse:
    """One entry as its subject reads it: the notice, the answers to its arguments, the decision; and the form for what is open now."""
    actor = access.actor_of(request)
    found = access.get(actor, ListEntry, pk=id, subject__in=actor.subjects)
    if found.state == PROPOSED or (found.state == DROPPED and found.noticed_on is None):
        return redirect("lists:mine")  # nothing the subject has been told of
    line = _line(found)
    form = DefendForm(request.POST or None) if line["may_defend"] else None
    if form is not None and form.is_valid():
        try:
            listing.defend(actor, found.pk, form.arguments)
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Received. Each argument will be answered before anything is decided."))
            return redirect("lists:mine")
    decision = found.steps.filter(act="decide").first()
    context = {
        **line,
        "form": form,
        "said": listing.notice_of(found),
        "arguments": found.arguments.all(),
        "decision": decision,
        "papers": papers.of_entry(found),
        "conditions": repairing.conditions_of(found, clock.today()) if line["standing"] else [],
    }
    return render(request, "lists/own_entry.html", context, status=422 if form is not None and form.errors else 200)


@access.open_to(*OWNERS)
def repair_entry(request: HttpRequest, id: str) -> HttpResponse:
    """Apply for the repair of an entry, with its conditions as a checklist."""
    actor = access.actor_of(request)
    return _repair(request, actor, access.get(actor, ListEntry, pk=id, subject__in=actor.subjects))


@access.open_to(*OWNERS)
def repair_record(request: HttpRequest, number: str) -> HttpResponse:
    """Apply for the repair of a record."""
    actor = access.actor_of(request)
    return _repair(request, actor, access.get(actor, Record, number=number, subject__in=actor.subjects))


def _repair(request: HttpRequest, actor: Actor, target: ListEntry | Record) -> HttpResponse:
    form = RepairForm(request.POST or None)
    if form.is_valid():
        try:
            made = repairing.apply(actor, target, form.cleaned_data["statement"], form.cleaned_data["promised"])
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Applied. Whether it is accepted you read here by %s.") % made.due_on.isoformat())
            return redirect("lists:mine")
    context = {"target": target, "conditions": repairing.conditions_of(target, clock.today()), "form": form}
    return render(request, "lists/apply.html", context, status=422 if form.errors else 200)


@access.open_to(*OWNERS)
def nominate_self(request: HttpRequest, pk: str) -> HttpResponse:
    """Ask to be put on a red list."""
    actor = access.actor_of(request)
    subject = access.get(actor, Subject, pk=pk, pk__in=actor.subjects)
    programme = catalogue.programmes(clock.today())[0]
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            red.nominate(actor, programme.code, subject.pk, form.cleaned_data["reason"])
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Nominated. The department checks, and the public may object."))
            return redirect("lists:mine")
    checks = red.cross_check(programme, subject)
    context = {"subject": subject, "programme": programme, "form": form, "checks": checks}
    return render(request, "lists/nominate_self.html", context, status=422 if form.errors else 200)


@access.open_to(*OWNERS)
def consent(request: HttpRequest) -> HttpResponse:
    """Let a bank ask about me, for a purpose, until a day."""
    actor = access.actor_of(request)
    own = [(str(one.pk), one.own_name) for one in _own(actor)]
    banks = list(PaymentOrg.objects.order_by("name").values_list("code", "name"))
    form = ConsentForm(own, banks, request.POST or None)
    if form.is_valid():
        given = {**form.cleaned_data, "form": consents.SIGNED}
        try:
            consents.give_consent(actor, given["subject"], given)
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Signed. You can take it back at any time."))
            return redirect("lists:mine")
    return render(request, "lists/consent.html", {"form": form}, status=422 if form.errors else 200)


@access.open_to(*OWNERS)
@require_POST
def take_back(request: HttpRequest, id: str) -> HttpResponse:
    """Take a consent back."""
    consents.take_back(access.actor_of(request), id)
    messages.success(request, _("Taken back. The bank is not answered any more."))
    return redirect("lists:mine")


@access.open_to(*OWNERS)
def mine_platform(request: HttpRequest) -> HttpResponse:
    """What platforms have listed my shops for: their contracts, not an authority."""
    actor = access.actor_of(request)
    rows = PlatformListEntry.objects.filter(shop__subject__in=actor.subjects).select_related("platform", "shop", "appeal")
    today = clock.today()
    entries = [{"one": one, "in_force": one.in_force(today), "may_appeal": one.state == "TOLD" and today <= one.appeal_by} for one in rows]
    return render(request, "lists/mine_platform.html", {"entries": entries})


@access.open_to(*OWNERS)
def appeal(request: HttpRequest, id: str) -> HttpResponse:
    """Appeal to the platform."""
    actor = access.actor_of(request)
    found = access.get(actor, PlatformListEntry, pk=id, shop__subject__in=actor.subjects)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            platforms.appeal(actor, found.pk, form.cleaned_data["reason"])
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The appeal is with the platform; a person who did not make the entry reviews it."))
            return redirect("lists:mine_platform")
    return render(request, "lists/appeal.html", {"one": found, "form": form}, status=422 if form.errors else 200)
