"""The platform's door: its channels, and what does not reconcile."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.kernel.errors import ChengxinError, NotFound
from chengxin.payments import actions, forms, lists, queries
from chengxin.payments.access import STAFF
from chengxin.payments.models import Mismatch
from chengxin.payments.views.officer import mismatch_context, plain_form, said
from chengxin.subjects.models import Platform


def own(actor: Actor) -> Platform:
    """The platform of the actor; people of two platforms act for the first, by code."""
    found = access.all(actor, Platform).filter(code__in=actor.platforms).first()
    if found is None:
        raise NotFound
    return found


@access.open_to(STAFF)
def my_channels(request: HttpRequest) -> HttpResponse:
    """How my platform takes money, and what is missing."""
    actor = access.actor_of(request)
    return render(request, "payments/my_channels.html", {"lines": queries.inventory(actor, own(actor))})


@access.open_to(STAFF)
def new_channel(request: HttpRequest) -> HttpResponse:
    """Enter a channel, or its end."""
    actor = access.actor_of(request)
    form = forms.ChannelForm(request.POST or None)
    if form.is_valid():
        try:
            actions.report_channel(actor, own(actor), form.cleaned_data)
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The channel is on record."))
            return redirect("payments:my_channels")
    return plain_form(request, form, _("Payment channel"), "payments:my_channels", _("Payment channels"))


@access.open_to(STAFF)
def my_mismatches(request: HttpRequest) -> HttpResponse:
    """What of my platform's reports does not fit."""
    actor = access.actor_of(request)
    table = lists.MINE.view(
        request.GET, access.all(actor, Mismatch).filter(platform__code__in=actor.platforms).select_related("platform", "shop")
    )
    return table.export_response() if table.export else render(request, "payments/my_mismatches.html", {"table": table})


@access.open_to(STAFF)
def my_mismatch(request: HttpRequest, number: str) -> HttpResponse:
    """One of them; explain it."""
    actor = access.actor_of(request)
    found = access.get(actor, Mismatch, number=number, platform__code__in=actor.platforms)
    form = forms.TextForm(_("Explanation"), request.POST or None, help_text=_("Facts and numbers of papers. No names, no card numbers."))
    if form.is_valid() and said(request, lambda: actions.explain(actor, number, form.cleaned_data["text"]), form):
        return redirect(found.platform_url)
    return render(request, "payments/my_mismatch.html", {**mismatch_context(found), "form": form}, status=422 if form.errors else 200)
