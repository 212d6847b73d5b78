"""Whose inspections are whose: the departments of a plan, the team of a visit, a warned subject's owner. Classes are for desks only."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.documents.access import matter
from chengxin.inspection.models import Assessment, Correction, Draw, Inspector, ListedObject, Plan, PlanPart, RateTable, RiskWarning, Task
from chengxin.inspection.models.plans import JOINS, LEAD
from chengxin.inspection.models.risk import ACKNOWLEDGED, EXPIRED, NOTIFIED
from chengxin.supervision.models import Clue

DESK = ("officer", "reviewer", "head")
WRITERS = ("officer", "head")
DECIDERS = ("reviewer", "head")
OWNERS = ("merchant", "courier_staff", "payment_staff")


@access.scope(Plan)
def plans(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset.filter(parts__department__in=actor.departments_as(*DESK)).distinct()


@access.scope(PlanPart)
def parts(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset.filter(plan__in=access.all(actor, Plan).values("pk"))


@access.scope(Draw)
def draws(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset.filter(plan__in=access.all(actor, Plan).values("pk"))


@access.scope(Task)
def tasks(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """The departments that lead or join the visit; who only witnessed the draw does not see what was found."""
    here = actor.departments_as(*DESK)
    return queryset.filter(plan__parts__department__in=here, plan__parts__part__in=[LEAD, JOINS]).distinct()


@matter("inspection.task")
def papers(actor: Actor, ids: Any) -> QuerySet[Any]:
    """Photos, signatures and records of a visit are read by whoever may read the visit."""
    return access.all(actor, Task).filter(pk__in=ids).values("pk")


@matter("inspection.chain")
def chains(actor: Actor, ids: Any) -> QuerySet[Any]:
    """Evidence of an online check is read by whoever may read the clue."""
    return access.all(actor, Clue).filter(pk__in=ids).values("pk")


@access.scope(Inspector)
def inspectors(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset.filter(department__in=actor.departments_as(*DESK))


@access.scope(ListedObject)
def listed(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Desks read every object register; the item's own department keeps it."""
    return queryset if actor.has(*DESK) else queryset.none()


@access.scope(RateTable)
def rate_tables(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset if actor.has(*DESK) else queryset.none()


@access.scope(Correction)
def corrections(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset.filter(department__in=actor.departments_as(*DESK))


@access.scope(Assessment)
def assessments(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Every desk plans by class; nobody else learns of one, the subject included."""
    return queryset if actor.has(*DESK) else queryset.none()


@access.scope(RiskWarning)
def warnings(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """The department's desk; of the subject's owners once it was approved."""
    if actor.has(*DESK):
        return queryset.filter(department__in=actor.departments_as(*DESK))
    own = Q(subject__in=actor.subjects) | Q(subject__platforms__code__in=actor.platforms)
    return queryset.filter(own, state__in=[NOTIFIED, ACKNOWLEDGED, EXPIRED], decided_at__isnull=False).distinct()
