"""Whose rows are whose: campaigns are their departments', stories their desk's and their subject's, streamers their platform's."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.campaigns.models import Activity, Campaign, CampaignTask, Completion, Handover, Story, Streamer
from chengxin.campaigns.models.stories import UNASKED
from chengxin.documents import access as documents

DESK = ("officer", "reviewer", "head")
REVOKERS = ("reviewer", "head")
STAFF, OWNER = "platform_staff", "merchant"


def _part_in(departments: frozenset[str], field: str = "") -> Q:
    """Rows whose lead or members are among the departments. The codes stand in JSON as quoted words, on both databases."""
    lead = Q(**{f"{field}department__in": departments})
    return reduce(or_, (Q(**{f"{field}members__icontains": f'"{one}"'}) for one in departments), lead)


@access.scope(Campaign)
def campaigns(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    here = actor.departments_as(*DESK)
    return queryset.filter(_part_in(here)) if here else queryset.none()


@access.scope(CampaignTask)
def tasks(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Every department of the campaign sees all of its tasks; only the one it was given to reports it done."""
    return queryset.filter(campaign__in=access.all(actor, Campaign))


@access.scope(Handover)
def handovers(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset.filter(department__in=actor.departments_as(*DESK))


@access.scope(Story)
def stories(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """The desk that writes it; the subject of a good example from the day its consent is asked."""
    asked = Q(kind="GOOD", subject__in=actor.subjects) & ~Q(consent=UNASKED) if actor.has(OWNER) else Q(pk__in=[])
    return queryset.filter(Q(department__in=actor.departments_as(*DESK)) | asked)


@access.scope(Activity)
def activities(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset if actor.has(*DESK) else queryset.none()


@access.scope(Streamer)
def streamers(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset if actor.has(*DESK) else queryset.filter(platform__code__in=actor.platforms)


@access.scope(Completion)
def completions(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """A platform reads those of its streamers and of businesses that run a shop on it; a business its own."""
    if actor.has(*DESK):
        return queryset
    own = Q(subject__in=actor.subjects) if actor.has(OWNER) else Q(pk__in=[])
    if not actor.platforms:
        return queryset.filter(own)
    theirs = Q(streamer__platform__code__in=actor.platforms) | Q(subject__shops__platform__code__in=actor.platforms)
    return queryset.filter(own | theirs).distinct()


@documents.matter("campaigns.campaign")
def reports(actor: Actor, ids: Any) -> QuerySet[Any]:
    return access.all(actor, Campaign).filter(pk__in=ids).values("pk")


@documents.matter("campaigns.handover")
def letters(actor: Actor, ids: Any) -> QuerySet[Any]:
    return access.all(actor, Handover).filter(pk__in=ids).values("pk")


@documents.matter("campaigns.completion")
def certificates(actor: Actor, ids: Any) -> QuerySet[Any]:
    return access.all(actor, Completion).filter(pk__in=ids).values("pk")
