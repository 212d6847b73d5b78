"""Rows that products write once, put in by hand with their log entry; see market_rows.py."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Model

from chengxin.audit import rows
from chengxin.kernel import clock, ids
from chengxin.products.models import WRITTEN_ONCE, Certificate, ProductLink, RecallNotice, RecallReturn

BOUND = set(WRITTEN_ONCE)


def put(model: type[Model]) -> None:
    """One row of the table; what it points to is not there, and the row is gone before the database looks."""
    if model in BOUND:
        rows.put(model(**_values(model)), "gate.row", actor="system:gate", object="gate:row", data={})


def _values(model: type[Model]) -> dict[str, Any]:
    now, who = clock.now(), {"by": "user:1", "by_name": "王立"}
    made = {"made_by": "user:1", "made_by_name": "王立", "made_at": now}
    paper = {"batch_id": ids.new_id(), "kind": "TEST", "number": "1", "issuer": "检验所", "issued_on": now.date()}
    back = {"recall_id": ids.new_id(), "kind": "returned", "quantity": Decimal("1.000"), "unit": "KGM"}
    return {
        Certificate: {**paper, "exhibit": ids.new_id(), **made},
        ProductLink: {
            "product_id": ids.new_id(),
            "relation": "pip",
            "language": "zh",
            "version": 1,
            "target": "https://a.example/",
            "at": now,
            **who,
        },
        RecallNotice: {"task_id": ids.new_id(), "order_no": "T1", "way": "sms", "told_at": now, "proof": "MSG-1", "at": now, **who},
        RecallReturn: {**back, "on": now.date(), "note": "店铺", "at": now, **who},
    }[model]
