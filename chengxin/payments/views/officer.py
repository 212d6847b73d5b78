"""The officer's door: channels with their licences and flags, what does not reconcile, risk events, claims."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.kernel.errors import ChengxinError
from chengxin.payments import actions, forms, lists, queries
from chengxin.payments.access import DESK
from chengxin.payments.models import ChannelFlag, Claim, Mismatch, Reconciliation, RiskEvent
from chengxin.payments.models.mismatches import WAITING
from chengxin.subjects.models import PaymentOrg


@access.open_to(*DESK)
def channels(request: HttpRequest) -> HttpResponse:
    """Flags first, then every channel of every platform with the licence it rests on."""
    actor = access.actor_of(request)
    table = lists.FLAGS.view(request.GET, access.all(actor, ChannelFlag).select_related("platform"))
    if table.export:
        return table.export_response()
    context = {"table": table, "lines": queries.inventory(actor), "open": access.all(actor, ChannelFlag).filter(state="OPEN").count()}
    return render(request, "payments/channels.html", context)


@access.open_to(*DESK)
def licences(request: HttpRequest) -> HttpResponse:
    """Take in the central bank's list as it stood on a day."""
    form = forms.LicencesForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            added = actions.import_licences(access.actor_of(request), given["file"].read(), given["listed_on"], given["source"])
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Imported. New rows: %(rows)s.") % {"rows": added})
            return redirect("payments:channels")
    return plain_form(request, form, _("Import a list of licences"), "payments:channels", _("Payment channels"))


def plain_form(request: HttpRequest, form: Any, title: str, back: str, back_name: str, lead: str = "", send: str = "") -> HttpResponse:
    """One form on a page of its own."""
    context = {"form": form, "title": title, "back": back, "back_name": back_name, "lead": lead, "send": send or _("Save")}
    return render(request, "payments/form.html", context, status=422 if form.errors else 200)


@access.open_to(*DESK)
def flag(request: HttpRequest, number: str) -> HttpResponse:
    """What points to money outside a licensed institution, and the decision."""
    actor = access.actor_of(request)
    found = access.get(actor, ChannelFlag, number=number)
    form = forms.ReasonForm([("dismiss", _("Nothing is wrong")), ("confirm", _("It is so; pass it on"))], request.POST or None)
    if form.is_valid():
        act = actions.confirm_flag if form.cleaned_data["decision"] == "confirm" else actions.dismiss_flag
        if said(request, lambda: act(actor, number, form.cleaned_data["reason"]), form):
            return redirect(found.page_url)
    context = {**lists.page(found), "kind": lists.FLAG_NAMES[found.kind], "form": form}
    context["rows"] = queries.rows_of({"payment": found.evidence.get("facts", [])})
    return render(request, "payments/flag.html", context, status=422 if form.errors else 200)


def said(request: HttpRequest, act: Any, form: Any) -> bool:
    """Do it; what went wrong stands at the form."""
    try:
        act()
    except ChengxinError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Done."))
    return True


@access.open_to(*DESK)
def mismatches(request: HttpRequest) -> HttpResponse:
    """What waits per platform, the last run, and everything that does not fit."""
    actor = access.actor_of(request)
    found = access.all(actor, Mismatch).select_related("platform", "shop")
    table = lists.ALL.view(request.GET, found)
    if table.export:
        return table.export_response()
    platform = request.GET.get("platform__code", "")
    context = {"table": table, "platforms": queries.by_platform(actor), "shops": queries.by_shop(actor, platform) if platform else []}
    return render(request, "payments/mismatches.html", {**context, "run": Reconciliation.objects.first()})


@access.open_to(*DESK)
def mismatch(request: HttpRequest, number: str) -> HttpResponse:
    """One that does not fit, with the rows that show it: ask the platform, accept, or confirm."""
    actor = access.actor_of(request)
    found = access.get(actor, Mismatch, number=number)
    act = request.POST.get("act", "")
    question = forms.TextForm(_("Question to the platform"), request.POST if act == "ask" else None, prefix="q")
    decide = forms.ReasonForm(
        [("accept", _("Explained; close it")), ("confirm", _("It does not fit; confirm"))], request.POST if act == "decide" else None
    )
    if question.is_valid() and said(request, lambda: actions.ask(actor, number, question.cleaned_data["text"]), question):
        return redirect(found.page_url)
    if decide.is_valid():
        do = actions.accept if decide.cleaned_data["decision"] == "accept" else actions.confirm
        if said(request, lambda: do(actor, number, decide.cleaned_data["reason"]), decide):
            return redirect(found.page_url)
    context = {**mismatch_context(found), "question": question, "decide": decide, "waiting": found.state in WAITING}
    return render(request, "payments/mismatch.html", context, status=422 if question.errors or decide.errors else 200)


def mismatch_context(found: Mismatch) -> dict[str, Any]:
    """What the pages of a mismatch show at every door."""
    return {**lists.page(found), "kind": lists.KIND_NAMES[found.kind], "rows": queries.rows_of(found.facts)}


@access.open_to(*DESK)
def events(request: HttpRequest) -> HttpResponse:
    """The board of risk events of my department."""
    table = lists.EVENTS.view(request.GET, access.all(access.actor_of(request), RiskEvent).select_related("org"))
    return table.export_response() if table.export else render(request, "payments/events.html", {"table": table, "door": "officer"})


@access.open_to(*DESK)
def new_event(request: HttpRequest) -> HttpResponse:
    """Register a risk."""
    actor = access.actor_of(request)
    form = forms.EventForm(request.POST or None)
    if form.is_valid():
        org = PaymentOrg.objects.get(code=form.cleaned_data["org"])
        mine = sorted(actor.departments_as(*DESK))
        try:
            made = actions.signal(actor, org, {**form.cleaned_data, "department": mine[0] if mine else ""})
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            return redirect(made.page_url)
    return plain_form(request, form, _("Register a payment risk"), "payments:events", _("Payment risk events"))


EVENT_ACTS = {"triage": actions.triage, "close": actions.close_event}


@access.open_to(*DESK)
def event(request: HttpRequest, number: str) -> HttpResponse:
    """One event: triage, share, then close or record the referral."""
    actor = access.actor_of(request)
    found = access.get(actor, RiskEvent, number=number)
    act = request.POST.get("act", "")
    reason = forms.TextForm(_("Reason"), request.POST if act in EVENT_ACTS else None, prefix="r")
    refer = forms.ReferForm(request.POST if act == "refer" else None, prefix="p")
    if act == "share":
        actions.share(actor, number)
        messages.success(request, _("Shared. The institution reports by the last day shown."))
        return redirect(found.page_url)
    if reason.is_valid() and said(request, lambda: EVENT_ACTS[act](actor, number, reason.cleaned_data["text"]), reason):
        return redirect(found.page_url)
    if refer.is_valid() and said(request, lambda: actions.refer(actor, number, **refer.cleaned_data), refer):
        return redirect(found.page_url)
    context = {**event_context(found), "reason": reason, "refer": refer}
    return render(request, "payments/event.html", context, status=422 if reason.errors or refer.errors else 200)


def event_context(found: RiskEvent) -> dict[str, Any]:
    """What the pages of an event show at both doors."""
    names = {"type": lists.coded("payment_risk_type", found.type), "measure": lists.coded("payment_action", found.measure)}
    return {**lists.page(found), **names}


@access.open_to(*DESK)
def claims(request: HttpRequest) -> HttpResponse:
    """Claims my department watches over, by clock."""
    table = lists.CLAIMS.view(request.GET, access.all(access.actor_of(request), Claim).select_related("org"))
    return table.export_response() if table.export else render(request, "payments/claims.html", {"table": table})


CLAIM_ACTS = {"find_fault": actions.find_fault, "close": actions.close_claim}


@access.open_to(*DESK)
def claim(request: HttpRequest, number: str) -> HttpResponse:
    """A claim: the claimant's data only with a purpose, logged; decide who bears it, close it."""
    actor = access.actor_of(request)
    found = access.get(actor, Claim, number=number)
    act = request.POST.get("act", "")
    reason = forms.TextForm(_("Reason"), request.POST if act in CLAIM_ACTS else None, prefix="r")
    if act == "bear":
        actions.bear(actor, number)
        messages.success(request, _("Done."))
        return redirect(found.page_url)
    if reason.is_valid() and said(request, lambda: CLAIM_ACTS[act](actor, number, reason.cleaned_data["text"]), reason):
        return redirect(found.page_url)
    actions.note_read(actor, found, str(access.purpose(request)))
    context = {**lists.page(found), "reason": reason, "door": "officer"}
    return render(request, "payments/claim.html", context, status=422 if reason.errors else 200)
