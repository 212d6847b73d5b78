"""Each rule of the law with its refusal, and each protection with the twin that fails without it."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from chengxin.audit import protection
from chengxin.audit.models import Leaf
from chengxin.cases import actions, errors, penalties
from chengxin.cases.actions import taking
from chengxin.cases.models import CaseStep, Decision
from chengxin.cases.tests import people
from chengxin.cases.tests.people import BIG, FINE, after, at, step
from chengxin.kernel import clock
from chengxin.kernel.errors import Forbidden, NotFound
from chengxin.law import workdays
from chengxin.workflow import EvidenceMissing, StepNotAllowed, StepNotYours

pytestmark = pytest.mark.django_db


# ---- two officers with certificates


def test_filing_names_two_different_officers_with_certificates(cast):
    case = people.opened(cast)
    step(cast.first, case, "finish_check", result="属实", proposal="file")
    same = {"officer_a": str(cast.first), "officer_b": str(cast.first), "contact_phone": "0468-0000000", "reason": "准予立案"}
    with pytest.raises(errors.TwoDifferentOfficers):
        step(cast.head, case, "file_case", **same)
    with pytest.raises(errors.NoCertificate):
        step(cast.head, case, "file_case", **{**same, "officer_b": str(cast.merchant)})
    with pytest.raises(errors.NoCertificate):  # of another department
        step(cast.head, case, "file_case", **{**same, "officer_b": str(cast.post)})
    with pytest.raises(StepNotYours):
        step(cast.first, case, "file_case", **{**same, "officer_b": str(cast.second)})


def test_who_is_not_on_the_case_takes_no_step(cast):
    case = people.to_investigating(cast, people.opened(cast))
    with pytest.raises(errors.NotAHandler):
        step(cast.third, case, "inquire", **people.asked())
    with pytest.raises(NotFound):
        step(cast.post, case, "inquire", **people.asked())


@pytest.mark.parametrize(("day", "works"), [(date(2026, 12, 30), True), (date(2026, 12, 31), True), (date(2027, 1, 1), False)])
def test_a_certificate_opens_the_door_to_its_last_day(cast, day, works):
    case = people.to_investigating(cast, people.opened(cast))
    with clock.set_to(at(day)):
        if works:
            assert step(cast.first, case, "inquire", **people.asked()).certificate == "2304SAMRfirst"
        else:
            with pytest.raises(errors.NoCertificate):
                step(cast.first, case, "inquire", **people.asked())


def test_only_the_head_of_the_department_enters_a_certificate(cast):
    for who in (cast.first, cast.posthead):
        with pytest.raises(Forbidden):
            people.certify(cast, "third", by=who)


# ---- relations, recusal


def test_first_contact_needs_the_rights_notice_and_both_declarations(cast):
    case = people.to_filed(cast, people.opened(cast))
    given = {"whom": "张经理", "told_on": clock.today()}
    step(cast.first, case, "declare", relation="none")
    with pytest.raises(errors.NotDeclared):
        step(cast.first, case, "contact", rights_notice="已告知", **given)
    step(cast.second, case, "declare", relation="none")
    with pytest.raises(EvidenceMissing):
        step(cast.first, case, "contact", rights_notice=" ", **given)


def test_a_declared_relation_takes_the_officer_off_this_and_every_case_of_the_subject(cast):
    case = people.to_filed(cast, people.opened(cast))
    step(cast.second, case, "declare", relation="related", explanation="当事人是本人亲属")
    with pytest.raises(errors.ConflictOfInterest):
        step(cast.second, case, "declare", relation="none")
    step(cast.first, case, "declare", relation="none")
    with pytest.raises(errors.NotTwoOfficers):
        step(cast.first, case, "contact", rights_notice="已告知", whom="张经理", told_on=clock.today())
    step(cast.head, case, "appoint", person=str(cast.third), capacity="handler")
    step(cast.third, case, "declare", relation="none")
    step(cast.first, case, "contact", rights_notice="已告知", whom="张经理", told_on=clock.today())
    other = people.opened(cast)
    step(cast.first, other, "finish_check", result="属实", proposal="file")
    with pytest.raises(errors.ConflictOfInterest):
        step(
            cast.head,
            other,
            "file_case",
            officer_a=str(cast.first),
            officer_b=str(cast.second),
            contact_phone="0468-0000000",
            reason="准予立案",
        )


def test_a_recused_officer_cannot_act_again_and_the_investigation_goes_on_until_then(cast):
    case = people.to_investigating(cast, people.opened(cast))
    step(cast.first, case, "ask_recusal", person=str(cast.second), asked_by="party", reason="当事人称其与竞争对手相识")
    step(cast.second, case, "inquire", **people.asked())
    step(cast.head, case, "decide_recusal", person=str(cast.second), verdict="granted", reason="申请成立")
    with pytest.raises(errors.Recused):
        step(cast.second, case, "inquire", **people.asked())
    with pytest.raises(errors.NothingToDo):
        step(cast.head, case, "appoint", person=str(cast.second), capacity="handler")


# ---- several departments


def test_a_supporting_officer_adds_evidence_and_an_opinion_and_does_no_more(cast):
    case = people.to_investigating(cast, people.opened(cast))
    step(cast.head, case, "appoint", person=str(cast.post), capacity="support")
    step(cast.post, case, "declare", relation="none")
    step(cast.post, case, "add_evidence", origin="揽收底单", evidence_kind="1", title="底单", **people.PROOF)
    made = step(cast.post, case, "give_opinion", opinion="空包裹属实")
    assert (made.department, made.certificate) == ("POST", "2304POSTpost")
    with pytest.raises(errors.NotAHandler):
        step(
            cast.post,
            case,
            "end_investigation",
            facts="事实",
            provisions="条款",
            basis="依据",
            weighing="理由",
            discretion="ordinary",
            outcome="none",
        )


def test_numbers_run_by_department_and_year(cast):
    with clock.set_to(at(date(2027, 1, 4))):
        assert people.opened(cast).number == "SAMR-2027-0001"
    assert [people.opened(cast).number, people.opened(cast).number] == ["SAMR-2026-0001", "SAMR-2026-0002"]


# ---- three people


def test_reviewer_and_decider_are_neither_the_officers_nor_each_other(cast):
    case = people.to_ended(cast, people.opened(cast))
    with pytest.raises(StepNotYours):
        step(cast.first, case, "review", opinion="同意")
    step(cast.reviewer, case, "review", opinion="同意")
    with pytest.raises(StepNotYours):
        step(cast.reviewer, case, "exempt", education="教育", reason="轻微")


def test_one_person_in_two_parts_is_refused_by_the_database_too(cast):
    case = people.to_decided(cast, people.opened(cast))
    values = {one.attname: getattr(case.decision, one.attname) for one in Decision._meta.fields if one.name not in ("id", "number")}
    for pair in ({"decided_by": str(cast.first)}, {"reviewed_by": str(cast.first)}, {"decided_by": str(cast.reviewer)}):
        with pytest.raises(IntegrityError, match="decision_three_people"), transaction.atomic():
            Decision.objects.create(**{**values, "number": "X", **pair})


def test_a_major_case_needs_a_legal_reviewer_and_a_collective_discussion(cast):
    from chengxin.cases.models import Certificate

    Certificate.objects.filter(number="2304SAMRreviewer").update(legal=False)
    case = people.to_ended(cast, people.opened(cast), BIG)
    with pytest.raises(errors.NotLegalReviewer):
        step(cast.reviewer, case, "review", opinion="同意")
    Certificate.objects.filter(number="2304SAMRreviewer").update(legal=True)
    step(cast.reviewer, case, "review", opinion="同意")
    step(cast.first, case, "notify", told_on=clock.today(), receiver="张经理")
    with clock.set_to(after(case, "PENALTY_STATEMENT")), pytest.raises(errors.NotConferred):
        step(cast.head, case, "decide", penalties=BIG, reason="事实成立")


# ---- the defence


def test_no_decision_before_the_period_is_over_unless_waived(cast):
    case = people.to_noticed(cast, people.opened(cast))
    last = case.clocks.get(clock="PENALTY_STATEMENT").due_on
    assert last == date(2026, 7, 8)
    with clock.set_to(at(last)), pytest.raises(errors.TooEarly):
        step(cast.head, case, "decide", penalties=FINE, reason="事实成立")
    with clock.set_to(at(workdays.add(last, 1))), transaction.atomic():
        step(cast.head, case, "decide", penalties=FINE, reason="事实成立")
        transaction.set_rollback(True)
    case.refresh_from_db()
    step(cast.first, case, "waive", waiver="当事人书面放弃陈述、申辩")
    step(cast.head, case, "decide", penalties=FINE, reason="事实成立")


def test_every_argument_is_answered_before_the_decision(cast):
    case = people.to_noticed(cast, people.opened(cast))
    step(cast.first, case, "hear_statement", **people.said("订单真实\n\n罚款过重"))
    with clock.set_to(after(case, "PENALTY_STATEMENT")):
        step(cast.first, case, "answer_argument", argument=1, verdict="not", reason="银行流水证明回款")
        with pytest.raises(errors.NothingToDo):
            step(cast.first, case, "answer_argument", argument=1, verdict="adopted", reason="再答一次")
        with pytest.raises(errors.Unanswered):
            step(cast.head, case, "decide", penalties=FINE, reason="事实成立")
        with pytest.raises(EvidenceMissing):
            step(cast.first, case, "answer_argument", argument=2, verdict="adopted", reason=" ")
        step(cast.first, case, "answer_argument", argument=2, verdict="adopted", reason="首次违法，可以从轻")
        step(cast.head, case, "decide", penalties=[{"kind": "21", "amount_fen": 1_500_000}], reason="采纳部分意见")


@pytest.mark.parametrize("heavier", [[{"kind": "21", "amount_fen": 2_000_001}], [*FINE, {"kind": "11"}], [{"kind": "42"}]])
def test_a_decision_is_never_heavier_than_the_notice(cast, heavier):
    case = people.to_noticed(cast, people.opened(cast))
    with clock.set_to(after(case, "PENALTY_STATEMENT")), pytest.raises(errors.Heavier):
        step(cast.head, case, "decide", penalties=heavier, reason="事实成立")


def test_the_twin_without_the_rule_it_becomes_heavier(cast, monkeypatch):
    monkeypatch.setattr(penalties, "is_heavier", lambda *_: False)
    case = people.to_noticed(cast, people.opened(cast))
    with clock.set_to(after(case, "PENALTY_STATEMENT")):
        step(cast.head, case, "decide", penalties=[{"kind": "21", "amount_fen": 9_000_000}], reason="事实成立")
    assert case.penalties.get(stage="decided").amount_fen == 9_000_000


def test_a_second_notice_is_heavier_only_with_new_evidence(cast):
    case = people.to_noticed(cast, people.opened(cast))
    step(cast.head, case, "reopen", reason="当事人申辩后需要补充调查")
    given = {"facts": "事实", "provisions": "条款", "basis": "依据", "weighing": "理由", "discretion": "heavier", "outcome": "penalty"}
    step(cast.first, case, "end_investigation", **given, penalties=[{"kind": "21", "amount_fen": 3_000_000}])
    step(cast.reviewer, case, "review", opinion="同意")
    with pytest.raises(errors.Heavier):
        step(cast.first, case, "notify", told_on=clock.today(), receiver="张经理")


def test_a_hearing_by_the_authoritys_threshold_asked_for_in_time_and_told_seven_working_days_before(cast):
    small = people.to_noticed(cast, people.opened(cast))
    with pytest.raises(errors.NoHearingDue):
        step(cast.first, small, "ask_hearing", asked_on=clock.today())
    case = people.to_noticed(cast, people.opened(cast), [{"kind": "21", "amount_fen": 10_000_000}])
    with clock.set_to(at(date(2026, 7, 9))):
        with pytest.raises(errors.TooLateInCase):
            step(cast.first, case, "ask_hearing", asked_on=date(2026, 7, 9))
        step(cast.first, case, "ask_hearing", asked_on=date(2026, 7, 8))
        with pytest.raises(errors.DayWrong):
            step(cast.head, case, "call_hearing", held_at=at(date(2026, 7, 17)), publicly="open", place="局", chair=str(cast.third))
        with pytest.raises(errors.SamePersonInCase):
            step(cast.head, case, "call_hearing", held_at=at(date(2026, 7, 31)), publicly="open", place="局", chair=str(cast.first))
        step(cast.head, case, "call_hearing", held_at=at(date(2026, 7, 20)), publicly="open", place="局", chair=str(cast.third))
    with clock.set_to(at(date(2026, 7, 20))), pytest.raises(errors.NotChair):
        step(cast.reviewer, case, "hold_hearing", minutes="笔录", report="报告", began_at=clock.now(), ended_at=clock.now())


# ---- kept, logged, once


def test_every_step_is_in_the_log_and_its_words_are_not(cast):
    case = people.to_filed(cast, people.opened(cast))
    leaves = Leaf.objects.filter(action__startswith="cases.case.", object=case.matter)
    assert [leaf.action for leaf in leaves.order_by("index")] == ["cases.case.register", "cases.case.finish_check", "cases.case.file_case"]
    assert "订单与收款账户" not in "".join(leaf.body for leaf in leaves)
    assert case.steps.get(action="finish_check").sha256 in leaves.get(action="cases.case.finish_check").body


def test_the_database_refuses_to_change_a_step_and_the_twin_shows_that_it_is_the_trigger(cast):
    case = people.opened(cast)
    rows = CaseStep.objects.filter(case=case)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(name="别人")
    with protection.lifted():
        assert rows.update(name="别人") == 1


def test_decided_and_served_once(cast):
    case = people.to_served(cast, people.opened(cast))
    with pytest.raises(StepNotAllowed):
        step(cast.head, case, "decide", penalties=FINE, reason="再决定一次")
    with pytest.raises(StepNotAllowed):
        step(cast.first, case, "serve", served_on=clock.today(), manner="direct", place="店内", receiver="张", both=True)


def test_a_step_that_fails_leaves_nothing(cast, monkeypatch):
    case = people.to_filed(cast, people.opened(cast))
    before = Leaf.objects.count()

    def broken(*_):
        raise RuntimeError

    monkeypatch.setitem(taking.EFFECTS, "declare", [broken])
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.take(cast.first, case.pk, "declare", {"relation": "none"})
    assert Leaf.objects.count() == before and not case.steps.filter(action="declare").exists()
