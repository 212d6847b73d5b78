"""Whose rows are whose: a department sees its own; the commerce bureau, which keeps the exchange, sees all departments' rows."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.exchange.models import CatalogueEntry, Difference, ExchangeBatch, ExchangeRow, Hook, InboundRow, ShareRequest
from chengxin.exchange.models.catalogue import LISTED
from chengxin.kernel import clock
from chengxin.law import law

DESK = ("officer", "reviewer", "head")
MEASURE = 11  # of the plan: its lead keeps the exchange


def keeps(actor: Actor) -> bool:
    """Whether the actor works for the department that leads measure (11) and so watches over all departments' rows."""
    leads = {code for one in law.at(clock.today()).measures() if one.number == MEASURE for code in one.lead_now}
    return bool(leads & actor.departments_as(*DESK))


def _own(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset if keeps(actor) else queryset.filter(department__in=actor.departments_as(*DESK))


@access.scope(ExchangeRow)
def rows(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return _own(actor, queryset)


@access.scope(ExchangeBatch)
def batches(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return _own(actor, queryset)


@access.scope(Difference)
def differences(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return _own(actor, queryset)


@access.scope(InboundRow)
def inbound(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Decisions of upper levels concern every desk."""
    return queryset if actor.has(*DESK) else queryset.none()


@access.scope(CatalogueEntry)
def entries(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Listed entries are every desk's to ask for; drafts are the department's."""
    if not actor.has(*DESK):
        return queryset.none()
    return queryset.filter(Q(state=LISTED) | Q(department__in=actor.departments_as(*DESK)))


@access.scope(ShareRequest)
def requests(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Of the two departments: who asks and who answers; and of the asking department's machine."""
    mine = actor.departments_as(*DESK)
    code = Q(department=actor.client.platform_code) if actor.client else Q(pk__in=[])
    return queryset.filter(Q(department__in=mine) | Q(supplier__in=mine) | code)


@access.scope(Hook)
def hooks(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """A machine its own; the desk that keeps the exchange all."""
    if actor.client:
        return queryset.filter(client_code=actor.client.platform_code)
    return queryset if keeps(actor) else queryset.none()
