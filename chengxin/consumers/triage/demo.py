"""Complaints of the demo that are alike: the labelled set, filed through the real form against shops of the city, and one look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from chengxin.consumers import actions
from chengxin.consumers.triage import looking
from chengxin.consumers.triage.labelled import GENUINE, labelled
from chengxin.consumers.triage.models import Look
from chengxin.kernel import clock
from chengxin.subjects.models import Shop

FILLED, OWN = 44, 12
DAYS = 4  # over how many days back they came, so that none is overdue


@transaction.atomic
def fill(shops: Sequence[Shop]) -> None:
    """All of it or nothing; a second call adds nothing."""
    if not shops or Look.objects.exists():
        return
    given, now = labelled(FILLED, OWN), clock.now()
    for place, (text, label) in enumerate(zip(given.columns.text, given.label.tolist(), strict=True)):
        shop = shops[place % len(shops) if label == GENUINE else label % len(shops)]
        who = {
            "name": f"示例消费者{place:02d}",
            "phone": f"1000001{label + 1:02d}{place % 3:02d}" if label != GENUINE else f"1000002{place:04d}",
        }
        at = now - timedelta(hours=24 * DAYS * (len(given.label) - place) // len(given.label), minutes=5)
        what = {"shop": shop, "respondent_name": shop.name, "text": text, "request": "退货退款"}
        actions.file({"wants": "money", **what, **who}, received_at=at)
    looking.look_at_all()
