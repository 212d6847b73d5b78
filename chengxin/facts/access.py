"""Whose receipts are whose. Registered once, when the room starts."""

from __future__ import annotations

from django.db.models import QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.facts.models import CrossIssue, Receipt

DESK = ("officer", "reviewer", "head")


@access.scope(Receipt)
def own_receipts(actor: Actor, queryset: QuerySet[Receipt]) -> QuerySet[Receipt]:
    """A platform's staff and machines: their platform's; officers: all, they supervise reporting."""
    return queryset if actor.has(*DESK) else queryset.filter(platform__in=actor.platforms)


@access.scope(CrossIssue)
def own_issues(actor: Actor, queryset: QuerySet[CrossIssue]) -> QuerySet[CrossIssue]:
    """As with receipts."""
    return queryset if actor.has(*DESK) else queryset.filter(platform__in=actor.platforms)
