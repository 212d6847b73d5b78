"""Whose rows are whose: desks read every commitment, makers their own; a breach is its department's, and the maker's from the notice on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.commitments.models import PUBLISHED, Breach, Commitment, Template
from chengxin.documents import access as documents
from chengxin.subjects.models import Platform
from chengxin.subjects.queries import family

DESK = ("officer", "reviewer", "head")
OWNERS = ("merchant", "courier_staff", "payment_staff")
STAFF = "platform_staff"
MAKERS = (*OWNERS, STAFF)


def own(actor: Actor) -> frozenset[UUID]:
    """The subjects for which the actor may sign: those of the grants with what is one with them, and the operator of the own platform."""
    operators = Platform.objects.filter(code__in=actor.platforms, subject__isnull=False).values_list("subject_id", flat=True)
    return family(*actor.subjects, *operators)


def roles_of(actor: Actor) -> set[str]:
    """The maker's roles an actor holds."""
    return {role for role in MAKERS if actor.has(role)}


@access.scope(Template)
def templates(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Published ones are everybody's; the rest is the department's."""
    return queryset.filter(Q(state=PUBLISHED) | Q(department__in=actor.departments_as(*DESK)))


@access.scope(Commitment)
def commitments(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset if actor.has(*DESK) else queryset.filter(subject__in=own(actor))


@access.scope(Breach)
def breaches(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    told = Q(commitment__subject__in=own(actor)) & Q(noticed_at__isnull=False)
    return queryset.filter(Q(department__in=actor.departments_as(*DESK)) | told)


@documents.matter("commitments.commitment")
def commitment_papers(actor: Actor, ids: Any) -> QuerySet[Any]:
    """The letter as a paper, and the scan: its maker, and the desks."""
    return access.all(actor, Commitment).filter(pk__in=ids).values("pk")


@documents.matter("commitments.breach")
def breach_papers(actor: Actor, ids: Any) -> QuerySet[Any]:
    return access.all(actor, Breach).filter(pk__in=ids).values("pk")
