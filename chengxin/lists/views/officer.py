"""The desk: what is due first, one entry from proposal to the last receipt, repairs, red lists, and what another rule would do."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.evidence import queries as evidence
from chengxin.kernel import clock, language
from chengxin.kernel.errors import ChengxinError
from chengxin.law import law
from chengxin.lists import catalogue, papers, queries, shop_pages, whatif
from chengxin.lists.access import DESK
from chengxin.lists.actions import listing, red, repairing
from chengxin.lists.forms import AnswerForm, DecideForm, GiveForm, NominateForm, NoticeForm, ProposeForm, ReasonForm, WhatIfForm
from chengxin.lists.models import ListEntry, RedEntry, RepairApplication
from chengxin.lists.models.official import DROPPED, NOTICED, REMOVED
from chengxin.lists.views.offers import Offer, Offers, bound, reason, status, taken
from chengxin.records.actions import note_read
from chengxin.records.actions.steps import roles_in
from chengxin.records.models import Record
from chengxin.subjects.models import Subject

SERIOUS = "SERIOUS"
WRITERS = ("officer", "head")
MOST_CANDIDATES = 20


@access.open_to(*DESK)
def desk(request: HttpRequest) -> HttpResponse:
    """What is due first, who could be listed, and how removals are going."""
    actor = access.actor_of(request)
    removed = access.all(actor, ListEntry).filter(state=REMOVED)
    context = {
        "due": queries.due_of(actor),
        "candidates": _candidates(actor) if actor.has(*WRITERS) else [],
        "on_list": queries.public().count(),
        "removed": [(one, queries.removal_of(one)) for one in removed.select_related("subject")],
        "p95": queries.p95_hours(),
        "today": clock.today(),
    }
    return render(request, "lists/desk.html", context)


def _candidates(actor: Actor) -> list[Record]:
    """Standing penalties of the actor's departments that are heavy enough, of a listable field, and carry no entry."""
    kind = catalogue.kind(SERIOUS, clock.today())
    fields = [code for one in catalogue.fields() for code in one["behaviours"]]
    rows = Record.objects.filter(department__in=actor.departments_as(*WRITERS), item__in=kind.items, term__in=kind.terms)
    taken = ListEntry.objects.exclude(state=DROPPED).values("record")
    rows = rows.filter(behaviour__in=fields, end__isnull=True).exclude(pk__in=taken).select_related("subject")
    return list(rows[:MOST_CANDIDATES])


@access.open_to(*WRITERS)
def propose(request: HttpRequest, number: str) -> HttpResponse:
    """Propose a listing on a penalty of the file."""
    actor = access.actor_of(request)
    record = access.get(actor, Record, number=number, department__in=actor.departments_as(*WRITERS))
    form = ProposeForm(record.subject.kind, request.POST or None, initial={"facts": record.summary})
    if form.is_valid():
        try:
            made = listing.propose(actor, record.pk, {"kind": SERIOUS, **form.content})
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Proposed. Serve the notice next."))
            return redirect(made.page_url)
    note_read(actor, record.subject, f"提出列入建议 {record.number}")
    behaviour = law.at(clock.today()).behaviour(record.behaviour) if record.behaviour else None
    context = {"record": record, "behaviour": behaviour, "form": form, "kind": catalogue.kind(SERIOUS, clock.today())}
    return render(request, "lists/propose.html", context, status=422 if form.errors else 200)


@access.open_to(*DESK)
def entry(request: HttpRequest, id: str) -> HttpResponse:
    """One entry: the next step first, then all that it rests on and everything that was done."""
    actor = access.actor_of(request)
    found = access.get(actor, ListEntry, pk=id)
    steps = _steps(actor, found, request)
    if taken(request, steps):
        return redirect(found.page_url)
    arguments = list(found.arguments.all())
    note_read(actor, found.subject, f"办理名单 {found.number}", ("lists", "arguments") if arguments else ("lists",))
    context = {
        "one": queries.Listing(found),
        "entry": found,
        "steps": steps,
        "arguments": arguments,
        "tasks": [(task, catalogue.measure(task.measure)) for task in found.tasks.select_related("shop").order_by("round", "measure")],
        "notices": found.removal_notices.select_related("subscription__client"),
        "removal": queries.removal_of(found),
        "p95": queries.p95_hours(ListEntry.objects.filter(pk=found.pk)),
        "said": listing.notice_of(found),
        "papers": papers.of_entry(found),
        "exhibits": evidence.of(actor, f"{papers.ENTRY}:{found.pk}"),
        "own": found.proposed_by == str(actor),
        "waits_until": None if _heard(found) else found.due_on,
        "today": clock.today(),
    }
    return render(request, "lists/entry.html", context, status=status(steps))


def _heard(found: ListEntry) -> bool:
    """The party has answered, or its period is over."""
    return not (found.state == NOTICED and found.due_on and clock.today() <= found.due_on)


def _steps(actor: Actor, found: ListEntry, request: HttpRequest) -> Offers:
    """What this person may do with the entry now."""
    pk, heard, own = found.pk, _heard(found), str(actor) == found.proposed_by
    no_part = not own and str(actor) != found.consented_by
    may, above = _actions(actor, found, found.department), _actions(actor, found, found.consent_department)
    alone = "decide_alone" in may and catalogue.kind(found.kind, clock.today()).consent is None
    offers: Offers = {}
    if "notice" in may:
        ask = NoticeForm(bound(request, "notice"))
        offers["notice"] = Offer(_("Serve the notice of listing"), lambda form: listing.notice(actor, pk, form.cleaned_data["phone"]), ask)
    if "answer" in may:
        form = AnswerForm([one.n for one in found.arguments.all()], bound(request, "answer"))
        offers["answer"] = Offer(_("Answer each argument"), lambda form: listing.answer(actor, pk, form.answers), form)
    if "consent" in above and heard and not own:
        yes_no = DecideForm(_("Agree"), _("Do not agree"), bound(request, "consent"))
        offers["consent"] = Offer(_("Agree or not"), lambda form: listing.consent(actor, pk, form.yes, reason(form)), yes_no)
    if ("decide" in may or alone) and heard and no_part:
        why = ReasonForm(bound(request, "decide"))
        offers["decide"] = Offer(_("Put on the list"), lambda form: listing.decide(actor, pk, reason(form)), why)
    if "publish" in may and not own:
        offers["publish"] = Offer(_("Publish and push"), lambda form: listing.publish(actor, pk))
    if "drop" in may and not own:
        why = ReasonForm(bound(request, "drop"))
        offers["drop"] = Offer(_("Do not list"), lambda form: listing.drop(actor, pk, reason(form)), why)
    shops = shop_pages.claims(found) if roles_in(actor, found.department, DESK) else []
    if shops:
        offers["look"] = Offer(_("Look at the closed shops' pages now"), lambda form: shop_pages.look(actor, shops))
    return offers


def _actions(actor: Actor, found: ListEntry, department: str) -> set[str]:
    roles = roles_in(actor, department, DESK)
    return {step.action for step in workflow.load("lists/official").steps_from(found.state, sorted(roles))}


@access.open_to(*DESK)
def bundle(request: HttpRequest, id: str) -> HttpResponse:
    """Every receipt of an entry, to be verified by anybody without a network."""
    found = access.get(access.actor_of(request), ListEntry, pk=id)
    answer = HttpResponse(queries.bundle(found), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{found.number}.zip"'
    return answer


@access.open_to(*DESK)
def repair(request: HttpRequest, id: str) -> HttpResponse:
    """An application for repair: accept, extend, decide, and what fraud costs."""
    actor = access.actor_of(request)
    found = access.get(actor, RepairApplication, pk=id)
    steps = _repair_steps(actor, found, request)
    if taken(request, steps):
        return redirect(found.page_url)
    target = found.entry or found.record
    assert target is not None
    note_read(actor, found.subject, f"办理信用修复 {found.number}", ("lists", "statement"))
    context = {
        "one": found,
        "entry": queries.Listing(found.entry) if found.entry else None,
        "conditions": repairing.conditions_of(target, clock.today()),
        "steps": steps,
        "own": found.accepted_by == str(actor) and found.state == "ACCEPTED",
        "state": workflow.load("lists/repair").states[found.state],
        "colour": law.clock_colour(found.due_on, clock.today()),
        "article": law.at(found.applied_on).clock(found.clock).source,
    }
    return render(request, "lists/repair.html", context, status=status(steps))


def _repair_steps(actor: Actor, found: RepairApplication, request: HttpRequest) -> Offers:
    """What this person may do with the application now."""
    pk, roles = found.pk, roles_in(actor, found.department, DESK)
    may = {step.action for step in workflow.load("lists/repair").steps_from(found.state, sorted(roles))}
    offers: Offers = {}
    if "accept" in may:
        form = DecideForm(_("Accept the application"), _("Do not accept the application"), bound(request, "accept"))
        offers["accept"] = Offer(_("Accept or not"), lambda form: repairing.accept(actor, pk, form.yes, reason(form)), form)
    if "grant" in may and str(actor) != found.accepted_by:
        form = DecideForm(_("Grant the repair"), _("Refuse the repair"), bound(request, "decide"))
        offers["decide"] = Offer(_("Grant or refuse"), lambda form: repairing.decide(actor, pk, form.yes, reason(form)), form)
    if "extend" in may and not found.extended_by:
        why = ReasonForm(bound(request, "extend"))
        offers["extend"] = Offer(_("Extend the period"), lambda form: repairing.extend(actor, pk, reason(form)), why)
    if "report_fraud" in may and not found.fraud_found_by:
        why = ReasonForm(bound(request, "report_fraud"))
        offers["report_fraud"] = Offer(_("Report fraud in this repair"), lambda form: repairing.report_fraud(actor, pk, reason(form)), why)
    if "confirm_fraud" in may and found.fraud_found_by and str(actor) != found.fraud_found_by:
        why, act = ReasonForm(bound(request, "confirm_fraud")), repairing.confirm_fraud
        offers["confirm_fraud"] = Offer(_("Confirm fraud: back on the list"), lambda form: act(actor, pk, reason(form)), why)
    return offers


@access.open_to(*WRITERS)
def nominate(request: HttpRequest) -> HttpResponse:
    """Nominate a subject for a red list."""
    actor = access.actor_of(request)
    form = NominateForm(request.POST or None, initial={"uscc": request.GET.get("uscc", "")})
    if form.is_valid():
        given = form.cleaned_data
        subject = access.all(actor, Subject).filter(uscc=given["uscc"].strip().upper()).first()
        if subject is None:
            form.add_error("uscc", _("No subject has this code."))
        else:
            try:
                made = red.nominate(actor, given["programme"], subject.pk, given["merits"], given["source"] == "association")
            except ChengxinError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Nominated. The cross-check is next."))
                return redirect(made.page_url)
    return render(request, "lists/nominate.html", {"form": form}, status=422 if form.errors else 200)


@access.open_to(*DESK)
def red_entry(request: HttpRequest, id: str) -> HttpResponse:
    """A nomination or entry of a red list: cross-check, objections, listing, what it gave."""
    actor = access.actor_of(request)
    found = access.get(actor, RedEntry, pk=id)
    steps = _red_steps(actor, found, request)
    if taken(request, steps):
        return redirect(found.page_url)
    handles = bool(roles_in(actor, found.department, DESK))  # who objected is for the department that decides
    arguments = list(found.arguments.all()) if handles else []
    if arguments:
        note_read(actor, found.subject, f"办理红名单 {found.number}", ("lists", "arguments"))
    context = {
        "one": found,
        "programme": catalogue.programme(found.programme),
        "state": workflow.load("lists/red").states[found.state],
        "steps": steps,
        "arguments": arguments,
        "uses": [(use, catalogue.benefits()[use.benefit]) for use in found.uses.all()],
        "own": str(actor) in (found.checked_by, found.nominated_by) and found.state == "NOTICE",
    }
    return render(request, "lists/red.html", context, status=status(steps))


def _red_steps(actor: Actor, found: RedEntry, request: HttpRequest) -> Offers:
    """What this person may do with the nomination or entry now."""
    pk, roles = found.pk, roles_in(actor, found.department, DESK)
    may = {step.action for step in workflow.load("lists/red").steps_from(found.state, sorted(roles))}
    over = bool(found.notice_until and clock.today() > found.notice_until)
    unanswered = [one.n for one in found.arguments.filter(adopted=None)][:1]
    offers: Offers = {}
    if "check" in may:
        offers["check"] = Offer(_("Cross-check and give public notice"), lambda form: red.check(actor, pk))
    if "fail" in may and unanswered:
        n, form = unanswered[0], AnswerForm(unanswered, bound(request, "answer"))
        offers["answer"] = Offer(_("Answer the objection"), lambda form: red.answer(actor, pk, n, *form.answers[n]), form)
    if "list" in may and over and not unanswered and str(actor) not in (found.checked_by, found.nominated_by):
        offers["list"] = Offer(_("Put on the red list"), lambda form: red.put_on_list(actor, pk))
    if found.public_on(clock.today()):
        offers["give"] = Offer(
            _("Note a benefit"), lambda form: red.give(actor, pk, **form.cleaned_data), _give_form(actor, found, request)
        )
    if "remove" in may:
        why = ReasonForm(bound(request, "remove"))
        offers["remove"] = Offer(_("Remove from the red list"), lambda form: red.remove(actor, pk, reason(form)), why)
    return offers


def _give_form(actor: Actor, found: RedEntry, request: HttpRequest) -> GiveForm:
    """The benefits a department gives, in the names of the actor's departments."""
    givers = [(code, language.pick(law.at(clock.today()).department(code))) for code in sorted(actor.departments_as(*DESK))]
    known = catalogue.benefits()
    codes = tuple(code for code in catalogue.programme(found.programme).benefits if known[code]["giver"] == "department")
    return GiveForm(codes, givers, bound(request, "give"))


@access.open_to(*DESK)
def what_if(request: HttpRequest) -> HttpResponse:
    """Who would be listed if the rule were another: counts only."""
    kind = catalogue.kind(SERIOUS, clock.today())
    asked = "behaviours" in request.GET or "terms" in request.GET
    form = WhatIfForm(kind, request.GET if asked else None)
    found = whatif.compare(kind.code, form.cleaned_data["behaviours"], form.cleaned_data["terms"]) if asked and form.is_valid() else None
    book = law.at(clock.today())
    rows = [(row, book.behaviour(row.behaviour)) for row in found.rows] if found else []
    return render(request, "lists/what_if.html", {"form": form, "found": found, "rows": rows, "kind": kind})
