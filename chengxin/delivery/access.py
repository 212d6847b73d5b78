"""Whose rows are whose: the postal desk its matters, a firm its own, who reported what they reported. Worker facts: employer and desk."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.delivery.models import Ban, Incident, WorkerFact
from chengxin.documents import access as documents
from chengxin.kernel.errors import NotFound
from chengxin.subjects.models import CourierFirm
from chengxin.subjects.queries import family

DESK = ("officer", "reviewer", "head")
STAFF = "courier_staff"
POSTAL = "POST"  # the department that looks after couriers (plan, measure 6)


def own(actor: Actor) -> frozenset[UUID]:
    """The register's entries that are the actor's, with those judged to be one with them."""
    return family(*actor.subjects) if actor.has(STAFF) else frozenset()


def firms_of(actor: Actor) -> QuerySet[CourierFirm]:
    """The courier firms whose staff the actor is."""
    return CourierFirm.objects.filter(subject__in=own(actor)) if actor.has(STAFF) else CourierFirm.objects.none()


def firm_by_code(code: str) -> CourierFirm:
    """A firm of the register; what is public of it is everybody's. Raises NotFound."""
    found = CourierFirm.objects.filter(code=code[:40]).first()
    if found is None:
        raise NotFound
    return found


@access.scope(Incident)
def incidents(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """The desk it is with, the firm it is about, the person or the platform that reported it."""
    mine = Q(reported_by=str(actor)) | Q(firm__subject__in=own(actor))
    return queryset.filter(Q(department__in=actor.departments_as(*DESK)) | mine | Q(platform__in=actor.platforms))


@access.scope(Ban)
def bans(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """The desk that handles it; the firm once it has been told."""
    told = Q(firm__subject__in=own(actor), noticed_at__isnull=False)
    return queryset.filter(Q(department__in=actor.departments_as(*DESK)) | told)


@access.scope(WorkerFact)
def worker_facts(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """The employer and the postal desk that entered it; nobody else, no other department."""
    return queryset.filter(Q(department__in=actor.departments_as(*DESK)) | Q(firm__subject__in=own(actor)))


@documents.matter("delivery.incident")
def papers(actor: Actor, ids: Any) -> QuerySet[Any]:
    """The paper of a trace: the desk and the firm."""
    about = Q(firm__subject__in=own(actor)) | Q(department__in=actor.departments_as(*DESK))
    return Incident.objects.filter(about, pk__in=ids).values("pk")
