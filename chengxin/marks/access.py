"""Whose marks are whose: every desk reads all, owners the own ones; a report of imitation is for desks only."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.documents import access as documents
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.marks.models import ImitationReport, Mark, MarkRequest, PermitLink
from chengxin.subjects.queries import family

DESK = ("officer", "reviewer", "head")
OWNERS = ("merchant",)


@access.scope(MarkRequest)
def requests(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset if actor.has(*DESK) else queryset.filter(shop__subject__in=family(*actor.subjects))


@access.scope(Mark)
def marks(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset if actor.has(*DESK) else queryset.filter(subject__in=family(*actor.subjects))


@access.scope(PermitLink)
def links(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset if actor.has(*DESK) else queryset.filter(licence__subject__in=family(*actor.subjects))


@access.scope(ImitationReport)
def reports(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """The desks of the departments that decide; another department has no use for what reporters wrote."""
    return queryset if issuers() & actor.departments_as(*DESK) else queryset.none()


def issuers() -> frozenset[str]:
    """The departments that issue marks and decide on imitations today."""
    return frozenset(str(code) for code in law.at(clock.today()).value("mark_departments"))


@documents.matter("marks.imitation")
def report_evidence(actor: Actor, ids: Any) -> QuerySet[Any]:
    """Captured pages of a report are read by who reads the report."""
    return access.all(actor, ImitationReport).filter(pk__in=ids).values("pk")
