"""Interviews, circulars, clue reports: two people, signed minutes, a last day; what is not put right reaches the case desk."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from chengxin.accounts import access
from chengxin.jobs.models import Outbox
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.platforms import actions, queries
from chengxin.platforms.errors import AlreadyDecided, ContentWrong, NumberTaken, SamePerson
from chengxin.platforms.models import ClueReport, Interview, Notice
from chengxin.platforms.papers import File
from chengxin.platforms.tests.people import Town, taken, town
from chengxin.workflow import EvidenceMissing, StepNotAllowed, StepNotYours

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 10, tzinfo=clock.CITY)
DUE = date(2026, 11, 20)
FILE = File("整改.txt", "已上线".encode(), "text/plain")


@pytest.fixture
def cast():
    with clock.set_to(NOW):
        yield town()


def later(days: int):
    return clock.set_to(NOW + timedelta(days=days))


def planned(cast: Town) -> Interview:
    said = {
        "matters": "处置措施逾期公示",
        "duties": ["D08"],
        "at": NOW,
        "place": "示例市市场监管局三楼",
        "persons": "法定代表人、合规负责人",
    }
    return actions.plan_interview(cast.officer, cast.platform, "SAMR", **said)


def rectifying(cast: Town) -> Interview:
    made = planned(cast)
    actions.serve_interview(cast.officer, made.number, "王立", "0468-0000000")
    actions.hold_interview(cast.officer, made.number, "平台说明了逾期原因。", "刘书", "合规负责人 钱某")
    return actions.demand_rectification(cast.officer, made.number, "十一月二十日前完成自动公示改造", DUE)


def test_the_platform_sees_a_talk_once_it_is_served(cast: Town):
    made = planned(cast)
    assert not access.all(cast.staff, Interview).exists()
    assert not access.all(cast.elsewhere, Interview).exists()
    actions.serve_interview(cast.officer, made.number, "王立", "0468-0000000")
    assert access.all(cast.staff, Interview).count() == 1


def test_it_is_not_held_without_signed_minutes_or_before_its_time(cast: Town):
    made = planned(cast)
    with pytest.raises(StepNotAllowed):
        actions.hold_interview(cast.officer, made.number, "没有送达", "刘书", "钱某")
    actions.serve_interview(cast.officer, made.number, "王立", "0468-0000000")
    for minutes, signed in (("", "钱某"), ("说明了原因", "")):
        with pytest.raises(EvidenceMissing):
            actions.hold_interview(cast.officer, made.number, minutes, "刘书", signed)
    with later(-1), pytest.raises(ContentWrong):
        actions.hold_interview(cast.officer, made.number, "说明了原因", "刘书", "钱某")
    with pytest.raises(IntegrityError), transaction.atomic():
        Interview.objects.update(state="HELD")


def test_another_person_than_who_held_it_accepts(cast: Town):
    made = rectifying(cast)
    assert [one.due_on for one in queries.due(cast.staff)] == [DUE]
    actions.report_rectification(cast.staff, made.number, "已上线自动公示", FILE)
    with pytest.raises(SamePerson):
        actions.accept_rectification(cast.officer, made.number, "已现场核验")
    with pytest.raises(IntegrityError), transaction.atomic():
        Interview.objects.update(state="ACCEPTED", decided_by=cast.officer.id, decision_reason="已核验")
    with pytest.raises(EvidenceMissing):
        actions.accept_rectification(cast.reviewer, made.number, "")
    assert actions.accept_rectification(cast.reviewer, made.number, "已现场核验").state == "ACCEPTED"
    with pytest.raises(AlreadyDecided):
        actions.refuse_rectification(cast.head, made.number, "未完成整改")
    assert not Outbox.objects.filter(event__contains="NotRectified").exists()


def test_what_is_not_put_right_is_told_to_the_case_desk(cast: Town):
    made = rectifying(cast)
    with pytest.raises(ContentWrong):  # its last day has not passed
        actions.refuse_rectification(cast.head, made.number, "逾期未整改")
    with later(19):
        actions.refuse_rectification(cast.head, made.number, "逾期未整改")
    told = json.loads(Outbox.objects.get(event__contains="NotRectified").payload)
    assert told["interview_id"] == str(made.pk)
    assert (told["platform"], told["department"]) == ("pingtai", "SAMR")


def test_sent_back_it_is_reported_again(cast: Town):
    made = rectifying(cast)
    actions.report_rectification(cast.staff, made.number, "已上线自动公示", FILE)
    actions.send_back_rectification(cast.officer, made.number, "缺少上线截图")
    assert actions.report_rectification(cast.staff, made.number, "已补截图", FILE).state == "RECTIFIED"


def test_one_person_writes_a_notice_and_another_issues_it(cast: Town):
    said = {"title": "年货节虚假促销风险提示", "text": "请加强划线价核查。", "until": date(2026, 11, 30)}
    made = actions.write_notice(cast.head, "risk", "SAMR", [cast.platform], **said)
    assert not access.all(cast.staff, Notice).exists()
    with pytest.raises(SamePerson):
        actions.issue_notice(cast.head, made.number)
    with pytest.raises(StepNotYours):
        actions.issue_notice(cast.officer, made.number)
    actions.issue_notice(cast.reviewer, made.number)
    with pytest.raises(AlreadyDecided):
        actions.issue_notice(cast.reviewer, made.number)
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.update(issued_by=made.written_by)
    assert queries.unread_notices(cast.staff).count() == 1
    actions.confirm_read(cast.staff, made.number, cast.platform)
    actions.confirm_read(cast.colleague, made.number, cast.platform)
    assert made.reads.get().by_name == "周运营"
    with later(29):
        assert actions.end_notices() == 1


def report(cast: Town, **changes: str) -> ClueReport:
    given = {"report_no": "C1", "shop_id": cast.shop.shop_id, "behaviour": "B01", "facts": "虚构交易二百单", "measure_no": ""}
    return actions.report_clue(cast.staff, cast.platform, {**given, **changes})


def test_a_report_goes_to_the_department_in_charge_and_no_further(cast: Town):
    made = report(cast)
    assert report(cast).pk == made.pk
    with pytest.raises(NumberTaken):
        report(cast, facts="虚构交易三百单")
    assert access.all(cast.officer, ClueReport).count() == 1
    assert not access.all(cast.elsewhere, ClueReport).exists()
    assert not access.all(cast.merchant, ClueReport).exists()
    with pytest.raises(NotFound):
        actions.receive_clue(cast.elsewhere, made.number)
    actions.receive_clue(cast.officer, made.number)
    actions.forward_clue(cast.officer, made.number, "POST", "属寄递环节问题")
    assert access.all(cast.elsewhere, ClueReport).count() == 1
    actions.receive_clue(cast.elsewhere, made.number)
    with pytest.raises(EvidenceMissing):
        actions.decide_clue(cast.elsewhere, made.number, True, "")
    assert actions.decide_clue(cast.elsewhere, made.number, True, "已登记核查").state == "FOLLOWED"


def test_a_late_report_is_marked_and_a_measure_is_reported_once(cast: Town):
    taken(cast)
    with later(8):
        assert report(cast, measure_no="M0001").late
        with pytest.raises(ContentWrong):
            report(cast, report_no="C2", measure_no="M0001")
    with pytest.raises(ContentWrong):
        report(cast, report_no="C3", measure_no="M0001", shop_id=cast.person_shop.shop_id)
