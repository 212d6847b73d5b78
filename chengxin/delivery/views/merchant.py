"""The merchant's door: a parcel of an own shop on its way; rate the carriage, report what went wrong."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.delivery import actions, lists, timeline
from chengxin.delivery.errors import ParcelUnknown
from chengxin.delivery.forms import IncidentForm, MarksForm, WaybillForm
from chengxin.delivery.models import Incident, MerchantRating
from chengxin.delivery.views.public import parcel_context
from chengxin.kernel.errors import ChengxinError
from chengxin.subjects.models import Shop
from chengxin.subjects.queries import family

OWNER = "merchant"


def own_parcel(actor: Actor, waybill_no: str) -> timeline.Parcel:
    """A parcel that one of the merchant's shops sent. Raises ParcelUnknown for any other."""
    found = timeline.parcel(waybill_no)
    if not Shop.objects.filter(token__in=found.shops, subject__in=family(*actor.subjects)).exists():
        raise ParcelUnknown
    return found


@access.open_to(OWNER)
def parcels(request: HttpRequest) -> HttpResponse:
    """Ask about a parcel by its waybill, rate it, report it; and what became of own reports."""
    actor, act = access.actor_of(request), request.POST.get("act", "")
    form = WaybillForm(request.POST or None)
    marks, trouble = MarksForm(request.POST if act == "rate" else None), IncidentForm(request.POST if act == "report" else None)
    found = None
    if form.is_valid():
        try:
            found = own_parcel(actor, form.cleaned_data["waybill_no"])
            if act == "rate" and marks.is_valid():
                actions.rate_as_merchant(actor, found.waybill_no, marks.marks)
                messages.success(request, _("Thank you. Your rating stands with those of other merchants."))
                return redirect("delivery:merchant_parcels")
            if act == "report" and trouble.is_valid():
                actions.report(actor, "merchant", found.waybill_no, found.orders[0], **trouble.cleaned_data)
                messages.success(request, _("Reported. The firm answers within the days of the law."))
                return redirect("delivery:merchant_parcels")
        except ChengxinError as error:
            (form if found is None else trouble if act == "report" else marks).add_error(None, str(error))
    mine = Incident.objects.filter(reported_by=str(actor)).select_related("firm").order_by("-reported_at")
    context = {
        "form": form,
        "marks": marks,
        "trouble": trouble,
        "found": found,
        "reports": [{"one": one, "state": lists.state_name("incident", one.state), "colour": lists.colour(one)} for one in mine[:50]],
        **parcel_context(found),
    }
    rated = found is not None and MerchantRating.objects.filter(waybill_no=found.waybill_no).exists()
    context |= {"rated": rated, "may_rate": found is not None and not rated}
    wrong = form.errors or marks.errors or trouble.errors
    return render(request, "delivery/merchant_parcels.html", context, status=422 if wrong else 200)
