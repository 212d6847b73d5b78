"""Whose rules and decisions are whose. Registered once, when the room starts."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.rules.models import DecisionBatch, DryRun, Held, RuleVersion

DESK = ("officer", "reviewer", "head")
SIGNERS = ("reviewer", "head")


@access.scope(RuleVersion)
def versions(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Officers: all; what a rule says to others stands in each decision."""
    return queryset if actor.has(*DESK) else queryset.none()


@access.scope(DryRun)
def dry_runs(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """As with rules."""
    return queryset if actor.has(*DESK) else queryset.none()


@access.scope(Held)
def decisions(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Officers: all; a platform: what it asked; a merchant: what was decided about the own shops."""
    if actor.has(*DESK):
        return queryset
    return queryset.filter(Q(platform__in=actor.platforms) | Q(shop__subject__in=actor.subjects))


@access.scope(DecisionBatch)
def batches(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Officers: all; a platform: what it asked."""
    return queryset if actor.has(*DESK) else queryset.filter(platform__in=actor.platforms)
