"""What happened to a subject and its shops, the re-verification queue, and one shop's verification as the API gives it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from chengxin.audit.models import Leaf
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.subjects.models import IdentityVerification, Shop, Subject
from chengxin.subjects.models.shops import DUE, NEEDS_FIX, VERIFIED
from chengxin.subjects.queries.card import is_current


@dataclass(frozen=True)
class Happening:
    """One entry of a history."""

    at: datetime
    action: str
    actor: str
    data: dict[str, Any]


def history_of(subject: Subject, limit: int = 100) -> list[Happening]:
    """The log entries about a subject and its shops, newest first; they hold no personal values."""
    objects = [f"subjects.subject:{subject.pk}", *(f"subjects.shop:{pk}" for pk in subject.shops.values_list("pk", flat=True))]
    leaves = Leaf.objects.filter(object__in=objects, action__startswith="subjects.").order_by("-index")[:limit]
    return [Happening(leaf.at, leaf.action, leaf.actor, json.loads(leaf.body)["data"]) for leaf in leaves]


def reverification_queue(shops: QuerySet[Shop]) -> QuerySet[Shop]:
    """The shops whose turn it is: overdue, to be corrected, or due within the first reminder's days; the most urgent first."""
    today = clock.today()
    far = today + timedelta(days=max(law.at(today).value("reverify_remind_days")))
    soon = shops.filter(state__in=(VERIFIED, DUE, NEEDS_FIX)).filter(next_due_on__lte=far) | shops.filter(state=NEEDS_FIX)
    return soon.select_related("platform", "subject").order_by("next_due_on", "pk")


def verification_of(shop: Shop) -> dict[str, Any]:
    """A shop's identity state with its verifications, newest first, for the platform that owns it."""
    looks = IdentityVerification.objects.filter(shop=shop)[:20]
    return {
        "shop_id": shop.shop_id,
        "state": shop.state,
        "state_reason": shop.state_reason,
        "current": is_current(shop, clock.today()),
        "verified_at": shop.verified_at,
        "next_due_on": shop.next_due_on,
        "licence_expires_on": shop.licence_expires_on,
        "over_100k": shop.over_100k,
        "verifications": [
            {
                "method": look.method,
                "result": look.result,
                "verified_at": look.verified_at,
                "next_due_on": look.next_due_on,
                "reason": look.reason,
                "checks": look.checks,
                "changed": sorted(look.diff),
            }
            for look in looks
        ],
    }
