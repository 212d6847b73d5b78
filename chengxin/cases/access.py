"""Whose cases are whose: the lead department's desk, and the officers of other departments who were called to help."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.cases.models import Case, Certificate, Member
from chengxin.documents.access import matter, party

DESK = ("officer", "reviewer", "head")


@access.scope(Case)
def own_cases(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    called = Member.objects.filter(person=str(actor), left_on__isnull=True).values("case")
    return queryset.filter(Q(department__in=actor.departments_as(*DESK)) | Q(pk__in=called)) if actor.has(*DESK) else queryset.none()


@matter("cases.case")
def readers(actor: Actor, ids: Any) -> Any:
    """Papers and exhibits of a case are read by those whose case it is."""
    return access.all(actor, Case).filter(pk__in=ids).values("pk")


@party("cases.case")
def parties(actor: Actor, ids: Any) -> Any:
    """Papers of a case that were served are also the party's own."""
    return Case.objects.filter(pk__in=ids, subject__in=actor.subjects).values("pk")


@access.scope(Certificate)
def own_certificates(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset.filter(department__in=actor.departments_as(*DESK))


def roles_at(actor: Actor, case: Case) -> set[str]:
    """The roles the actor holds in the lead department; an officer of another department who was called to help is an officer here."""
    mine = {role for role in DESK if case.department in actor.departments_as(role)}
    if not mine and case.members.filter(person=str(actor), left_on__isnull=True).exists():
        return {"officer"}
    return mine
