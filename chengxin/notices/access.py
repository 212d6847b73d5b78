"""Whose notices are whose: each person the own ones, administrators too."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.notices.models import Notice


@access.scope(Notice, administration=True)
def own_notices(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset.filter(person=actor.user) if actor.user else queryset.none()
