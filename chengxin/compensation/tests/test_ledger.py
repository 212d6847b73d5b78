"""The books balance by their form, no account of money goes below nothing, only a posting moves an account: the database says so itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from chengxin.audit import rows
from chengxin.compensation import guards, ledger
from chengxin.compensation.actions import funds
from chengxin.compensation.errors import BookedOtherwise, FundShort
from chengxin.compensation.ledger import Booking, Move
from chengxin.compensation.models import Account, Entry, Fund, Posting
from chengxin.compensation.tests import people
from chengxin.compensation.tests.people import Town
from chengxin.kernel import clock, ids

pytestmark = pytest.mark.django_db


@pytest.fixture
def who(settings, tmp_path) -> Iterator[Town]:
    settings.LAKE_DIR = tmp_path / "lake"
    yield people.town()


def sides(who: Town) -> tuple[Account, Account]:
    return ledger.account(who.fund, "BANK"), ledger.account(who.fund, "UNEXPLAINED")


def test_what_is_booked_moves_both_sides_and_is_on_the_log(who: Town) -> None:
    funds.book_unexplained(who.staff, who.fund, 4_200, clock.today(), "X-1")
    assert (ledger.balance(who.fund, "BANK"), ledger.balance(who.fund, "UNEXPLAINED")) == (104_200, 4_200)
    assert ledger.check() == []
    assert rows.check_rows() == []


def test_the_same_receipt_is_booked_once_and_never_as_something_else(who: Town) -> None:
    first = funds.book_unexplained(who.staff, who.fund, 4_200, clock.today(), "X-1")
    assert funds.book_unexplained(who.staff, who.fund, 4_200, clock.today(), "X-1") == first
    with pytest.raises(BookedOtherwise):
        funds.book_unexplained(who.staff, who.fund, 4_201, clock.today(), "X-1")
    assert ledger.balance(who.fund, "UNEXPLAINED") == 4_200


def test_money_that_is_not_there_is_not_booked(who: Town) -> None:
    with pytest.raises(FundShort):
        funds.book_charge(who.staff, who.fund, 100_001, clock.today(), "X-2")
    assert ledger.balance(who.fund, "BANK") == 100_000


def raw(who: Town, amount: int, debit: Account, credit: Account) -> Posting:
    """Past every check of the code, as somebody with the database alone."""
    entry = Entry.objects.create(
        fund=who.fund, key=str(ids.new_id()), kind="raw", on=clock.today(), by="x", by_name="x", at=clock.now(), leaf=0
    )
    return Posting.objects.create(entry=entry, debit=debit, credit=credit, amount_fen=amount)


def test_past_the_code_the_database_refuses_all_of_it(who: Town) -> None:
    bank, other = sides(who)
    elsewhere = Fund.objects.create(code="x", name="x", kind="city", department="COM", opened_on=clock.today(), opened_by="x")
    foreign = ledger.account(elsewhere, "UNEXPLAINED")
    acts = [
        lambda: raw(who, 100_001, other, bank),  # below nothing
        lambda: raw(who, 0, bank, other),
        lambda: raw(who, -5, bank, other),
        lambda: raw(who, 5, bank, bank),
        lambda: raw(who, 5, bank, foreign),  # across funds
        lambda: Account.objects.filter(pk=bank.pk).update(debited_fen=F("debited_fen") + 5),
        lambda: Account.objects.filter(pk=bank.pk).update(floor=False),
        lambda: Account.objects.filter(pk=bank.pk).update(fund=elsewhere),
        lambda: Account.objects.create(fund=who.fund, kind="BANK", holder="y", side="debit", floor=True, debited_fen=9, last=None),
        lambda: Posting.objects.update(amount_fen=1),
        lambda: Posting.objects.all()._raw_delete("default"),
        lambda: Entry.objects.update(memo="anders"),
    ]
    for act in acts:
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert ledger.check() == []


def test_the_twin_without_the_triggers_an_account_is_forged_and_only_the_check_finds_it(who: Town) -> None:
    bank, _ = sides(who)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        guards.remove(cursor.execute, connection.vendor)
    Account.objects.filter(pk=bank.pk).update(debited_fen=F("debited_fen") + 5)
    assert any("BANK" in said for said in ledger.check())


def test_a_booking_of_several_movements_is_one_or_none(who: Town) -> None:
    bank, other = sides(who)
    with pytest.raises(FundShort), transaction.atomic(), ledger.held(who.fund):
        ledger.book(who.staff, who.fund, Booking("k", "raw", clock.today()), [Move(bank, other, 5), Move(other, bank, 100_010)])
    assert not Entry.objects.filter(key="k").exists()


def test_under_the_floor_the_duty_to_top_up_begins_and_at_the_floor_it_ends(who: Town) -> None:
    assert who.fund.topups.get().closed_at is not None  # the fund began with nothing and was filled
    funds.book_charge(who.staff, who.fund, 1, clock.today(), "X-3")
    standing = who.fund.topups.get(closed_at=None)
    assert (standing.missing_fen, (standing.due_on - clock.today()).days) == (1, people.RULE["topup_days"])
    people.contribute(who, 1, "IN-2")
    assert not who.fund.topups.filter(closed_at=None).exists()
