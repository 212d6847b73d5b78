"""What was exchanged with a system is its desk's: the people of the department that exchanges with it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.consumers.exchange import dialects
from chengxin.consumers.exchange.models import Arrival, BadRow, Batch, Conflict


def _of_desk(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset.filter(peer__in=[one.code for one in dialects.of_desk(actor)])


@access.scope(Batch)
def batches(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return _of_desk(actor, queryset)


@access.scope(Arrival)
def arrivals(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return _of_desk(actor, queryset)


@access.scope(BadRow)
def bad_rows(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return _of_desk(actor, queryset)


@access.scope(Conflict)
def conflicts(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return _of_desk(actor, queryset)
