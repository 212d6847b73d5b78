"""Groups are the desk's whose complaints they hold."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.consumers.access import DESK
from chengxin.consumers.triage.models import Group


@access.scope(Group)
def groups(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset.filter(look__department__in=actor.departments_as(*DESK))
