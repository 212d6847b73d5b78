"""A complaint from the form to the complainant's own word, timed by the law of the day it was received."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from chengxin.audit import rows
from chengxin.audit.actions import READ
from chengxin.audit.models import Leaf
from chengxin.consumers import actions, routing
from chengxin.consumers.actions import handling
from chengxin.consumers.actions.filing import CODE_FIELD, due_to_accept
from chengxin.consumers.errors import AlreadyDone, ContentWrong, NoBasisToTell, NotAHandler, TooEarly
from chengxin.consumers.models import Assignment, Complaint, ConsumerStep, Filing, Identity, Report
from chengxin.consumers.tests import people
from chengxin.consumers.tests.people import Town
from chengxin.documents.models import Document
from chengxin.jobs.models import Outbox
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.workflow import StepNotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Town:
    return people.town()


def at(text: str) -> Any:
    return clock.set_to(datetime.fromisoformat(text).replace(tzinfo=clock.CITY))


def filed(cast: Town, **changes: Any) -> actions.Filed:
    return actions.file(people.form(cast, **changes))


def papers_of(kind: str, matter: Any) -> list[str]:
    return sorted(Document.objects.filter(matter_kind=f"consumers.{kind}", matter_id=matter.pk).values_list("form", flat=True))


def test_it_is_taken_answered_promised_and_closed_by_the_complainants_own_word(cast: Town) -> None:
    made = filed(cast)
    number = made.complaint.number
    assert (made.complaint.state, made.complaint.department, made.complaint.rule) == ("RECEIVED", "SAMR", "SHOP_ADDRESS")
    accepted = actions.accept(cast.officer, number, people.DESK)
    assert accepted.owner == str(cast.officer) and accepted.identity.verified_by == str(cast.officer)
    said = {"text": "同意退货退款，运费由我店承担。", "offer": "REFUND", "offer_fen": 29900}
    row = actions.answer(cast.merchant, number, {**said, "promise": "三日内退款到账", "promise_by": clock.today()})
    assert actions.rate(made.filing, row.pk, 4).stars == 4
    with pytest.raises(AlreadyDone):
        actions.rate(made.filing, row.pk, 1)
    kept = actions.say_of_promise(made.filing, row.promises.get().pk, True)
    done = actions.say(made.filing, True)
    assert (kept.state, done.state, done.word, done.due_on) == ("KEPT", "CLOSED", "solved", None)
    assert papers_of("complaint", done) == ["complaint_05"]
    assert list(ConsumerStep.objects.filter(matter=done.pk).values_list("action", flat=True)) == ["receive", "accept", "settle", "confirm"]
    with pytest.raises(StepNotAllowed):
        actions.say(made.filing, True)


@pytest.mark.parametrize(
    ("received", "accepted", "to_accept", "to_mediate"),
    [
        # order 20: forty-five working days; Labour Day is five days off, Saturday 9 May is a working day, the Dragon Boat Festival one off
        ("2026-04-10T10:00", "2026-04-13T10:00", date(2026, 4, 21), date(2026, 6, 17)),
        ("2026-04-14T23:59", "2026-04-15T10:00", date(2026, 4, 23), date(2026, 6, 22)),
        # order 121: sixty days, a last day off moves on
        ("2026-04-15T00:00", "2026-04-16T10:00", date(2026, 4, 24), date(2026, 6, 15)),
        ("2026-04-20T10:00", "2026-04-21T10:00", date(2026, 4, 29), date(2026, 6, 22)),
    ],
)
def test_each_complaint_has_the_law_of_the_day_it_was_received(cast: Town, received, accepted, to_accept, to_mediate) -> None:
    with at(received):
        made = filed(cast)
    assert made.complaint.due_on == to_accept == due_to_accept(made.complaint)
    with at(accepted):
        found = actions.accept(cast.officer, made.complaint.number, people.DESK)
    assert found.due_on == to_mediate
    old = received < "2026-04-15"
    assert found.rule == ("SHOP_ADDRESS_20" if old else "SHOP_ADDRESS")
    assert papers_of("complaint", found) == ([] if old else ["complaint_05"])


def test_days_of_testing_are_left_out_and_while_it_goes_on_no_day_runs(cast: Town) -> None:
    with at("2026-04-20T10:00"):
        made = filed(cast)
    with at("2026-04-21T10:00"):
        number = actions.accept(cast.officer, made.complaint.number, people.DESK).number
        actions.mediate(cast.officer, number)
    with at("2026-05-06T10:00"):
        assert actions.pause(cast.officer, number, "委托检测内胆材质").due_on is None
        with pytest.raises(AlreadyDone):
            actions.pause(cast.officer, number, "委托检测内胆材质")
    with at("2026-05-15T10:00"):
        assert actions.resume(cast.officer, number).due_on == date(2026, 6, 30)  # 20 June and ten days more
    assert kept_days(number, "mediate", "pause", "resume") == [date(2026, 6, 22), None, date(2026, 6, 30)]


def kept_days(number: str, *actions_: str) -> list[date | None]:
    """The last days that the history keeps of these steps, in order: the departments' figures read them."""
    steps = ConsumerStep.objects.filter(matter=Complaint.objects.get(number=number).pk, action__in=actions_).order_by("place")
    return list(steps.values_list("due_on", flat=True))


def test_asking_for_identity_stops_no_clock_and_a_refusal_names_a_ground_and_a_person(cast: Town) -> None:
    made = filed(cast)
    number, due = made.complaint.number, made.complaint.due_on
    contact = {"contact_phone": people.DESK, "contact_address": "示例市示例路1号"}
    with pytest.raises(ContentWrong):
        actions.ask_identity(cast.officer, number, date(2099, 1, 1), "居民身份证复印件", contact)
    assert actions.ask_identity(cast.officer, number, due, "居民身份证复印件", contact).due_on == due
    found = actions.give_identity(made.filing, "11", people.ID_NUMBER)
    assert (found.state, found.due_on) == ("RECEIVED", due)
    with pytest.raises(ContentWrong):
        actions.refuse(cast.officer, number, "R9", "不属于职责范围")
    refused = actions.refuse(cast.officer, number, "R2", "法院已经受理同一争议")
    assert (refused.state, refused.ground) == ("REFUSED", "R2") and "法院" not in str(ConsumerStep.objects.latest("at").note)
    assert papers_of("complaint", refused) == ["complaint_04", "complaint_06"]
    with pytest.raises(StepNotAllowed):
        actions.accept(cast.officer, number, people.DESK)
    with pytest.raises(IntegrityError), transaction.atomic():
        Complaint.objects.filter(pk=refused.pk).update(ground="")


def test_closed_is_not_solved_it_is_reopened_once_agreed_and_counted_when_nobody_spoke(cast: Town) -> None:
    made = filed(cast)
    number = made.complaint.number
    actions.accept(cast.officer, number, people.DESK)
    actions.mediate(cast.officer, number)
    agreed = actions.agree(cast.officer, number, "三日内退款二百九十九元")
    assert agreed.confirm_by is not None and papers_of("complaint", agreed) == ["complaint_05", "complaint_09"]
    again = actions.say(made.filing, False, "到期没有退款")
    assert (again.state, again.reopened, again.word, again.confirm_by) == ("MEDIATING", 1, "unsolved", None)
    assert again.due_on == handling.due_to_mediate(again)
    actions.end(cast.officer, number, "T3", "商家明确表示不同意")
    with pytest.raises(TooEarly):
        actions.follow_up(cast.officer, number)
        actions.close(cast.officer, number)
    with clock.set_to(datetime(2027, 6, 1, 10, tzinfo=clock.CITY)):
        with pytest.raises(AlreadyDone):
            actions.say(made.filing, True)
        closed = actions.close(cast.officer, number)
    assert (closed.state, closed.reopened) == ("CLOSED", 1)
    assert kept_days(number, "reopen", "follow_up", "close") == [again.due_on, None, None]  # the term to speak is the complainant's


def test_after_the_end_of_mediation_an_unsolved_complaint_closes_unsolved(cast: Town) -> None:
    made = filed(cast)
    actions.accept(cast.officer, made.complaint.number, people.DESK)
    ended = actions.end(cast.officer, made.complaint.number, "T2", "商家拒绝调解")
    assert papers_of("complaint", ended) == ["complaint_05", "complaint_08", "complaint_08"]
    done = actions.say(made.filing, False)
    assert (done.state, done.word) == ("CLOSED", "unsolved")
    assert Outbox.objects.filter(event__endswith="ComplaintClosed", payload__contains='"unsolved"').exists()


def test_a_form_for_both_becomes_two_files_with_two_identities(cast: Town) -> None:
    made = filed(cast, wants="both", named=True, violation="标注的能效等级与实物不符")
    assert made.complaint.filing == made.report.filing
    assert Identity.objects.get(complaint=made.complaint).pk != Identity.objects.get(report=made.report).pk
    anonymous = filed(cast, wants="violation", name="", phone="", request="")
    assert anonymous.complaint is None and not Identity.objects.filter(report=anonymous.report).exists()


def test_a_wrong_code_finds_nothing_and_the_right_one_is_kept_nowhere(cast: Town) -> None:
    made = filed(cast)
    typed = "-".join(made.code[place : place + 4] for place in range(0, 16, 4)).lower()
    assert actions.by_code(typed) == made.filing
    for wrong in ("", "A" * 16, made.code[:-1]):
        with pytest.raises(NotFound):
            actions.by_code(wrong)
    assert made.code not in Filing.objects.get().code_index and made.code not in "".join(Leaf.objects.values_list("body", flat=True))
    assert len(made.code) == 16 and CODE_FIELD


def test_it_goes_by_place_category_and_subject_and_on_by_a_person_with_a_reason(cast: Town) -> None:
    day = date(2026, 11, 29)
    route = routing.route
    assert route("complaint", "EXPRESS", cast.shop, cast.platform, day).department == "POST"
    assert route("complaint", "FOOD", cast.shop, cast.platform, day).place == cast.shop.division
    cast.platform.division = "230499"
    seat = route("complaint", "FOOD", cast.shop, cast.platform, day, unreachable=True)
    assert (seat.rule.id, seat.place) == ("SEAT_UNREACHABLE", cast.platform.division)
    cast.shop.division = "330106"
    assert route("complaint", "FOOD", cast.shop, cast.platform, day).rule.id == "PLATFORM_SEAT"
    cast.platform.division = "330106"
    assert route("complaint", "FOOD", cast.shop, cast.platform, day).rule.id == "ELSEWHERE"
    assert route("complaint", "FOOD", None, None, day).rule.id == "HERE"


def test_many_are_sent_on_at_once_or_none_and_the_clock_does_not_move(cast: Town) -> None:
    numbers = [filed(cast, phone=f"1001234567{place}").complaint.number for place in range(3)]
    due = Complaint.objects.get(number=numbers[0]).due_on
    actions.accept(cast.officer, numbers[2], people.DESK)
    with pytest.raises(StepNotAllowed):
        actions.dispatch(cast.officer, numbers, "POST", "属于快递服务争议")
    assert not Complaint.objects.filter(department="POST").exists()
    assert actions.dispatch(cast.officer, numbers[:2], "POST", "属于快递服务争议") == 2
    sent = Complaint.objects.get(number=numbers[0])
    assert (sent.department, sent.due_on) == ("POST", due) and papers_of("complaint", sent) == ["complaint_03"]
    assert Assignment.objects.filter(matter=sent.pk).count() == 2
    with pytest.raises(NotFound):
        actions.accept(cast.officer, numbers[0], people.DESK)
    assert actions.accept(cast.elsewhere, numbers[0], people.DESK).state == "ACCEPTED"


def test_only_the_business_itself_and_its_platform_answer_and_only_while_it_is_open(cast: Town) -> None:
    made = filed(cast)
    number = made.complaint.number
    said = {"text": "已与消费者联系，正在核实。"}
    for who in (cast.merchant, cast.staff, cast.stranger):
        with pytest.raises(NotFound):
            actions.answer(who, number, said)
    actions.accept(cast.officer, number, people.DESK)
    assert [actions.answer(who, number, said).side for who in (cast.merchant, cast.staff)] == ["merchant", "platform"]
    for who in (cast.stranger, cast.officer):
        with pytest.raises(NotFound):
            actions.answer(who, number, said)
    actions.say(made.filing, True)
    with pytest.raises(AlreadyDone):
        actions.answer(cast.merchant, number, said)


def test_a_broken_promise_is_found_by_an_officer_not_by_the_consumers_word_alone(cast: Town) -> None:
    made = filed(cast)
    actions.accept(cast.officer, made.complaint.number, people.DESK)
    said = {"text": "同意更换新品。", "promise": "三日内寄出新品", "promise_by": clock.today()}
    promise = actions.answer(cast.merchant, made.complaint.number, said).promises.get()
    assert actions.say_of_promise(made.filing, promise.pk, False).state == "OPEN"
    with pytest.raises(IntegrityError), transaction.atomic():
        type(promise).objects.filter(pk=promise.pk).update(state="BROKEN")
    with pytest.raises(NotFound):
        actions.find_of_promise(cast.elsewhere, promise.pk, False, "商家未寄出新品")
    assert actions.find_of_promise(cast.officer, promise.pk, False, "商家未寄出新品").state == "BROKEN"
    with pytest.raises(AlreadyDone):
        actions.find_of_promise(cast.head, promise.pk, True, "商家补寄新品")


def test_what_was_written_once_is_refused_by_the_database_and_known_to_the_log(cast: Town) -> None:
    made = filed(cast)
    assert rows.check_rows() == []
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        ConsumerStep.objects.filter(matter=made.complaint.pk).update(note="x")
    assert connection.vendor in ("sqlite", "postgresql")


def test_a_group_is_one_complaint_with_its_people_once_each(cast: Town) -> None:
    members = [("甲示例", "10012340001"), ("乙示例", "10012340002"), ("乙示例", "100-1234-0002"), ("本人", people.PHONE)]
    made = filed(cast, members=members)
    assert made.complaint.is_group and made.complaint.members.count() == 2


def test_the_same_telephone_is_counted_and_changes_nothing(cast: Town) -> None:
    """The twin of the rule that factors are shown: fifty complaints of one telephone, and the next has the same day and the same ways."""
    first = filed(cast).complaint
    with transaction.atomic():
        for _ in range(5):
            filed(cast)
    last = Complaint.objects.latest("received_at")
    assert (last.due_on, last.state, last.department) == (first.due_on, first.state, first.department)
    assert actions.accept(cast.officer, last.number, people.DESK).state == "ACCEPTED"


def test_who_reported_is_opened_by_a_named_handler_for_a_reason_and_each_time_logged(cast: Town) -> None:
    report = filed(cast, wants="violation", named=True).report
    with pytest.raises(NotAHandler):
        actions.open_identity(cast.head, report, "核实线索细节")
    actions.name_handler(cast.head, report.number, cast.users["officer"])
    with pytest.raises(ContentWrong):
        actions.open_identity(cast.officer, report, "看")
    assert actions.open_identity(cast.officer, report, "核实线索细节").name == people.NAME
    (read,) = Leaf.objects.filter(body__contains=f"consumers.report:{report.pk}", action=READ)
    assert "核实线索细节" in read.body and people.NAME not in read.body
    for who in (cast.colleague, cast.head):
        with pytest.raises(NotAHandler):
            actions.open_identity(who, report, "核实线索细节")
    with pytest.raises(NotFound):
        actions.open_identity(cast.elsewhere, report, "核实线索细节")
    actions.dismiss_handler(cast.head, report.number, report.handlers.get().pk)
    with pytest.raises(NotAHandler):
        actions.open_identity(cast.officer, report, "核实线索细节")


def test_reports_are_checked_extended_merged_and_told_only_on_a_basis(cast: Town) -> None:
    with at("2026-04-20T10:00"):
        first = filed(cast, wants="violation", named=True, name="丁示例").report
        assert first.due_on == date(2026, 5, 13)  # fifteen working days, with the make-up Saturday
    with at("2026-05-08T10:00"):
        again = filed(cast, wants="violation", text="又发现同款商品能效标识造假").report
        actions.check(cast.officer, first.number)
        assert actions.extend(cast.head, first.number, "需要委托检测").due_on == date(2026, 6, 3)
        with pytest.raises(AlreadyDone):
            actions.extend(cast.head, first.number, "需要委托检测")
        merged = actions.merge(cast.officer, again.number, first.number, new_facts=True)
        assert (merged.state, merged.first) == ("MERGED", first)
        first.refresh_from_db()
        assert (first.due_on, first.extended) == (date(2026, 5, 28), False)
    actions.name_handler(cast.head, first.number, cast.users["officer"])
    actions.file_case(cast.officer, first.number, "B01", "现场核查属实")
    with pytest.raises(NoBasisToTell):
        actions.tell(cast.officer, first.number, "order20.31", "已依法处理")
    assert actions.tell(cast.officer, first.number, "food.115", "已依法立案").told_on == clock.today()
    assert papers_of("sealed", first) == ["complaint_10"] and papers_of("report", first) == []


def test_nothing_of_a_reporter_reaches_the_case_the_log_or_the_outbox(cast: Town) -> None:
    made = filed(cast, wants="both", named=True, violation="举报人为其前员工，掌握造假台账")
    actions.check(cast.officer, made.report.number)
    actions.file_case(cast.officer, made.report.number, "B01", "现场核查属实")
    with pytest.raises(ContentWrong):
        actions.violation(cast.officer, made.complaint.number, "B01", "查")
    told = "".join(Outbox.objects.values_list("payload", flat=True)) + "".join(Leaf.objects.values_list("body", flat=True))
    for secret in (people.NAME, people.PHONE, "前员工", made.code):
        assert secret not in told
    assert Report.objects.get().state == "FILED_CASE"
