"""Two entries judged to be one subject by two people, shown as one, and split again whole."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from chengxin.audit.models import Leaf
from chengxin.kernel import clock
from chengxin.kernel.errors import Forbidden, NotFound
from chengxin.publicity import queries as public
from chengxin.records import queries as records
from chengxin.records.access import own
from chengxin.records.tests import people
from chengxin.records.tests.people import Town
from chengxin.subjects import actions, names, queries
from chengxin.subjects.errors import AlreadyOne, CannotBeOne, NotThePerson
from chengxin.subjects.models import Joining, Subject
from chengxin.subjects.queries import same
from chengxin.subjects.tests import samples
from chengxin.workflow.errors import EvidenceMissing, StepNotAllowed

pytestmark = pytest.mark.django_db
WHY = "经营地址和负责人相同"


@pytest.fixture
def town() -> Town:
    return people.town()


def entry(name: str = "云岭山货店", **changes: object) -> Subject:
    now = clock.now()
    given = {"kind": "4", "division": "230499", "created_at": now, "updated_at": now, "created_by": "system:test"}
    return Subject.objects.create(**{**given, "name": name, **changes})


def joined(town: Town, other: Subject) -> Joining:
    made = actions.propose_same(town.officer, town.subject.pk, other.pk, WHY)
    return actions.decide_same(town.reviewer, made.pk, True)


def test_two_people_join_and_both_files_are_read_as_one(town: Town) -> None:
    record, other = people.put(town), entry()
    made = actions.propose_same(town.officer, town.subject.pk, other.pk, WHY)
    assert records.of_subject(other) == []
    actions.decide_same(town.reviewer, made.pk, True)
    assert [line.record.number for line in records.of_subject(other)] == [record.number]
    assert queries.family(other.pk) == {other.pk, town.subject.pk} == own(town.merchant)
    assert queries.kept_of(other.pk) == town.subject.pk
    assert Leaf.objects.filter(action="subjects.same.joined").count() == 2


def test_the_public_page_of_either_is_the_kept_ones_and_a_search_names_it_once(town: Town) -> None:
    other = entry("云岭山货有限公司")
    assert len(public.look_up("云岭山货").cards) == 0  # neither is in the name index yet
    names.index_all()
    assert len(public.look_up("云岭山货").cards) == 2
    joined(town, other)
    assert [card.id for card in public.look_up("云岭山货").cards] == [str(town.subject.pk)]
    assert public.card(public.subject_of(str(other.pk))).id == str(town.subject.pk)


def test_a_split_gives_both_back_whole_and_the_past_stays_what_it_was(town: Town) -> None:
    other = entry()
    with clock.set_to(datetime(2026, 5, 1, 9, tzinfo=clock.CITY)):
        people.put(town)
    with clock.set_to(datetime(2026, 6, 1, 9, tzinfo=clock.CITY)):
        made = joined(town, other)
    with clock.set_to(datetime(2026, 7, 1, 9, tzinfo=clock.CITY)):
        actions.ask_split(town.officer, made.pk, "负责人并非同一人")
        assert len(records.of_subject(other)) == 1, "one until a second person agrees"
        actions.decide_split(town.head, made.pk, True)
    assert records.of_subject(other) == []
    seen = {day: len(records.of_subject(other, known_on=day)) for day in (date(2026, 5, 31), date(2026, 6, 1), date(2026, 7, 1))}
    assert seen == {date(2026, 5, 31): 0, date(2026, 6, 1): 1, date(2026, 7, 1): 0}


def test_kept_as_one_with_a_reason(town: Town) -> None:
    made = joined(town, entry())
    actions.ask_split(town.officer, made.pk, "待查的疑问")
    with pytest.raises(EvidenceMissing):
        actions.decide_split(town.reviewer, made.pk, False)
    assert actions.decide_split(town.reviewer, made.pk, False, "核查后确为同一人").state == "JOINED"


def test_nobody_decides_the_own_proposal(town: Town) -> None:
    other = entry()
    made = actions.propose_same(town.officer, town.subject.pk, other.pk, WHY)
    with pytest.raises(NotThePerson):
        actions.decide_same(town.officer, made.pk, True)
    actions.decide_same(town.reviewer, made.pk, True)
    actions.ask_split(town.head, made.pk, "负责人并非同一人")
    with pytest.raises(NotThePerson):
        actions.decide_split(town.head, made.pk, True)


def test_the_twin_the_database_refuses_one_person_for_both(town: Town) -> None:
    made = joined(town, entry())
    for changes in ({"decided_by": made.proposed_by}, {"split_by": "u:1", "split_asked_by": "u:1"}, {"state": "SPLIT"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Joining.objects.filter(pk=made.pk).update(**changes)


def test_what_cannot_be_one(town: Town) -> None:
    numbered = entry(kind="1", uscc=samples.uscc(78, "91"))
    with pytest.raises(CannotBeOne):
        actions.propose_same(town.officer, town.subject.pk, numbered.pk, WHY)
    with pytest.raises(CannotBeOne):
        actions.propose_same(town.officer, entry().pk, numbered.pk, WHY)
    with pytest.raises(CannotBeOne):
        actions.propose_same(town.officer, town.subject.pk, town.subject.pk, WHY)
    with pytest.raises(CannotBeOne):
        actions.propose_same(town.officer, town.subject.pk, entry("王**", kind="6").pk, WHY)


def test_no_ring_and_no_second_judgement(town: Town) -> None:
    first, second = entry("甲店"), entry("乙店")
    joined(town, first)
    with pytest.raises(AlreadyOne):
        actions.propose_same(town.officer, town.subject.pk, first.pk, WHY)
    made = actions.propose_same(town.officer, first.pk, second.pk, WHY)
    with pytest.raises(AlreadyOne):
        actions.propose_same(town.officer, town.subject.pk, second.pk, WHY)
    actions.decide_same(town.reviewer, made.pk, True)
    assert queries.kept_of(second.pk) == town.subject.pk
    assert queries.families([first.pk, second.pk])[second.pk] == {town.subject.pk, first.pk, second.pk}


def test_decided_once(town: Town) -> None:
    made = joined(town, entry())
    with pytest.raises(StepNotAllowed):
        actions.decide_same(town.head, made.pk, False, "再次决定")
    with pytest.raises((NotFound, Forbidden)):
        actions.decide_same(town.merchant, made.pk, True)


def test_candidates_bear_the_same_name_and_are_never_joined_by_themselves(town: Town) -> None:
    other, far = entry("云岭山货有限公司"), entry("远方商行")
    names.index_all()
    assert [one.pk for one in same.candidates(town.subject)] == [other.pk]
    assert same.candidates(far) == [] and Joining.objects.count() == 0


def test_on_screen_from_a_subject_to_its_split(town: Town, settings: object) -> None:
    settings.SECOND_FACTOR = False  # type: ignore[attr-defined]
    other = entry()
    officer, reviewer = Client(), Client()
    officer.force_login(town.users["officer"], backend="django.contrib.auth.backends.ModelBackend")
    reviewer.force_login(town.users["reviewer"], backend="django.contrib.auth.backends.ModelBackend")
    page = f"/officer/subjects/{town.subject.pk}/same/?with={other.pk}"
    assert officer.post(page, {"reason": "短"}).status_code == 422
    assert officer.post(page, {"reason": WHY}).status_code == 302
    made = Joining.objects.get()
    assert reviewer.post(made.page_url, {"step": "confirm"}).status_code == 302
    assert reviewer.get("/officer/subjects/same/").status_code == 200
    far = entry("远方商行")
    names.index_all()
    assert str(far.pk) in officer.get(f"/officer/subjects/{town.subject.pk}/same/?q=远方").content.decode()
    assert other.name in officer.get(f"/officer/subjects/{town.subject.pk}/same/").content.decode()
    officer.post(made.page_url, {"step": "ask_split", "reason": "负责人并非同一人"})
    reviewer.post(made.page_url, {"step": "split"})
    made.refresh_from_db()
    assert made.state == "SPLIT" and timedelta(0) <= clock.now() - made.split_at < timedelta(minutes=5)
