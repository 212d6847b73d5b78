"""Rows that coordination writes once, put in by hand with their log entry; see market_rows.py."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from chengxin.audit import rows
from chengxin.coordination.models import WRITTEN_ONCE, QuarterReport, Sheet, TaskEvidence, TaskStep
from chengxin.kernel import clock, ids

BOUND = set(WRITTEN_ONCE)


def put(model: type[Model]) -> None:
    """One row of the table; what it points to is not there, and the row is gone before the database looks."""
    if model in BOUND:
        rows.put(model(**_values(model)), "gate.row", actor="system:gate", object="gate:row", data={})


def _values(model: type[Model]) -> dict[str, Any]:
    now, who, task = clock.now(), {"by": "user:1", "by_name": "王立"}, ids.new_id()
    step = {"of": "task", "action": "accept", "before": "ASSIGNED", "after": "ACCEPTED", "actor": "user:1", "actor_name": "王立"}
    paper = {"document": ids.new_id(), "document_number": "示信组季报〔2026〕1号", "code": "ABCD-EFGH"}
    return {
        TaskStep: {
            "task_id": task,
            "place": 0,
            "department": "SAMR",
            "said": "接收",
            "paper": task,
            "paper_number": "1",
            "at": now,
            **step,
        },
        TaskEvidence: {
            "task_id": task,
            "kind": "link",
            "title": "页面",
            "url": "/plan/",
            "exhibit": task,
            "department": "SAMR",
            "at": now,
            **who,
        },
        Sheet: {
            "department": "SAMR",
            "period": "2026-10",
            "since": now.date(),
            "until": now.date(),
            "figures": {"CLUES_ON_TIME": {"n": 1, "d": 2}},
            "catalogue": "0" * 64,
            "sha256": "0" * 64,
            "at": now,
            **who,
        },
        QuarterReport: {"period": "2026-Q3", "content": {"measures": []}, "sha256": "0" * 64, "at": now, **paper, **who},
    }[model]
