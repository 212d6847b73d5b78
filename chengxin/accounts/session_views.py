"""Pages of sessions: a person's own, and the administrator's button that ends somebody's."""

from __future__ import annotations

import uuid

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chengxin.accounts import access, sessions
from chengxin.accounts.forms import why_of
from chengxin.accounts.models import User
from chengxin.accounts.roles import Role


@access.open_to_signed_in
@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]
def own(request: HttpRequest) -> HttpResponse:
    """Where one is signed in. A POST ends one session, or all the others; it asks for the password first."""
    actor = access.actor_of(request)
    assert actor.user is not None  # open_to_signed_in
    here = request.session.session_key or ""
    if request.method == "POST":
        sessions.end(actor.user, by=actor, but=here, only=request.POST.get("session", ""))
        messages.success(request, _("Signed out there."))
        return redirect("accounts:sessions")
    shown = [{"session": one, "here": one.session_key == here} for one in sessions.of_user(actor.user)]
    return render(request, "accounts/sessions.html", {"rows": shown})


@access.open_to(Role.SECADMIN)
@require_POST
def end(request: HttpRequest, id: uuid.UUID) -> HttpResponse:
    """Sign a person out everywhere."""
    actor = access.actor_of(request)
    found = access.get(actor, User, pk=id)
    ended = sessions.end(found, by=actor, why=why_of(request))
    messages.success(request, _("Sessions ended: {number}.").format(number=ended))
    return redirect("accounts:person", id=id)
