"""Whose runs and findings: those who work on clues. Findings are unproven; nobody else sees them."""

from __future__ import annotations

from django.db.models import QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.detection.models import LearnedModel, LiveAlert, LocalPackage, Run, SeededSet

WORKS_ON_CLUES = ("officer", "reviewer", "head")


@access.scope(Run)
def runs(actor: Actor, queryset: QuerySet[Run]) -> QuerySet[Run]:
    return queryset if actor.roles & set(WORKS_ON_CLUES) else queryset.none()


@access.scope(LearnedModel)
def learned(actor: Actor, queryset: QuerySet[LearnedModel]) -> QuerySet[LearnedModel]:
    return queryset if actor.roles & set(WORKS_ON_CLUES) else queryset.none()


@access.scope(LiveAlert)
def alerts(actor: Actor, queryset: QuerySet[LiveAlert]) -> QuerySet[LiveAlert]:
    return queryset if actor.roles & set(WORKS_ON_CLUES) else queryset.none()


@access.scope(LocalPackage)
def packages(actor: Actor, queryset: QuerySet[LocalPackage]) -> QuerySet[LocalPackage]:
    return queryset if actor.roles & set(WORKS_ON_CLUES) else queryset.none()


@access.scope(SeededSet)
def seeded(actor: Actor, queryset: QuerySet[SeededSet]) -> QuerySet[SeededSet]:
    return queryset if actor.roles & set(WORKS_ON_CLUES) else queryset.none()
