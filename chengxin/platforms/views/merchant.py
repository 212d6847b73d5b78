"""The merchant's door: measures against the own shops, with reasons, and the appeal."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.kernel.errors import ChengxinError
from chengxin.platforms import actions, lists, queries
from chengxin.platforms.access import OWNERS
from chengxin.platforms.forms import AppealForm
from chengxin.platforms.models import Measure
from chengxin.platforms.models.measures import APPEALABLE


@access.open_to(*OWNERS)
def my_measures(request: HttpRequest) -> HttpResponse:
    """What platforms have done to my shops."""
    actor = access.actor_of(request)
    found = access.all(actor, Measure).filter(shop__subject__in=actor.subjects).select_related("platform", "shop")
    rows = [{"one": one, "action": lists.action_name(one.action), "state": lists.state_name("measure", one.state)} for one in found]
    return render(request, "platforms/my_measures.html", {"rows": rows})


@access.open_to(*OWNERS)
def my_measure(request: HttpRequest, number: str) -> HttpResponse:
    """Facts, reason, basis, last day; and the appeal that a person answers."""
    actor = access.actor_of(request)
    found = access.get(actor, Measure, number=number, shop__subject__in=actor.subjects)
    form = AppealForm(request.POST or None)
    if form.is_valid():
        try:
            made = actions.appeal(actor, number, form.cleaned_data["statement"])
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Your appeal is with the platform; a person answers it by %s.") % made.due_on.isoformat())
            return redirect(found.merchant_url)
    context = {
        "measure": found,
        "action": lists.action_name(found.action),
        "behaviour": lists.behaviour_name(found.behaviour),
        "state": lists.state_name("measure", found.state),
        "appeals": found.appeals.all(),
        "may_appeal": found.state in APPEALABLE,
        "form": form,
        "steps": queries.named_steps("measure", found.pk),
    }
    return render(request, "platforms/my_measure.html", context, status=422 if form.errors else 200)
