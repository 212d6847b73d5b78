"""Whose entries are whose: departments read what they handle or consent to, owners the own ones, executors their tasks."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.lists.catalogue import BANK, DEPARTMENT, PLATFORM
from chengxin.lists.models import FinanceConsent, ListEntry, PlatformListEntry, RedEntry, RemovalNotice, RepairApplication, Task
from chengxin.subjects.models import PaymentOrg

DESK = ("officer", "reviewer", "head")
OWNERS = ("merchant", "courier_staff", "payment_staff")
EXECUTORS = (*DESK, "platform_staff", "payment_staff")


def banks_of(actor: Actor) -> list[str]:
    """The codes of payment firms and banks whose staff the actor is."""
    return list(PaymentOrg.objects.filter(subject__in=actor.subjects).values_list("code", flat=True)) if actor.has("payment_staff") else []


@access.scope(ListEntry)
def entries(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    here = actor.departments_as(*DESK)
    return queryset.filter(Q(department__in=here) | Q(consent_department__in=here) | Q(subject__in=actor.subjects))


@access.scope(RepairApplication)
def repairs(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset.filter(department__in=actor.departments_as(*DESK))


@access.scope(RedEntry)
def red_entries(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Every desk sees who is nominated and listed (any department may object or give a benefit); owners and nominators the own ones."""
    return queryset if actor.has(*DESK) else queryset.filter(Q(subject__in=actor.subjects) | Q(nominated_by=str(actor)))


@access.scope(Task)
def tasks(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """What the actor's department, platform or bank is to do; and, for the desk that listed, all tasks of its entries."""
    here = actor.departments_as(*DESK)
    mine = Q(executor_kind=DEPARTMENT, executor__in=here) | Q(entry__department__in=here)
    mine |= Q(executor_kind=PLATFORM, executor__in=actor.platforms) | Q(executor_kind=BANK, executor__in=banks_of(actor))
    if actor.client is not None:
        mine |= Q(executor_kind=BANK, executor__in=actor.platforms)
    return queryset.filter(mine)


@access.scope(RemovalNotice)
def notices(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """A consumer's own machine, its staff, and the desk that listed."""
    if actor.client is not None:
        return queryset.filter(subscription__client=actor.client)
    codes = [*actor.platforms, *banks_of(actor)]
    return queryset.filter(Q(subscription__client__platform_code__in=codes) | Q(entry__department__in=actor.departments_as(*DESK)))


@access.scope(FinanceConsent)
def consents(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Who gave it takes it back."""
    return queryset.filter(subject__in=actor.subjects)


@access.scope(PlatformListEntry)
def platform_entries(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """A platform's staff the platform's own; the owner of a shop the own; the departments read all of them."""
    if actor.has(*DESK):
        return queryset
    return queryset.filter(Q(platform__code__in=actor.platforms) | Q(shop__subject__in=actor.subjects))
