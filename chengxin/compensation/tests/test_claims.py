"""From the claim to the recovery; who decides, what counts, what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from chengxin import workflow
from chengxin.audit import rows
from chengxin.audit.models import Leaf
from chengxin.compensation import caps, eligibility, ledger, papers
from chengxin.compensation.actions import claims, deposits, funds, recoveries
from chengxin.compensation.errors import AlreadyDone, AlreadyPaid, AnotherPerson, CapReached, ContentWrong, FundShort
from chengxin.compensation.models import AdvanceClaim, FundPayment, Recovery
from chengxin.compensation.tests import people
from chengxin.compensation.tests.people import Town
from chengxin.documents import access as documents
from chengxin.documents import paper
from chengxin.documents.models import Document
from chengxin.documents.tests.people import BLANK
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def lake(settings, tmp_path) -> None:
    settings.LAKE_DIR = tmp_path / "lake"


@pytest.fixture
def who() -> Iterator[Town]:
    yield people.town(fen=500_000)


def test_a_claim_is_filed_the_seller_refuses_the_fund_pays_and_recovers_in_parts(who: Town) -> None:
    found = people.paid(who)
    assert (found.state, found.payment.balance_after_fen, recoveries.owed(found)) == ("RECOVERY_OPEN", 490_000, 10_000)
    recoveries.recover(who.staff, found.number, 4_000, clock.today(), "IN-2")
    recoveries.recover(who.staff, found.number, 4_000, clock.today(), "IN-2")  # the same receipt again
    assert recoveries.owed(found) == 6_000
    with pytest.raises(ContentWrong):
        recoveries.recover(who.staff, found.number, 6_001, clock.today(), "IN-3")
    done = recoveries.recover(who.staff, found.number, 6_000, clock.today(), "IN-3")
    found.refresh_from_db()
    assert (found.state, done.open_fen, ledger.balance(who.fund, "BANK")) == ("RECOVERED", 0, 500_000)
    assert ledger.check() == rows.check_rows() == []


def test_paying_again_is_the_same_payment_and_another_reference_is_refused(who: Town) -> None:
    found = people.paid(who)
    assert claims.pay(who.officer, found.number, "OUT-1") == found.payment
    with pytest.raises(AlreadyPaid):
        claims.pay(who.officer, found.number, "OUT-9")
    with pytest.raises(AlreadyPaid):
        people.filed(who, 1)  # the same order again
    assert FundPayment.objects.count() == Recovery.objects.count() == 1


def test_over_the_limit_two_persons_approve_and_the_first_is_not_the_second(who: Town) -> None:
    funds.publish_rule(who.head, who.fund, people.rule(two_persons_over_fen=9_999), clock.today() + timedelta(days=1), "降低双人批准限额")
    with clock.set_to(clock.now() + timedelta(days=1)):
        found = people.refused(who)
        found = claims.approve(who.officer, found.number, 10_000)
        assert found.state == "FIRST_APPROVED"
        with pytest.raises(AnotherPerson):
            claims.approve_second(who.officer, found.number)
        with pytest.raises(AlreadyDone):
            claims.pay(who.head, found.number, "OUT-1")
        for wrong in ({"state": "ADVANCE_APPROVED"}, {"state": "PAID", "second_by": found.approved_by}):
            with pytest.raises(IntegrityError), transaction.atomic():
                AdvanceClaim.objects.filter(pk=found.pk).update(**wrong)
        claims.approve_second(who.reviewer, found.number)
        assert claims.pay(who.head, found.number, "OUT-1").amount_fen == 10_000


def test_a_claim_is_decided_by_the_rule_of_its_own_day(who: Town) -> None:
    before = people.refused(who, 1)
    with clock.set_to(clock.now() + timedelta(days=1)):
        funds.publish_rule(who.head, who.fund, people.rule(cap_claim_fen=5_000), clock.today(), "降低单件上限")
        after = people.refused(who, 2)
        with pytest.raises(CapReached):
            claims.approve(who.officer, after.number, 5_001)
        assert claims.approve(who.officer, after.number, 5_000).rule.version == 2
        assert claims.approve(who.officer, before.number, 10_000).rule.version == 1
        with pytest.raises(ContentWrong):
            funds.publish_rule(who.head, who.fund, people.rule(), clock.today() - timedelta(days=1), "倒签日期")


def test_caps_of_a_person_and_a_shop_count_the_years_claims(who: Town) -> None:
    tomorrow = clock.now() + timedelta(days=1)
    capped = people.rule(cap_person_year_fen=15_000, cap_shop_year_fen=22_000)
    funds.publish_rule(who.head, who.fund, capped, clock.city_day(tomorrow), "设定累计上限")
    with clock.set_to(tomorrow):
        people.approved(who, 1)
        again = people.refused(who, 2, phone="100-1234 0001")  # the same telephone, written otherwise
        assert caps.left(again)["cap_person_year_fen"] == 5_000
        with pytest.raises(CapReached):
            claims.approve(who.officer, again.number, 5_001)
        claims.approve(who.officer, again.number, 5_000)
        third = people.refused(who, 3)
        with pytest.raises(CapReached):
            claims.approve(who.officer, third.number, 7_001)
        claims.approve(who.officer, third.number, 7_000)


def test_no_reply_in_time_is_written_down_and_the_fund_may_decide(who: Town) -> None:
    found = people.filed(who)
    claims.ask_seller(who.officer, found.number)
    assert claims.lapse_overdue() == 0
    with clock.set_to(clock.now() + timedelta(days=people.RULE["ask_days"] + 1)):
        assert claims.lapse_overdue() == 1
        with pytest.raises(workflow.StepNotAllowed):
            claims.seller_refuses(who.merchant, found.number, "太晚了，才看到")
        assert claims.approve(who.officer, found.number, 10_000).state == "ADVANCE_APPROVED"


def test_the_seller_pays_and_the_consumer_may_say_that_nothing_came(who: Town) -> None:
    made, code = claims.file(people.asked(who))
    AdvanceClaim.objects.update(shop=who.shop)
    claims.ask_seller(who.officer, made.number)
    assert claims.seller_pays(who.merchant, made.number, "R-2026-1").state == "SELLER_PAID"
    assert claims.not_received(code).state == "REFUSED"


def test_a_rejection_is_appealed_to_another_person(who: Town) -> None:
    made, code = claims.file(people.asked(who))
    claims.reject(who.officer, made.number, "订单已经退款")
    claims.appeal(f" {code[:4].lower()}-{code[4:]} ", "退款并未到账，附银行流水")
    with pytest.raises(AnotherPerson):
        claims.decide_appeal(who.officer, made.number, True, "重新办理")
    assert claims.decide_appeal(who.reviewer, made.number, True, "流水显示未到账").state == "FILED"
    with pytest.raises(NotFound):
        claims.appeal("AAAA-AAAA-AAAA-AAAA", "没有这个查询码")


def test_the_deposit_pays_first_where_it_was_agreed(who: Town) -> None:
    people.deposited(who, 6_000)
    found = people.paid(who)
    assert (recoveries.owed(found), ledger.balance(who.fund, "DEPOSIT"), ledger.balance(who.fund, "BANK")) == (4_000, 0, 496_000)
    assert found.recovery.recovered_fen == 6_000


def test_without_the_agreed_rule_the_deposit_is_taken_by_a_decision_only(who: Town) -> None:
    agreed = people.deposited(who, 60_000, deduct=False)
    found = people.paid(who)
    assert recoveries.owed(found) == 10_000
    deposits.leave(who.merchant, agreed.number)
    with pytest.raises(ContentWrong):
        deposits.refund(who.staff, agreed.number, "OUT-7")  # a recovery is open
    recoveries.deduct_by_decision(who.officer, found.number, "市商务罚决〔2026〕7号")
    assert (recoveries.owed(found), ledger.balance(who.fund, "DEPOSIT")) == (0, 50_000)
    assert deposits.refund(who.staff, agreed.number, "OUT-7").state == "REFUNDED"
    assert ledger.balance(who.fund, "DEPOSIT_BANK") == 0


def test_the_rest_is_written_off_by_two_persons_with_a_reason(who: Town) -> None:
    found = people.paid(who)
    recoveries.recover(who.staff, found.number, 1_000, clock.today(), "IN-2")
    recoveries.propose_write_off(who.officer, found.number, "商家已注销，无财产可供追偿")
    with pytest.raises(AnotherPerson):
        recoveries.write_off(who.officer, found.number, True)
    done = recoveries.write_off(who.head, found.number, True)
    assert (done.written_off_fen, ledger.balance(who.fund, "WRITTEN_OFF"), recoveries.owed(found)) == (9_000, 9_000, 0)


def test_a_fund_that_is_short_pays_nothing_and_the_claim_waits(who: Town) -> None:
    found = people.approved(who)
    funds.book_charge(who.staff, who.fund, 495_000, clock.today(), "X-1")
    with pytest.raises(FundShort):
        claims.pay(who.head, found.number, "OUT-1")
    assert AdvanceClaim.objects.get(pk=found.pk).state == "ADVANCE_APPROVED"
    people.contribute(who, 5_000, "IN-5")
    assert claims.pay(who.head, found.number, "OUT-1").balance_after_fen == 0


def test_strangers_find_nothing(who: Town) -> None:
    found = people.refused(who)
    for stranger in (who.elsewhere, who.stranger):
        with pytest.raises(NotFound):
            claims.approve(stranger, found.number, 1)
    with pytest.raises(NotFound):
        claims.approve(who.merchant, found.number, 1)
    with pytest.raises(workflow.StepNotYours):
        claims.seller_refuses(who.officer, people.filed_and_asked(who, 2).number, "不是我来答复")


def test_who_claims_is_not_in_the_log_and_not_in_plain_text(who: Town) -> None:
    people.filed(who)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, phone, text FROM compensation_advanceclaim")
        assert "王示例" not in str(cursor.fetchall())
    assert not Leaf.objects.filter(body__contains="王示例").exists()


def test_decision_and_notice_are_made_as_papers_for_the_managers(who: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "pdf", lambda *given: BLANK)
    found = people.paid(who)
    decided, notice = papers.decision(who.officer, found.number), papers.recovery(who.officer, found.number)
    assert '"party": "王示例"' in decided.values
    assert '"advance_owed": 10000' in notice.values
    assert papers.of(found) == [notice, decided]
    assert set(documents.of_matters(who.head, Document.objects.all())) == {decided, notice}
    for stranger in (who.merchant, who.elsewhere):
        assert not documents.of_matters(stranger, Document.objects.all()).exists()


@pytest.mark.one_database
def test_the_orders_facts_are_laid_beside_the_claim_with_their_articles(who: Town) -> None:
    day = clock.today() - timedelta(days=20)
    people.report(who, "T77", day)
    made, _ = claims.file(people.asked(who, order_no="T77", ordered_on=day, payment_no="PT77", basis="RETURN7"))
    assert made.shop == who.shop
    said = [(one.en, one.answer) for one in eligibility.checks(made)]
    assert [answer for _, answer in said] == ["yes"] * 5, said
    assert "sac90.10" in eligibility.checks(made)[-1].provisions
    assert "buyer" not in str(made.facts)
    wrong = AdvanceClaim(
        facts=made.facts, basis="NOT_DELIVERED", rule=made.rule, amount_fen=10_001, payment_no="P9", filed_at=made.filed_at
    )
    assert [one.answer for one in eligibility.checks(wrong)] == ["yes", "yes", "no", "no", "no"]


@pytest.mark.one_database
def test_what_if_replays_the_claims_under_other_caps() -> None:
    cases = [caps.Case(600, 500, 2026, "p", "s"), caps.Case(400, 400, 2026, "p", ""), caps.Case(400, 0, 2027, "p", "s")]
    content = {"cap_claim_fen": 500, "cap_person_year_fen": 700, "cap_shop_year_fen": 650}
    assert caps.what_if(cases, content) == (3, 900, 500 + 200 + 400)
