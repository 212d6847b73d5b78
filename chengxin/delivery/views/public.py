"""Everybody's door: track a parcel by its two numbers, rate it, report what went wrong, follow it; firms with three ratings and bans."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.delivery import actions, lists, queries, timeline
from chengxin.delivery.access import firm_by_code
from chengxin.delivery.actions.incidents import by_code
from chengxin.delivery.actions.workers import fact_by_code
from chengxin.delivery.forms import AppealForm, CodeForm, IncidentForm, MarksForm, ParcelForm
from chengxin.delivery.models import ConsumerRating
from chengxin.kernel.errors import ChengxinError
from chengxin.subjects.models import CourierFirm, CourierOutlet


@access.open_to_all
def track(request: HttpRequest) -> HttpResponse:
    """Waybill and order number, asked by POST so that they stay out of addresses and logs; then the timeline, and what one may do."""
    act = request.POST.get("act", "")
    form = ParcelForm(request.POST or None)
    marks = MarksForm(request.POST if act == "rate" else None)
    trouble = IncidentForm(request.POST if act == "report" else None)
    found = made = None
    if form.is_valid():
        try:
            found = timeline.parcel(**form.cleaned_data)
            made = _done(request, act, form.cleaned_data, marks, trouble)
        except ChengxinError as error:
            (form if found is None else trouble if act == "report" else marks).add_error(None, str(error))
    wrong = form.errors or marks.errors or trouble.errors
    context = {"form": form, "marks": marks, "trouble": trouble, "found": found, "made": made, "act": act, **parcel_context(found)}
    return render(request, "delivery/track.html", context, status=422 if wrong else 200)


def _done(request: HttpRequest, act: str, numbers: dict[str, str], marks: MarksForm, trouble: IncidentForm) -> Any:
    """Rate or report, when that was asked for and is whole; returns the incident that was made."""
    actor = access.actor_of(request)
    if act == "rate" and marks.is_valid():
        actions.rate_as_consumer(actor, **numbers, marks=marks.marks)
        messages.success(request, _("Thank you. Your rating stands with those of other consumers."))
    if act == "report" and trouble.is_valid():
        return actions.report(actor, "consumer", numbers["waybill_no"], numbers["order_no"], **trouble.cleaned_data)
    return None


def parcel_context(found: timeline.Parcel | None) -> dict[str, Any]:
    """What the page shows of a parcel: its way with outlets' names, and whether it may be rated."""
    if found is None:
        return {}
    firm = CourierFirm.objects.filter(code=found.courier).first()
    rated = firm is not None and ConsumerRating.objects.filter(firm=firm, waybill_no=found.waybill_no).exists()
    names = dict(CourierOutlet.objects.filter(firm=firm).values_list("code", "name")) if firm else {}
    return {"firm": firm, "names": names, "rated": rated, "may_rate": bool(firm and found.delivered_at and not rated)}


@access.open_to_all
def follow(request: HttpRequest) -> HttpResponse:
    """What became of a report, by the code."""
    form, found = CodeForm(request.POST or None), None
    if form.is_valid():
        try:
            found = by_code(form.cleaned_data["code"])
        except ChengxinError as error:
            form.add_error("code", str(error))
    context = {"form": form, "incident": found, "state": lists.state_name("incident", found.state) if found else "", "colour": lists.colour}
    if found:
        context["colour"] = lists.colour(found)
    return render(request, "delivery/follow.html", context, status=422 if form.errors else 200)


@access.open_to_all
def appeal(request: HttpRequest) -> HttpResponse:
    """A courier worker appeals against a fact on record by the code that the employer handed over."""
    form, made = AppealForm(request.POST or None), None
    if form.is_valid():
        try:
            fact = fact_by_code(form.cleaned_data["code"])
            made = actions.appeal(access.ANONYMOUS, fact, form.cleaned_data["statement"])
        except ChengxinError as error:
            form.add_error(None, str(error))
    return render(request, "delivery/appeal.html", {"form": form, "made": made}, status=422 if form.errors else 200)


@access.open_to_all
def firms(request: HttpRequest) -> HttpResponse:
    """All courier firms; what regulators, merchants and consumers say stands side by side, and who is barred from platforms."""
    return render(request, "delivery/firms.html", {"rows": queries.public_firms()})


@access.open_to_all
def firm(request: HttpRequest, code: str) -> HttpResponse:
    """One firm: its three ratings with numbers and intervals, outlet by outlet when asked, and its ban."""
    found = firm_by_code(code)
    if found.status != "active":
        return redirect("delivery:firms")
    return render(request, "delivery/public_firm.html", queries.public_firm(found))
