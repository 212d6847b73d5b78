"""The postal officer's door: incidents by the clock, traces, outlets' figures, firms with their workers, bans."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.delivery import actions, lists, papers, queries, ratings, timeline
from chengxin.delivery.access import DESK, POSTAL, firm_by_code
from chengxin.delivery.actions.bans import TELL
from chengxin.delivery.actions.steps import desk_roles, steps_of
from chengxin.delivery.actions.tracing import faults
from chengxin.delivery.actions.workers import enter_decided_fact
from chengxin.delivery.errors import ParcelUnknown
from chengxin.delivery.forms import DecideForm, ProposeForm, ReasonForm, RegulatorForm, RegulatorIncidentForm, TraceForm, WorkerForm
from chengxin.delivery.models import Ban, Incident, Trace, WorkerFact
from chengxin.delivery.models.bans import HEARD, IN_FORCE, NOTICED, PROPOSED
from chengxin.kernel import clock
from chengxin.kernel.errors import ChengxinError
from chengxin.law import law
from chengxin.subjects import lists as subjects
from chengxin.subjects.models import CourierFirm, CourierOutlet, Platform


@access.open_to(*DESK)
def desk(request: HttpRequest) -> HttpResponse:
    """What is due: incidents by colour, what waits for a finding, bans on the way, workers' appeals."""
    actor = access.actor_of(request)
    found = queries.open_incidents(actor)
    context = {
        "counts": queries.by_colour(found),
        "waiting": found.exclude(state="REPORTED")[:20],
        "late": [one for one in found.filter(state="REPORTED") if one.late][:20],
        "bans": lists.BANS.view({}, queries.open_bans(actor)),
        "appeals": queries.appeals(actor),
        "firms": CourierFirm.objects.all(),
        "state": dict(lists.incident_states()),
    }
    return render(request, "delivery/desk.html", context)


@access.open_to(*DESK)
def outlets(request: HttpRequest) -> HttpResponse:
    """On time, lost and found true per outlet, from the lake, of parcels picked up since the first day of a month."""
    since = queries.month_start(request.GET.get("month", ""))
    table = lists.OUTLETS.view(request.GET, queries.outlet_rows(since, request.GET.get("courier", "")[:40]))
    if table.export:
        return table.export_response()
    return render(request, "delivery/outlets.html", {"table": table, "since": since})


@access.open_to(*DESK)
def incidents(request: HttpRequest) -> HttpResponse:
    """All incidents of the desk."""
    table = lists.INCIDENTS.view(request.GET, access.all(access.actor_of(request), Incident).select_related("firm"))
    if table.export:
        return table.export_response()
    return render(request, "delivery/incidents.html", {"table": table})


@access.open_to(*DESK)
def new_incident(request: HttpRequest) -> HttpResponse:
    """The regulator's own report, e.g. from an inspection."""
    actor = access.actor_of(request)
    form = RegulatorIncidentForm(request.POST or None)
    if form.is_valid():
        try:
            made = actions.report(actor, "regulator", **form.cleaned_data)
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Reported. The firm has until %s to answer.") % made.due_on.isoformat())
            return redirect(made.page_url)
    return _form(request, form, _("Report an incident"), "delivery:desk", _("Courier firms"))


def _form(request: HttpRequest, form: Any, title: str, back: str, back_name: str) -> HttpResponse:
    context = {"form": form, "title": title, "back": back, "back_name": back_name}
    return render(request, "delivery/form.html", context, status=422 if form.errors else 200)


@access.open_to(*DESK)
def incident(request: HttpRequest, number: str) -> HttpResponse:
    """One incident: its next step first, then the chain as computed. Reading the text of who reported it is logged."""
    actor = access.actor_of(request)
    found = access.get(actor, Incident, number=number)
    desk_roles(actor, found.department)
    form = ReasonForm(request.POST if request.POST.get("act") in ("verify", "dismiss", "hand_over") else None)
    if request.method == "POST":
        try:
            if _act(actor, found, request, form):
                messages.success(request, _("Done."))
                return redirect(found.page_url)
        except ChengxinError as error:
            form = ReasonForm(request.POST)
            form.add_error(None, str(error))
    audit.record_read(str(actor), f"delivery.incident:{found.pk}", ("text", "reply"), f"办理寄递事件 {found.number}")
    context = {**incident_context(found), "form": form, "overdue": found.state == "REPORTED" and found.late}
    return render(request, "delivery/incident.html", context, status=422 if form.errors else 200)


def _act(actor: Actor, found: Incident, request: HttpRequest, form: ReasonForm) -> bool:
    act = request.POST.get("act", "")
    if act == "record":
        actions.record(actor, found.number)
    elif act == "fact":
        actions.enter_fact(actor, found.number, request.POST.get("staff_no", "")[:64])
    elif act in ("verify", "dismiss", "hand_over") and form.is_valid():
        getattr(actions, act)(actor, found.number, form.cleaned_data["reason"])
    else:
        return False
    return True


def incident_context(found: Incident) -> dict[str, Any]:
    """What the officer's and the firm's page show of an incident: the chain, the trace, the history."""
    trace = Trace.objects.filter(incident=found).first()
    return {
        "incident": found,
        "state": lists.state_name("incident", found.state),
        "colour": lists.colour(found),
        "article": law.at(clock.city_day(found.reported_at)).article(found.clock),
        "parcel": _parcel(found.waybill_no),
        "names": dict(CourierOutlet.objects.filter(firm=found.firm).values_list("code", "name")),
        "trace": trace,
        "faults": faults(),
        "workers": [node["staff_no"] for node in trace.nodes if node["staff_no"]] if trace else [],
        "on_file": set(WorkerFact.objects.filter(incident=found).values_list("staff_no", flat=True)),
        "steps": lists.named_steps("incident", steps_of(found)),
    }


def _parcel(waybill_no: str) -> timeline.Parcel | None:
    """The parcel, or nothing once its facts' term of keeping is over."""
    try:
        return timeline.parcel(waybill_no)
    except ParcelUnknown:
        return None


@access.open_to(*DESK)
def trace(request: HttpRequest, number: str) -> HttpResponse:
    """Decide who answers, next to the chain as computed; the paper is made with it."""
    actor = access.actor_of(request)
    found = access.get(actor, Incident, number=number)
    desk_roles(actor, found.department)
    context = incident_context(found)
    parcel = context["parcel"]
    held = dict.fromkeys(one.outlet for one in parcel.holdings if one.outlet) if parcel else {}
    form = TraceForm([(code, f"{context['names'].get(code, '')} {code}".strip()) for code in held], request.POST or None)
    if form.is_valid():
        try:
            made = actions.make_trace(actor, number, form.nodes, form.cleaned_data["conclusion"])
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Traced. The paper is %s.") % made.paper_number)
            return redirect(found.page_url)
    return render(request, "delivery/trace.html", {**context, "form": form}, status=422 if form.errors else 200)


@access.open_to(*DESK)
def firm(request: HttpRequest, code: str) -> HttpResponse:
    """A firm: its ratings by kind of rater, its incidents and bans; the desk's own rating."""
    actor, found = access.actor_of(request), firm_by_code(code)
    postal = POSTAL in actor.departments_as(*DESK)
    form = RegulatorForm(request.POST or None) if postal else None
    if form is not None and form.is_valid():
        try:
            given = form.cleaned_data
            actions.rate_as_regulator(actor, code, given["outlet"], form.marks, given["evidence"], POSTAL)
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Recorded with the ratings of regulators; the others stay as they are."))
            return redirect("delivery:firm", code)
    context = {
        "firm": found,
        "series": ratings.side_by_side(found),
        "incidents": lists.INCIDENTS.view({}, access.all(actor, Incident).filter(firm=found).select_related("firm")),
        "bans": lists.BANS.view({}, access.all(actor, Ban).filter(firm=found).select_related("firm", "record"), prefix="b"),
        "outlets": found.outlets.all(),
        "form": form,
        "postal": postal,
    }
    return render(request, "delivery/firm.html", context, status=422 if form is not None and form.errors else 200)


@access.open_to(*DESK)
def workers(request: HttpRequest, code: str) -> HttpResponse:
    """What is on record of a firm's workers, by staff number. Only with a purpose; the employer sees who looked and why."""
    actor, found = access.actor_of(request), firm_by_code(code)
    desk_roles(actor, POSTAL)
    purpose = str(access.purpose(request))
    records = _penalties(found)
    form = WorkerForm(records, request.POST or None) if records else None
    if form is not None and form.is_valid():
        given = form.cleaned_data
        try:
            enter_decided_fact(actor, found, given["staff_no"], given["fault"], given["record"], POSTAL)
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Done."))
            return redirect("delivery:workers", code)
    actions.note_worker_read(actor, found, purpose)
    context = {"firm": found, "facts": queries.facts_of(actor, found), "faults": faults(), "form": form}
    return render(request, "delivery/workers.html", context, status=422 if form is not None and form.errors else 200)


def _penalties(firm: CourierFirm) -> list[tuple[str, str]]:
    return [(one.number, f"{one.document_number} {one.summary[:40]}") for one in queries.penalties_of(firm)]


@access.open_to(*DESK)
def worker_fact(request: HttpRequest, number: str) -> HttpResponse:
    """One fact and the appeal against it; who entered the fact does not decide."""
    actor = access.actor_of(request)
    found = access.get(actor, WorkerFact, number=number)
    desk_roles(actor, found.department)
    choices = [("uphold", _("Uphold: take the fact off")), ("reject", _("Reject: the fact stays"))]
    form = DecideForm(choices, request.POST or None)
    if form.is_valid():
        try:
            actions.decide_appeal(actor, number, form.cleaned_data["decision"] == "uphold", form.cleaned_data["reason"])
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Decided. The worker and the employer read the reasons."))
            return redirect(found.page_url)
    actions.note_worker_read(actor, found.firm, f"办理从业人员记录 {found.number}")
    appealed = getattr(found, "appeal", None)
    context = {
        "fact": found,
        "fault": faults()[found.fault],
        "appeal": appealed,
        "own": found.by == str(actor),
        "state": lists.state_name("appeal", appealed.state) if appealed else "",
        "form": form,
        "colour": law.clock_colour(appealed.due_on, clock.today()) if appealed else "",
    }
    return render(request, "delivery/worker_fact.html", context, status=422 if form.errors else 200)


@access.open_to("officer", "head")
def propose_ban(request: HttpRequest, code: str) -> HttpResponse:
    """Propose that a firm be kept off platforms, on a penalty of its credit file."""
    actor, found = access.actor_of(request), firm_by_code(code)
    desk_roles(actor, POSTAL)
    records = _penalties(found)
    listed = [(str(one.entry), f"{one.told_at:%Y-%m-%d} {one.entry}") for one in queries.listings()]
    form = ProposeForm(records, listed, request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = actions.propose(actor, code, POSTAL, given["record"], given["facts"], given["listing"])
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Proposed. Now tell the firm; another person decides."))
            return redirect(made.page_url)
    return render(request, "delivery/propose.html", {"firm": found, "form": form, "records": records}, status=422 if form.errors else 200)


@access.open_to(*DESK)
def ban(request: HttpRequest, number: str) -> HttpResponse:
    """One ban and its next step; who proposed it does not decide."""
    actor = access.actor_of(request)
    found = access.get(actor, Ban, number=number)
    desk_roles(actor, found.department)
    choices = [("decide", _("Bar the firm from platforms")), ("drop", _("Do not bar it"))] if found.state == HEARD else []
    choices = [("repair", _("Lift after repair")), ("revoke", _("Revoke (head of the desk)"))] if found.state == IN_FORCE else choices
    form = DecideForm(
        choices, request.POST if "decision" in request.POST else None, answered=found.state == HEARD and bool(found.statement)
    )
    if request.method == "POST":
        try:
            if _decided(actor, found, request.POST.get("act", ""), form):
                messages.success(request, _("Done."))
                return redirect(found.page_url)
        except ChengxinError as error:
            form.add_error(None, str(error)) if form.is_bound else messages.error(request, str(error))
    audit.record_read(str(actor), f"delivery.ban:{found.pk}", ("statement", "answer"), f"办理禁入 {found.number}")
    context = {
        "ban": found,
        "state": lists.ban_state(found),
        "form": form if choices else None,
        "own": found.proposed_by == str(actor),
        "next": {PROPOSED: "notice", "DECIDED": "enforce"}.get(found.state, ""),
        "waits": found.state == NOTICED,
        "over": bool(found.due_on and clock.today() > found.due_on),
        "colour": law.clock_colour(found.due_on, clock.today()) if found.due_on else "",
        "receipts": found.receipts.all(),
        "receipts_article": subjects.article(TELL),
        "platforms": dict(Platform.objects.values_list("code", "name")),
        "steps": lists.named_steps("ban", steps_of(found)),
        "papers": papers.of_ban(found),
        "desk": True,
    }
    return render(request, "delivery/ban.html", context, status=422 if form.errors else 200)


def _decided(actor: Actor, found: Ban, act: str, form: DecideForm) -> bool:
    if act in ("notice", "enforce"):
        getattr(actions, act)(actor, found.number)
    elif act == "not_stated":
        actions.hear(actor, found.number)
    elif form.is_valid():
        given = form.cleaned_data
        more = (given["answer"],) if given.get("answer") and given["decision"] == "decide" else ()
        getattr(actions, given["decision"])(actor, found.number, given["reason"], *more)
    else:
        return False
    return True
