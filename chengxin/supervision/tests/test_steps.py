from __future__ import annotations

from datetime import date, timedelta

import pytest

from chengxin.audit.models import Leaf
from chengxin.kernel import clock
from chengxin.kernel.errors import Forbidden, NotFound
from chengxin.supervision import actions, errors, queries
from chengxin.supervision.models import Clue, PlatformRequest
from chengxin.supervision.tests import town
from chengxin.workflow import StepNotAllowed, StepNotYours

pytestmark = pytest.mark.django_db


@pytest.fixture
def clue() -> Clue:
    (made,) = actions.open_from_findings(*town.run_with([town.ring_town(shops=3, accounts=6)[1]]))
    return made


@pytest.fixture
def officer():
    return town.person("officer", "officer", department="SAMR")


@pytest.fixture
def head():
    return town.person("head", "head", department="SAMR")


def test_an_officer_starts_the_check_and_the_log_says_so(clue, officer):
    actions.start_check(officer, clue.id)
    clue.refresh_from_db()
    assert clue.state == "CHECKING"
    assert Leaf.objects.filter(action="supervision.clue.check_started", actor=officer.id).exists()


@pytest.mark.parametrize("reason", ["", "  ", "没事"])
def test_a_dismissal_without_a_reason_is_refused(clue, officer, reason):
    with pytest.raises(errors.ReasonNeeded):
        actions.dismiss(officer, clue.id, "other", reason)
    clue.refresh_from_db()
    assert clue.is_open


def test_a_dismissal_names_a_pattern_the_detector_knows(clue, officer):
    with pytest.raises(errors.UnknownPattern):
        actions.dismiss(officer, clue.id, "invented", "这是编造的情形")


def test_a_dismissed_clue_is_closed_for_good(clue, officer):
    actions.dismiss(officer, clue.id, "other", "团长代邻居下单，已核实")
    with pytest.raises(StepNotAllowed):
        actions.start_check(officer, clue.id)


def test_a_hand_over_moves_the_clue_and_starts_the_other_departments_clock(clue, officer):
    with clock.set_to(town.NOW + timedelta(days=7)):
        actions.hand_over(officer, clue.id, "POST", "涉及快递网点，属邮政管理职责")
    clue.refresh_from_db()
    assert (clue.department, clue.state, clue.due_on) == ("POST", "HANDED_OVER", date(2026, 12, 22))
    post = town.person("post", "officer", department="POST")
    actions.start_check(post, clue.id)


def test_who_handed_over_reads_on_but_does_no_more(clue, officer):
    actions.hand_over(officer, clue.id, "POST", "涉及快递网点，属邮政管理职责")
    assert list(queries.queue(officer)) == []
    with pytest.raises(Forbidden):
        actions.dismiss(officer, clue.id, "other", "想再处理一次")


def test_a_clue_is_not_handed_to_its_own_department(clue, officer):
    with pytest.raises(errors.SameDepartment):
        actions.hand_over(officer, clue.id, "SAMR", "移交给自己部门")


def test_a_reviewer_may_not_dismiss(clue):
    reviewer = town.person("reviewer", "reviewer", department="SAMR")
    with pytest.raises(StepNotYours):
        actions.dismiss(reviewer, clue.id, "other", "审核员不能排除")


def test_a_head_elsewhere_is_nobody_here(clue):
    with pytest.raises(NotFound):
        actions.start_check(town.person("elsewhere", "head", department="POST"), clue.id)


def test_the_platform_is_asked_and_answers_once(clue, officer):
    staff = town.person("staff", "platform_staff", on="shanhuo")
    asked = actions.ask_platform(officer, clue.id, "shanhuo", "请提供这三家店铺的开户人", 3)
    assert asked.due_on == date(2026, 11, 27)
    with pytest.raises(errors.AlreadyAsked):
        actions.ask_platform(officer, clue.id, "shanhuo", "再问一次可以吗", 3)
    actions.answer(staff, asked.id, "开户人均为同一家公司")
    clue.refresh_from_db()
    assert clue.state == "ANSWERED"
    with pytest.raises(errors.AlreadyAnswered):
        actions.answer(staff, asked.id, "更正一下答复")


def test_another_platform_sees_nothing_of_the_question(clue, officer):
    town.platform("linhai", "林海优选")
    asked = actions.ask_platform(officer, clue.id, "shanhuo", "请提供这三家店铺的开户人", 5)
    other = town.person("other", "platform_staff", on="linhai")
    with pytest.raises(NotFound):
        actions.answer(other, asked.id, "我们来回答")
    assert list(queries.requests_of(other)) == []


def test_a_platform_outside_the_clue_is_not_asked(clue, officer):
    town.platform("linhai", "林海优选")
    with pytest.raises(errors.NotOnThisPlatform):
        actions.ask_platform(officer, clue.id, "linhai", "请提供开户人信息", 5)
    assert not PlatformRequest.objects.exists()


def test_the_extension_needs_another_person_and_comes_once(clue, officer, head):
    actions.ask_extension(officer, clue.id, "等待平台提供资金流水")
    with pytest.raises(StepNotYours):
        actions.grant_extension(town.person("second", "officer", department="SAMR"), clue.id)
    actions.grant_extension(head, clue.id)
    clue.refresh_from_db()
    assert clue.due_on == date(2027, 1, 6)  # thirty working days after 24 November, New Year's Day left out
    with pytest.raises(errors.AlreadyExtended):
        actions.ask_extension(officer, clue.id, "还想再延长一次")


def test_a_head_does_not_approve_what_he_asked_for(clue, head):
    actions.ask_extension(head, clue.id, "等待平台提供资金流水")
    with pytest.raises(errors.OwnExtension):
        actions.grant_extension(head, clue.id)


def test_a_refused_extension_leaves_the_clock(clue, officer, head):
    before = clue.due_on
    actions.ask_extension(officer, clue.id, "等待平台提供资金流水")
    actions.refuse_extension(head, clue.id, "资料已经齐全")
    clue.refresh_from_db()
    assert (clue.due_on, clue.extension_asked_by) == (before, "")


def test_without_the_log_no_step_is_taken(clue, officer, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("log is full")

    monkeypatch.setattr("chengxin.supervision.actions.steps.audit.record", broken)
    with pytest.raises(RuntimeError):
        actions.start_check(officer, clue.id)
    clue.refresh_from_db()
    assert clue.state == "OPENED" and clue.steps.count() == 1


def test_colours_follow_the_days(clue, officer):
    def seen(days: int) -> dict[str, int]:
        with clock.set_to(town.NOW + timedelta(days=days)):
            return queries.colours(queries.queue(officer))

    assert seen(0) == {"red": 0, "amber": 0, "green": 1}
    assert seen(21) == {"red": 0, "amber": 1, "green": 0}  # the last day itself
    assert seen(22) == {"red": 1, "amber": 0, "green": 0}
