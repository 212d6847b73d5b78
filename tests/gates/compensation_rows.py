"""Rows that compensation writes once, put in by hand with their log entry: what is tried with them is the table, not the act."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from chengxin.audit import rows
from chengxin.compensation import ledger
from chengxin.compensation.models import (
    AdvanceClaim,
    CompensationStep,
    Entry,
    Fund,
    FundPayment,
    FundRule,
    Posting,
    Recovery,
    Statement,
)
from chengxin.kernel import clock, ids
from chengxin.subjects.models import Platform

BOUND = {CompensationStep, Entry, FundPayment, FundRule, Posting, Statement}


def put(model: type[Model]) -> None:
    """One row of the table with what it rests on."""
    if model not in BOUND:
        return
    now, who = clock.now(), {"by": "user:1", "by_name": "王立"}
    given = {"name": "门赔付金", "kind": "city", "department": "COM", "opened_on": now.date(), "opened_by": "user:1"}
    fund = Fund.objects.create(code=f"f{ids.new_id().hex[:16]}", **given)
    published = {"published_by": "user:1", "published_by_name": "王立", "published_at": now}
    rule = _put(FundRule(fund=fund, version=1, valid_from=now.date(), content={}, reason="首次公布", **published))
    bank, other = ledger.account(fund, "BANK"), ledger.account(fund, "INTEREST")
    entry = _put(Entry(fund=fund, key="k", kind="interest", on=now.date(), at=now, **who))
    Posting.objects.create(entry=entry, debit=bank, credit=other, amount_fen=5)
    person = {"code_index": ids.new_id().hex, "person_index": "p", "name": "王", "phone": "1", "text": "无"}
    order = {"platform": Platform.objects.all()[0], "order_no": "T1", "ordered_on": now.date(), "basis": "FAKE", "amount_fen": 5}
    claim = AdvanceClaim.objects.create(number=ids.new_id().hex[:24], fund=fund, rule=rule, filed_at=now, **order, **person)
    recovery = Recovery.objects.create(claim=claim, amount_fen=5, opened_at=now)
    paid: dict[str, Any] = {"order_key": f"k:{claim.number}", "amount_fen": 5, "balance_after_fen": 0, "bank_ref": "r", "at": now, **who}
    _put(FundPayment(claim=claim, recovery=recovery, entry=entry, **paid))
    step = {"action": "file", "before": "NONE", "after": "FILED", "actor": "user:1", "actor_name": "王立", "at": now}
    CompensationStep.objects.create(of="claim", matter=claim.pk, place=0, **step)
    days = {"since": now.date(), "until": now.date(), "opening_fen": 0, "closing_fen": 5, "lines_count": 1}
    _put(Statement(number=f"S{claim.number[:20]}", fund=fund, account=bank, sha256="0" * 64, at=now, **days, **who))


def _put(row: Any) -> Any:
    return rows.put(row, "gate.row", actor="system:gate", object="gate:row", data={})
