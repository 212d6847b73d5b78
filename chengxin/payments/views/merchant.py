"""The merchant's door: what does not reconcile at the own shops, before anybody draws a conclusion."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chengxin.accounts import access
from chengxin.payments import lists
from chengxin.payments.models import Mismatch


@access.open_to("merchant")
def shop_mismatches(request: HttpRequest) -> HttpResponse:
    """The list with state and reasons; the platform explains, an officer decides."""
    actor = access.actor_of(request)
    found = access.all(actor, Mismatch).filter(shop__subject__in=actor.subjects).select_related("platform", "shop")
    table = lists.SHOPS.view(request.GET, found)
    return table.export_response() if table.export else render(request, "payments/shop_mismatches.html", {"table": table})
