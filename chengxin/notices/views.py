"""Pages of a person's inbox: parse, call, render."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from chengxin.accounts import access
from chengxin.kernel import language
from chengxin.notices import actions, catalogue, lists, mail, queries
from chengxin.notices.forms import PreferenceForm


@access.open_to_signed_in
def inbox(request: HttpRequest) -> HttpResponse:
    """What the reader was told, newest first."""
    actor = access.actor_of(request)
    table = lists.INBOX.view(request.GET, queries.inbox(actor))
    if table.export:
        return table.export_response()
    return render(request, "notices/inbox.html", {"table": table, "unread": queries.unread(actor)})


@access.open_to_signed_in
def waiting(request: HttpRequest) -> HttpResponse:
    """What waits for the reader in all rooms, the nearest last day first."""
    rows = queries.waiting(access.actor_of(request))
    table = lists.waiting(rows).view(request.GET, rows)
    if table.export:
        return table.export_response()
    return render(request, "notices/waiting.html", {"table": table, "counts": queries.colours(rows)})


@access.open_to_signed_in
def follow(request: HttpRequest, id: UUID) -> HttpResponse:
    """Mark one notice read and go to what it is about."""
    return redirect(actions.follow(access.actor_of(request), id))


@access.open_to_signed_in
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything read."""
    count = actions.read_all(access.actor_of(request))
    messages.success(request, ngettext("%d notice is marked as read.", "%d notices are marked as read.", count) % count)
    return redirect("notices:inbox")


@access.open_to_signed_in
def preferences(request: HttpRequest) -> HttpResponse:
    """What the reader wants to be told, and how."""
    actor = access.actor_of(request)
    assert actor.user is not None  # the door let only people in
    kept = queries.preference(actor.user)
    form = PreferenceForm(request.POST or None, initial={"mail": kept.mail, "muted": kept.muted})
    if request.method == "POST" and form.is_valid():
        actions.prefer(actor, form.cleaned_data["mail"], form.cleaned_data["muted"])
        messages.success(request, _("Saved."))
        return redirect("notices:preferences")
    official = [language.pick(one) for one in catalogue.topics().values() if one["official"]]
    context: dict[str, Any] = {"form": form, "official": official, "mail_on": mail.configured(), "address": bool(actor.user.email)}
    return render(request, "notices/preferences.html", context, status=422 if form.errors else 200)
