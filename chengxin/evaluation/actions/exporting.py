"""Portable reputation: a shop's owner takes the own scores to another platform as one signed file."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.evaluation import queries
from chengxin.evaluation.models import Snapshot
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound

KIND = "evaluation.reputation"


@transaction.atomic
def export_reputation(actor: Actor) -> dict[str, Any]:
    """A sealed file (chengxin-receipt/1) of the newest score of each of the actor's shops; who gets it verifies it without asking us."""
    shops = queries.latest_of_owner(actor)
    if not shops:
        raise NotFound
    body = {"format": "chengxin-reputation/1", "made_on": clock.today().isoformat(), "shops": [_plain(one) for one in shops]}
    name = f"subjects.subject:{shops[0].shop.subject_id}"
    return audit.sign_document(KIND, body, actor=str(actor), object=name, public={"shops": len(shops)})


def _plain(one: Snapshot) -> dict[str, Any]:
    subject = one.shop.subject
    names = ("score", "low", "high", "ratings", "excluded", "points", "level", "good", "neutral", "bad")
    return {
        "platform": one.shop.platform.code,
        "shop_id": one.shop.shop_id,
        "name": one.shop.name,
        "uscc": subject.uscc if subject else "",
        "as_of": one.day.isoformat(),
        "rule": {"number": one.rule.number, "content": one.rule.content},
        "receipt_leaf": one.leaf,
        **{name: getattr(one, name) for name in names},
    }
