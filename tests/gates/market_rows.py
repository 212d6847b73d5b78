"""Rows that the market's rooms write once, put in by hand with their log entry: what is tried with them is the table, not the act."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from chengxin.audit import rows
from chengxin.commitments.models import Commitment, CommitmentEnd, Measuring
from chengxin.commitments.models import Step as BreachStep
from chengxin.delivery import models as delivery
from chengxin.kernel import clock, ids

COMMITMENTS = (Commitment, CommitmentEnd, Measuring, BreachStep)
BOUND = {*delivery.WRITTEN_ONCE, *COMMITMENTS}


def put(model: type[Model]) -> None:
    """One row of the table; what it points to is not there, and the row is gone before the database looks."""
    if model in BOUND:
        rows.put(model(**_values(model)), "gate.row", actor="system:gate", object="gate:row", data={})


def _values(model: type[Model]) -> dict[str, Any]:
    now, who = clock.now(), {"by": "user:1", "by_name": "王立"}
    day, marks = now.date(), dict.fromkeys(("timeliness", "intact", "attitude", "privacy", "complaint"), 4)
    firm, step = {"firm_id": ids.new_id()}, {"place": 1, "action": "a", "before": "A", "after": "B", "at": now}
    return {
        delivery.BanReceipt: {"ban_id": ids.new_id(), "platform": "mall-a", "act": "applied", "at": now, **who},
        delivery.StatusAnswer: {"platform": "mall-a", "admit": True, "by": "client:1", "at": now, **firm},
        delivery.Step: {"of": "incident", "matter": ids.new_id(), **step, **who},
        delivery.Trace: {
            **{
                "number": "DI1",
                "incident_id": ids.new_id(),
                "chain": [],
                "root": "0" * 64,
                "nodes": [],
                "shares": 100,
                "conclusion": "跌落",
            },
            **{"at": now, "paper": ids.new_id(), "paper_number": "1", **who},
        },
        delivery.RegulatorRating: {"rater": "regulator", "at": now, "department": "POST", "evidence": "检查", **marks, **firm, **who},
        delivery.MerchantRating: {
            "rater": "merchant",
            "at": now,
            "waybill_no": "W1",
            "shop_id": ids.new_id(),
            "by": "user:1",
            **marks,
            **firm,
        },
        delivery.ConsumerRating: {"rater": "consumer", "at": now, "waybill_no": "W1", "signed_at": now, **marks, **firm},
        delivery.WorkerFact: {
            **{"number": "DW1", "code": "c", "staff_no": "E771", "fault": "delay", "incident_id": ids.new_id(), "department": "POST"},
            **{"confirmed_on": day, "until": day, "at": now, **firm, **who},
        },
        delivery.WorkerFactEnd: {"fact_id": ids.new_id(), "at": now, **who},
        Commitment: {
            **{"number": "CM1", "code": "c", "template_id": ids.new_id(), "letter": "honest_trade", "type": "1", "department": "SAMR"},
            **{"subject_id": ids.new_id(), "content": {}, "clauses": {}, "sha256": "0" * 64, "method": "code", "document": ids.new_id()},
            **{"document_number": "1", "signed_by": "user:1", "signed_at": now, "valid_from": day, "valid_until": day},
        },
        CommitmentEnd: {"commitment_id": ids.new_id(), "why": "withdrawn", "reason": "停业", "on": day, "by": "user:1", "at": now},
        Measuring: {"since": day, "until": day, "commitments": 1, "tested": 1, "broken": 0, "root": "0" * 64, "made_at": now},
        BreachStep: {"breach_id": ids.new_id(), "actor": "user:1", "actor_name": "王立", **step},
    }[model]
