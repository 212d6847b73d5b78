"""Rows for the keys' gate: what is tried is the table."""

from __future__ import annotations

from datetime import datetime

from chengxin.audit import rows
from chengxin.consumers.models import Answer, Complaint, Filing
from chengxin.kernel import ids
from chengxin.marks.models import ImitationReport


def imitation(number: int, text: str, now: datetime) -> ImitationReport:
    return ImitationReport(
        number=f"FM{number:08d}",
        code=f"{number:08d}",
        target=f"t{number}.example",
        url="https://x.example/",
        statement=text,
        reported_at=now,
    )


def answer(text: str, now: datetime) -> Answer:
    """A bound row of a table that triggers keep, with a complaint of its own."""
    filing = Filing.objects.create(code_index=ids.new_id().hex, wants="money", received_at=now)
    about = {"department": "SAMR", "rule": "test", "respondent_name": "甲店", "received_at": now}
    complaint = Complaint.objects.create(filing=filing, number=ids.new_id().hex[:24], text=text, request="退款", **about)
    row = Answer(complaint=complaint, side="merchant", text=text, by="user:1", by_name="甲", at=now)
    return rows.put(row, "consumers.complaint.answered", actor="user:1", object=f"consumers.complaint:{complaint.pk}", data={})
