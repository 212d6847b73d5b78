"""The platform's door: the rule in force, own shops with gaps in their chains, masking with a statement of reasons."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.evaluation import actions, lists, queries
from chengxin.evaluation.access import PLATFORM
from chengxin.evaluation.forms import TreatForm
from chengxin.evaluation.models import RatingRule, Snapshot, Treatment
from chengxin.kernel import clock
from chengxin.kernel.errors import ChengxinError


@access.open_to(*PLATFORM)
def own(request: HttpRequest) -> HttpResponse:
    """Scores of my shops, the rule in force, what was masked."""
    actor = access.actor_of(request)
    table = lists.MINE.view(request.GET, lists.with_gaps(queries.latest_of_platforms(actor)))
    if table.export:
        return table.export_response()
    rule = RatingRule.objects.filter(effective_on__lte=clock.today()).first()
    masked = Treatment.objects.filter(shop__platform__code__in=actor.platforms).select_related("shop", "end")[:20]
    return render(request, "evaluation/platform.html", {"table": table, "rule": rule, "masked": masked})


@access.open_to(*PLATFORM)
def mask(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Mask part of a review; the original is kept, everybody reads why."""
    return write_treatment(request, pk, (Treatment.Act.MASK,), reverse("evaluation:own"))


def write_treatment(request: HttpRequest, pk: UUID, acts: tuple[str, ...], back: str) -> HttpResponse:
    """The form of a masking or an exclusion, for whoever may decide it."""
    actor = access.actor_of(request)
    one = access.get(actor, Snapshot, shop_id=pk)
    form = TreatForm(acts, request.POST or None)
    if form.is_valid():
        try:
            made = actions.treat(actor, one.shop_id, form.cleaned_data)
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Decided, with the number %s. The statement is public.") % made.number)
            return redirect(back)
    context = {"form": form, "title": _("Decide about a review"), "lead": str(one.shop), "back_url": back, "back_name": _("Evaluation")}
    return render(request, "evaluation/form.html", context, status=422 if form.errors else 200)
