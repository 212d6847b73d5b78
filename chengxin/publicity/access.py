"""Whose reviews are whose: the departments whose items they are."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.publicity.models import Review
from chengxin.publicity.reviews import DESK


@access.scope(Review)
def reviews(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset.filter(department__in=actor.departments_as(*DESK))
