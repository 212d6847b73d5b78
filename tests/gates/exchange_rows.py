"""Rows that the exchange writes once, put in by hand with their log entry; see market_rows.py."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from chengxin.audit import rows
from chengxin.exchange.models import Assessment, ExchangeStep, ShareUse
from chengxin.kernel import clock, ids

BOUND = {Assessment, ExchangeStep, ShareUse}


def put(model: type[Model]) -> None:
    """One row of the table; what it points to is not there, and the row is gone before the database looks."""
    if model in BOUND:
        rows.put(model(**_values(model)), "gate.row", actor="system:gate", object="gate:row", data={})


def _values(model: type[Model]) -> dict[str, Any]:
    now = clock.now()
    step = {"of": "batch", "matter": ids.new_id(), "place": 0, "action": "approve", "before": "VALIDATED", "after": "APPROVED"}
    texts = {"lawful": "依法共享", "impact": "影响较小", "measures": "按字段授权", "personal_fields": [], "keep_until": now.date()}
    return {
        ExchangeStep: {**step, "actor": "user:1", "actor_name": "王立", "at": now},
        Assessment: {"entry_id": ids.new_id(), **texts, "by": "user:1", "by_name": "王立", "at": now},
        ShareUse: {"request_id": ids.new_id(), "fields": ["CF_WSH"], "rows": 3, "actor": "user:1", "actor_name": "王立", "at": now},
    }[model]
