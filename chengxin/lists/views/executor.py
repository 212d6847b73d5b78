"""The executors' door: a measure to carry out or to lift, a removal to confirm; and a platform's own list."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chengxin.accounts import access
from chengxin.kernel import clock
from chengxin.kernel.errors import ChengxinError
from chengxin.lists import catalogue, queries
from chengxin.lists.access import EXECUTORS
from chengxin.lists.actions import platforms, pushing, unwinding
from chengxin.lists.forms import DecideForm, FeedbackForm, PlatformEntryForm
from chengxin.lists.models import PlatformListEntry, RemovalNotice, Task
from chengxin.lists.models.measures import LIFT_ASKED, LIFTED
from chengxin.subjects.models import Shop


@access.open_to(*EXECUTORS)
def task(request: HttpRequest, id: str) -> HttpResponse:
    """A measure: say what was done, or confirm that it stands no longer."""
    actor = access.actor_of(request)
    found = access.get(actor, Task, pk=id)
    mine = pushing.executes(actor, found)
    measure = catalogue.measure(found.measure)
    lifting = found.state == LIFT_ASKED
    form = None if lifting or found.state == LIFTED or not mine else FeedbackForm(measure.shop, request.POST or None)
    if request.method == "POST" and (lifting or (form is not None and form.is_valid())):
        try:
            if form is None:
                unwinding.lift(actor, found.pk, request.POST.get("said", "")[:500])
            else:
                given = form.cleaned_data
                pushing.feed_back(actor, found.pk, given["applies"] == "yes", given["said"], given.get("claimed_on"))
        except ChengxinError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Recorded."))
        return redirect(found.page_url)
    context = {
        "task": found,
        "measure": measure,
        "one": queries.Listing(found.entry),
        "form": form,
        "mine": mine,
        "lifting": lifting and mine,
    }
    return render(request, "lists/task.html", context, status=422 if form is not None and form.errors else 200)


@access.open_to("platform_staff", "payment_staff")
@require_POST
def removal(request: HttpRequest, id: str) -> HttpResponse:
    """A named person of the consumer confirms that an entry is gone from its system."""
    actor = access.actor_of(request)
    unwinding.confirm_removal(actor, access.get(actor, RemovalNotice, pk=id).pk)
    messages.success(request, _("Recorded."))
    return redirect("lists:platform_desk" if actor.has("platform_staff") else "lists:mine")


@access.open_to("platform_staff")
def platform_desk(request: HttpRequest) -> HttpResponse:
    """What the platform is to do about official lists; and, apart, its own list."""
    actor = access.actor_of(request)
    own = PlatformListEntry.objects.filter(platform__code__in=actor.platforms).select_related("shop", "platform")
    context = {
        "tasks": [(one, catalogue.measure(one.measure)) for one in queries.tasks_of(actor)],
        "notices": queries.notices_of(actor),
        "own": own,
        "today": clock.today(),
    }
    return render(request, "lists/platform_desk.html", context)


@access.open_to("platform_staff")
def platform_put(request: HttpRequest) -> HttpResponse:
    """Put a shop on the platform's own list; the shop is told at once."""
    actor = access.actor_of(request)
    form = PlatformEntryForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        shop = Shop.objects.filter(platform__code__in=actor.platforms, shop_id=given["shop_id"]).first()
        if shop is None:
            form.add_error("shop_id", _("The platform has no such shop."))
        else:
            try:
                made = platforms.put(actor, shop.pk, given)
            except ChengxinError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("The shop is told, and may appeal."))
                return redirect(made.page_url)
    return render(request, "lists/platform_put.html", {"form": form}, status=422 if form.errors else 200)


@access.open_to("platform_staff")
def platform_entry(request: HttpRequest, id: str) -> HttpResponse:
    """An entry of the platform's list, and the review of an appeal by another person than who made it."""
    actor = access.actor_of(request)
    found = access.get(actor, PlatformListEntry, pk=id)
    own = found.made_by == str(actor)
    reviewing = found.state == "APPEALED" and not own
    form = DecideForm(_("Take the entry back"), _("Keep it"), request.POST or None) if reviewing else None
    if form is not None and form.is_valid():
        try:
            platforms.review(actor, found.pk, form.yes, form.cleaned_data["reason"])
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Recorded."))
            return redirect(found.page_url)
    context = {"one": found, "form": form, "own": own, "appeal": getattr(found, "appeal", None), "in_force": found.in_force(clock.today())}
    return render(request, "lists/platform_entry.html", context, status=422 if form is not None and form.errors else 200)
