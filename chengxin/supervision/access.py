"""Whose clues and requests are whose. Registered once, when the room starts."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.supervision.models import Clue, PlatformRequest, Waiting

DESK = ("officer", "reviewer", "head")


@access.scope(Clue)
def own_clues(actor: Actor, queryset: QuerySet[Clue]) -> QuerySet[Clue]:
    """A department's officers: what is on their desk, and what they gave away (to read on)."""
    here = actor.departments_as(*DESK)
    if not here:
        return queryset.none()
    return queryset.filter(Q(department__in=here) | Q(pk__in=_gave_away(here)))


def _gave_away(departments: frozenset[str]) -> QuerySet[Any, Any]:
    from chengxin.supervision.models import ClueStep

    return ClueStep.objects.filter(department__in=departments).values("clue")


@access.scope(PlatformRequest)
def own_requests(actor: Actor, queryset: QuerySet[PlatformRequest]) -> QuerySet[PlatformRequest]:
    """A platform's staff and machines: what their platform was asked. Officers reach requests through the clue."""
    if actor.has("platform_staff") or actor.client is not None:
        return queryset.filter(platform__in=actor.platforms)
    return queryset.filter(clue__in=access.all(actor, Clue)) if actor.has(*DESK) else queryset.none()


@access.scope(Waiting)
def own_line(actor: Actor, queryset: QuerySet[Waiting]) -> QuerySet[Waiting]:
    """What waits for a department is seen by its desk."""
    return queryset.filter(department__in=actor.departments_as(*DESK))


def on_desk(actor: Actor, clue: Clue) -> bool:
    """Whether the clue is on the actor's own desk now (others of the department's past only read)."""
    return clue.department in actor.departments_as(*DESK)
