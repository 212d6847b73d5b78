"""Whose rows are whose: officers and the leading group see the register, platforms their shops, merchants themselves."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.subjects.models import (
    IdentityReportBatch,
    ImportRun,
    Joining,
    Licence,
    Platform,
    Shop,
    Subject,
)

OFFICERS = ("officer", "reviewer", "head", "leader")


@access.scope(Subject)
def subjects(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    if actor.has(*OFFICERS):
        return queryset
    own = Q(pk__in=actor.subjects) | Q(platforms__code__in=actor.platforms)
    return queryset.filter(own | Q(shops__platform__code__in=actor.platforms)).distinct()


@access.scope(Shop)
def shops(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    if actor.has(*OFFICERS):
        return queryset
    return queryset.filter(Q(platform__code__in=actor.platforms) | Q(subject__in=actor.subjects))


@access.scope(Platform)
def platforms(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset if actor.has(*OFFICERS) else queryset.filter(code__in=actor.platforms)


@access.scope(Licence)
def licences(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset.filter(subject__in=access.all(actor, Subject).values("pk"))


@access.scope(ImportRun)
def imports(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset.filter(platform__code__in=actor.platforms)


@access.scope(IdentityReportBatch)
def reports(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset if actor.has(*OFFICERS) else queryset.filter(platform__code__in=actor.platforms)


@access.scope(Joining)
def joinings(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Which entries are one is judged by officers; whoever owns one of them sees it on the file."""
    return queryset if actor.has(*OFFICERS) else queryset.none()
