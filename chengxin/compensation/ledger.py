"""Booking and reading the ledger. Whole fen; a booking is one row with its postings, made once for its key, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Sum

from chengxin.accounts.access import Actor
from chengxin.audit import rows
from chengxin.compensation.chart import DEBIT, chart
from chengxin.compensation.errors import BookedOtherwise, FundShort
from chengxin.compensation.models import Account, Entry, Fund, Posting
from chengxin.kernel import clock, locks
from chengxin.subjects.models import Subject

LOCK = "compensation.fund:"


@dataclass(frozen=True)
class Move:
    """amount_fen from the account `credit` to the account `debit`."""

    debit: Account
    credit: Account
    amount_fen: int


@dataclass(frozen=True)
class Booking:
    """What is booked: its key (once), what it is, the day, the bank's reference, words for people."""

    key: str
    kind: str
    on: date
    bank_ref: str = ""
    memo: str = ""


@contextmanager
def held(fund: Fund) -> Iterator[None]:
    """The fund's books are one writer's until the transaction ends. What decides (balance, caps) is read inside; writing follows."""
    with locks.locked(f"{LOCK}{fund.pk}"):
        yield


def account(fund: Fund, kind: str, holder: str = "", subject: Subject | None = None) -> Account:
    """The account of this kind and holder, opened when it is not there yet; the fund is held."""
    of = chart()[kind]
    holder = str(subject.pk) if subject else holder
    given = {"side": of.side, "floor": of.floor, "subject": subject}
    return Account.objects.get_or_create(fund=fund, kind=kind, holder=holder, defaults=given)[0]


def balance(fund: Fund, kind: str) -> int:
    """What all accounts of one kind hold together, in fen, on the side of the kind."""
    sums = Account.objects.filter(fund=fund, kind=kind).aggregate(debited=Sum("debited_fen"), credited=Sum("credited_fen"))
    moved = (sums["debited"] or 0) - (sums["credited"] or 0)
    return moved if chart()[kind].side == DEBIT else -moved


def book(actor: Actor, fund: Fund, what: Booking, moves: Sequence[Move]) -> Entry:
    """Put a booking into the ledger; the fund is held. The same key again with the same moves gives the first booking.

    Raises FundShort when an account of money would go below nothing, BookedOtherwise when the key was used for something else.
    """
    known = Entry.objects.filter(fund=fund, key=what.key).first()
    if known is not None:
        return _same(known, moves)
    _check_floors(moves)
    entry = Entry(fund=fund, key=what.key, kind=what.kind, on=what.on, bank_ref=what.bank_ref, memo=what.memo)
    entry.by, entry.by_name, entry.at = str(actor), actor.name, clock.now()
    data = {"fund": fund.code, "kind": what.kind, "fen": sum(one.amount_fen for one in moves)}
    rows.put(entry, f"compensation.ledger.{what.kind}", actor=str(actor), object=f"compensation.fund:{fund.pk}", data=data)
    for one in moves:
        Posting.objects.create(entry=entry, debit=one.debit, credit=one.credit, amount_fen=one.amount_fen)
    return entry


def _same(known: Entry, moves: Sequence[Move]) -> Entry:
    before = sorted(known.postings.values_list("debit_id", "credit_id", "amount_fen"))
    if before != sorted((one.debit.pk, one.credit.pk, one.amount_fen) for one in moves):
        raise BookedOtherwise(key=known.key)
    return known


def _check_floors(moves: Sequence[Move]) -> None:
    """Say it in words before the database does."""
    change: dict[Account, int] = {}
    for one in moves:
        change[one.debit] = change.get(one.debit, 0) + one.amount_fen
        change[one.credit] = change.get(one.credit, 0) - one.amount_fen
    for each, moved in change.items():
        now = Account.objects.get(pk=each.pk)
        after = now.balance_fen + (moved if now.side == DEBIT else -moved)
        if now.floor and after < 0:
            raise FundShort(account=now.name, held=now.balance_fen, asked=now.balance_fen - after)


def check() -> list[str]:
    """What does not hold in the books, a line each in both languages: an account that is not the sum of its postings, or below nothing."""
    wrong = []
    debits = dict(Posting.objects.values_list("debit").annotate(sum=Sum("amount_fen")))
    credits = dict(Posting.objects.values_list("credit").annotate(sum=Sum("amount_fen")))
    for one in Account.objects.select_related("fund"):
        if (one.debited_fen, one.credited_fen) != (debits.get(one.pk, 0), credits.get(one.pk, 0)):
            wrong.append(f"{one.fund.code} {one}: 余额与分录之和不符 / not the sum of its postings")
        if one.floor and one.balance_fen < 0:
            wrong.append(f"{one.fund.code} {one}: 余额为负 / below nothing")
    total = Account.objects.aggregate(all=Sum(F("debited_fen") - F("credited_fen")))["all"] or 0
    return wrong if total == 0 else [*wrong, f"借贷不平 {total} / debits and credits differ by {total}"]
