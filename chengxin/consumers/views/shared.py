"""What the pages of a complaint show at the merchant's and the platform's door: its facts without who complained, answers, promises."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.consumers import actions, forms, lists, queries
from chengxin.consumers.models import Complaint, Identity
from chengxin.consumers.models.complaints import AT_WORK
from chengxin.kernel.errors import ChengxinError
from chengxin.kernel.masking import mask


def inbox(request: HttpRequest, table: Any, mine: Any, template: str) -> HttpResponse:
    """The complaints of an actor's own shops or platform."""
    found = access.all(access.actor_of(request), Complaint).filter(mine).select_related("shop")
    view = table.view(request.GET, queries.by_clock(found))
    return view.export_response() if view.export else render(request, template, {"table": view})


def answered(request: HttpRequest, found: Complaint, door: str, here: str) -> HttpResponseBase:
    """One complaint with the form of an answer."""
    actor = access.actor_of(request)
    audit.record_read(str(actor), f"consumers.complaint:{found.pk}", ("text", "request", "order_ref"), "答复投诉")
    form = forms.AnswerForm(*((request.POST, request.FILES) if request.method == "POST" else (None, None)))
    if form.is_valid() and _said(request, actor, found, form):
        return redirect(here)
    context = {**lists.page(found), **complaint_facts(found), "form": form, "door": door, "open": found.state in AT_WORK}
    return render(request, "consumers/answer.html", context, status=422 if form.errors else 200)


def _said(request: HttpRequest, actor: Actor, found: Complaint, form: forms.AnswerForm) -> bool:
    try:
        actions.answer(actor, found.number, form.given, form.cleaned_data["photos"])
    except ChengxinError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Your answer is with the consumer and the officer."))
    return True


def complaint_facts(found: Complaint) -> dict[str, Any]:
    """What was complained of, what was said, and the complainant's surname alone."""
    who = Identity.objects.filter(complaint=found).first()
    return {
        "complainant": mask("name", who.name, "public") if who else "",
        "answers": [
            {"one": one, "offer": lists.coded("complaint_request", one.offer) if one.offer else ""}
            for one in found.answers.select_related("rating")
        ],
        "promises": lists.promise_rows(found.promises.all()),
        "ground": lists.ground(found.ground),
        "said": lists.WORDS[found.word],
    }
