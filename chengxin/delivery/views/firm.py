"""The courier firm's door: inbox with the law's clock, own outlets and ratings, bans to answer, facts about own workers, appeals."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.delivery import actions, lists, papers, queries, ratings
from chengxin.delivery.access import STAFF, firms_of, own
from chengxin.delivery.actions.bans import ban_until
from chengxin.delivery.actions.steps import firm_roles, steps_of
from chengxin.delivery.actions.tracing import faults
from chengxin.delivery.forms import ReplyForm, SettleForm, StatementForm
from chengxin.delivery.models import Ban, Incident, Trace, WorkerFact
from chengxin.delivery.views.officer import incident_context
from chengxin.documents import actions as documents
from chengxin.kernel import clock
from chengxin.kernel.errors import ChengxinError, NotFound
from chengxin.law import law


@access.open_to(STAFF)
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for the firm, soonest due first; its ratings by kind of rater; its outlets; facts about its workers."""
    actor = access.actor_of(request)
    mine = access.all(actor, Incident).filter(firm__subject__in=own(actor)).select_related("firm")
    table = lists.INBOX.view(request.GET, mine)
    if table.export:
        return table.export_response()
    context = {
        "table": table,
        "counts": queries.by_colour(mine),
        "firms": [
            {"firm": one, "series": ratings.side_by_side(one), "outlets": one.outlets.all(), "facts": queries.facts_of(actor, one)}
            for one in firms_of(actor)
        ],
        "bans": access.all(actor, Ban).filter(firm__subject__in=own(actor)).select_related("firm"),
        "faults": faults(),
    }
    return render(request, "delivery/inbox.html", context)


@access.open_to(STAFF)
def incident(request: HttpRequest, number: str) -> HttpResponse:
    """Answer within the law's days; after the trace, say that it was put right or paid."""
    actor = access.actor_of(request)
    found = access.get(actor, Incident, number=number)
    firm_roles(actor, found.firm)
    settling = found.state == "LIABLE"
    form = SettleForm(request.POST or None) if settling else ReplyForm(request.POST or None)
    if form.is_valid():
        try:
            if isinstance(form, SettleForm):
                actions.settle(actor, number, form.cleaned_data["how"], form.amount_fen)
            else:
                actions.reply(actor, number, **form.cleaned_data)
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Sent."))
            return redirect(found.firm_url)
    context = {**incident_context(found), "form": form if settling or found.state == "REPORTED" else None, "settling": settling}
    return render(request, "delivery/firm_incident.html", context, status=422 if form.errors else 200)


@access.open_to(STAFF)
def paper(request: HttpRequest, number: str) -> HttpResponse:
    """The signed paper of a trace."""
    actor = access.actor_of(request)
    found = access.get(actor, Incident, number=number)
    firm_roles(actor, found.firm)
    trace = Trace.objects.filter(incident=found).first()
    if trace is None:
        raise NotFound
    document, data = documents.read(actor, trace.paper, f"寄递事件 {found.number}")
    answer = HttpResponse(data, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{document.code}.pdf"'
    return answer


@access.open_to(STAFF)
def ban(request: HttpRequest, number: str) -> HttpResponse:
    """A ban the firm was told of: facts, what it rests on, and the answer by the last day."""
    actor = access.actor_of(request)
    found = access.get(actor, Ban, number=number)
    firm_roles(actor, found.firm)
    form = StatementForm(request.POST or None)
    if form.is_valid():
        try:
            actions.hear(actor, number, form.cleaned_data["statement"])
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Sent. Another person than the one who proposed it decides."))
            return redirect(found.firm_url)
    context = {
        "ban": found,
        "state": lists.ban_state(found),
        "form": form if found.state == "NOTICED" else None,
        "until": ban_until(clock.today()),
        "colour": law.clock_colour(found.due_on, clock.today()) if found.due_on else "",
        "steps": lists.named_steps("ban", steps_of(found)),
        "papers": papers.of_ban(found),
        "desk": False,
    }
    return render(request, "delivery/firm_ban.html", context, status=422 if form.errors else 200)


@access.open_to(STAFF)
def worker_fact(request: HttpRequest, number: str) -> HttpResponse:
    """A fact about one of the firm's workers; the code goes to the worker, or the firm appeals for them."""
    actor = access.actor_of(request)
    found = access.get(actor, WorkerFact, number=number)
    firm_roles(actor, found.firm)
    form = StatementForm(request.POST or None)
    if form.is_valid():
        try:
            actions.appeal(actor, found, form.cleaned_data["statement"])
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Sent. An officer who did not enter the fact decides."))
            return redirect("delivery:firm_worker", number)
    appealed = getattr(found, "appeal", None)
    context = {
        "fact": found,
        "fault": faults()[found.fault],
        "appeal": appealed,
        "state": lists.state_name("appeal", appealed.state) if appealed else "",
        "form": None if appealed else form,
    }
    return render(request, "delivery/firm_worker.html", context, status=422 if form.errors else 200)
