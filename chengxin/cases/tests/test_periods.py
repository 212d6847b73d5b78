"""Periods on the day before, on and after; publicity and service; money."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from chengxin.cases import dues, errors, penalties
from chengxin.cases.tests import people
from chengxin.cases.tests.people import FINE, at, step
from chengxin.kernel import clock
from chengxin.records.models import Record
from chengxin.workflow import StepNotAllowed, StepNotYours

pytestmark = pytest.mark.django_db


# ---- clocks


@pytest.mark.parametrize(("day", "refused"), [(date(2026, 9, 28), False), (date(2026, 9, 29), False), (date(2026, 9, 30), True)])
def test_ninety_days_from_filing_before_on_and_after(cast, day, refused):
    case = people.to_noticed(cast, people.opened(cast))
    assert case.clocks.get(clock="CASE_DECIDE").due_on == date(2026, 9, 29)
    with clock.set_to(at(day)):
        if refused:
            with pytest.raises(errors.TooLateInCase):
                step(cast.head, case, "decide", penalties=FINE, reason="事实成立")
            with pytest.raises(errors.TooLateInCase):
                step(cast.head, case, "extend", reason="案情复杂")
        else:
            step(cast.head, case, "decide", penalties=FINE, reason="事实成立")


def test_thirty_days_more_once_then_a_collective_decision(cast):
    case = people.to_noticed(cast, people.opened(cast))
    later = {"minutes": "集体讨论", "until": date(2026, 12, 31), "reason": "案情特别复杂"}
    with pytest.raises(errors.NothingToDo):
        step(cast.head, case, "extend_again", **later)
    step(cast.head, case, "extend", reason="案情复杂")
    assert case.due_on and case.clocks.get(clock="CASE_DECIDE").due_on == date(2026, 10, 29)
    with pytest.raises(errors.AlreadyExtendedCase):
        step(cast.head, case, "extend", reason="再延长一次")
    step(cast.head, case, "extend_again", **later)
    assert case.clocks.get(clock="CASE_DECIDE").due_on == date(2026, 12, 31)


def test_testing_and_suspension_are_left_out_of_the_ninety_days(cast):
    case = people.to_investigating(cast, people.opened(cast))
    step(cast.first, case, "pause_clock", cause="testing", since=date(2026, 7, 1), reason="送检")
    with pytest.raises(errors.NothingToDo):
        step(cast.head, case, "suspend", reason="等待结果")
    with clock.set_to(at(date(2026, 7, 10))):
        step(cast.first, case, "end_pause", until=date(2026, 7, 10))
        assert case.clocks.get(clock="CASE_DECIDE").due_on == date(2026, 10, 8)  # nine days: the day of filing is not counted anyway
        step(cast.head, case, "suspend", reason="等待法院裁判")
    with clock.set_to(at(date(2026, 7, 19))):
        with pytest.raises(StepNotAllowed):
            step(cast.first, case, "inquire", **people.asked())
        step(cast.head, case, "resume", reason="裁判已作出")
    assert case.clocks.get(clock="CASE_DECIDE").due_on == date(2026, 10, 19)


def test_the_check_has_fifteen_working_days_and_once_fifteen_more(cast):
    case = people.opened(cast)
    assert case.due_on == date(2026, 7, 22)
    with clock.set_to(at(date(2026, 7, 23))), pytest.raises(errors.TooLateInCase):
        step(cast.head, case, "extend_check", reason="需要平台答复")
    with clock.set_to(at(date(2026, 7, 22))):
        step(cast.head, case, "extend_check", reason="需要平台答复")
        assert case.due_on == date(2026, 8, 12)
        with pytest.raises(errors.AlreadyExtendedCase):
            step(cast.head, case, "extend_check", reason="再延一次")


def test_a_step_is_not_dated_in_the_future(cast):
    case = people.to_filed(cast, people.opened(cast))
    for one in (cast.first, cast.second):
        step(one, case, "declare", relation="none")
    with pytest.raises(errors.DayWrong):
        step(cast.first, case, "contact", rights_notice="已告知", whom="张经理", told_on=clock.today() + timedelta(days=1))


def test_the_clocks_of_a_decision(cast):
    case = people.to_decided(cast, people.opened(cast))
    running = dict(case.clocks.filter(stopped_on=None).values_list("clock", "due_on"))
    assert case.decision.decided_on == date(2026, 7, 9)
    assert running == {"SERVE_7": date(2026, 7, 20), "DOUBLE_PUBLICITY": date(2026, 7, 20), "GSXT_PUBLICITY": date(2026, 8, 6)}


# ---- publicity and service


def test_nothing_is_served_or_public_before_another_person_checked_the_text(cast):
    case = people.to_decided(cast, people.opened(cast))
    serve = {"manner": "direct", "place": "店内", "receiver": "张经理", "both": True}
    with clock.set_to(at(case.decision.decided_on)):
        with pytest.raises(errors.NotCleared):
            step(cast.first, case, "serve", served_on=clock.today(), **serve)
        for text in ("联系电话13812345678", "张经理承认虚构交易"):
            with pytest.raises(errors.TextNotRedacted):
                step(cast.first, case, "draft_publicity", public_text=text)
        step(cast.first, case, "draft_publicity", public_text="虚构交易312单")
        with pytest.raises(StepNotYours):
            step(cast.first, case, "clear_publicity", verdict="clear", reason="自己复核")
        step(cast.reviewer, case, "clear_publicity", verdict="back", reason="请写明处罚内容")
        with pytest.raises(errors.NotCleared):
            step(cast.first, case, "serve", served_on=clock.today(), **serve)
        step(cast.reviewer, case, "clear_publicity", verdict="clear", reason="可以公示")
        with pytest.raises(errors.BothLetters):
            step(cast.first, case, "serve", served_on=clock.today(), **{**serve, "both": False})
        assert not Record.objects.exists()
        step(cast.first, case, "serve", served_on=clock.today(), **serve)
    assert Record.objects.get().summary == "虚构交易312单"


def test_a_warning_alone_is_on_file_and_not_public(cast):
    case = people.to_served(cast, people.opened(cast), [{"kind": "11"}])
    assert (Record.objects.get().term, Record.objects.get().published_on) == ("WARNING", None)
    assert dues.of(case, clock.today()).left_fen == 0


@pytest.mark.parametrize(
    ("given", "scale", "key", "term"),
    [
        ([{"kind": "12"}], "ordinary", False, "LOW"),
        ([{"kind": "21", "amount_fen": 5_000_000}], "lighter", False, "LOW"),
        ([{"kind": "21", "amount_fen": 5_000_001}], "lighter", False, "ORDINARY"),
        ([{"kind": "21", "amount_fen": 5_000_000}], "ordinary", False, "ORDINARY"),
        ([{"kind": "21", "amount_fen": 5_000_000}], "ordinary", True, "KEY_AREA"),
        ([{"kind": "21", "amount_fen": 5_000_000}, {"kind": "42"}], "lighter", False, "RESTRICTION"),
        ([{"kind": "42"}, {"kind": "33"}], "ordinary", False, "REVOCATION"),
    ],
)
def test_the_longest_publicity_of_all_penalties_counts(cast, given, scale, key, term):
    case = people.opened(cast)
    rows = penalties.put(case, case.steps.get(), "proposed", given)
    assert penalties.publicity_term(case, rows, date(2026, 7, 1), scale, key) == term


# ---- money


@pytest.mark.parametrize(
    ("day", "paid", "appeals", "expected"),
    [
        (date(2026, 7, 24), [], [], (0, 0)),
        (date(2026, 7, 25), [], [], (1, 60_000)),
        (date(2026, 8, 3), [], [], (10, 600_000)),
        (date(2026, 8, 3), [(date(2026, 7, 30), 1_000_000)], [], (10, 5 * 60_000 + 5 * 30_000)),
        (date(2026, 8, 3), [], [(date(2026, 7, 27), date(2026, 8, 1))], (4, 240_000)),
        (date(2027, 7, 1), [], [], (342, 2_000_000)),
    ],
)
def test_the_late_fee_is_three_per_cent_a_day_and_never_more_than_the_fine(day, paid, appeals, expected):
    rate = {"per_day": 3, "cap": 100}
    assert dues.late_fee(2_000_000, date(2026, 7, 24), day, paid, appeals, rate) == expected


def test_it_is_performed_when_all_is_paid_and_later_payment_moves_the_last_day(cast):
    case = people.to_served(cast, people.opened(cast))
    assert case.clocks.get(clock="FINE_PAY").due_on == date(2026, 7, 24)
    with clock.set_to(at(date(2026, 7, 20))):
        step(cast.head, case, "allow_later", plan="分两期缴纳", until=date(2026, 8, 31), reason="确有经济困难")
        step(cast.first, case, "publish_double", published_on=clock.today())
        step(cast.first, case, "publish_file", published_on=clock.today())
        step(cast.first, case, "pay", amount=1_000_000, paid_on=clock.today())
        with pytest.raises(errors.NotPaid):
            step(cast.first, case, "perform", proof="票据")
    with clock.set_to(at(date(2026, 9, 1))):
        assert dues.of(case, clock.today()).late_fen == 30_000
        step(cast.first, case, "pay", amount=1_030_000, paid_on=clock.today())
        step(cast.first, case, "perform", proof="票据")
    assert case.clocks.get(clock="CASE_CLOSE").due_on == date(2026, 9, 21)


def test_the_court_enforces_after_all_periods_and_the_urging(cast):
    case = people.to_served(cast, people.opened(cast))
    with clock.set_to(at(date(2026, 7, 20))):
        step(cast.first, case, "publish_double", published_on=clock.today())
        step(cast.first, case, "publish_file", published_on=clock.today())
    given = {"urged_on": date(2026, 12, 25), "court": "示例市人民法院", "reason": "逾期不缴纳"}
    with clock.set_to(at(date(2027, 1, 11))), pytest.raises(errors.TooEarly):
        step(cast.head, case, "enforce", **given)  # six months to sue, from 9 July, are over; the ten working days of the urging are not
    with clock.set_to(at(date(2027, 1, 12))):
        step(cast.head, case, "enforce", **given)
    assert case.state == "ENFORCING"
