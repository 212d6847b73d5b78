"""Whose exhibits are whose: those whose matter is theirs, by the rule that the matter's room registered (documents.access.matter)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.documents.access import DESK, of_matters
from chengxin.evidence.models import Exhibit

__all__ = ["DESK"]


@access.scope(Exhibit)
def exhibits(actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]:
    return of_matters(actor, queryset)
