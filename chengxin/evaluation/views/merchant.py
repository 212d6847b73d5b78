"""The owner's door: my scores, what lifts me, replying, objecting, taking my reputation along."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chengxin.accounts import access
from chengxin.evaluation import actions, queries, score
from chengxin.evaluation.access import OWNERS
from chengxin.evaluation.forms import ObjectForm, ReplyForm
from chengxin.evaluation.models import Objection, Snapshot
from chengxin.evaluation.views.public import level_of, paged
from chengxin.kernel.errors import ChengxinError


@access.open_to(*OWNERS)
def mine(request: HttpRequest) -> HttpResponse:
    """My shops' scores, what would lift each, and my objections."""
    actor = access.actor_of(request)
    shops = [_line(queries.shown(one.shop_id)) for one in queries.latest_of_owner(actor)]
    objections = access.all(actor, Objection).select_related("shop").order_by("-raised_at")
    return render(request, "evaluation/mine.html", {"shops": shops, "objections": objections})


def _line(one: Snapshot) -> dict[str, Any]:
    lift = score.lift(queries.document(one))
    return {"one": one, "level": level_of(one), "lift": lift, "target": f"{lift['target'] / score.STAR:.1f}" if lift["target"] else ""}


@access.open_to(*OWNERS)
def my_reviews(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Reviews of my shop, to reply or to object."""
    actor = access.actor_of(request)
    one = queries.shown(access.get(actor, Snapshot, shop_id=pk, shop__subject__in=actor.subjects).shop_id)
    bad = request.GET.get("stars") == "bad"
    rows = [row for row in queries.reviews(one) if not bad or row["stars"] <= one.rule.content["bad_to"]]
    return render(request, "evaluation/my_reviews.html", {"one": one, "bad": bad, **paged(request, rows)})


@access.open_to(*OWNERS)
def reply(request: HttpRequest, pk: UUID, review_no: str) -> HttpResponse:
    """Answer a review in public, once."""
    return _write(request, pk, review_no, ReplyForm(request.POST or None))


@access.open_to(*OWNERS)
def object_to(request: HttpRequest, pk: UUID, review_no: str) -> HttpResponse:
    """Dispute a review, or what was decided about it."""
    return _write(request, pk, review_no, ObjectForm(request.POST or None))


def _write(request: HttpRequest, pk: UUID, review_no: str, form: forms.Form) -> HttpResponse:
    actor = access.actor_of(request)
    one = access.get(actor, Snapshot, shop_id=pk, shop__subject__in=actor.subjects)
    back = reverse("evaluation:my_reviews", args=[pk])
    title = _("Reply to a review") if isinstance(form, ReplyForm) else _("Object")
    if form.is_valid():
        try:
            if isinstance(form, ReplyForm):
                actions.reply(actor, one.shop_id, review_no, form.cleaned_data["text"])
            else:
                actions.object_to(actor, one.shop_id, review_no, form.cleaned_data["statement"])
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Kept. It shows at once."))
            return redirect(back)
    context = {"form": form, "title": title, "lead": review_no, "back_url": back, "back_name": one.shop.name}
    return render(request, "evaluation/form.html", context, status=422 if form.errors else 200)


@access.open_to(*OWNERS)
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """My reputation as one signed file for another platform."""
    made = actions.export_reputation(access.actor_of(request))
    answer = HttpResponse(json.dumps(made, ensure_ascii=False), content_type="application/json")
    answer["Content-Disposition"] = 'attachment; filename="reputation.json"'
    return answer
