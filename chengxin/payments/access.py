"""Whose rows are whose: officers see channels, flags and mismatches of all platforms; platforms, institutions and merchants their own."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.documents import access as documents
from chengxin.payments.models import ChannelFlag, Claim, Mismatch, PaymentChannel, RiskEvent
from chengxin.payments.models.events import VISIBLE

DESK = ("officer", "reviewer", "head")
STAFF, INSTITUTION = "platform_staff", "payment_staff"


def of_institution(actor: Actor) -> Q:
    """The institution of the actor: of its staff by their subject, of its machine by the code that its client is bound to."""
    own = Q(org__subject__in=actor.subjects) if actor.has(INSTITUTION) else Q(pk__in=[])
    return own | Q(org__code=actor.client.platform_code) if actor.client else own


@access.scope(PaymentChannel)
def channels(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset if actor.has(*DESK) else queryset.filter(platform__code__in=actor.platforms)


@access.scope(ChannelFlag)
def flags(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Officers alone: a flag is a hint, and nobody's reproach until a person has decided."""
    return queryset if actor.has(*DESK) else queryset.none()


@access.scope(Mismatch)
def mismatches(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    if actor.has(*DESK):
        return queryset
    own = Q(shop__subject__in=actor.subjects) if actor.has("merchant") else Q(pk__in=[])
    return queryset.filter(Q(platform__code__in=actor.platforms) | own)


@access.scope(RiskEvent)
def risk_events(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """The department that holds it; the institution once it is shared, and what it noticed itself."""
    own = of_institution(actor) & (Q(state__in=VISIBLE, shared_at__isnull=False) | Q(made_by_org=True))
    return queryset.filter(Q(department__in=actor.departments_as(*DESK)) | own)


@access.scope(Claim)
def claims(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """The department that watches over it, and the institution that has to answer. The claimant follows it by a code."""
    return queryset.filter(Q(department__in=actor.departments_as(*DESK)) | of_institution(actor))


@documents.matter("payments.claim")
def claim_proofs(actor: Actor, ids: Any) -> QuerySet[Any]:
    """The proof in a claim is read by who reads the claim."""
    return access.all(actor, Claim).filter(pk__in=ids).values("pk")
