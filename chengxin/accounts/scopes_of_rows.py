"""Which people, grants and clients an actor may see: administrators all of them, a head those of the own department, others themselves."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.accounts.models import ClientKey, PlatformClient, RoleGrant, User
from chengxin.accounts.roles import Role


@access.scope(User, administration=True)
def people(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    if actor.has(Role.SECADMIN, Role.SYSADMIN, Role.AUDITADMIN):
        return queryset
    if actor.user is None:
        return queryset.none()
    led = actor.departments_as(Role.HEAD)
    return queryset.filter(Q(pk=actor.user.pk) | Q(grants__department__in=led)).distinct()


@access.scope(RoleGrant, administration=True)
def grants(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    if actor.has(Role.SECADMIN, Role.SYSADMIN, Role.AUDITADMIN):
        return queryset
    if actor.user is None:
        return queryset.none()
    return queryset.filter(Q(user=actor.user) | Q(department__in=actor.departments_as(Role.HEAD)))


@access.scope(PlatformClient, administration=True)
def clients(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    if actor.has(Role.SECADMIN, Role.SYSADMIN):
        return queryset
    return queryset.filter(platform_code__in=actor.platforms)


@access.scope(ClientKey, administration=True)
def keys(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    if actor.has(Role.SECADMIN, Role.SYSADMIN):
        return queryset
    return queryset.filter(client__platform_code__in=actor.platforms)
