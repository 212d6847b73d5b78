"""Merchants' deposits: terms offered and agreed to (e-commerce law art. 58), money in, and the refund when the merchant leaves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from chengxin.accounts.access import Actor
from chengxin.compensation import ledger
from chengxin.compensation.actions.steps import (
    NUMBERS,
    check_amount,
    check_texts,
    held,
    in_days,
    manager,
    moved,
    next_number,
    roles_in,
    step,
    wrong,
)
from chengxin.compensation.errors import AlreadyDone
from chengxin.compensation.ledger import Booking, Move
from chengxin.compensation.models import AdvanceClaim, Deposit, Fund
from chengxin.compensation.models.claims import OPEN, PROPOSED
from chengxin.kernel import clock, locks
from chengxin.subjects.models import Subject

LONGEST = 366


def offer(actor: Actor, fund: Fund, subject: Subject, given: Mapping[str, Any]) -> Deposit:
    """Offer an agreement. given: amount_fen, management, use, refund, refund_days, deduct. It binds when the merchant agrees."""
    roles = manager(actor, fund)
    check_amount(given["amount_fen"])
    terms = {name: str(given[name]).strip() for name in ("management", "use", "refund")}
    check_texts({"管理办法/how it is managed": terms["management"], "使用条件/what it is used for": terms["use"]})
    check_texts({"退还办法/how it is refunded": terms["refund"]})
    if not 1 <= given["refund_days"] <= LONGEST:
        wrong("退还期限须为 1 至 366 天", "the term of the refund has 1 to 366 days")
    with transaction.atomic(), locks.locked(f"compensation.deposit:{fund.pk}:{subject.pk}"), locks.locked(NUMBERS):
        if Deposit.objects.filter(fund=fund, subject=subject, state__in=["OFFERED", "AGREED", "LEAVING"]).exists():
            raise AlreadyDone
        made = Deposit(number=next_number(Deposit, "XB"), fund=fund, subject=subject, amount_fen=given["amount_fen"], **terms)
        made.refund_days, made.deduct = given["refund_days"], bool(given["deduct"])
        made.offered_by, made.offered_at = str(actor), clock.now()
        moved("deposit", made, "offer", roles, actor, before="NONE", amount_fen=made.amount_fen)
        made.save(force_insert=True)
        return made


def answer(actor: Actor, number: str, agree: bool) -> Deposit:
    """The merchant agrees or does not."""
    with transaction.atomic():
        found = held(actor, Deposit, number)
        moved("deposit", found, "agree" if agree else "decline", _merchant(actor, found), actor)
        if agree:
            found.agreed_by, found.agreed_at = str(actor), clock.now()
        found.save()
        return found


def _merchant(actor: Actor, found: Deposit) -> set[str]:
    return {"merchant"} if actor.has("merchant") and found.subject_id in actor.subjects else set()


def pay_in(actor: Actor, number: str, amount_fen: int, on: date, bank_ref: str) -> Deposit:
    """Money of the merchant came in on the account of deposits; the same bank reference again is the same receipt."""
    check_amount(amount_fen)
    check_texts({"银行流水号/the bank's reference": bank_ref}, 1)
    with transaction.atomic():
        found = held(actor, Deposit, number)
        manager(actor, found.fund)
        if found.state != "AGREED" or on > clock.today():
            wrong("须在约定生效后、今天之前入账", "it is booked after the agreement and not later than today")
        key = f"deposit:{bank_ref.strip()}"
        if found.fund.entries.filter(key=key, memo=found.number).exists():
            return found
        with ledger.held(found.fund):
            kept, purse = ledger.account(found.fund, "DEPOSIT_BANK"), ledger.account(found.fund, "DEPOSIT", subject=found.subject)
        what = Booking(key, "deposit", on, bank_ref.strip(), found.number)
        ledger.book(actor, found.fund, what, [Move(kept, purse, amount_fen)])
        step("deposit", found, "paid_in", actor, before=found.state, amount_fen=amount_fen)
        return found


def leave(actor: Actor, number: str) -> Deposit:
    """The merchant leaves, or the platform says that it has; the agreed term of the refund begins."""
    with transaction.atomic():
        found = held(actor, Deposit, number)
        roles = _merchant(actor, found) | ({"platform_staff"} if roles_in(actor, found.fund) else set())
        moved("deposit", found, "leave", roles, actor)
        found.due_on = in_days(found.refund_days)
        found.save()
        return found


def refund(actor: Actor, number: str, bank_ref: str) -> Deposit:
    """Pay back all that is left. Not while a recovery from this merchant is open."""
    check_texts({"付款凭证号/the number of the payment": bank_ref}, 1)
    with transaction.atomic():
        found = held(actor, Deposit, number)
        roles = manager(actor, found.fund)
        if found.state != "LEAVING":
            raise AlreadyDone
        with ledger.held(found.fund):
            kept, purse = ledger.account(found.fund, "DEPOSIT_BANK"), ledger.account(found.fund, "DEPOSIT", subject=found.subject)
            owes = AdvanceClaim.objects.filter(fund=found.fund, shop__subject=found.subject, state__in=[OPEN, PROPOSED]).exists()
        if owes:
            wrong("该商家尚有未追回的赔付款，须先结清或者核销", "a recovery from this merchant is open; it is settled or written off first")
        left = purse.balance_fen
        if left:
            what = Booking(f"refund:{found.number}", "deposit_refund", clock.today(), bank_ref.strip(), found.number)
            ledger.book(actor, found.fund, what, [Move(purse, kept, left)])
        moved("deposit", found, "refund", roles, actor, amount_fen=left)
        found.ended_at = clock.now()
        found.save()
        return found
