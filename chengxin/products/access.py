"""Whose rows are whose: a merchant's products are the merchant's, what does not fit is the officers', a platform sees its recall tasks."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.documents import access as documents
from chengxin.products.models import Batch, Certificate, ChainFinding, Product, Recall, RecallTask

DESK = ("officer", "reviewer", "head")
STAFF, OWNER = "platform_staff", "merchant"


def _own(actor: Actor, queryset: QuerySet[Any], subject: str) -> QuerySet[Any]:
    if actor.has(*DESK):
        return queryset
    return queryset.filter(**{f"{subject}__in": actor.subjects}) if actor.has(OWNER) else queryset.none()


@access.scope(Product)
def products(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return _own(actor, queryset, "subject")


@access.scope(Batch)
def batches(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return _own(actor, queryset, "product__subject")


@access.scope(Certificate)
def certificates(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return _own(actor, queryset, "batch__product__subject")


@access.scope(ChainFinding)
def findings(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Officers alone: a finding is a hint, and nobody's reproach until a person has decided."""
    return queryset if actor.has(*DESK) else queryset.none()


@access.scope(Recall)
def recalls(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Every desk sees every recall: goods do not stop at a department's door. Acts are the department's."""
    return queryset if actor.has(*DESK) else queryset.none()


@access.scope(RecallTask)
def tasks(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset if actor.has(*DESK) else queryset.filter(Q(platform__code__in=actor.platforms))


@documents.matter("products.batch")
def scans(actor: Actor, ids: Any) -> QuerySet[Any]:
    """The scan of a paper is read by who reads the batch."""
    return access.all(actor, Batch).filter(pk__in=ids).values("pk")
