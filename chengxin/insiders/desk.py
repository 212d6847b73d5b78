"""The officers' pages: the inbox of the named handlers, their key, one mailbox; and whom the head has named."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.accounts.models import User
from chengxin.insiders import actions, lists, queries
from chengxin.insiders.access import DESK, channels_of
from chengxin.insiders.errors import NotOfDepartment, NotSealed
from chengxin.insiders.forms import NameForm, ReportForm
from chengxin.insiders.models import HANDLED, HandlerKey, Mailbox
from chengxin.kernel.errors import ChengxinError, NotFound
from chengxin.subjects.models import Subject


@access.open_to(*DESK)
def inbox(request: HttpRequest) -> HttpResponse:
    """The mailboxes of the channels the reader is named for."""
    actor = access.actor_of(request)
    table = lists.INBOX.view(request.GET, queries.inbox(actor))
    if table.export:
        return table.export_response()
    mine = sorted(channels_of(actor))
    context = {
        "table": table,
        "channels": [{"code": one, "open": bool(queries.receivers(one)), "lost": queries.unread_by_loss(one)} for one in mine],
        "no_key": [one for one in mine if not queries.live_keys(one).filter(handler__user=actor.user).exists()],
        "least": queries.least_handlers(),
        "leads": bool(actor.departments_as("head")),
    }
    return render(request, "insiders/inbox.html", context)


@access.open_to(*DESK)
def key(request: HttpRequest) -> HttpResponse:
    """The reader's own keys: make one, say that one is lost."""
    actor = access.actor_of(request)
    mine = sorted(channels_of(actor))
    if request.method == "POST":
        try:
            _change_key(request, actor)
        except ChengxinError as error:
            messages.error(request, str(error))
        return redirect("insiders:key")
    keys = HandlerKey.objects.filter(handler__user=actor.user).select_related("handler")
    return render(request, "insiders/key.html", {"mine": mine, "keys": keys, "live": [one for one in keys if one.ended_at is None]})


def _change_key(request: HttpRequest, actor: Actor) -> None:
    given = request.POST
    if given.get("act") == "lost":
        actions.lose_key(actor, given.get("department", ""))
        messages.success(request, _("Noted. Make a new key; tell the other handlers."))
        return
    try:
        wrapped = json.loads(given.get("wrapped", ""))
    except (ValueError, RecursionError) as error:
        raise NotSealed from error
    actions.register_key(actor, given.get("department", ""), given.get("key", ""), given.get("public", ""), wrapped)
    messages.success(request, _("The key is in use. Keep the passphrase: nobody can replace it."))


@access.open_to(*DESK)
def handlers(request: HttpRequest) -> HttpResponse:
    """Whom the department has named; its head names and ends."""
    actor = access.actor_of(request)
    led = actor.departments_as("head")
    form = NameForm(led, request.POST if "name" in request.POST else None)
    if request.method == "POST":
        try:
            if _named(request, actor, sorted(led), form):
                return redirect("insiders:handlers")
        except ChengxinError as error:
            form.add_error(None, str(error)) if form.is_bound else messages.error(request, str(error))
    context = {"rows": queries.handlers(led | channels_of(actor)), "form": form, "leads": bool(led), "least": queries.least_handlers()}
    return render(request, "insiders/handlers.html", context, status=422 if form.errors else 200)


def _named(request: HttpRequest, actor: Actor, led: list[str], form: NameForm) -> bool:
    if "end" in request.POST:
        actions.end_handler(actor, request.POST["end"])
        return True
    if not form.is_valid():
        return False
    user = User.objects.get(pk=form.cleaned_data["user"])
    works = sorted(set(led) & set(user.grants.values_list("department", flat=True)))
    if not works:
        raise NotOfDepartment
    actions.name_handler(actor, user, works[0], form.cleaned_data["deputy"])
    return True


@access.open_to(*DESK)
def mailbox(request: HttpRequest, number: str) -> HttpResponse:
    """One mailbox, opened for a stated purpose and decrypted in the handler's browser: answer, write down, close."""
    actor = access.actor_of(request)
    found = access.get(actor, Mailbox, number=number)
    form = ReportForm(request.POST if "report" in request.POST else None)
    if request.method == "POST":
        try:
            if _done(request, actor, found, form):
                return redirect(found.page_url)
        except ChengxinError as error:
            form.add_error(None, str(error)) if form.is_bound else messages.error(request, str(error))
    purpose = access.purpose(request)
    actions.note_opening(actor, found, str(purpose))
    answer = render(request, "insiders/mailbox.html", _context(actor, found, form), status=422 if form.errors else 200)
    answer["Cache-Control"] = "no-store"
    return answer


def _context(actor: Actor, found: Mailbox, form: ReportForm) -> dict[str, Any]:
    sealed = queries.for_handler(found, actor)
    return {
        "one": found,
        "state": lists.state_name(found.state),
        "handled": found.state == HANDLED,
        "sealed": sealed,
        "may_answer": bool(sealed["current"]),
        "lost": queries.lost_messages(found),
        "reports": found.reports.select_related("subject"),
        "form": form,
    }


def _done(request: HttpRequest, actor: Actor, found: Mailbox, form: ReportForm) -> bool:
    """Whether something was done."""
    if "sealed" in request.POST:
        actions.answer(actor, found.number, request.POST["sealed"])
        messages.success(request, _("Sent. Only the reporter and the handlers can read it."))
    elif "handled" in request.POST:
        actions.mark_handled(actor, found.number)
        messages.success(request, _("Handled. The mailbox is deleted when its term is over."))
    elif form.is_valid():
        subject = Subject.objects.filter(uscc=form.cleaned_data["uscc"].strip().upper()).first()
        if subject is None:
            raise NotFound
        actions.write_report(actor, found.number, subject.pk, form.cleaned_data["text"])
        messages.success(request, _("Written down in your name and handed to the desk that opens cases."))
    else:
        return False
    return True
