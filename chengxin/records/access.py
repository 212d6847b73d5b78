"""Whose records are whose: officers read every file with a purpose, owners the own one; a department decides on what it entered."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.records.models import Objection, Proposal, Record
from chengxin.subjects.queries import family

DESK = ("officer", "reviewer", "head")
OWNERS = ("merchant", "courier_staff", "payment_staff")


def own(actor: Actor) -> frozenset[UUID]:
    """The entries of the register that are the actor's: those of the grants, and what was judged to be one with them."""
    return family(*actor.subjects)


@access.scope(Record)
def records(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset if actor.has(*DESK) else queryset.filter(subject__in=own(actor))


@access.scope(Proposal)
def proposals(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset.filter(department__in=actor.departments_as(*DESK))


@access.scope(Objection)
def objections(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """The desk of the department that entered the record; the subject's owner sees the own ones through the record."""
    return queryset.filter(department__in=actor.departments_as(*DESK))
