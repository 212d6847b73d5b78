"""An official list: nothing is skipped, nobody does two parts, the law of the day sets the term, and it ends on the day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from chengxin.audit.models import Leaf
from chengxin.jobs.outbox import deliver_all
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.lists import catalogue, queries
from chengxin.lists.actions import listing, unwinding
from chengxin.lists.errors import AlreadyListed, NotListable, SamePerson, TooEarly, TooLate, WrongState
from chengxin.lists.models import ListEntry, Step
from chengxin.lists.tests import cast as c
from chengxin.records import actions as records
from chengxin.subjects.models import Subject
from chengxin.workflow import StepNotAllowed, StepNotYours

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def who() -> c.Cast:
    return c.cast()


# ---- the proposal


def test_the_whole_road_leaves_a_row_for_each_step(who):
    with clock.set_to(c.at(2026, 3, 10)):
        entry = c.published(who)
    assert list(entry.steps.values_list("act", flat=True)) == ["propose", "notice", "defend", "answer", "consent", "decide", "publish"]
    assert (entry.proposed_by_name, entry.consented_by_name, entry.decided_by_name) == ("王立", "省局周严", "赵明")
    assert entry.consent_department == "SAMRP"
    assert (entry.listed_on, entry.earliest_on, entry.until) == (date(2026, 3, 10), date(2027, 3, 10), date(2029, 3, 10))
    assert Leaf.objects.filter(action__startswith="lists.entry").count() == 7


def test_without_proof_of_intent_nobody_is_proposed(who):
    with pytest.raises(NotListable, match="主观恶意"):
        listing.propose(who.officer, c.penalty(who).pk, c.proposal(intent="not_shown"))


@pytest.mark.parametrize("code", [one["code"] for one in catalogue.factors()])
def test_each_factor_is_weighed_in_words(who, code):
    factors = {**c.proposal()["factors"], code: "重"}
    with pytest.raises(NotListable):
        listing.propose(who.officer, c.penalty(who).pk, c.proposal(factors=factors))


@pytest.mark.parametrize("changes", [{"term": "LOW"}, {"behaviour": "B14"}, {"item": "INSPECTION", "term": "INSPECTION"}])
def test_it_rests_on_a_heavy_penalty_of_a_listable_field(who, changes):
    with pytest.raises(NotListable):
        listing.propose(who.officer, c.penalty(who, **changes).pk, c.proposal())


def test_a_disputed_or_withdrawn_penalty_carries_no_list(who):
    record = c.penalty(who)
    raised = records.raise_objection(who.merchant, record.pk, "订单不是本店的")
    with pytest.raises(NotListable, match="异议"):
        listing.propose(who.officer, record.pk, c.proposal())
    records.decide_objection(who.head, raised.pk, True, "经核对异议成立")
    with pytest.raises(NotListable, match="撤回"):
        listing.propose(who.officer, record.pk, c.proposal())


@pytest.mark.parametrize("measure", ["X_TRAVEL", "M_NONE"])
def test_a_measure_outside_the_national_list_cannot_be_attached(who, measure):
    with pytest.raises(NotListable):
        listing.propose(who.officer, c.penalty(who).pk, c.proposal(measures=[measure]))


def test_no_personal_number_in_what_becomes_public(who):
    with pytest.raises(NotListable):
        listing.propose(who.officer, c.penalty(who).pk, c.proposal(facts="联系人 13800000000 组织刷单"))


def test_another_department_cannot_propose(who):
    with pytest.raises(StepNotYours):
        listing.propose(who.commerce, c.penalty(who).pk, c.proposal())


def test_a_subject_is_listed_once(who):
    record = c.penalty(who)
    entry = listing.propose(who.officer, record.pk, c.proposal())
    other = c.penalty(who, document_number="示市监处罚〔2026〕42号")
    for one in (record, other):
        with pytest.raises(AlreadyListed):
            listing.propose(who.officer, one.pk, c.proposal())
    listing.drop(who.head, entry.pk, "证据不足，不予列入")
    assert listing.propose(who.officer, other.pk, c.proposal()).state == "PROPOSED"


# ---- notice, defence, consent


def test_the_party_has_five_working_days_and_nobody_goes_on_before(who):
    with clock.set_to(c.at(2026, 9, 18)):  # Friday before National Day's make-up days
        entry = c.noticed(who)
    assert entry.due_on == date(2026, 9, 24)
    with clock.set_to(c.at(2026, 9, 24)), pytest.raises(TooEarly):
        listing.consent(who.upper, entry.pk, True, "同意列入名单")
    with clock.set_to(c.at(2026, 9, 25)):
        with pytest.raises(TooLate):
            listing.defend(who.merchant, entry.pk, ["晚了一天"])
        assert listing.consent(who.upper, entry.pk, True, "同意列入名单").state == "CONSENTED"


def test_the_last_day_still_counts_for_the_party(who):
    with clock.set_to(c.at(2026, 9, 18)):
        entry = c.noticed(who)
    with clock.set_to(c.at(2026, 9, 24, 23)):
        assert listing.defend(who.merchant, entry.pk, ["最后一天"]).state == "DEFENDED"


def test_the_notice_says_facts_reasons_basis_measures_exits_and_remedies(who):
    entry = c.noticed(who)
    said = entry.steps.get(act="notice").content
    assert said["facts"] == entry.facts
    assert len(said["reasons"]) == len(catalogue.factors())
    assert said["provisions"] == ["order44.2", "order44.12", "order44.13"]
    assert len(said["measures"]) == 4
    assert len(said["removal"]) == 2
    assert "行政复议" in said["remedies"]["zh"]


def test_every_argument_is_answered_or_nothing_goes_on(who):
    entry = c.noticed(who)
    listing.defend(who.merchant, entry.pk, ["第一条理由", "第二条理由"])
    with pytest.raises(WrongState):
        listing.answer(who.officer, entry.pk, {1: (True, "采纳，予以核减")})
    with pytest.raises(StepNotAllowed):
        listing.consent(who.upper, entry.pk, True, "同意列入名单")


def test_the_text_of_the_defence_is_not_in_the_log(who):
    c.consented(who)
    assert not Leaf.objects.filter(body__contains="40 单不是本店的").exists()


def test_only_the_next_higher_department_consents(who):
    entry = c.noticed(who)
    listing.defend(who.merchant, entry.pk, ["有异议的理由"])
    listing.answer(who.officer, entry.pk, {1: (False, "理由不成立")})
    for actor in (who.head, who.commerce_head):
        with pytest.raises(NotFound):
            listing.consent(actor, entry.pk, True, "同意列入名单")
    assert listing.consent(who.upper, entry.pk, False, "尚不够严重").state == "DROPPED"


def test_without_consent_there_is_no_list_and_with_changed_law_there_is(who, monkeypatch):
    entry = c.noticed(who)
    listing.defend(who.merchant, entry.pk, ["有异议的理由"])
    listing.answer(who.officer, entry.pk, {1: (False, "理由不成立")})
    with pytest.raises(StepNotAllowed):
        listing.decide(who.head, entry.pk, "决定列入名单")
    kind = catalogue.kind("SERIOUS", clock.today())
    changed = catalogue.ListKind(**{**{name: getattr(kind, name) for name in kind.__dataclass_fields__}, "consent": None})
    monkeypatch.setattr(catalogue, "kind", lambda code, day: changed)
    assert listing.decide(who.head, entry.pk, "决定列入名单").state == "LISTED"
    assert Step.objects.filter(entry=entry, act="no_consent").exists()


# ---- two people, on each side of each step


def test_who_proposed_neither_decides_nor_drops_nor_publishes(who):
    entry = listing.propose(who.head, c.penalty(who).pk, c.proposal())
    listing.notice(who.officer, entry.pk, c.PHONE)
    with pytest.raises(SamePerson):
        listing.drop(who.head, entry.pk, "自己撤下不行")
    listing.defend(who.merchant, entry.pk, ["有异议的理由"])
    listing.answer(who.officer, entry.pk, {1: (False, "理由不成立")})
    listing.consent(who.upper, entry.pk, True, "同意列入名单")
    with pytest.raises(SamePerson):
        listing.decide(who.head, entry.pk, "决定列入名单")
    listing.decide(who.deputy, entry.pk, "决定列入名单")
    with pytest.raises(SamePerson):
        listing.publish(who.head, entry.pk)


@pytest.mark.parametrize(
    ("first", "second"),
    [("proposed_by", "decided_by"), ("proposed_by", "consented_by"), ("consented_by", "decided_by"), ("proposed_by", "published_by")],
)
def test_the_database_refuses_one_person_for_two_parts(who, first, second):
    entry = c.published(who)
    with pytest.raises(IntegrityError), transaction.atomic():
        ListEntry.objects.filter(pk=entry.pk).update(**{first: getattr(entry, second)})


def test_the_same_department_as_consent_is_refused_by_the_database(who):
    with pytest.raises(IntegrityError), transaction.atomic():
        ListEntry.objects.filter(pk=c.noticed(who).pk).update(consent_department="SAMR")


# ---- no way round


FORGED = {
    "state": "LISTED",
    "noticed_on": date(2026, 3, 1),
    "listed_on": date(2026, 3, 2),
    "earliest_on": date(2027, 3, 2),
    "until": date(2029, 3, 2),
    "decided_by": "user:x",
}


def test_the_database_lists_nobody_without_the_row_of_each_step(who):
    entry = c.noticed(who)
    with pytest.raises(DatabaseError, match="listed without each step"), transaction.atomic():
        ListEntry.objects.filter(pk=entry.pk).update(**FORGED)


def test_an_unanswered_argument_stops_the_database_too(who):
    entry = c.consented(who)
    entry.arguments.filter(n=2).update(adopted=None)
    with pytest.raises(DatabaseError, match="listed without each step"), transaction.atomic():
        ListEntry.objects.filter(pk=entry.pk).update(**FORGED)


@pytest.mark.parametrize(
    "forged",
    [
        {"state": "PUBLISHED", "published_on": date(2026, 3, 2), "published_by": "user:y"},
        {"published_on": date(2026, 3, 2)},
    ],
)
def test_the_database_publishes_nothing_without_its_step(who, forged):
    entry = c.listed(who)
    with pytest.raises(DatabaseError, match="published without its step"), transaction.atomic():
        ListEntry.objects.filter(pk=entry.pk).update(**forged)


def test_steps_are_written_once(who):
    entry = c.noticed(who)
    for change in (lambda: entry.steps.update(by="user:other"), lambda: entry.steps.all().delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_the_twin_without_the_guards_a_forged_listing_passes(who):
    from django.db import connection

    from chengxin.lists import guards

    entry = c.noticed(who)
    with connection.cursor() as cursor:
        guards.remove(cursor.execute, connection.vendor)
    ListEntry.objects.filter(pk=entry.pk).update(**FORGED)
    assert ListEntry.objects.get(pk=entry.pk).state == "LISTED"
    with connection.cursor() as cursor:  # SQLite keeps the change with this test's transaction; PostgreSQL too
        guards.install(cursor.execute, connection.vendor)


def test_a_consumer_is_on_no_list(who):
    with pytest.raises(IntegrityError), transaction.atomic():
        Subject.objects.filter(pk=who.subject.pk).update(kind="7")


# ---- publicity by dates


def test_it_is_public_from_its_publication_to_its_last_day_and_not_one_day_more(who):
    with clock.set_to(c.at(2026, 3, 10)):
        entry = c.listed(who)
        assert not queries.public().exists()
        assert entry.due_on == date(2026, 4, 8)  # twenty working days, Tomb-sweeping Day left out
    with clock.set_to(c.at(2026, 3, 20)):
        entry = listing.publish(who.reviewer, entry.pk)
    shown = {step: queries.public(date(2026, 3, 20) + step * DAY).exists() for step in (-1, 0, 1)}
    assert shown == {-1: False, 0: True, 1: True}
    last = date(2029, 3, 10)
    assert [queries.public(last + step * DAY).exists() for step in (-1, 0, 1)] == [True, True, False]
    assert [entry.public_on(last + step * DAY) for step in (-1, 0, 1)] == [True, True, False]


def test_a_late_job_shows_nothing_and_then_removes_it(who):
    with clock.set_to(c.at(2026, 3, 10)):
        entry = c.published(who)
    with clock.set_to(c.at(2029, 3, 10)):
        assert unwinding.expire_due() == 0
    with clock.set_to(c.at(2029, 3, 15)):
        assert queries.public_of_subject(who.subject) == []
        assert unwinding.expire_due() == 1
        assert unwinding.expire_due() == 0
    entry.refresh_from_db()
    assert (entry.state, entry.removed_why) == ("REMOVED", "expired")


def test_a_longer_bar_makes_the_entry_last_as_long(who):
    with clock.set_to(c.at(2026, 3, 10)):
        record = c.penalty(who, term="RESTRICTION", valid_until=date(2031, 1, 1))
        entry = c.listed(who, record)
    assert (entry.earliest_on, entry.until) == (date(2031, 1, 1), date(2031, 1, 1))


def test_a_withdrawn_penalty_revokes_the_listing_in_three_working_days(who):
    with clock.set_to(c.at(2026, 9, 18)):
        entry = c.published(who)
        made = records.propose_withdrawal(who.officer, entry.record.pk, "复议撤销处罚决定", "复议〔2026〕3号")
        records.confirm(who.reviewer, made.pk)
        deliver_all()
    entry.refresh_from_db()
    assert (entry.state, entry.removed_why, entry.lift_due_on) == ("REMOVED", "revoked", date(2026, 9, 22))
    assert entry.lift_due_on == catalogue_due("LIST_WITHDRAW", date(2026, 9, 18))


def catalogue_due(clock_id: str, day: date) -> date:
    from chengxin.law import law

    return law.due(clock_id, day)


def test_a_withdrawn_penalty_drops_what_is_only_proposed(who):
    entry = c.noticed(who)
    made = records.propose_withdrawal(who.officer, entry.record.pk, "复议撤销处罚决定", "复议〔2026〕3号")
    records.confirm(who.reviewer, made.pk)
    deliver_all()
    entry.refresh_from_db()
    assert entry.state == "DROPPED"
