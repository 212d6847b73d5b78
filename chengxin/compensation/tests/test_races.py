"""Thirty-two writers at once: nothing paid twice, no cap passed, no fund below nothing; and the twins that show what the locks are for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from chengxin.compensation import ledger
from chengxin.compensation.actions import claims, funds
from chengxin.compensation.models import AdvanceClaim, FundPayment, Recovery
from chengxin.compensation.tests import people
from chengxin.compensation.tests.people import Town
from chengxin.kernel import clock
from chengxin.kernel.tests.racing import meeting, needs_postgresql, needs_threads, together

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS = 32


@pytest.fixture
def who(settings: Any, tmp_path: Any) -> Town:
    needs_threads()
    settings.LAKE_DIR = tmp_path / "lake"
    with transaction.atomic():
        return people.town(fen=50_000)


def test_of_thirty_two_payments_of_one_claim_one_is_made(who: Town) -> None:
    with transaction.atomic():
        found = people.approved(who)
    came = together(*(lambda ref=f"OUT-{n % 2}": claims.pay(who.head, found.number, ref) for n in range(WRITERS)))
    assert sorted(set(came)) == ["", "compensation_already_paid"]
    assert (came.count(""), ledger.balance(who.fund, "BANK")) == (WRITERS // 2, 40_000)
    assert FundPayment.objects.count() == Recovery.objects.count() == 1
    assert ledger.check() == []


def test_of_thirty_two_claims_the_fund_pays_as_many_as_it_can_and_no_more(who: Town) -> None:
    with transaction.atomic():
        ready = [people.approved(who, place) for place in range(WRITERS)]
    came = together(*(lambda one=one: claims.pay(who.head, one.number, f"OUT-{one.number}") for one in ready))
    assert (came.count(""), came.count("compensation_fund_short")) == (5, WRITERS - 5)
    assert (ledger.balance(who.fund, "BANK"), ledger.balance(who.fund, "RECOVERABLE")) == (0, 50_000)
    assert FundPayment.objects.count() == Recovery.objects.count() == 5
    assert ledger.check() == []


def of_one_person(who: Town, many: int) -> list[AdvanceClaim]:
    """Claims of one person under a cap that allows one of them."""
    tomorrow = clock.now() + timedelta(days=1)
    with transaction.atomic(), clock.set_to(tomorrow):
        content = people.rule(cap_person_year_fen=10_000)
        funds.publish_rule(who.head, who.fund, content, clock.today(), "设定累计上限")
        return [people.refused(who, place, phone="10012340001") for place in range(many)]


def test_of_thirty_two_approvals_under_one_cap_one_is_given(who: Town) -> None:
    ready = of_one_person(who, WRITERS)
    came = together(*(lambda one=one: claims.approve(who.officer, one.number, 10_000) for one in ready))
    assert (came.count(""), came.count("compensation_cap")) == (1, WRITERS - 1)


def test_the_twin_without_the_funds_lock_two_pass_the_cap(who: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Certain: each reads the cap, and waits until the other has read it too."""
    needs_postgresql()
    ready = of_one_person(who, 2)
    meeting(monkeypatch, ledger.LOCK)
    came = together(*(lambda one=one: claims.approve(who.officer, one.number, 10_000) for one in ready))
    assert came == ["", ""]
    spent = sum(one.approved_fen for one in AdvanceClaim.objects.filter(state="ADVANCE_APPROVED"))
    assert spent == 20_000 > 10_000


def test_without_the_funds_lock_the_database_still_keeps_the_fund_from_going_below_nothing(
    who: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs_postgresql()
    with transaction.atomic():
        funds.book_charge(who.staff, who.fund, 40_000, clock.today(), "FEE")
        ready = [people.approved(who, place) for place in (1, 2)]
    meeting(monkeypatch, ledger.LOCK)
    monkeypatch.setattr(ledger, "_check_floors", lambda moves: None)
    came = together(*(lambda one=one: claims.pay(who.head, one.number, f"OUT-{one.number}") for one in ready))
    assert sorted(came) == ["", "IntegrityError"]
    assert ledger.balance(who.fund, "BANK") == 0
    assert ledger.check() == []
