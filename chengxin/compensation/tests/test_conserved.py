"""Over random histories: money is conserved, nothing is below nothing, nothing is paid twice, each payment has exactly one recovery."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chengxin.compensation import ledger
from chengxin.compensation.actions import claims, deposits, funds, recoveries
from chengxin.compensation.models import Account, AdvanceClaim, FundPayment, Posting, Recovery
from chengxin.compensation.tests import people
from chengxin.kernel import clock
from chengxin.kernel.errors import ChengxinError

pytestmark = pytest.mark.django_db

ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["contribute", "charge", "claim", "pay", "pay_again", "recover", "propose", "write_off", "deposit", "deduct", "refund"]
        ),
        st.integers(0, 5),
        st.integers(1, 30_000),
    ),
    min_size=5,
    max_size=25,
)


class History:
    """Acts by number over up to six claims and one deposit; what the rule refuses is left out, as in life."""

    def __init__(self) -> None:
        self.who = people.town(fen=20_000)
        self.numbers: list[str] = []
        self.place = 0
        self.outside = -20_000  # money that the world has got from the funds, less what it gave
        self.held = people.deposited(self.who, 3_000)
        self.outside -= 3_000

    def act(self, what: str, which: int, fen: int) -> None:
        self.place += 1
        try:
            self.outside += getattr(self, what)(which, fen)
        except ChengxinError:
            return

    def contribute(self, which: int, fen: int) -> int:
        people.contribute(self.who, fen, f"IN-{self.place}")
        return -fen

    def charge(self, which: int, fen: int) -> int:
        funds.book_charge(self.who.staff, self.who.fund, fen, clock.today(), f"C-{self.place}")
        return fen

    def claim(self, which: int, fen: int) -> int:
        self.numbers.append(people.approved(self.who, 100 + self.place, amount_fen=fen).number)
        return 0

    def _number(self, which: int) -> str:
        return self.numbers[which % len(self.numbers)] if self.numbers else ""

    def pay(self, which: int, fen: int) -> int:
        before = FundPayment.objects.count()
        made = claims.pay(self.who.head, self._number(which), f"OUT-{self._number(which)}")
        return made.amount_fen if FundPayment.objects.count() > before else 0

    def pay_again(self, which: int, fen: int) -> int:
        claims.pay(self.who.officer, self._number(which), f"OTHER-{self.place}")
        return 0 if AdvanceClaim.objects.get(number=self._number(which)).payment.bank_ref != f"OTHER-{self.place}" else self._paid(which)

    def _paid(self, which: int) -> int:
        return int(AdvanceClaim.objects.get(number=self._number(which)).payment.amount_fen)

    def recover(self, which: int, fen: int) -> int:
        recoveries.recover(self.who.staff, self._number(which), fen, clock.today(), f"R-{self.place}")
        return -fen

    def propose(self, which: int, fen: int) -> int:
        recoveries.propose_write_off(self.who.officer, self._number(which), "无财产可供追偿")
        return 0

    def write_off(self, which: int, fen: int) -> int:
        recoveries.write_off(self.who.head, self._number(which), fen % 2 == 0, "继续追偿为宜")
        return 0

    def deposit(self, which: int, fen: int) -> int:
        deposits.pay_in(self.who.staff, self.held.number, fen, clock.today(), f"D-{self.place}")
        return -fen

    def deduct(self, which: int, fen: int) -> int:
        recoveries.deduct_by_decision(self.who.officer, self._number(which), "裁决书第七号")
        return 0

    def refund(self, which: int, fen: int) -> int:
        if which:
            return 0
        deposits.leave(self.who.merchant, self.held.number)
        left = ledger.balance(self.who.fund, "DEPOSIT")
        deposits.refund(self.who.staff, self.held.number, f"B-{self.place}")
        return left


@pytest.fixture(autouse=True)
def lake(settings: Any, tmp_path: Any) -> None:
    settings.LAKE_DIR = tmp_path / "lake"


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_money_is_conserved_over_random_histories(acts: list[tuple[str, int, int]]) -> None:
    from django.db import transaction

    with transaction.atomic():
        one = History()
        for act in acts:
            one.act(*act)
        _holds(one)
        transaction.set_rollback(True)


def _holds(one: History) -> None:
    fund = one.who.fund
    assert ledger.check() == []
    assert all(each.balance_fen >= 0 for each in Account.objects.filter(floor=True))
    assert ledger.balance(fund, "BANK") + ledger.balance(fund, "DEPOSIT_BANK") == -one.outside
    payments = FundPayment.objects.all()
    assert len({paid.order_key for paid in payments}) == len(payments) == Recovery.objects.count()
    for paid in payments:
        recovery = paid.recovery
        assert recovery.claim_id == paid.claim_id
        assert recovery.amount_fen == paid.amount_fen == sum(each.amount_fen for each in paid.entry.postings.all())
        assert recovery.open_fen == recoveries.owed(paid.claim) >= 0
    assert sum(each.amount_fen for each in Posting.objects.filter(entry__kind="payment")) == sum(paid.amount_fen for paid in payments)
