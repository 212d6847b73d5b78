"""Whose rows are whose: a fund's managers are the desk of its department and, of a platform's fund, that platform's staff."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.compensation.models import AdvanceClaim, Deposit, Fund, Recovery, Statement
from chengxin.documents import access as documents

DESK = ("officer", "reviewer", "head")
STAFF = "platform_staff"


def managed(actor: Actor, prefix: str = "") -> Q:
    """Funds that the actor manages; prefix: the way to the fund, e.g. "fund__"."""
    return Q(**{f"{prefix}department__in": actor.departments_as(*DESK)}) | Q(**{f"{prefix}platform__code__in": actor.platforms})


@access.scope(Fund)
def funds(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset.filter(managed(actor))


@access.scope(AdvanceClaim)
def claims(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """The fund's managers, the platform on which it was bought, and the seller once it is asked. The claimant follows it by a code."""
    own = Q(platform__code__in=actor.platforms)
    seller = Q(shop__subject__in=actor.subjects) & ~Q(state="FILED") if actor.has("merchant") else Q(pk__in=[])
    return queryset.filter(managed(actor, "fund__") | own | seller)


@access.scope(Deposit)
def deposits(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    seller = Q(subject__in=actor.subjects) if actor.has("merchant") else Q(pk__in=[])
    return queryset.filter(managed(actor, "fund__") | seller)


@access.scope(Statement)
def statements(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset.filter(managed(actor, "fund__"))


@documents.matter("compensation.claim")
def claim_evidence(actor: Actor, ids: Any) -> QuerySet[Any]:
    """What was handed in with a claim, and the decision, name the claimant: for the fund's managers, not for the seller."""
    return AdvanceClaim.objects.filter(managed(actor, "fund__"), pk__in=ids).values("pk")


@documents.matter("compensation.recovery")
def recovery_papers(actor: Actor, ids: Any) -> QuerySet[Any]:
    return Recovery.objects.filter(managed(actor, "claim__fund__"), pk__in=ids).values("pk")


@documents.party("compensation.recovery")
def recovered_from(actor: Actor, ids: Any) -> QuerySet[Any]:
    """The notice of recovery is the seller's, once it was served."""
    return Recovery.objects.filter(claim__shop__subject__in=actor.subjects, pk__in=ids).values("pk")
