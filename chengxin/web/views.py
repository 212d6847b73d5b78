"""Homes of the doors, the language switch, and the page about the house."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from chengxin.accounts import access
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.notices import lists
from chengxin.notices import queries as notices
from chengxin.notices.queries import Waiting
from chengxin.supervision import queries as desk
from chengxin.web import doors, tour

SHOWN = 8  # of what waits, on a first page: the rest is one click away
ANY_ROLE = tuple(role for door in doors.ORDER for role in doors.table()[door]["roles"])


@access.open_to(*ANY_ROLE)
def home(request: HttpRequest) -> HttpResponse:
    """Where a person lands after signing in: the first page of their main door."""
    own = doors.of_roles(access.actor_of(request).roles)
    return redirect(doors.home(own[0] if own else "public"))


@access.open_to("officer", "reviewer", "head")
def officer(request: HttpRequest) -> HttpResponse:
    """What is due today, by clock colour, in all rooms; and what came back to the desk since."""
    actor = access.actor_of(request)
    waiting = notices.waiting(actor)
    return render(request, "web/officer.html", {**_waits(waiting), "came": desk.came_back(actor), "today": clock.today()})


@access.open_to("platform_staff")
def platform(request: HttpRequest) -> HttpResponse:
    """The platform's home: what waits for it in all rooms, what officers have asked, and the ways to report."""
    actor = access.actor_of(request)
    asked = desk.requests_of(actor).filter(answered_at__isnull=True)
    context = {**_cards("platform", request), **_waits(notices.waiting(actor)), "asked": asked[:SHOWN], "open": asked.count()}
    return render(request, "web/platform.html", context)


@access.open_to("merchant", "courier_staff", "payment_staff")
def merchant(request: HttpRequest) -> HttpResponse:
    """The home of a business: what it must do comes first, from all rooms."""
    waiting = notices.waiting(access.actor_of(request))
    return render(request, "web/merchant.html", {**_cards("merchant", request), **_waits(waiting)})


def _waits(waiting: Sequence[Waiting]) -> dict[str, Any]:
    """The list of what waits as a home shows it: the first ones, and how many there are by colour."""
    return {"table": lists.NEXT.view({}, waiting[:SHOWN]), "counts": notices.colours(waiting), "total": len(waiting)}


@access.open_to("sysadmin", "secadmin", "auditadmin")
def administration(request: HttpRequest) -> HttpResponse:
    """The administrators' home: only what their own role may do."""
    return render(request, "web/administration.html", _cards("admin", request))


@csrf_exempt  # changes nothing but the reader's own language; without a token a public page sets no cookie
@access.open_to_all
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language in a cookie and go back to the page."""
    answer: HttpResponse = set_language(request)
    return answer


@access.open_to_all
def tour_step(request: HttpRequest, step: str) -> HttpResponse:
    """Tick a step of the demo's tour and go where it leads."""
    address = tour.target(step)
    if not address:
        raise NotFound
    tour.mark(request, access.actor_of(request), step)
    return redirect(address)


@access.open_to_all
@require_POST
def tour_hide(request: HttpRequest, door: str) -> HttpResponse:
    """Put the tour of a door away."""
    if door not in tour.table():
        raise NotFound
    tour.mark(request, access.actor_of(request), tour.hidden(door))
    return redirect(doors.home(door))


@access.open_to_all
def about(request: HttpRequest) -> HttpResponse:
    """What this is, what it never does, and how to use it without a mouse."""
    return render(request, "web/about.html")


def _cards(door: str, request: HttpRequest) -> dict[str, object]:
    return {"cards": doors.shelf(door, access.actor_of(request).roles)[1:]}
