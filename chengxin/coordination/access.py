"""Whose tasks are whose: the leading group and its office see all, a department those in which it has a part."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.coordination.models import Assignment, Meeting, Plan, QuarterReport, Sheet, Task
from chengxin.documents import access as documents
from chengxin.kernel import clock
from chengxin.law import law

DESK = ("officer", "reviewer", "head")
BOARD = ("leader", *DESK)
LEADER = "leader"


def office() -> str:
    """The department that runs the leading group's office, today's."""
    book = law.at(clock.today())
    return book.in_charge(str(book.value("coordination_office"))).code


def in_office(actor: Actor) -> bool:
    return office() in actor.departments_as(*DESK)


def sees_all(actor: Actor) -> bool:
    """The leading group, and its office."""
    return actor.has(LEADER) or in_office(actor)


def departments_of(actor: Actor) -> frozenset[str]:
    """The departments whose figures the actor reads when not all of them."""
    return frozenset(actor.departments_as(*DESK))


@access.scope(Task)
def tasks(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    if sees_all(actor):
        return queryset
    mine = Assignment.objects.filter(department__in=departments_of(actor), until__isnull=True).order_by()
    return queryset.filter(pk__in=mine.values("task"))


@access.scope(Plan)
def plans(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Drafts are for the office and the leading group; they become everybody's as tasks."""
    return queryset if sees_all(actor) else queryset.none()


@access.scope(Meeting)
def meetings(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """The members of the conference are the departments; each reads its agenda and minutes."""
    return queryset if actor.has(*BOARD) else queryset.none()


@access.scope(Sheet)
def sheets(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset if sees_all(actor) else queryset.filter(department__in=departments_of(actor))


@access.scope(QuarterReport)
def reports(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset if actor.has(*BOARD) else queryset.none()


@documents.matter("coordination.task")
def task_papers(actor: Actor, ids: Any) -> QuerySet[Any]:
    """Letters, notices, referrals and the evidence of a task: whoever may read the task; a system's paper is the office's."""
    return access.all(actor, Task).filter(pk__in=ids).values("pk")


@documents.matter("coordination.meeting")
def meeting_papers(actor: Actor, ids: Any) -> QuerySet[Any]:
    return access.all(actor, Meeting).filter(pk__in=ids).values("pk")


@documents.matter("coordination.quarter")
def quarter_papers(actor: Actor, ids: Any) -> QuerySet[Any]:
    return access.all(actor, QuarterReport).filter(pk__in=ids).values("pk")
