"""Claims from filing to payment: the seller is asked first, one or two persons approve, the fund pays once, and its recovery opens."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from chengxin.accounts.access import ANONYMOUS, Actor, system
from chengxin.audit import actions as audit
from chengxin.audit import rows
from chengxin.compensation import caps, ledger, order_facts
from chengxin.compensation.actions import recoveries
from chengxin.compensation.actions.funds import watch_floor
from chengxin.compensation.actions.steps import (
    NUMBERS,
    check_amount,
    check_code,
    check_texts,
    held,
    in_days,
    manager,
    moved,
    next_number,
    rule_of,
    wrong,
)
from chengxin.compensation.errors import AlreadyDone, AlreadyPaid, AnotherPerson
from chengxin.compensation.ledger import Booking, Move
from chengxin.compensation.models import AdvanceClaim, Fund, FundPayment, Recovery
from chengxin.compensation.models.claims import APPEALED, APPROVED, ASKED, FIRST, NO_REPLY, PAID, REFUSED, REJECTED
from chengxin.evidence import actions as evidence
from chengxin.kernel import clock, locks
from chengxin.kernel.encryption import blind_index
from chengxin.kernel.errors import NotFound
from chengxin.subjects.models import Platform

INTAKE = system("compensation.intake")
ELECTRONIC = "4"  # of the code list evidence_kind: electronic data
CODE_FIELD, PERSON_FIELD = "compensation.AdvanceClaim.code", "compensation.AdvanceClaim.person"
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0 O 1 I: it is read out on the telephone
CODE_LETTERS = 16  # eighty bits: nobody guesses one
MOST_FILES = 5


@dataclass(frozen=True)
class File:
    """A file as it was handed in."""

    name: str
    data: bytes
    content_type: str


def fund_for(platform: Platform) -> Fund:
    """The platform's own open fund, else the city's. Raises NotFound when there is none."""
    standing = Fund.objects.filter(closed_on=None)
    found = standing.filter(platform=platform).first() or standing.filter(kind="city").order_by("opened_on").first()
    if found is None:
        raise NotFound
    return found


def file(given: Mapping[str, Any], files: Sequence[File] = ()) -> tuple[AdvanceClaim, str]:
    """A consumer asks, without an account. Returns the claim and the code it is followed by, shown once, kept as a keyed index.

    given: platform, basis, order_no, ordered_on, payment_no, amount_fen, name, phone, text, complaint_no. Raises ContentWrong, AlreadyPaid.
    """
    texts = _checked(given, files)
    platform: Platform = given["platform"]
    fund = fund_for(platform)
    if FundPayment.objects.filter(order_key=order_key(platform, texts["order_no"])).exists():
        raise AlreadyPaid
    facts, shop = order_facts.look(platform, texts["order_no"], given["ordered_on"])
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LETTERS))
    with transaction.atomic(), locks.locked(NUMBERS):
        made = AdvanceClaim(
            number=next_number(AdvanceClaim, "XF"), fund=fund, rule=rule_of(fund, clock.today()), platform=platform, **texts
        )
        made.shop, made.facts, made.basis, made.ordered_on = shop, facts, given["basis"], given["ordered_on"]
        made.amount_fen, made.filed_at = given["amount_fen"], clock.now()
        made.code_index, made.person_index = blind_index(code, CODE_FIELD), person_index(texts["phone"])
        moved("claim", made, "file", {"consumer"}, ANONYMOUS, before="NONE", amount_fen=made.amount_fen)
        made.evidence = [_keep(made, one) for one in files]
        made.save(force_insert=True)
    return made, code


def _checked(given: Mapping[str, Any], files: Sequence[File]) -> dict[str, str]:
    names = ("order_no", "payment_no", "complaint_no", "name", "phone", "text")
    texts = {name: str(given.get(name) or "").strip() for name in names}
    check_texts({"经过/what happened": texts["text"]})
    check_texts({"订单号/the order's number": texts["order_no"], "姓名/the name": texts["name"], "电话/the telephone": texts["phone"]}, 1)
    check_amount(given["amount_fen"])
    check_code("compensation_basis", given["basis"], clock.today())
    if given["ordered_on"] > clock.today():
        wrong("下单日期不得晚于今天", "the day of the order is not later than today")
    if len(files) > MOST_FILES:
        wrong("附件最多五个", "there are at most five files")
    return texts


def person_index(phone: str) -> str:
    """The keyed index by which a person's claims of a year are added up for the cap; the digits of the telephone and nothing else."""
    return blind_index("".join(letter for letter in phone if letter.isdigit()), PERSON_FIELD)


def order_key(platform: Platform, order_no: str) -> str:
    return f"{platform.code}:{order_no}"


def _keep(claim: AdvanceClaim, one: File) -> dict[str, str]:
    about = {"from": "申请人", "file": one.name}
    matter, title = f"compensation.claim:{claim.pk}", f"{claim.number}：{one.name}"
    kept = evidence.keep(INTAKE, matter, claim.fund.department, ELECTRONIC, title, one.data, content_type=one.content_type, about=about)
    return {"id": str(kept.pk), "name": one.name[:200], "sha256": hashlib.sha256(one.data).hexdigest()}


def followed(code: str) -> AdvanceClaim:
    """The claim of a code, however it is typed. Raises NotFound."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    found = AdvanceClaim.objects.select_related("fund", "rule", "platform").filter(code_index=blind_index(plain, CODE_FIELD)).first()
    if found is None:
        raise NotFound
    return found


def note_read(actor: Actor, claim: AdvanceClaim, purpose: str) -> None:
    """Who reads a claimant's data and why, before it is shown."""
    audit.record_read(str(actor), f"compensation.claim:{claim.pk}", ("name", "phone", "text"), purpose)


# ---- the seller is asked first


def ask_seller(actor: Actor, number: str) -> AdvanceClaim:
    """A manager has looked at the claim and asks the seller to pay; the term of the fund's rule begins."""
    with transaction.atomic():
        found = held(actor, AdvanceClaim, number)
        moved("claim", found, "ask_seller", manager(actor, found.fund), actor)
        found.due_on = in_days(found.rule.content["ask_days"])
        found.save()
        return found


def seller_pays(actor: Actor, number: str, seller_ref: str, answer: str = "") -> AdvanceClaim:
    """The seller has paid the consumer itself. The consumer may say that nothing came, within the rule's term."""
    check_texts({"退款凭证号/the number of the refund": seller_ref}, 1)
    with transaction.atomic():
        found = held(actor, AdvanceClaim, number)
        moved("claim", found, "seller_pays", _seller(actor, found), actor, {"seller_ref": seller_ref.strip()})
        found.seller_ref, found.seller_answer = seller_ref.strip(), answer.strip()
        found.due_on = in_days(found.rule.content["appeal_days"])
        found.save()
        return found


def seller_refuses(actor: Actor, number: str, answer: str) -> AdvanceClaim:
    """The seller says why it does not pay."""
    check_texts({"答复/the answer": answer})
    with transaction.atomic():
        found = held(actor, AdvanceClaim, number)
        moved("claim", found, "seller_refuses", _seller(actor, found), actor, {"seller_answer": answer.strip()})
        found.seller_answer = answer.strip()
        found.save()
        return found


def _seller(actor: Actor, claim: AdvanceClaim) -> set[str]:
    return {"merchant"} if claim.shop and claim.shop.subject_id in actor.subjects and actor.has("merchant") else set()


def lapse_overdue() -> int:
    """Each night: where the seller's term is over without an answer, that is written down. Returns how many."""
    late = list(AdvanceClaim.objects.filter(state=ASKED, due_on__lt=clock.today()).values_list("number", flat=True))
    for number in late:
        with transaction.atomic():
            found = held(INTAKE, AdvanceClaim, number)
            if found.state == ASKED:
                moved("claim", found, "lapse", {"system"}, INTAKE)
                found.save()
    return len(late)


def not_received(code: str) -> AdvanceClaim:
    """The consumer says by the code that the seller's money did not arrive."""
    with transaction.atomic():
        found = held(INTAKE, AdvanceClaim, followed(code).number)
        if found.due_on and clock.today() > found.due_on:
            wrong("提出期限已过", "the term for saying so is over")
        moved("claim", found, "not_received", {"consumer"}, ANONYMOUS)
        found.save()
        return found


# ---- the fund decides


def approve(actor: Actor, number: str, amount_fen: int) -> AdvanceClaim:
    """A manager approves an amount within the caps; over the rule's limit a second person has to agree (`approve_second`)."""
    check_amount(amount_fen)
    with transaction.atomic():
        found = held(actor, AdvanceClaim, number)
        roles = manager(actor, found.fund)
        if found.state not in (REFUSED, NO_REPLY):
            raise AlreadyDone
        if amount_fen > found.amount_fen:
            wrong("核定金额不得超过申请金额", "not more than was asked for is approved")
        with ledger.held(found.fund):
            caps.check(found, amount_fen)
        found.needs_two = amount_fen > found.rule.content["two_persons_over_fen"]
        found.approved_fen, found.approved_by, found.approved_by_name = amount_fen, str(actor), actor.name
        found.second_by = found.second_by_name = ""
        moved("claim", found, "approve_first" if found.needs_two else "approve", roles, actor, amount_fen=amount_fen)
        found.save()
        return found


def approve_second(actor: Actor, number: str) -> AdvanceClaim:
    """Another person approves what the first did. Raises AnotherPerson."""
    with transaction.atomic():
        found = held(actor, AdvanceClaim, number)
        roles = manager(actor, found.fund)
        _another(actor, found.approved_by, found.state == FIRST)
        moved("claim", found, "approve", roles, actor, amount_fen=found.approved_fen)
        found.second_by, found.second_by_name = str(actor), actor.name
        found.save()
        return found


def send_back(actor: Actor, number: str, reason: str) -> AdvanceClaim:
    """The second person does not agree; the approval is gone."""
    check_texts({"理由/the reason": reason})
    with transaction.atomic():
        found = held(actor, AdvanceClaim, number)
        roles = manager(actor, found.fund)
        _another(actor, found.approved_by, found.state == FIRST)
        moved("claim", found, "send_back", roles, actor, {"reason": reason.strip()})
        found.approved_fen, found.approved_by, found.approved_by_name, found.needs_two = 0, "", "", False
        found.save()
        return found


def reject(actor: Actor, number: str, reason: str) -> AdvanceClaim:
    """A manager rejects the claim, with the reason the claimant reads; the term for an appeal begins."""
    check_texts({"理由/the reason": reason})
    with transaction.atomic():
        found = held(actor, AdvanceClaim, number)
        moved("claim", found, "reject", manager(actor, found.fund), actor, {"reason": reason.strip()}, quiet=True)
        found.reason, found.rejected_by = reason.strip(), str(actor)
        found.due_on = in_days(found.rule.content["appeal_days"])
        found.save()
        return found


def appeal(code: str, text: str) -> AdvanceClaim:
    """The claimant appeals by the code, within the rule's term."""
    check_texts({"复核理由/the grounds": text})
    with transaction.atomic():
        found = held(INTAKE, AdvanceClaim, followed(code).number)
        if found.state == REJECTED and found.due_on and clock.today() > found.due_on:
            wrong("申请复核的期限已过", "the term for an appeal is over")
        moved("claim", found, "appeal", {"consumer"}, ANONYMOUS, {"appeal": text.strip()}, quiet=True)
        found.appeal = text.strip()
        found.save()
        return found


def decide_appeal(actor: Actor, number: str, reopen: bool, answer: str) -> AdvanceClaim:
    """Another person than the one who rejected decides: the rejection stands, or the claim is taken up again."""
    check_texts({"理由/the reason": answer})
    with transaction.atomic():
        found = held(actor, AdvanceClaim, number)
        roles = manager(actor, found.fund)
        _another(actor, found.rejected_by, found.state == APPEALED)
        moved("claim", found, "reopen" if reopen else "uphold", roles, actor, {"reason": answer.strip()}, quiet=True)
        found.answer, found.appeal_by = answer.strip(), str(actor)
        if reopen:
            found.rejected_by = found.appeal_by = ""
        found.save()
        return found


def _another(actor: Actor, before: str, here: bool) -> None:
    if not here:
        raise AlreadyDone
    if str(actor) == before:
        raise AnotherPerson


def pay(actor: Actor, number: str, bank_ref: str) -> FundPayment:
    """Pay what was approved, back the way the consumer paid: once. The same reference again gives the first payment.

    Books it, opens the one recovery, and takes the seller's deposit first where the rule and the agreement say so.
    Raises AlreadyPaid for another reference or an order that was compensated, FundShort.
    """
    check_texts({"付款凭证号/the number of the payment": bank_ref}, 1)
    with transaction.atomic():
        found = held(actor, AdvanceClaim, number)
        roles = manager(actor, found.fund)
        known = FundPayment.objects.filter(order_key=order_key(found.platform, found.order_no)).first()
        if known is not None:
            return _first(known, found, bank_ref)
        if found.state != APPROVED:
            raise AlreadyDone
        with ledger.held(found.fund):
            bank, owed = ledger.account(found.fund, "BANK"), ledger.account(found.fund, "RECOVERABLE", found.number)
        moved("claim", found, "pay", roles, actor, {"bank_ref": bank_ref.strip()}, amount_fen=found.approved_fen)
        what = Booking(f"pay:{found.number}", "payment", clock.today(), bank_ref.strip(), found.number)
        entry = ledger.book(actor, found.fund, what, [Move(owed, bank, found.approved_fen)])
        recovery = Recovery.objects.create(claim=found, amount_fen=found.approved_fen, opened_at=clock.now())
        made = FundPayment(claim=found, recovery=recovery, entry=entry, order_key=order_key(found.platform, found.order_no))
        made.amount_fen, made.bank_ref, made.balance_after_fen = found.approved_fen, bank_ref.strip(), ledger.balance(found.fund, "BANK")
        made.by, made.by_name, made.at = str(actor), actor.name, clock.now()
        data = {"number": found.number, "fen": made.amount_fen}
        rows.put(made, "compensation.paid", actor=str(actor), object=f"compensation.claim:{found.pk}", data=data)
        moved("claim", found, "open_recovery", roles, actor, before=PAID)
        recoveries.take_deposit(actor, found, recovery, roles)
        found.save()
        watch_floor(found.fund)
        return made


def _first(known: FundPayment, claim: AdvanceClaim, bank_ref: str) -> FundPayment:
    if known.claim_id != claim.pk or known.bank_ref != bank_ref.strip():
        raise AlreadyPaid
    return known
