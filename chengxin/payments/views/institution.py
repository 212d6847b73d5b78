"""The payment institution's door: risk events to act on, claims to answer."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.kernel.errors import ChengxinError, NotFound
from chengxin.payments import actions, forms, lists
from chengxin.payments.access import INSTITUTION, of_institution
from chengxin.payments.models import Claim, RiskEvent
from chengxin.payments.views.officer import event_context, plain_form, said
from chengxin.subjects.models import PaymentOrg

WHY = "支付机构处理申诉"


def own(actor: Actor) -> PaymentOrg:
    """The institution the actor works for; of two the first by code."""
    found = PaymentOrg.objects.filter(subject__in=actor.subjects, status="active").order_by("code").first()
    if found is None:
        raise NotFound
    return found


@access.open_to(INSTITUTION)
def my_events(request: HttpRequest) -> HttpResponse:
    """Risk events shared with my institution, and those it noticed itself."""
    actor = access.actor_of(request)
    table = lists.MY_EVENTS.view(request.GET, access.all(actor, RiskEvent).select_related("org"))
    return table.export_response() if table.export else render(request, "payments/events.html", {"table": table, "door": "institution"})


@access.open_to(INSTITUTION)
def report_event(request: HttpRequest) -> HttpResponse:
    """My institution noticed a risk."""
    actor = access.actor_of(request)
    form = forms.EventForm(request.POST or None, own=True)
    if form.is_valid():
        try:
            made = actions.signal(actor, own(actor), form.cleaned_data)
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Reported to the department in charge."))
            return redirect(made.org_url)
    return plain_form(request, form, _("Report a payment risk"), "payments:my_events", _("Payment risk events"))


@access.open_to(INSTITUTION)
def my_event(request: HttpRequest, number: str) -> HttpResponse:
    """One event, and what my institution did about it."""
    actor = access.actor_of(request)
    found = access.get(actor, RiskEvent, number=number)
    form = forms.ActionForm(request.POST or None)
    if form.is_valid() and said(request, lambda: actions.report_action(actor, number, **form.cleaned_data), form):
        return redirect(found.org_url)
    return render(request, "payments/my_event.html", {**event_context(found), "form": form}, status=422 if form.errors else 200)


@access.open_to(INSTITUTION)
def my_claims(request: HttpRequest) -> HttpResponse:
    """Claims against my institution, by clock."""
    actor = access.actor_of(request)
    table = lists.MY_CLAIMS.view(request.GET, access.all(actor, Claim).filter(of_institution(actor)).select_related("org"))
    return table.export_response() if table.export else render(request, "payments/claims.html", {"table": table})


@access.open_to(INSTITUTION)
def my_claim(request: HttpRequest, number: str) -> HttpResponse:
    """One claim: stop at once, hand in the finding, bear it, record the refund. Reading the claimant's data is logged."""
    actor = access.actor_of(request)
    found = access.get(actor, Claim, number=number)
    act = request.POST.get("act", "")
    finding = forms.FindingForm(request.POST if act == "investigate" else None, request.FILES if act == "investigate" else None)
    refund = forms.RefundForm(request.POST if act == "refund" else None)
    if act in ("stop", "bear"):
        (actions.stop if act == "stop" else actions.bear)(actor, number)
        messages.success(request, _("Done."))
        return redirect(found.org_url)
    if finding.is_valid() and said(
        request, lambda: actions.investigate(actor, number, finding.cleaned_data["finding"], finding.file), finding
    ):
        return redirect(found.org_url)
    if refund.is_valid() and said(request, lambda: actions.refund(actor, number, refund.fen, refund.cleaned_data["on"]), refund):
        return redirect(found.org_url)
    actions.note_read(actor, found, WHY)
    context = {**lists.page(found), "finding": finding, "refund": refund, "door": "institution"}
    return render(request, "payments/claim.html", context, status=422 if finding.errors or refund.errors else 200)
