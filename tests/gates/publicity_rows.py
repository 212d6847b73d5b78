"""Rows that publicity writes once, put in by hand with their log entry; see market_rows.py."""

from __future__ import annotations

from django.db.models import Model

from chengxin.audit import rows
from chengxin.kernel import clock, ids
from chengxin.publicity.models import WRITTEN_ONCE, Edition, ReviewStep

BOUND = set(WRITTEN_ONCE)


def put(model: type[Model]) -> None:
    """One row of the table; what it points to is not there, and the row is gone before the database looks."""
    now = clock.now()
    if model is Edition:
        made: Model = Edition(number="KF1", day=now.date(), outcome="out", manifest={"datasets": []}, made_by="system:gate", made_at=now)
    elif model is ReviewStep:
        given = {"action": "hold", "before": "PUBLISHED", "after": "SUSPENDED", "actor": "user:1", "actor_name": "王立", "reason": "涉密"}
        made = ReviewStep(review_id=ids.new_id(), at=now, **given)
    else:
        return
    rows.put(made, "gate.row", actor="system:gate", object="gate:row", data={})
