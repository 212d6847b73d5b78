"""The merchant's door: complaints to answer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from chengxin.accounts import access
from chengxin.consumers import lists
from chengxin.consumers.access import MERCHANT, of_merchant
from chengxin.consumers.models import Complaint
from chengxin.consumers.views.shared import answered, inbox


@access.open_to(MERCHANT)
def my_complaints(request: HttpRequest) -> HttpResponse:
    """Accepted complaints about my shops, the nearest day first."""
    return inbox(request, lists.MINE, of_merchant(access.actor_of(request)), "consumers/my_complaints.html")


@access.open_to(MERCHANT)
def my_complaint(request: HttpRequest, number: str) -> HttpResponseBase:
    """One of them; answer it."""
    actor = access.actor_of(request)
    found = access.get(actor, Complaint, number=number, respondent__in=actor.subjects)
    return answered(request, found, "merchant", found.merchant_url)
