"""Whose rows are whose: officers see every platform, a platform its own, a merchant the measures it was told of."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.documents import access as documents
from chengxin.platforms.models import ClueReport, DutyCheck, Interview, Measure, Notice, SelfReport
from chengxin.platforms.models.measures import PROPOSED
from chengxin.platforms.models.talks import ISSUED, OVER
from chengxin.subjects.models import Platform

DESK = ("officer", "reviewer", "head")
OWNERS = ("merchant",)


def _platforms(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset if actor.has(*DESK) else queryset.filter(platform__code__in=actor.platforms)


@access.scope(DutyCheck)
def checks(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return _platforms(actor, queryset)


@access.scope(SelfReport)
def self_reports(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return _platforms(actor, queryset)


@access.scope(Measure)
def measures(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    if actor.has(*DESK):
        return queryset
    told = Q(shop__subject__in=actor.subjects) & ~Q(state=PROPOSED)
    return queryset.filter(Q(platform__code__in=actor.platforms) | told)


@access.scope(ClueReport)
def clue_reports(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """The department it was routed to; the platform that made it. The shop reported never sees it here."""
    return queryset.filter(Q(department__in=actor.departments_as(*DESK)) | Q(platform__code__in=actor.platforms))


@access.scope(Interview)
def interviews(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """The department that holds it; the platform once it is served."""
    own = Q(platform__code__in=actor.platforms) & Q(served_at__isnull=False)
    return queryset.filter(Q(department__in=actor.departments_as(*DESK)) | own)


@access.scope(Notice)
def notices(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """The department that writes it; the platforms it is for, once issued."""
    own = Q(platforms__code__in=actor.platforms, state__in=[ISSUED, OVER])
    return queryset.filter(Q(department__in=actor.departments_as(*DESK)) | own).distinct()


@documents.matter("platforms.interview")
def interview_papers(actor: Actor, ids: Any) -> QuerySet[Any]:
    """Papers and evidence of a talk are read by who reads the talk."""
    return access.all(actor, Interview).filter(pk__in=ids).values("pk")


@documents.matter("platforms.notice")
def notice_papers(actor: Actor, ids: Any) -> QuerySet[Any]:
    return access.all(actor, Notice).filter(pk__in=ids).values("pk")


@documents.matter("platforms.report")
def report_evidence(actor: Actor, ids: Any) -> QuerySet[Any]:
    return access.all(actor, SelfReport).filter(pk__in=ids).values("pk")


@documents.matter("platforms.platform")
def scorecard_papers(actor: Actor, ids: Any) -> QuerySet[Any]:
    """A scorecard as a paper: officers, and the platform's own people."""
    return access.all(actor, Platform).filter(pk__in=ids).values("pk")
