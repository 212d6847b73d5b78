"""Measures: with reasons and an end, told once, published and reported in time, appealed to a person, over on their day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from chengxin.accounts.access import Actor
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.platforms import actions, feed, queries
from chengxin.platforms.errors import AlreadyDecided, AppealOpen, ContentWrong, MachineAnswer, NumberTaken, SamePerson
from chengxin.platforms.models import Appeal, Measure, Step
from chengxin.platforms.tests.people import Town, row, taken, town
from chengxin.workflow import StepNotAllowed

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 10, tzinfo=clock.CITY)
WHY = "所列订单是真实交易，有物流签收记录"
ANSWER = "经人工核对物流记录，二百单均无揽收，维持。"


@pytest.fixture
def cast():
    with clock.set_to(NOW):
        yield town()


def later(days: int):
    return clock.set_to(NOW + timedelta(days=days))


def test_a_measure_that_was_told_and_has_begun_is_public_at_once(cast: Town):
    made = taken(cast)
    assert (made.state, made.publish_due_on, made.report_due_on) == ("PUBLISHED", date(2026, 11, 3), date(2026, 11, 9))
    assert [one.pk for one in feed.running()] == [made.pk]
    assert list(queries.steps("measure", made.pk).values_list("action", flat=True)) == ["propose", "notice", "take_effect", "publish"]


@pytest.mark.parametrize(
    "changes",
    [
        {"until": date(2029, 11, 3)},  # longer than the longest term
        {"until": date(2026, 11, 1)},
        {"reason": ""},
        {"basis": " "},
        {"appeal_way": ""},
        {"action": "W99"},
        {"behaviour": "B99"},
        {"shop_id": "S99999"},
        {"facts": "店主电话 13800138000，虚构交易"},
        {"decided_at": NOW + timedelta(hours=1)},
    ],
)
def test_it_refuses_a_measure_without_an_end_a_reason_or_a_true_shop(cast: Town, changes):
    with pytest.raises(ContentWrong):
        taken(cast, **changes)
    assert not Measure.objects.exists()


def test_the_database_itself_refuses_a_measure_without_an_end(cast: Town):
    made = taken(cast)
    for changes in ({"until": None}, {"until": made.since - timedelta(days=1)}, {"reason": ""}, {"state": "ENDED"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Measure.objects.filter(pk=made.pk).update(**changes)


def test_the_same_number_is_the_same_measure_and_another_content_is_refused(cast: Town):
    given = [row(cast, 1), row(cast, 2, until=date(2026, 11, 1)), row(cast, 1), row(cast, 3)]
    answers = actions.report_measures(cast.staff, cast.platform, given)
    assert [(bool(one.measure), one.known, bool(one.error)) for one in answers] == [
        (True, False, False),
        (False, False, True),
        (True, True, False),
        (True, False, False),
    ]
    again = actions.report_measures(cast.staff, cast.platform, given[:1])
    assert again[0].known
    (changed,) = actions.report_measures(cast.staff, cast.platform, [row(cast, 1, action="W6")])
    assert isinstance(changed.error, NumberTaken)
    assert Measure.objects.count() == 2


def test_another_platforms_people_and_shops_are_not_there(cast: Town):
    stranger = Actor(id="user:elsewhere", roles=frozenset({"platform_staff"}), platforms=frozenset({"other"}))
    with pytest.raises(NotFound):
        actions.report_measures(stranger, cast.platform, [row(cast)])
    made = taken(cast)
    with pytest.raises(NotFound):
        actions.lift(stranger, made.number, "与本店无关")


def test_a_proposed_measure_is_nobodys_business_until_the_shop_is_told(cast: Town):
    made = taken(cast, noticed_at=None)
    assert made.state == "PROPOSED"
    with pytest.raises(NotFound):
        actions.appeal(cast.merchant, made.number, WHY)
    assert actions.notice(cast.staff, made.number).state == "IN_FORCE"
    assert not feed.running().exists()
    assert actions.publish(cast.staff, made.number).state == "PUBLISHED"


def test_who_made_it_or_a_program_does_not_answer_an_appeal(cast: Town):
    made = taken(cast)
    found = actions.appeal(cast.merchant, made.number, WHY)
    assert found.due_on == date(2026, 11, 23)
    with pytest.raises(AppealOpen):
        actions.appeal(cast.merchant, made.number, WHY)
    machine = Actor(id="client:1", roles=frozenset({"platform_client"}), platforms=frozenset({cast.platform.code}))
    for who, refusal in ((machine, MachineAnswer), (cast.staff, SamePerson), (cast.merchant, NotFound)):
        with pytest.raises(refusal):
            actions.take_up(who, made.number)
    for changes in ({"reviewer": made.made_by}, {"reviewer": "client:1"}, {"result": "KEPT"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Appeal.objects.filter(pk=found.pk).update(**changes)


def test_a_person_answers_with_reasons_once(cast: Town):
    made = taken(cast)
    actions.appeal(cast.merchant, made.number, WHY)
    with pytest.raises(NotFound):
        actions.answer_appeal(cast.colleague, made.number, True, ANSWER)  # it was not taken up
    actions.take_up(cast.colleague, made.number)
    with pytest.raises(ContentWrong):
        actions.answer_appeal(cast.colleague, made.number, True, " ")
    assert actions.answer_appeal(cast.colleague, made.number, True, ANSWER).result == "KEPT"
    made.refresh_from_db()
    assert (made.state, made.is_public) == ("KEPT", True)
    with pytest.raises(AlreadyDecided):
        actions.answer_appeal(cast.colleague, made.number, False, ANSWER)
    with pytest.raises(StepNotAllowed):
        actions.appeal(cast.merchant, made.number, WHY)


def test_lifted_it_leaves_the_feed_at_once(cast: Town):
    made = taken(cast)
    actions.appeal(cast.merchant, made.number, WHY)
    actions.take_up(cast.colleague, made.number)
    actions.answer_appeal(cast.colleague, made.number, False, "经核对确系真实交易，予以解除。")
    made.refresh_from_db()
    assert (made.state, made.ended_on) == ("LIFTED", date(2026, 11, 2))
    assert not feed.running().exists()


def test_it_ends_on_its_day_with_or_without_the_nightly_job(cast: Town):
    made = taken(cast)
    with later(30):
        assert [one.pk for one in feed.running()] == [made.pk]
    with later(31):
        assert not feed.running().exists()
        assert not Measure.objects.get().is_public
        assert actions.begin_and_end() == (0, 1)
        assert actions.begin_and_end() == (0, 0)
    made.refresh_from_db()
    assert (made.state, made.ended_on) == ("ENDED", date(2026, 12, 3))


def test_an_appeal_is_answered_even_when_the_measure_has_ended(cast: Town):
    made = taken(cast, until=date(2026, 11, 3))
    actions.appeal(cast.merchant, made.number, WHY)
    with later(2):
        actions.begin_and_end()
        actions.take_up(cast.colleague, made.number)
        actions.answer_appeal(cast.colleague, made.number, False, "措施依据不足，应予解除。")
    assert Measure.objects.get().state == "ENDED"
    assert Appeal.objects.get().result == "LIFTED"


def test_it_begins_on_its_first_day(cast: Town):
    made = taken(cast, since=date(2026, 11, 4))
    assert made.state == "NOTICED"
    with later(1):
        assert actions.begin_and_end() == (0, 0)
    with later(2):
        assert actions.begin_and_end() == (1, 0)
    assert Measure.objects.get().state == "IN_FORCE"


def test_the_history_cannot_be_rewritten(cast: Town):
    taken(cast)
    for act in (lambda: Step.objects.update(actor="user:x"), lambda: Step.objects.all().delete()):
        with pytest.raises(Exception, match="append-only"), transaction.atomic():
            act()


def test_a_natural_persons_name_is_masked_in_every_text(cast: Town):
    made = taken(cast, shop_id=cast.person_shop.shop_id, facts="李示例以本人账号虚构交易", reason="李示例虚构交易")
    said = feed.statement(Measure.objects.select_related("shop__subject").get(pk=made.pk))
    assert said["facts"] == "李**以本人账号虚构交易"
    assert said["subject"] == "李**"
    assert "李示例" not in str(said)


@pytest.mark.parametrize("form", feed.FORMATS)
def test_a_days_file_has_the_same_bytes_until_something_ends(cast: Town, form):
    taken(cast, 1)
    taken(cast, 2, until=date(2026, 11, 4))
    first, second = feed.file_of(date(2026, 11, 2), form), feed.file_of(date(2026, 11, 2), form)
    assert first == second
    with later(3):
        assert feed.file_of(date(2026, 11, 2), form)[2] != first[2]
        assert [one["rows"] for one in feed.days()] == [1]
