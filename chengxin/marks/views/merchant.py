"""The merchant's door: ask for a mark, prove the domain, get the badge; official links; what the category asks."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.kernel import clock, language
from chengxin.kernel.errors import ChengxinError, NotFound
from chengxin.marks import actions, domains, lists, queries, requirements
from chengxin.marks.access import OWNERS
from chengxin.marks.forms import AskForm, LinkForm
from chengxin.marks.models import Mark, MarkRequest
from chengxin.marks.models.marks import METHODS
from chengxin.subjects.models import Licence, Shop
from chengxin.subjects.queries import family
from chengxin.subjects.queries.card import is_current


def _own(actor: Actor) -> Any:
    """The entries of the register that are the actor's own: other roles of theirs may read more."""
    return family(*actor.subjects)


@access.open_to(*OWNERS)
def mine(request: HttpRequest) -> HttpResponse:
    """My marks, my requests, my shops, my official links."""
    actor = access.actor_of(request)
    form = LinkForm(Licence.objects.filter(subject__in=_own(actor)), request.POST if "url" in request.POST else None)
    if request.method == "POST" and _changed_links(request, actor, form):
        return redirect("marks:mine")
    marks = queries.with_state(access.all(actor, Mark).filter(subject__in=_own(actor))).select_related("shop__platform", "request")
    asked = access.all(actor, MarkRequest).filter(shop__subject__in=_own(actor)).select_related("shop").order_by("-asked_at")
    context = {
        "marks": [{"one": one, "now": queries.standing(one), "state": lists.state_name(one.state)} for one in marks],
        "requests": [{"one": one, "state": lists.state_name(one.state, "request")} for one in asked],
        "shops": [{"one": one, "current": is_current(one, clock.today())} for one in _shops(actor)],
        "links": [lists.link_line(one) for one in queries.links_of(_own(actor))],
        "form": form,
    }
    return render(request, "marks/mine.html", context, status=422 if form.errors else 200)


def _changed_links(request: HttpRequest, actor: Actor, form: LinkForm) -> bool:
    if "remove" in request.POST:
        actions.remove_link(actor, request.POST["remove"])
        messages.success(request, _("Taken off the file."))
        return True
    if not form.is_valid():
        return False
    try:
        actions.add_link(actor, form.cleaned_data["licence"], form.cleaned_data["url"], form.cleaned_data["product"])
    except ChengxinError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("On file; it is looked at the coming night."))
    return True


def _shops(actor: Actor) -> list[Shop]:
    return list(access.all(actor, Shop).filter(subject__in=_own(actor)).select_related("platform").order_by("name"))


@access.open_to(*OWNERS)
def ask(request: HttpRequest, pk: str) -> HttpResponse:
    """Ask for a mark of one shop."""
    actor = access.actor_of(request)
    shop = access.get(actor, Shop, pk=pk, subject__in=_own(actor))
    form = AskForm(request.POST or None, initial={"address": shop.url})
    if form.is_valid():
        try:
            made = actions.ask(actor, shop.pk, form.cleaned_data["address"], form.cleaned_data["holder"])
        except ChengxinError as error:
            form.add_error(None, str(error))
        else:
            return redirect(made.own_page)
    current = is_current(shop, clock.today())
    return render(request, "marks/ask.html", {"shop": shop, "form": form, "current": current}, status=422 if form.errors else 200)


@access.open_to(*OWNERS)
def my_request(request: HttpRequest, number: str) -> HttpResponse:
    """One request step by step: prove the domain, wait for the officer, put the badge on the site."""
    actor = access.actor_of(request)
    found = access.get(actor, MarkRequest, number=number, shop__subject__in=_own(actor))
    if request.method == "POST":
        _act(request, actor, found)
        return redirect(found.own_page)
    issued = Mark.objects.filter(request=found).select_related("shop__platform", "subject").first()
    context = {
        "one": found,
        "state": lists.state_name(found.state, "request"),
        "checks": [{"one": each, "why": domains.ERRORS.get(each.error)} for each in found.checks.all()[:5]],
        "record": f"{domains.NAME}.{found.host}",
        "file": f"https://{found.host}{domains.FILE}",
        "text": domains.text_of(found.token),
        "now": queries.standing(issued) if issued else None,
        "origin": settings.PUBLIC_ORIGIN,
    }
    return render(request, "marks/my_request.html", context)


def _act(request: HttpRequest, actor: Actor, found: MarkRequest) -> None:
    if "withdraw" in request.POST:
        actions.withdraw(actor, found.number)
        messages.success(request, _("Withdrawn."))
        return
    method = request.POST.get("method", "")
    if method not in METHODS:
        return
    check = actions.prove(actor, found.number, method)
    if check.ok:
        messages.success(request, _("Proven. An officer decides next."))
    else:
        messages.error(request, _("Not found: %s.") % language.pick(domains.ERRORS[check.error]))


@access.open_to(*OWNERS)
def rules(request: HttpRequest, pk: str) -> HttpResponse:
    """What the law asks of my shop's categories, and what is missing."""
    actor = access.actor_of(request)
    shop = access.get(actor, Shop, pk=pk)
    if shop.subject_id not in _own(actor):
        raise NotFound
    return render(request, "marks/rules.html", {"shop": shop, "checks": requirements.of_shop(shop), "door": "merchant"})
