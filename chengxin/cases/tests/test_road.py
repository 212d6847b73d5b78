"""A case from its source to the archive, and each way out."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from chengxin.cases import actions
from chengxin.cases.models import Case
from chengxin.cases.tests import people
from chengxin.cases.tests.people import BIG, at, step
from chengxin.jobs.models import Outbox
from chengxin.kernel import clock
from chengxin.records.models import Record, RecordEnd

pytestmark = pytest.mark.django_db


def events(name: str) -> int:
    return Outbox.objects.filter(event=f"chengxin.cases.events:{name}").count()


def test_from_the_source_to_the_archive(cast):
    case = people.to_served(cast, people.opened(cast))
    record = Record.objects.get(pk=case.record)
    assert (record.entered_by, record.confirmed_by) == (str(cast.first), str(cast.head))
    assert (record.document_number, record.amount_fen, record.term) == (case.decision.number, 2_000_000, "ORDINARY")
    assert record.published_on == case.service.served_on and events("PenaltyDecided") == 1
    with clock.set_to(at(case.service.served_on + timedelta(days=1))):
        step(cast.first, case, "publish_double", published_on=clock.today())
        step(cast.first, case, "publish_file", published_on=clock.today())
        step(cast.first, case, "pay", amount=2_000_000, paid_on=clock.today())
        step(cast.first, case, "perform", proof="非税收入票据")
        step(cast.head, case, "close", reason="处罚履行完毕")
        step(cast.first, case, "archive")
    assert case.state == "ARCHIVED" and case.due_on is None and events("CaseClosed") == 1


def test_not_filed(cast):
    case = people.opened(cast)
    step(cast.first, case, "finish_check", result="订单真实，属团购", proposal="not_file")
    step(cast.head, case, "not_file", reason="无违法事实")
    assert case.state == "NOT_FILED" and case.due_on is None


def test_no_penalty_but_education(cast):
    case = people.to_ended(cast, people.opened(cast), [], outcome="none")
    step(cast.reviewer, case, "review", opinion="情节轻微，同意")
    step(cast.head, case, "exempt", education="告知规则并责令改正", reason="首次轻微，及时改正")
    assert case.state == "NO_PENALTY" and not Record.objects.exists()


def test_to_another_department_it_is_a_source_of_its_own(cast):
    case = people.opened(cast)
    step(cast.head, case, "transfer", department="POST", reason="属寄递企业，归邮政管理")
    other = Case.objects.get(department="POST")
    assert (case.state, other.state, other.source, other.previous) == ("TRANSFERRED", "SOURCE_REGISTERED", "3", case)


def test_to_the_police_within_three_days_and_twenty_four_hours(cast):
    case = people.to_investigating(cast, people.opened(cast))
    step(cast.first, case, "report_crime", report="销售金额超过追诉标准")
    assert case.clocks.get(clock="CRIME_APPROVE").due_on == date(2026, 7, 4)
    step(cast.head, case, "approve_crime", reason="涉嫌犯罪，同意移送")
    assert case.clocks.get(clock="CRIME_TRANSFER").due_at == people.START + timedelta(hours=24)
    step(cast.first, case, "hand_to_police", police="示例市公安局经侦支队")
    assert case.state == "POLICE" and not case.clocks.filter(stopped_on__isnull=True).exists()


def test_terminated(cast):
    case = people.to_investigating(cast, people.opened(cast))
    step(cast.head, case, "terminate", reason="当事人已经注销")
    assert case.state == "TERMINATED" and case.due_on is None


def test_revoked_on_review_the_record_leaves_the_file_by_two_people(cast):
    case = people.to_served(cast, people.opened(cast))
    with clock.set_to(at(case.service.served_on + timedelta(days=2))):
        step(cast.first, case, "report_revocation", paper="示政复决〔2026〕7号", by="review", revoked_on=clock.today(), reason="事实不清")
        assert case.due_on == case.clocks.get(clock="PENALTY_WITHDRAW").due_on
        assert not RecordEnd.objects.exists()
        step(cast.head, case, "revoke", reason="执行复议决定")
    end = RecordEnd.objects.get(record=case.record)
    assert (end.proposed_by, end.confirmed_by) == (str(cast.first), str(cast.head))
    assert case.state == "REVOKED" and events("DecisionRevoked") == 1


def test_a_major_case_with_a_hearing(cast):
    case = people.to_noticed(cast, people.opened(cast), BIG)
    assert case.major
    step(cast.first, case, "ask_hearing", asked_on=clock.today())
    with clock.set_to(at(date(2026, 7, 2))):
        step(cast.head, case, "call_hearing", held_at=at(date(2026, 7, 20)), publicly="open", place="局会议室", chair=str(cast.third))
    with clock.set_to(at(date(2026, 7, 20))):
        step(
            cast.third,
            case,
            "hold_hearing",
            minutes="听证笔录",
            report="听证报告",
            began_at=clock.now(),
            ended_at=clock.now(),
            arguments="订单是真实的\n罚款过重",
        )
        for number in (1, 2):
            verdict = "adopted" if number == 2 else "not"
            step(cast.first, case, "answer_argument", argument=number, verdict=verdict, reason="核对后的理由")
        step(cast.head, case, "confer", minutes="讨论一致同意", present="三位局领导")
        lighter = [{"kind": "21", "amount_fen": 15_000_000}, {"kind": "22", "amount_fen": 3_000_000}]
        step(cast.head, case, "decide", penalties=lighter, reason="采纳第二条，减少罚款")
    assert case.decision.collective
    assert case.state == "DECIDED"


def test_the_same_source_again_is_the_same_case(cast):
    first, again = (people.opened(cast, ref="supervision.clue:1") for _ in range(2))
    assert first == again and Case.objects.count() == 1
    assert actions.register_source(cast.post, cast.subject.pk, "POST", "1", "同一来源", ref="supervision.clue:1") != first
