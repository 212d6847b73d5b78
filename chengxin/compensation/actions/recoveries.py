"""Recovery of what a fund paid: from the deposit where it was agreed, in parts, until all is back or two persons write the rest off."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from chengxin.accounts.access import Actor
from chengxin.compensation import ledger
from chengxin.compensation.actions.funds import watch_floor
from chengxin.compensation.actions.steps import check_amount, check_texts, held, manager, moved, step, wrong
from chengxin.compensation.errors import AlreadyDone, AnotherPerson
from chengxin.compensation.ledger import Booking, Move
from chengxin.compensation.models import Account, AdvanceClaim, Deposit, Recovery
from chengxin.compensation.models.claims import OPEN, PROPOSED
from chengxin.kernel import clock
from chengxin.subjects.models import Subject


def recover(actor: Actor, number: str, amount_fen: int, on: date, bank_ref: str) -> Recovery:
    """The party at fault paid a part, or all. The same bank reference again is the same receipt."""
    check_amount(amount_fen)
    check_texts({"银行流水号/the bank's reference": bank_ref}, 1)
    with transaction.atomic():
        found = held(actor, AdvanceClaim, number)
        roles = manager(actor, found.fund)
        recovery = _open(found, OPEN, PROPOSED)
        key = f"recover:{bank_ref.strip()}"
        if found.fund.entries.filter(key=key, memo=found.number).exists():
            return recovery
        if amount_fen > recovery.open_fen or on > clock.today():
            wrong("追回金额不得超过未追回余额，日期不得晚于今天", "not more than is open, on a day not later than today")
        with ledger.held(found.fund):
            bank, owed = ledger.account(found.fund, "BANK"), ledger.account(found.fund, "RECOVERABLE", found.number)
        ledger.book(
            actor,
            found.fund,
            Booking(key, "recovery", on, bank_ref.strip(), found.number),
            [Move(bank, owed, amount_fen)],
        )
        _came(actor, found, recovery, amount_fen, "recovered", roles)
        watch_floor(found.fund)
        return recovery


def take_deposit(actor: Actor, claim: AdvanceClaim, recovery: Recovery, roles: Iterable[str], decision: str = "") -> int:
    """Take what the seller's deposit holds, at most what is open: by the agreed rule, or by a named decision. Returns the fen taken.

    Two movements of money: out of the account of deposits, into the fund's; the fund is held. The caller saves the claim.
    """
    subject = claim.shop.subject if claim.shop else None
    agreed = Deposit.objects.filter(fund=claim.fund, subject=subject, state__in=["AGREED", "LEAVING"]).first() if subject else None
    if subject is None or agreed is None or not (decision or (agreed.deduct and claim.rule.content["deposit_first"])):
        return 0
    purse = ledger.account(claim.fund, "DEPOSIT", subject=subject)
    taken = min(purse.balance_fen, recovery.open_fen)
    if taken <= 0:
        return 0
    what = Booking(f"deduct:{claim.number}:{recovery.recovered_fen}", "deduction", clock.today(), "", claim.number)
    ledger.book(actor, claim.fund, what, _deduction(claim, subject, taken))
    step("deposit", agreed, "deduct", actor, before=agreed.state, amount_fen=taken, reason=decision or f"约定规则；{claim.number}")
    _came(actor, claim, recovery, taken, "deducted", roles, save=False)
    return taken


def _deduction(claim: AdvanceClaim, subject: Subject, fen: int) -> list[Move]:
    fund = claim.fund
    purse, kept = ledger.account(fund, "DEPOSIT", subject=subject), ledger.account(fund, "DEPOSIT_BANK")
    bank, owed = ledger.account(fund, "BANK"), ledger.account(fund, "RECOVERABLE", claim.number)
    return [Move(purse, kept, fen), Move(bank, owed, fen)]


def deduct_by_decision(actor: Actor, number: str, decision: str) -> Recovery:
    """Take the deposit for an open recovery by a decision (of an authority, a court, an arbitration) where no rule was agreed."""
    check_texts({"决定文号/the number of the decision": decision})
    with transaction.atomic():
        found = held(actor, AdvanceClaim, number)
        roles = manager(actor, found.fund)
        recovery = _open(found, OPEN, PROPOSED)
        with ledger.held(found.fund):
            taken = take_deposit(actor, found, recovery, roles, decision.strip())
        if not taken:
            wrong("该商家没有可扣划的保证金", "the merchant has no deposit to take from")
        found.save()
        watch_floor(found.fund)
        return recovery


def _came(actor: Actor, claim: AdvanceClaim, recovery: Recovery, fen: int, how: str, roles: Iterable[str], *, save: bool = True) -> None:
    recovery.recovered_fen += fen
    if recovery.open_fen == 0:
        recovery.closed_at = clock.now()
        if claim.state == PROPOSED:
            moved("claim", claim, "keep_open", roles, actor, {"reason": "已追回，无须核销"})
        moved("claim", claim, "recover", roles, actor, amount_fen=fen)
    else:
        step("claim", claim, how, actor, before=claim.state, amount_fen=fen)
    recovery.save()
    if save:
        claim.save()


def propose_write_off(actor: Actor, number: str, reason: str) -> Recovery:
    """A manager proposes to write the rest off, with the reason."""
    check_texts({"理由/the reason": reason})
    with transaction.atomic():
        found = held(actor, AdvanceClaim, number)
        recovery = _open(found, OPEN)
        moved("claim", found, "propose_write_off", manager(actor, found.fund), actor, {"reason": reason.strip()})
        recovery.proposed_by, recovery.proposed_by_name, recovery.reason = str(actor), actor.name, reason.strip()
        recovery.save()
        found.save()
        return recovery


def write_off(actor: Actor, number: str, agree: bool, reason: str = "") -> Recovery:
    """Another person agrees and the rest is booked as a loss, or does not and the recovery goes on."""
    with transaction.atomic():
        found = held(actor, AdvanceClaim, number)
        roles = manager(actor, found.fund)
        recovery = _open(found, PROPOSED)
        if str(actor) == recovery.proposed_by:
            raise AnotherPerson
        if not agree:
            check_texts({"理由/the reason": reason})
            moved("claim", found, "keep_open", roles, actor, {"reason": reason.strip()})
            recovery.proposed_by = recovery.proposed_by_name = recovery.reason = ""
        else:
            _write_off(actor, found, recovery)
            moved("claim", found, "write_off", roles, actor, amount_fen=recovery.written_off_fen)
        recovery.save()
        found.save()
        return recovery


def _write_off(actor: Actor, claim: AdvanceClaim, recovery: Recovery) -> None:
    with ledger.held(claim.fund):
        lost, owed = ledger.account(claim.fund, "WRITTEN_OFF"), ledger.account(claim.fund, "RECOVERABLE", claim.number)
    what = Booking(f"write_off:{claim.number}", "write_off", clock.today(), "", claim.number)
    ledger.book(actor, claim.fund, what, [Move(lost, owed, recovery.open_fen)])
    recovery.written_off_fen, recovery.closed_at = recovery.open_fen, clock.now()
    recovery.confirmed_by, recovery.confirmed_by_name = str(actor), actor.name


def _open(claim: AdvanceClaim, *states: str) -> Recovery:
    if claim.state not in states:
        raise AlreadyDone
    return Recovery.objects.select_for_update(of=("self",)).get(claim=claim)


def owed(claim: AdvanceClaim) -> int:
    """What the ledger says is still to be recovered for a claim, in fen."""
    found = Account.objects.filter(fund=claim.fund, kind="RECOVERABLE", holder=claim.number).first()
    return found.balance_fen if found else 0
