"""Whose rows are whose: officers see every shop, a platform its own shops, a merchant the own ones. Rules and scores are public."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.evaluation.models import Objection, RuleProposal, Snapshot

DESK = ("officer", "reviewer", "head")
OWNERS = ("merchant",)
PLATFORM = ("platform_staff",)


@access.scope(Snapshot)
def snapshots(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset if actor.has(*DESK) else queryset.filter(_own(actor))


@access.scope(Objection)
def objections(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """The department that decides; the shop's owner sees the own ones."""
    return queryset.filter(Q(department__in=actor.departments_as(*DESK)) | Q(shop__subject__in=actor.subjects))


@access.scope(RuleProposal)
def proposals(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset.filter(department__in=actor.departments_as(*DESK))


def _own(actor: Actor) -> Q:
    return Q(shop__subject__in=actor.subjects) | Q(shop__platform__code__in=actor.platforms)
