"""The platform's door: complaints about its shops."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from chengxin.accounts import access
from chengxin.consumers import lists
from chengxin.consumers.access import STAFF, of_platform
from chengxin.consumers.models import Complaint
from chengxin.consumers.views.shared import answered, inbox


@access.open_to(STAFF)
def platform_complaints(request: HttpRequest) -> HttpResponse:
    """Accepted complaints about shops of my platform, the nearest day first."""
    return inbox(request, lists.PLATFORMS, of_platform(access.actor_of(request)), "consumers/platform_complaints.html")


@access.open_to(STAFF)
def platform_complaint(request: HttpRequest, number: str) -> HttpResponseBase:
    """One of them; answer it."""
    actor = access.actor_of(request)
    found = access.get(actor, Complaint, number=number, platform__code__in=actor.platforms)
    return answered(request, found, "platform", found.platform_url)
