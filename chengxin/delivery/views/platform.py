"""The platform's door: may this courier firm be admitted, and the platform's word that a ban is applied or lifted."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.delivery import actions, queries
from chengxin.kernel.errors import ChengxinError, NotFound
from chengxin.subjects.models import Platform

STAFF = "platform_staff"


@access.open_to(STAFF)
def board(request: HttpRequest) -> HttpResponse:
    """Every courier firm with its status today; what has to be confirmed stands first."""
    actor = access.actor_of(request)
    platform = access.all(actor, Platform).filter(code__in=actor.platforms).first()
    if platform is None:
        raise NotFound
    if request.method == "POST":
        try:
            if request.POST.get("act") == "ask":
                answer, _signed = actions.tell_status(actor, platform.code, request.POST.get("firm", ""))
                messages.info(request, _("It may be admitted.") if answer.admit else _("It may not be admitted."))
            else:
                actions.confirm_receipt(actor, platform.code, request.POST.get("ban", ""))
                messages.success(request, _("Confirmation recorded."))
        except ChengxinError as error:
            messages.error(request, str(error))
        return redirect("delivery:board")
    return render(request, "delivery/board.html", {"platform": platform, "rows": queries.board(platform.code)})
