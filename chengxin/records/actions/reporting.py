"""A credit report: what the file says, set as a PDF, recorded in the log, signed, and closed with the receipt that proves it offline."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.audit import sealed
from chengxin.kernel import clock, language, locks
from chengxin.kernel.paper import new_code
from chengxin.law import law
from chengxin.records import paper, queries
from chengxin.records.actions.steps import NUMBERS, next_number
from chengxin.records.models import CreditReport
from chengxin.subjects.models import Subject

KIND = "records.report"


@dataclass(frozen=True)
class Asked:
    """What somebody wants a report for. url: where its code can be checked."""

    purpose: str
    true_on: date
    known_on: date
    url: str


def make_report(actor: Actor, subject: Subject, asked: Asked) -> tuple[CreditReport, bytes]:
    """The report and its signed PDF. The reading is logged for the subject. The caller has checked that the file is the actor's to see."""
    lines = queries.of_subject(subject, asked.true_on, asked.known_on)
    body = _body(actor, subject, asked, new_code(), lines)
    pdf = paper.pdf(body, lines)
    with transaction.atomic():
        return _signed(actor, subject, asked, body, pdf)


def _body(actor: Actor, subject: Subject, asked: Asked, code: str, lines: list[queries.Line]) -> dict[str, Any]:
    """What the report says, as the data that are signed with it."""
    return {
        "code": code,
        "subject": {"id": str(subject.pk), "name": subject.name, "uscc": subject.uscc or "", "kind": _kind(subject)},
        "purpose": asked.purpose,
        "asked_by": actor.name,
        "true_on": asked.true_on.isoformat(),
        "known_on": asked.known_on.isoformat(),
        "made_at": clock.now().isoformat(timespec="seconds"),
        "url": f"{asked.url}?code={code}",
        "records": json.loads(json.dumps([queries.as_data(one) for one in lines], default=str)),
    }


def _kind(subject: Subject) -> str:
    return language.pick(law.at(clock.today()).codes("subject_kind")[subject.kind])


def _signed(actor: Actor, subject: Subject, asked: Asked, body: dict[str, Any], pdf: bytes) -> tuple[CreditReport, bytes]:
    digest = hashlib.sha256(pdf).hexdigest()
    with locks.locked(NUMBERS):
        report = CreditReport(
            number=next_number(CreditReport, "RP", clock.today()),
            code=body["code"],
            subject=subject,
            purpose=asked.purpose,
            asked_by=str(actor),
            asked_by_name=actor.name,
            true_on=asked.true_on,
            known_on=asked.known_on,
            records=[one["number"] for one in body["records"]],
            sha256=digest,
            made_at=clock.now(),
        )
        audit.record_read(str(actor), f"subjects.subject:{subject.pk}", ["records"], asked.purpose)
        document = {**body, "number": report.number, sealed.DIGEST: digest}
        receipt = audit.sign_document(
            KIND, document, actor=str(actor), object=f"records.report:{report.pk}", public={"number": report.number}
        )
        report.leaf = receipt["leaf"]["index"]
        report.save(force_insert=True)
    return report, sealed.close(pdf, receipt)
