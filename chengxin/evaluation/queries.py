"""What is read of evaluation: the newest snapshots, the one shown on a day, a shop's reviews with what was decided about them."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from chengxin.accounts.access import Actor
from chengxin.evaluation.models import Reply, Snapshot, Treatment
from chengxin.evaluation.nightly import unpacked
from chengxin.kernel.errors import NotFound
from chengxin.subjects.models import Shop

Review = dict[str, Any]


def latest() -> QuerySet[Snapshot]:
    """The newest snapshot of each shop, without its files."""
    newest = Snapshot.objects.filter(shop=OuterRef("shop")).order_by("-day").values("pk")[:1]
    return (
        Snapshot.objects.filter(pk=Subquery(newest)).select_related("shop__platform", "shop__subject", "rule").defer("receipt", "reviews")
    )


def latest_of_owner(actor: Actor) -> list[Snapshot]:
    return list(latest().filter(shop__subject__in=actor.subjects).order_by("shop__platform__code", "shop__shop_id"))


def latest_of_platforms(actor: Actor) -> QuerySet[Snapshot]:
    return latest().filter(shop__platform__code__in=actor.platforms)


def shown(shop_id: UUID | str, on: date | None = None) -> Snapshot:
    """The snapshot that was shown on a day, or is now. Raises NotFound."""
    found = Snapshot.objects.filter(shop_id=shop_id).select_related("shop__platform", "shop__subject", "rule")
    if on:
        found = found.filter(day__lte=on)
    one = found.order_by("-day").first()
    if one is None:
        raise NotFound
    return one


def receipt(one: Snapshot) -> dict[str, Any]:
    """The sealed document as chengxin-receipt/1."""
    given: dict[str, Any] = unpacked(one.receipt)
    return given


def document(one: Snapshot) -> dict[str, Any]:
    """What the receipt seals: chengxin-score/1."""
    given: dict[str, Any] = json.loads(receipt(one)["document"])
    return given


def review_numbers(shop: Shop) -> set[str]:
    """Numbers of the reviews in the shop's newest snapshot."""
    return {row[0] for row in unpacked(shown(shop.pk).reviews)}


def reviews(one: Snapshot) -> list[Review]:
    """Reviews of a snapshot, the newest first: number, stars, day, follow-ups, reply, treatments with their statements."""
    replies = {row.review_no: row for row in Reply.objects.filter(shop=one.shop_id)}
    treatments: dict[str, list[Treatment]] = {}
    for row in Treatment.objects.filter(shop=one.shop_id, end=None):
        treatments.setdefault(row.review_no, []).append(row)
    return [
        {
            "review_no": number,
            "stars": stars,
            "day": date.fromisoformat(day),
            "followups": [{"day": date.fromisoformat(at), "stars": later} for at, later in followups],
            "reply": replies.get(number),
            "treatments": treatments.get(number, []),
        }
        for number, stars, day, followups in reversed(unpacked(one.reviews))
    ]


def sample(one: Snapshot, seed: str, count: int) -> list[Review]:
    """Reviews to compare with the platform's page: the `count` least by SHA-256 with the seed. Anybody draws the same."""

    def place(row: Review) -> str:
        return hashlib.sha256(f"{seed}/{row['review_no']}".encode()).hexdigest()

    return sorted(reviews(one), key=place)[:count]
