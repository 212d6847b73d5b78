"""Objections: flagged at once, decided with reasons by somebody who did not make the record, under the law's clock."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from chengxin.accounts.access import Actor
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.records import actions, queries
from chengxin.records.errors import AlreadyDecided, AlreadyEnded, NoCorrection, ObjectionOpen, OwnRecord, TooLate
from chengxin.records.models import Objection
from chengxin.records.tests.people import Town, penalty, put, town
from chengxin.workflow import EvidenceMissing, StepNotAllowed

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 10, tzinfo=clock.CITY)
WHY = "处罚决定书所列订单不是本店的，见附件说明"
ANSWER = "经核对订单记录，所列订单确属其他店铺。"


@pytest.fixture
def cast():
    with clock.set_to(NOW):
        yield town()


def test_a_disputed_record_is_flagged_wherever_it_shows(cast: Town):
    record = put(cast, decided_on=date(2026, 10, 20))
    made = actions.raise_objection(cast.merchant, record.pk, WHY)
    assert (made.clock, made.due_on) == ("SHARE_CORRECT", date(2026, 11, 16))
    for shown in (queries.of_subject(cast.subject), queries.public_of(cast.subject), [queries.line(record)]):
        assert [one.disputed for one in shown] == [True]
        assert queries.as_data(shown[0])["disputed"] is True
    assert not queries.of_subject(cast.subject, known_on=date(2026, 11, 1))
    with pytest.raises(ObjectionOpen):
        actions.raise_objection(cast.merchant, record.pk, WHY)


def test_who_made_the_record_does_not_decide_and_a_decision_needs_reasons(cast: Town):
    made = actions.raise_objection(cast.merchant, put(cast).pk, WHY)
    for own in (cast.officer, cast.reviewer):
        with pytest.raises(OwnRecord):
            actions.decide_objection(own, made.pk, False, ANSWER)
    with pytest.raises(EvidenceMissing):
        actions.decide_objection(cast.head, made.pk, False, " ")
    with pytest.raises(NotFound):
        actions.decide_objection(cast.elsewhere, made.pk, False, ANSWER)


def test_not_upheld_the_flag_goes_and_the_record_stands(cast: Town):
    record = put(cast)
    made = actions.raise_objection(cast.merchant, record.pk, WHY)
    with clock.set_to(datetime(2026, 11, 5, 10, tzinfo=clock.CITY)):
        actions.decide_objection(cast.head, made.pk, False, ANSWER)
        assert [one.disputed for one in queries.of_subject(cast.subject)] == [False]
        assert [one.disputed for one in queries.of_subject(cast.subject, known_on=date(2026, 11, 4))] == [True]
        with pytest.raises(AlreadyDecided):
            actions.decide_objection(cast.head, made.pk, True, ANSWER)


def test_upheld_the_record_is_withdrawn_by_the_decision(cast: Town):
    record = put(cast)
    made = actions.raise_objection(cast.merchant, record.pk, WHY)
    actions.decide_objection(cast.head, made.pk, True, ANSWER)
    (past,) = queries.past_of_subject(cast.subject)
    assert (past.end.why, past.end.confirmed_by_name, queries.public_of(cast.subject)) == ("withdrawn", "赵明", [])
    with pytest.raises(AlreadyEnded):
        actions.raise_objection(cast.merchant, record.pk, WHY)


def test_upheld_with_a_correction_that_a_colleague_entered(cast: Town):
    record = put(cast)
    made = actions.raise_objection(cast.merchant, record.pk, WHY)
    with pytest.raises(NoCorrection):
        actions.decide_objection(cast.head, made.pk, True, ANSWER, "correct")
    actions.propose_correction(cast.officer, record.pk, penalty(amount_fen=100_000), "金额有误")
    actions.decide_objection(cast.head, made.pk, True, ANSWER, "correct")
    (now,) = queries.of_subject(cast.subject)
    assert (now.record.amount_fen, now.record.supersedes, now.disputed) == (100_000, record, False)


def test_the_abnormal_list_has_its_own_steps_and_clocks(cast: Town):
    given = {"item": "ABNORMAL", "term": "ABNORMAL_LIST", "decided_on": date(2026, 10, 30), "amount_fen": None}
    record = put(cast, **given, behaviour="", penalty_kind="")
    made = actions.raise_objection(cast.merchant, record.pk, WHY)
    assert (made.clock, made.due_on) == ("ABNORMAL_OBJ_ACCEPT", date(2026, 11, 9))
    with pytest.raises(StepNotAllowed):
        actions.decide_objection(cast.head, made.pk, True, ANSWER)
    accepted = actions.accept_objection(cast.head, made.pk)
    assert (accepted.clock, accepted.due_on) == ("ABNORMAL_OBJ_CHECK", date(2026, 11, 30))
    upheld = actions.decide_objection(cast.head, made.pk, True, ANSWER)
    assert (upheld.clock, upheld.due_on) == ("ABNORMAL_OBJ_CHECK", date(2026, 11, 30))  # whether that was in time stays readable
    record = put(cast, **{**given, "document_number": "另一号"}, behaviour="", penalty_kind="")
    with clock.set_to(datetime(2026, 12, 3, 10, tzinfo=clock.CITY)), pytest.raises(TooLate):
        actions.raise_objection(cast.merchant, record.pk, WHY)


def test_only_the_subjects_own_owner_objects_and_may_take_it_back(cast: Town):
    record = put(cast)
    for stranger in (cast.officer, Actor(id="user:x", name="x", roles=frozenset({"merchant"}))):
        with pytest.raises(NotFound):
            actions.raise_objection(stranger, record.pk, WHY)
    made = actions.raise_objection(cast.merchant, record.pk, WHY)
    actions.drop_objection(cast.merchant, made.pk)
    assert [one.disputed for one in queries.of_subject(cast.subject)] == [False]


def test_what_the_subject_says_is_encrypted_at_rest(cast: Town):
    from django.db import connection

    actions.raise_objection(cast.merchant, put(cast).pk, WHY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM records_objection")
        (kept,) = cursor.fetchone()
    assert WHY not in kept
    assert Objection.objects.get().statement == WHY
