"""Whose rows are whose: the department in charge its complaints and reports; merchant and platform a complaint once it is accepted.

A report is never shown to whom it is about. The complainant follows by a code (actions.filing). Papers of a sealed report are read by its
named handlers alone.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.consumers.models import Complaint, Handler, Promise, Report
from chengxin.consumers.models.complaints import NEED_ID, RECEIVED, REFUSED
from chengxin.documents import access as documents

DESK = ("officer", "reviewer", "head")
STAFF, MERCHANT = "platform_staff", "merchant"


def taken() -> Q:
    """Accepted at some time: what merchant and platform may see."""
    return Q(accepted_on__isnull=False) & ~Q(state__in=[RECEIVED, NEED_ID, REFUSED])


def of_platform(actor: Actor) -> Q:
    return Q(platform__code__in=actor.platforms) & taken()


def of_merchant(actor: Actor) -> Q:
    return Q(respondent__in=actor.subjects) & taken() if actor.has(MERCHANT) else Q(pk__in=[])


@access.scope(Complaint)
def complaints(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset.filter(Q(department__in=actor.departments_as(*DESK)) | of_platform(actor) | of_merchant(actor))


@access.scope(Report)
def reports(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset.filter(department__in=actor.departments_as(*DESK))


@access.scope(Promise)
def promises(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset.filter(complaint__in=access.all(actor, Complaint).values("pk"))


@documents.matter("consumers.complaint")
def complaint_papers(actor: Actor, ids: Any) -> QuerySet[Any]:
    """Papers and evidence of a complaint: its department's."""
    return Complaint.objects.filter(department__in=actor.departments_as(*DESK), pk__in=ids).values("pk")


@documents.matter("consumers.report")
def report_papers(actor: Actor, ids: Any) -> QuerySet[Any]:
    """Papers of a report that do not say who made it."""
    return access.all(actor, Report).filter(pk__in=ids).values("pk")


@documents.matter("consumers.sealed")
def sealed_papers(actor: Actor, ids: Any) -> QuerySet[Any]:
    """Papers that say who reported, and the files the reporter handed in (a photograph may show who took it): the named handlers'."""
    mine = access.all(actor, Report).filter(pk__in=ids)
    return mine.filter(pk__in=Handler.objects.filter(user=str(actor), until__isnull=True).values("report")).values("pk")
