"""Repair: from the day the law says, on its conditions, in 2 + 7 (+10) + 3 working days, by two people; and what fraud costs."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.lists import queries
from chengxin.lists.actions import repairing, unwinding
from chengxin.lists.errors import NotRepairable, SamePerson, WrongState
from chengxin.lists.models import ListEntry, RepairApplication
from chengxin.lists.tests import cast as c
from chengxin.lists.tests.test_unwinding import lift_all, pushed, repaired
from chengxin.records.models import Record
from chengxin.workflow import EvidenceMissing, StepNotAllowed

pytestmark = pytest.mark.django_db
SAID = "罚款已缴清，已赔付消费者并整改"


@pytest.fixture
def who() -> c.Cast:
    return c.cast()


@pytest.fixture
def entry(who) -> ListEntry:
    with clock.set_to(c.at(2026, 3, 10)):
        return c.published(who)


@pytest.mark.parametrize(("day", "may"), [(9, False), (10, True), (11, True)])
def test_the_shortest_term_is_over_on_its_anniversary(who, entry, day, may):
    with clock.set_to(c.at(2027, 3, day)):
        if may:
            assert repairing.apply(who.merchant, entry, SAID, True).state == "APPLIED"
        else:
            with pytest.raises(NotRepairable, match="2027-03-10"):
                repairing.apply(who.merchant, entry, SAID, True)


def test_every_clock_of_order_107(who, entry):
    with clock.set_to(c.at(2027, 3, 12)):  # a Friday
        made = repairing.apply(who.merchant, entry, SAID, True)
        assert (made.clock, made.due_on) == ("REPAIR_ACCEPT", date(2027, 3, 16))
    with clock.set_to(c.at(2027, 3, 16)):
        made = repairing.accept(who.officer, made.pk, True)
        assert (made.clock, made.due_on) == ("REPAIR_DECIDE", date(2027, 3, 25))
        with pytest.raises(Exception, match=r".+"):
            repairing.extend(who.officer, made.pk, "情况复杂需要核实")
        made = repairing.extend(who.head, made.pk, "情况复杂需要核实")
        assert made.due_on == date(2027, 4, 9)  # seventeen in all, Tomb-sweeping Day left out
        with pytest.raises(WrongState):
            repairing.extend(who.head, made.pk, "再延长一次")
    with clock.set_to(c.at(2027, 4, 1)):
        made = repairing.decide(who.head, made.pk, True, "准予修复")
        assert made.effect_due_on == date(2027, 4, 7)
        assert (made.clock, made.due_on) == ("REPAIR_DECIDE", date(2027, 4, 9))  # whether it was decided in time stays readable
    entry.refresh_from_db()
    assert (entry.state, entry.removed_why, entry.lift_due_on) == ("REMOVED", "repaired", date(2027, 4, 7))
    assert not queries.public(date(2027, 4, 1)).exists()


def test_without_statement_or_commitment_there_is_no_application(who, entry):
    with clock.set_to(c.at(2027, 3, 12)):
        with pytest.raises(NotRepairable, match="承诺"):
            repairing.apply(who.merchant, entry, SAID, False)
        with pytest.raises(EvidenceMissing):
            repairing.apply(who.merchant, entry, " ", True)


def test_a_later_penalty_of_the_same_conduct_stops_it_and_another_conduct_does_not(who, entry):
    with clock.set_to(c.at(2027, 3, 12)):
        c.penalty(who, document_number="2号", behaviour="B13", decided_on=date(2026, 8, 1))
        assert all(one.met is not False for one in repairing.conditions_of(entry, clock.today()))
        c.penalty(who, document_number="3号", decided_on=date(2026, 8, 1))
        with pytest.raises(NotRepairable, match="再次受到处罚"):
            repairing.apply(who.merchant, entry, SAID, True)


def test_a_revoked_licence_is_never_repaired(who):
    with clock.set_to(c.at(2026, 3, 10)):
        entry = c.published(who, c.penalty(who, term="REVOCATION"))
    with clock.set_to(c.at(2028, 3, 10)), pytest.raises(NotRepairable, match="不得提前"):
        repairing.apply(who.merchant, entry, SAID, True)


def test_only_the_owner_applies_once_and_who_accepted_does_not_decide(who, entry):
    with clock.set_to(c.at(2027, 3, 12)):
        for stranger in (who.officer, who.banker):
            with pytest.raises(NotFound):
                repairing.apply(stranger, entry, SAID, True)
        made = repairing.apply(who.merchant, entry, SAID, True)
        with pytest.raises(WrongState, match="已有"):
            repairing.apply(who.merchant, entry, SAID, True)
        repairing.accept(who.head, made.pk, True)
        with pytest.raises(SamePerson):
            repairing.decide(who.head, made.pk, True, "准予修复")
        repairing.decide(who.deputy, made.pk, False, "损害没有消除")
        with pytest.raises(StepNotAllowed):
            repairing.decide(who.reviewer, made.pk, True, "再决定一次")
        with pytest.raises(IntegrityError), transaction.atomic():
            RepairApplication.objects.filter(pk=made.pk).update(decided_by=made.accepted_by or who.head.id)


def test_fraud_brings_the_old_state_back_restarts_publicity_and_bars_for_three_years(who):
    entry = pushed(who)
    with clock.set_to(c.at(2027, 3, 10)):
        made = repaired(who, entry)
        lift_all(who, entry)
    with clock.set_to(c.at(2027, 6, 1)):
        repairing.report_fraud(who.officer, made.pk, "缴款凭证系伪造")
        with pytest.raises(Exception, match=r".+"):
            repairing.confirm_fraud(who.officer, made.pk, "认定弄虚作假")
        made = repairing.confirm_fraud(who.head, made.pk, "认定弄虚作假，撤销修复")
        entry.refresh_from_db()
        assert (entry.state, entry.round, entry.published_on, entry.until) == ("PUBLISHED", 2, date(2027, 6, 1), date(2030, 6, 1))
        assert made.barred_until == date(2030, 6, 1)
        assert entry.tasks.filter(round=2, state="PUSHED").count() == 5
        assert queries.public().filter(pk=entry.pk).exists()
    with clock.set_to(c.at(2029, 6, 1)), pytest.raises(NotRepairable):
        repairing.apply(who.merchant, entry, SAID, True)


@pytest.mark.parametrize(("day", "may"), [(date(2030, 5, 31), False), (date(2030, 6, 1), True)])
def test_the_bar_ends_on_its_day(who, day, may):
    with clock.set_to(c.at(2026, 3, 10)):
        entry = c.published(who)
    with clock.set_to(c.at(2027, 3, 10)):
        made = repaired(who, entry)
    with clock.set_to(c.at(2027, 6, 1)):
        repairing.report_fraud(who.officer, made.pk, "缴款凭证系伪造")
        repairing.confirm_fraud(who.head, made.pk, "认定弄虚作假")
    with clock.set_to(c.at(2029, 7, 2)):
        other = c.penalty(who, document_number="9号", behaviour="B13", decided_on=date(2029, 7, 1), term="ORDINARY")
    with clock.set_to(c.at(day.year, day.month, day.day)):
        if may:
            assert repairing.apply(who.merchant, other, SAID, True).state == "APPLIED"
        else:
            with pytest.raises(NotRepairable, match="2030-06-01"):
                repairing.apply(who.merchant, other, SAID, True)


def test_a_repaired_record_is_public_no_longer(who):
    with clock.set_to(c.at(2026, 3, 10)):
        record: Record = c.penalty(who, term="ORDINARY")
    with clock.set_to(c.at(2026, 6, 9)), pytest.raises(NotRepairable):
        repairing.apply(who.merchant, record, SAID, True)
    with clock.set_to(c.at(2026, 6, 10)):
        made = repairing.apply(who.merchant, record, SAID, True)
        assert made.level == "GENERAL"
        repairing.accept(who.officer, made.pk, True)
        assert len(queries.public_records(who.subject)) == 1
        repairing.decide(who.head, made.pk, True, "准予修复")
        assert queries.public_records(who.subject) == []


def test_a_repair_that_comes_after_the_end_changes_nothing(who, entry):
    with clock.set_to(c.at(2029, 3, 8)):
        made = repairing.apply(who.merchant, entry, SAID, True)
        repairing.accept(who.officer, made.pk, True)
    with clock.set_to(c.at(2029, 3, 11)):
        unwinding.expire_due()
        with pytest.raises(NotRepairable):
            repairing.decide(who.head, made.pk, True, "准予修复")
    made.refresh_from_db()
    assert made.state == "ACCEPTED"
