"""The papers of a claim: the decision for who claims, the notice of payment and recovery for the party at fault."""

from __future__ import annotations

from typing import Any

from chengxin.accounts.access import Actor
from chengxin.compensation.actions import recoveries
from chengxin.compensation.actions.steps import held
from chengxin.compensation.errors import AlreadyDone
from chengxin.compensation.models import AdvanceClaim
from chengxin.compensation.models.claims import DECIDED
from chengxin.documents import actions as documents
from chengxin.documents.models import Document
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.law import law

DECISION, RECOVERY = "advance_decision", "advance_recovery"
REJECTED = ("REJECTED", "APPEALED", "REJECTED_FINAL")


def decision(actor: Actor, number: str) -> Document:
    """The decision as it stands, issued once for each state by an officer of the fund's department. The caller holds the transaction."""
    found = held(actor, AdvanceClaim, number)
    if found.state not in (*DECIDED, *REJECTED):
        raise AlreadyDone
    if found.state in REJECTED:
        result = f"不予赔付。理由：{found.reason}" + (f" 复核结论：{found.answer}" if found.answer else "")
    else:
        result = "准予先行赔付，款项按原支付方式退回。"
    values = {**_claim(found), "party": found.name, "advance_asked": found.amount_fen, "advance_result": result}
    values["fund_rule"] = f"《{found.fund.name}规则》第 {found.rule.version} 版（{found.rule.valid_from} 起施行）"
    if found.state in DECIDED:
        values |= {"advance_approved": found.approved_fen, "advance_deciders": _deciders(found)}
    return documents.issue(actor, DECISION, values, department=found.fund.department, matter=matter(found), on=clock.today())


def recovery(actor: Actor, number: str) -> Document:
    """The notice to the seller of what was paid for it and what it owes today. The caller holds the transaction."""
    found = held(actor, AdvanceClaim, number)
    payment = getattr(found, "payment", None)
    subject = found.shop.subject if found.shop else None
    if payment is None or subject is None:
        raise NotFound
    values = {**_claim(found), "party": subject.name, "advance_paid": payment.amount_fen, "advance_paid_on": clock.city_day(payment.at)}
    values |= {"advance_reference": payment.bank_ref, "advance_owed": recoveries.owed(found)}
    if subject.uscc:
        values["party_uscc"] = subject.uscc
    to = f"compensation.recovery:{found.recovery.pk}"
    return documents.issue(actor, RECOVERY, values, department=found.fund.department, matter=to, on=clock.today())


def matter(claim: AdvanceClaim) -> str:
    return f"compensation.claim:{claim.pk}"


def _claim(found: AdvanceClaim) -> dict[str, Any]:
    book = law.at(clock.city_day(found.filed_at))
    basis = book.codes("compensation_basis")[found.basis]
    known = {"advance_number": found.number, "fund_name": found.fund.name, "advance_order": found.order_no}
    return {**known, "advance_basis": basis["zh"], "basis": book.cited(*basis["provisions"])["zh"]}


def _deciders(found: AdvanceClaim) -> str:
    return "、".join(name for name in (found.approved_by_name, found.second_by_name) if name)


def of_claimant(claim: AdvanceClaim) -> list[Document]:
    """The decisions, which are addressed to who claims; the notice of recovery is the seller's."""
    return [one for one in of(claim) if one.matter_kind == "compensation.claim" and one.form == DECISION]


def of(claim: AdvanceClaim) -> list[Document]:
    """The papers that were made of a claim, the newest first."""
    keys = [claim.pk, claim.recovery.pk] if hasattr(claim, "recovery") else [claim.pk]
    kinds = ["compensation.claim", "compensation.recovery"]
    return list(Document.objects.filter(matter_kind__in=kinds, matter_id__in=keys).order_by("-pk"))
