"""The file: two people, nothing edited, two kinds of time, publicity by the law of the day of decision."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from chengxin import workflow
from chengxin.audit import protection
from chengxin.audit.models import Leaf
from chengxin.jobs.models import Outbox
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.law import law
from chengxin.records import actions, catalogue, publicity, queries
from chengxin.records.errors import AlreadyDecided, AlreadyEnded, ChangeWaiting, ContentWrong, SamePerson
from chengxin.records.models import Proposal, Record, RecordEnd
from chengxin.records.tests.people import Town, penalty, put, town
from chengxin.workflow import StepNotYours

pytestmark = pytest.mark.django_db


def at(month: int, day: int, year: int = 2026, hour: int = 10) -> datetime:
    return datetime(year, month, day, hour, tzinfo=clock.CITY)


@pytest.fixture
def cast() -> Town:
    return town()


# ---- two people


def test_a_record_is_on_file_only_when_a_second_person_confirmed_it(cast):
    made = actions.propose_record(cast.officer, cast.subject.pk, "SAMR", penalty())
    assert queries.of_subject(cast.subject) == []
    with pytest.raises(SamePerson):
        actions.confirm(cast.officer, made.pk)
    record = actions.confirm(cast.reviewer, made.pk).made
    assert [one.record for one in queries.of_subject(cast.subject)] == [record]
    assert (record.entered_by_name, record.confirmed_by_name) == ("王立", "李青")
    with pytest.raises(AlreadyDecided):
        actions.confirm(cast.head, made.pk)


def test_another_department_neither_sees_nor_enters_for_it(cast):
    made = actions.propose_record(cast.officer, cast.subject.pk, "SAMR", penalty())
    with pytest.raises(NotFound):
        actions.confirm(cast.elsewhere, made.pk)
    with pytest.raises(StepNotYours):
        actions.propose_record(cast.elsewhere, cast.subject.pk, "SAMR", penalty(document_number="2"))


def test_the_same_entry_sent_again_is_the_same_proposal(cast):
    first, again = (actions.propose_record(cast.officer, cast.subject.pk, "SAMR", penalty()) for _ in range(2))
    assert first.pk == again.pk
    assert Proposal.objects.count() == 1


def test_one_person_as_both_is_refused_by_the_database_too(cast):
    record = put(cast)
    values = {field.attname: getattr(record, field.attname) for field in Record._meta.fields if field.name not in ("id", "number")}
    with pytest.raises(IntegrityError), transaction.atomic():
        Record.objects.create(**{**values, "number": "X", "confirmed_by": record.entered_by})


def test_a_refused_proposal_says_why_and_does_nothing(cast):
    made = actions.propose_record(cast.officer, cast.subject.pk, "SAMR", penalty())
    actions.refuse(cast.head, made.pk, "文书号与决定书不一致")
    assert not Record.objects.exists()


def test_every_act_is_in_the_log_and_the_road_hears_of_it(cast):
    record = put(cast)
    leaf = Leaf.objects.get(index=record.leaf)
    assert leaf.action == "records.record.confirmed"
    said = json.loads(leaf.body)["data"]
    assert (said["number"], said["document_hash"]) == (record.number, record.document_hash)
    assert record.summary not in leaf.body
    assert Leaf.objects.filter(action__startswith="records.proposal").count() == 2
    assert Outbox.objects.filter(event="chengxin.records.events:RecordConfirmed").count() == 1


# ---- never edited


@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_database_refuses_to_change_a_record(cast, act):
    record = put(cast)
    rows = Record.objects.filter(pk=record.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(summary="没有这回事") if act == "update" else rows.delete()


def test_the_twin_without_the_triggers_it_can_be_changed(cast):
    record = put(cast)
    with protection.lifted():
        Record.objects.filter(pk=record.pk).update(summary="改了")
    assert Record.objects.get(pk=record.pk).summary == "改了"
    with pytest.raises(DatabaseError), transaction.atomic():
        Record.objects.filter(pk=record.pk).update(summary="再改")


def test_a_correction_takes_its_place_and_does_not_begin_the_term_anew(cast):
    with clock.set_to(at(3, 5)):
        first = put(cast)
    with clock.set_to(at(6, 1)):
        proposed = actions.propose_correction(cast.officer, first.pk, penalty(amount_fen=800_000, term="ORDINARY"), "金额录入错误")
        with pytest.raises(ChangeWaiting):
            actions.propose_withdrawal(cast.head, first.pk, "处罚决定被撤销", "示政复〔2026〕7号")
        second = actions.confirm(cast.reviewer, proposed.pk).made
        assert [one.record for one in queries.of_subject(cast.subject)] == [second]
        assert (second.published_on, second.supersedes) == (first.published_on, first)
        assert queries.chain(second) == queries.chain(first) == [first, second]
        assert Record.objects.get(pk=first.pk).amount_fen == 8_000_000
        with pytest.raises(AlreadyEnded):
            actions.propose_correction(cast.officer, first.pk, penalty(), "再改一次")


def test_a_withdrawn_record_is_gone_from_the_file_and_kept_in_the_past(cast):
    record = put(cast)
    proposed = actions.propose_withdrawal(cast.officer, record.pk, "处罚决定被撤销", "示政复〔2026〕7号")
    actions.confirm(cast.head, proposed.pk)
    assert queries.of_subject(cast.subject) == []
    assert queries.public_of(cast.subject) == []
    (past,) = queries.past_of_subject(cast.subject)
    assert (past.end.why, past.end.document_number) == ("withdrawn", "示政复〔2026〕7号")
    assert Outbox.objects.filter(event="chengxin.records.events:RecordWithdrawn").count() == 1


# ---- two kinds of time


def test_the_file_as_known_on_a_day_and_as_true_on_a_day(cast):
    with clock.set_to(at(3, 5)):
        first = put(cast, valid_until=date(2026, 9, 30))
    with clock.set_to(at(6, 1)):
        proposed = actions.propose_correction(
            cast.officer, first.pk, penalty(valid_from=date(2026, 4, 1), valid_until=date(2026, 9, 30)), "生效日期有误"
        )
        second = actions.confirm(cast.reviewer, proposed.pk).made
    with clock.set_to(at(11, 1)):
        known = {
            day: [one.record for one in queries.of_subject(cast.subject, known_on=day)]
            for day in (date(2026, 3, 4), date(2026, 3, 5), date(2026, 5, 31), date(2026, 6, 1))
        }
        assert list(known.values()) == [[], [first], [first], [second]]
        march = date(2026, 3, 20)
        assert [one.record for one in queries.of_subject(cast.subject, true_on=march, known_on=date(2026, 5, 1))] == [first]
        assert queries.of_subject(cast.subject, true_on=march) == []
        assert queries.of_subject(cast.subject, true_on=date(2026, 9, 30)) != []
        assert queries.of_subject(cast.subject, true_on=date(2026, 10, 1)) == []


# ---- publicity


TERMS = [
    # term, decided, published, until, level
    ("WARNING", date(2026, 3, 2), None, None, "MINOR"),
    ("LOW", date(2026, 3, 2), date(2026, 3, 5), date(2026, 6, 5), "MINOR"),
    ("ORDINARY", date(2026, 3, 2), date(2026, 3, 5), date(2027, 3, 5), "GENERAL"),
    ("ORDINARY", date(2025, 12, 24), date(2026, 3, 5), date(2029, 3, 5), ""),  # the law of the day before: three years, no level
    ("KEY_AREA", date(2026, 3, 2), date(2026, 3, 5), date(2029, 3, 5), "SERIOUS"),
]


@pytest.mark.parametrize(("term", "decided", "published", "until", "level"), TERMS)
def test_the_law_of_the_day_of_decision_says_whether_and_how_long(cast, term, decided, published, until, level):
    with clock.set_to(at(3, 5)):
        record = put(cast, term=term, decided_on=decided)
        shown = publicity.of(record)
        assert (record.published_on, shown.until, record.level) == (published, until, level)
        assert bool(queries.public_of(cast.subject)) == (published is not None)
    if until:
        days = [until, date.fromordinal(until.toordinal() + 1)]
        assert [bool(queries.public_of(cast.subject, day)) for day in days] == [True, False]


def test_a_bar_that_lasts_longer_is_public_as_long(cast):
    with clock.set_to(at(3, 5)):
        record = put(cast, term="RESTRICTION", penalty_kind="41", valid_until=date(2031, 1, 31))
    assert publicity.of(record).until == date(2031, 1, 31)
    assert publicity.of(record).earliest == date(2027, 3, 5)


def test_a_bad_record_without_a_term_in_the_law_is_never_public(cast):
    put(cast, item="JUDGMENT", term="", behaviour="", penalty_kind="", amount_fen=1000)
    assert queries.public_of(cast.subject) == []
    assert len(queries.of_subject(cast.subject)) == 1


def test_an_honour_is_public_while_it_is_valid(cast):
    with clock.set_to(at(3, 5)):
        put(cast, item="HONOUR", term="", behaviour="", penalty_kind="", amount_fen=None, valid_until=date(2026, 12, 31))
    days = (date(2026, 3, 4), date(2026, 3, 5), date(2026, 12, 31), date(2027, 1, 1))
    assert [bool(queries.public_of(cast.subject, day)) for day in days] == [False, True, True, False]


# ---- content


@pytest.mark.parametrize(
    "changes",
    [
        {"term": ""},
        {"term": "SERIOUS_LIST"},
        {"document_hash": ""},
        {"document_hash": "5E5E"},
        {"summary": " "},
        {"summary": "联系人电话10012345678"},
        {"basis": "见230499188701010011"},
        {"decided_on": date(2099, 1, 1)},
        {"valid_until": date(2020, 1, 1)},
        {"decided_on": date(2019, 1, 1)},
    ],
)
def test_what_is_incomplete_or_personal_cannot_be_entered(cast, changes):
    with pytest.raises(ContentWrong):
        actions.propose_record(cast.officer, cast.subject.pk, "SAMR", penalty(**changes))


def test_the_catalogue_holds_together():
    every = [one for versions in catalogue._all().values() for one in versions]
    clocks = {name for one in every for name in (one.publish_clock, one.object_within) if name}
    book = law.at(date(2026, 11, 1))
    assert {book.clock(name).id for name in clocks} == clocks
    assert all(book.provision(name) for one in every for name in one.provisions)
    assert all(workflow.load(one.objection) for one in every)
    assert all(catalogue.term_on(name, date(2026, 11, 1)) for one in every for name in one.terms)
    assert {one.origin for one in every} <= set(catalogue.ORIGINS)
    assert all(set(one.bar) <= set(one.terms) and not (one.public and one.kind == "bad") for one in every)


def test_a_consumer_can_have_no_record():
    """Consumers cannot be on the register at all (subject_is_never_a_consumer), and a record needs a subject of it."""
    assert Record._meta.get_field("subject").null is False
    assert RecordEnd._meta.get_field("record").null is False


def test_the_pages_of_a_correction_and_a_withdrawal(cast, client, settings):
    settings.SECOND_FACTOR = False
    record = put(cast)
    client.force_login(cast.users["officer"], backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/officer/records/{record.number}/correct/").content.decode()
    assert 'value="80000.00"' in page and 'value="2026-03-02"' in page
    given = {**penalty(), "amount": "8000.50", "reason": "金额录入错误", "decided_on": "2026-03-02"}
    given = {name: value for name, value in given.items() if name not in ("item", "amount_fen")}
    answer = client.post(f"/officer/records/{record.number}/correct/", given)
    assert answer.status_code == 302, answer.content.decode()
    assert Proposal.objects.get(act="supersede").content["amount_fen"] == 800_050
    assert client.get(f"/officer/records/{record.number}/withdraw/").status_code == 200
    client.force_login(cast.users["elsewhere"], backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/officer/records/{record.number}/correct/").status_code == 404
