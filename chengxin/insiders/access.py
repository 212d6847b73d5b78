"""Whose mailboxes are whose: those of the channel's named handlers, of nobody else in the department, its head included."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.insiders.models import Handler, Mailbox

DESK = ("officer", "reviewer", "head")


def channels_of(actor: Actor) -> frozenset[str]:
    """The departments for whose channel the actor is named today and in which the actor still works."""
    if actor.user is None:
        return frozenset()
    named = Handler.objects.filter(user=actor.user, ended_at__isnull=True).values_list("department", flat=True)
    return frozenset(named) & actor.departments_as(*DESK)


@access.scope(Mailbox)
def mailboxes(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset.filter(department__in=channels_of(actor))


@access.scope(Handler)
def handlers(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Whom a head has named."""
    return queryset.filter(department__in=actor.departments_as("head"))
