"""Rows that campaigns write once, put in by hand with their log entry; see market_rows.py."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from chengxin.audit import rows
from chengxin.campaigns.models import WRITTEN_ONCE, CampaignStep, Completion, Revocation
from chengxin.kernel import clock, ids

BOUND = set(WRITTEN_ONCE)


def put(model: type[Model]) -> None:
    """One row of the table; what it points to is not there, and the row is gone before the database looks."""
    if model in BOUND:
        rows.put(model(**_values(model)), "gate.row", actor="system:gate", object="gate:row", data={})


def _values(model: type[Model]) -> dict[str, Any]:
    now = clock.now()
    step = {"of": "campaign", "matter": ids.new_id(), "place": 0, "action": "draft", "before": "NONE", "after": "DRAFTED"}
    return {
        CampaignStep: {**step, "actor": "user:1", "actor_name": "王立", "at": now},
        Completion: {
            "source": "platform",
            "course": "年度培训",
            "streamer_id": ids.new_id(),
            "on": now.date(),
            "proof": "PX-1",
            "by": "user:1",
            "at": now,
        },
        Revocation: {"completion_id": ids.new_id(), "reason": "题目外泄", "by": "user:1", "by_name": "王立", "at": now},
    }[model]
