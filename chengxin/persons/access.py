"""Whose requests are whose: those of the department that was asked. Settings files belong to the system and security administrators."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.persons.models import ErasureRequest, Hold, SettingsFile

DESK = ("officer", "reviewer", "head")
KEEPERS = ("sysadmin", "secadmin")


@access.scope(ErasureRequest)
def requests(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset.filter(department__in=actor.departments_as(*DESK))


@access.scope(Hold)
def holds(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset.filter(department__in=actor.departments_as(*DESK))


@access.scope(SettingsFile, administration=True)
def settings_files(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return queryset if actor.has(*KEEPERS) else queryset.none()
