"""Whose events are whose.

Officers read all. A platform, producer or courier firm reads an event when one of these holds (decision 0082):
1. it captured the event;
2. the event names it: one of its parties or places (TraceName, entered by an officer) is a source, destination, location or read point;
3. it stands in the chain of one of the event's items (a lot, a serial number, a logistic unit; never a whole class of goods): somebody
   else's event about the item names it, or the first event about the item is its own.
What it captured itself after others brings it no standing, else whoever guesses a lot could read its whole chain.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.traceability.models import (
    PLATFORM,
    SUBJECT,
    CaptureJob,
    NamedQuery,
    Subscription,
    TraceEvent,
    TraceItem,
    TraceName,
    TraceOwner,
    TraceParty,
)

DESK = ("officer", "reviewer", "head")
STAFF = ("platform_staff", "merchant", "courier_staff")


def owners(actor: Actor) -> Q:
    """The owners that the actor acts for."""
    subjects = [str(one) for one in actor.subjects]
    return Q(kind=PLATFORM, code__in=actor.platforms) | Q(kind=SUBJECT, code__in=subjects)


@access.scope(TraceEvent)
def events(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    if actor.has(*DESK):
        return queryset
    mine = list(TraceOwner.objects.filter(owners(actor)).values_list("pk", flat=True))
    if not mine:
        return queryset.none()
    names = list(TraceName.objects.filter(owner__in=mine).values_list("key", flat=True))
    rule = Q(owner__in=mine) | Q(Exists(_first_is_mine(mine)))
    if names:
        rule |= Q(Exists(TraceParty.objects.filter(event=OuterRef("pk"), value__in=names))) | Q(Exists(_named_by_others(mine, names)))
    return queryset.filter(rule)


def _single_items() -> QuerySet[Any]:
    """The items of the event that is looked at, without whole classes of goods."""
    return TraceItem.objects.filter(event=OuterRef("pk")).exclude(~Q(gtin="") & Q(lot="", serial=""))


def _first_is_mine(mine: list[int]) -> QuerySet[Any]:
    first = TraceItem.objects.filter(key=OuterRef("key")).order_by("event_id").values("event__owner_id")[:1]
    found: QuerySet[Any] = _single_items().annotate(first=Subquery(first)).filter(first__in=mine)
    return found


def _named_by_others(mine: list[int], names: list[str]) -> QuerySet[Any]:
    told = TraceParty.objects.filter(value__in=names).exclude(event__owner__in=mine).values("event_id")
    return _single_items().filter(key__in=TraceItem.objects.filter(event_id__in=told).values("key"))


@access.scope(CaptureJob)
def jobs(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Own jobs; officers all."""
    return queryset if actor.has(*DESK) else queryset.filter(owner__in=TraceOwner.objects.filter(owners(actor)).values("pk"))


@access.scope(NamedQuery)
def named_queries(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Own queries alone: what somebody watches is nobody else's business."""
    return queryset.filter(owner__in=TraceOwner.objects.filter(owners(actor)).values("pk"))


@access.scope(Subscription)
def subscriptions(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Those to own queries."""
    return queryset.filter(query__owner__in=TraceOwner.objects.filter(owners(actor)).values("pk"))
