"""A maker signs, withdraws; the department voids what was not signed as it says. The letter becomes a paper with a verify code at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from chengxin.accounts import access, codes
from chengxin.accounts.access import Actor
from chengxin.audit import rows
from chengxin.commitments import bars, letters, papers
from chengxin.commitments.access import DESK, own
from chengxin.commitments.actions.steps import NUMBERS, check_text, digest, named, next_number, roles_in, wrong
from chengxin.commitments.errors import AlreadyDone, Barred, InForce
from chengxin.commitments.events import CommitmentEnded
from chengxin.commitments.models import CODE, PUBLISHED, SCAN, Commitment, CommitmentEnd, Template
from chengxin.jobs import outbox
from chengxin.kernel import clock, ids, locks
from chengxin.kernel.errors import NotFound
from chengxin.law import law
from chengxin.law.terms import add_months
from chengxin.subjects.models import Subject

WITHDRAWN, VOID = "withdrawn", "void"


@dataclass(frozen=True)
class Signature:
    """How it is signed: the code of the person's authenticator, or the scan of the sealed letter (bytes, type, name) with the day on the
    paper where that is earlier than today."""

    code: str = ""
    scan: bytes = b""
    scan_type: str = ""
    scan_name: str = ""
    on: date | None = None


def sign(
    actor: Actor, number: str, subject_id: object, chosen: Mapping[str, int | None], consent: bool, signature: Signature
) -> Commitment:
    """The maker signs a published template with the clauses chosen (clause → its number, or None).

    Raises NotFound (another's subject, a template that is not published), ContentWrong, Barred, InForce, NoSecondFactor, CodeWrong.
    """
    if subject_id is None or str(subject_id) not in {str(one) for one in own(actor)}:
        raise NotFound
    template = access.get(actor, Template, number=number, state=PUBLISHED)
    subject = Subject.objects.get(pk=str(subject_id))
    clauses = check_clauses(template, chosen)
    if not consent:
        wrong("须同意承诺书和经认定的违约情况向社会公开", "the letter is made public: the consent is part of it")
    if bars.barred(subject, template.type):
        raise Barred
    if signature.on and (not signature.scan or signature.on > clock.today()):
        wrong("纸质承诺书的签署日期不能晚于今天", "the day on the paper may not be later than today")
    if not signature.scan:
        codes.check_code(actor, signature.code)
    with transaction.atomic(), locks.locked(f"commitments.subject:{subject.pk}"):
        return _signed(actor, template, subject, clauses, signature)


def check_clauses(template: Template, chosen: Mapping[str, int | None]) -> dict[str, int | None]:
    """The clauses as they are signed. Raises ContentWrong for one that is not on offer, for a number out of bounds, and for none at all."""
    offered = list(template.content["clauses"])
    if set(chosen) - set(offered):
        wrong("所选条款不在承诺书之内", "a clause is not one of the letter's")
    if offered and not chosen:
        wrong("请至少选择一项可以核对的承诺", "choose at least one promise that can be tested")
    kept: dict[str, int | None] = {}
    for code in (one for one in offered if one in chosen):
        clause, amount = letters.clauses()[code], chosen[code]
        if clause.n and (amount is None or not clause.n.least <= amount <= clause.n.most):
            wrong(f"{clause.n.zh}应在 {clause.n.least} 至 {clause.n.most} 之间", f"{clause.n.en}: from {clause.n.least} to {clause.n.most}")
        kept[code] = amount if clause.n else None
    return kept


def _signed(actor: Actor, template: Template, subject: Subject, clauses: dict[str, int | None], signature: Signature) -> Commitment:
    before = _renewable(subject, template)
    today = clock.today()
    begins = before.valid_until + timedelta(days=1) if before else signature.on or today
    content = text_of(template, subject, clauses)
    made = Commitment(
        id=ids.new_id(),
        template=template,
        letter=template.letter,
        type=template.type,
        department=template.department,
        subject=subject,
        content=content,
        clauses=clauses,
        sha256=digest(content),
        method=SCAN if signature.scan else CODE,
        scan_sha256=hashlib.sha256(signature.scan).hexdigest() if signature.scan else "",
        signed_by=str(actor),
        signed_at=clock.now(),
        valid_from=begins,
        valid_until=add_months(begins, template.content["months"]) - timedelta(days=1),
        renews=before,
    )
    with locks.locked(NUMBERS):
        made.number = next_number(Commitment, "CM", today)
        made.exhibit = papers.keep_scan(actor, made, signature.scan, signature.scan_type, signature.scan_name) if signature.scan else None
        paper = papers.letter(made)
        made.document, made.document_number, made.code = paper.pk, paper.number, paper.code
        data = {"number": made.number, "letter": made.letter, "subject": str(subject.pk), "sha256": made.sha256, "method": made.method}
        rows.put(made, "commitments.commitment.signed", actor=str(actor), object=f"commitments.commitment:{made.pk}", data=data)
    return made


def _renewable(subject: Subject, template: Template) -> Commitment | None:
    """The commitment of this kind that runs out soon, which the new one follows. Raises InForce when it has longer to go."""
    today = clock.today()
    found = Commitment.objects.filter(subject=subject, letter=template.letter, valid_until__gte=today, end__isnull=True)
    last = found.order_by("-valid_until").first()
    if last is None:
        return None
    soon = today + timedelta(days=max(law.at(today).value("commitment_remind_days")))
    if last.valid_until > soon:
        raise InForce(number=last.number)
    return last


def text_of(template: Template, subject: Subject, clauses: Mapping[str, int | None]) -> dict[str, Any]:
    """What is signed and published. A natural person stands there by the masked name; nothing in it is personal."""
    known = letters.clauses()
    return {
        "format": "chengxin-commitment/1",
        "template": {"number": template.number, "letter": template.letter, "version": template.version, "sha256": template.sha256},
        "title": template.title,
        "type": template.type,
        "maker": {"name": subject.name, "uscc": subject.uscc or "", "legal_rep": subject.legal_rep, "address": subject.address},
        "parts": template.content["parts"],
        "promises": [{"clause": code, "n": amount, **known[code].said(amount)} for code, amount in clauses.items()],
        "months": template.content["months"],
    }


def withdraw(actor: Actor, number: str, reason: str) -> CommitmentEnd:
    """The maker takes it back, from tomorrow on; what it promised until then stays measured. Raises AlreadyDone."""
    return _ended(actor, number, WITHDRAWN, check_text(reason, "理由", "the reason", public=True))


def void(actor: Actor, number: str, reason: str) -> CommitmentEnd:
    """An officer of its department ends one that was not signed as it says, e.g. a scan without seal. Raises AlreadyDone."""
    return _ended(actor, number, VOID, check_text(reason, "理由", "the reason", public=True))


def _ended(actor: Actor, number: str, why: str, reason: str) -> CommitmentEnd:
    with transaction.atomic(), locks.locked(f"commitments.commitment:{number}"):
        found = access.get(actor, Commitment, number=number)
        if why == VOID:
            roles_in(actor, found.department, DESK)
        elif found.subject_id not in own(actor):
            raise NotFound
        if found.valid_until < clock.today() or CommitmentEnd.objects.filter(commitment=found).exists():
            raise AlreadyDone
        on = clock.today() + timedelta(days=1) if why == WITHDRAWN else clock.today()
        end = CommitmentEnd(commitment=found, why=why, reason=reason, on=on, by=named(actor)[0], at=clock.now())
        data = {"number": found.number, "why": why}
        rows.put(end, f"commitments.commitment.{why}", actor=str(actor), object=f"commitments.commitment:{found.pk}", data=data)
        outbox.emit(CommitmentEnded(str(found.pk), found.number, why))
    return end
