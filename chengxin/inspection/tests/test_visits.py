"""A visit: whoever was sent reports, all of them sign, another person publishes, in time; a problem goes on file and on the road."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from chengxin.evidence import queries as evidence
from chengxin.inspection import actions, catalogue, queries
from chengxin.inspection.errors import AlreadyDone, NotOnTeam, ReportWrong, SamePerson
from chengxin.inspection.models import Task
from chengxin.inspection.tests import people
from chengxin.inspection.tests.people import DAY, PNG, at
from chengxin.jobs.models import Outbox
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.law import law
from chengxin.records import queries as records
from chengxin.workflow import StepNotYours

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    with clock.set_to(at(DAY)):
        yield people.town()


def visit(cast):
    """(the visit, the two who were sent)."""
    given = {"kind": "clue", "subjects": [cast.subjects[0].pk], "reason": "投诉集中，需现场核实", "witness": "", "shares": {}}
    task = people.approved(cast, **given).tasks.get()
    sent = {one.inspector_id for one in queries.team(task)}
    return task, [name for name, one in cast.inspectors.items() if one.pk in sent]


def signed(cast, answer="yes", **changes):
    task, team = visit(cast)
    task = actions.report(cast[team[0]], task.number, people.report(task, answer, **changes))
    for name in team:
        task = actions.sign(cast[name], task.number, task.version, PNG)
    return task, team


def test_only_those_who_were_sent_report_and_all_of_them_sign(cast):
    task, team = visit(cast)
    other = next(name for name in ("samr1", "samr2", "samr3", "samr4") if name not in team)
    with pytest.raises(NotOnTeam):
        actions.report(cast[other], task.number, people.report(task))
    with pytest.raises(NotFound):
        actions.report(cast["com1"], task.number, people.report(task))
    task = actions.report(cast[team[0]], task.number, people.report(task))
    assert actions.sign(cast[team[0]], task.number, 1, PNG).state == "REPORTED"
    with pytest.raises(AlreadyDone):
        actions.sign(cast[team[0]], task.number, 1, PNG)
    with pytest.raises(AlreadyDone):
        actions.publish(cast["reviewer"], task.number)
    assert actions.sign(cast[team[1]], task.number, 1, PNG).state == "SIGNED"


def test_a_draft_kept_on_a_telephone_does_not_overwrite_a_colleagues_report(cast):
    task, team = visit(cast)
    draft = people.report(task)
    actions.report(cast[team[0]], task.number, people.report(task))
    with pytest.raises(AlreadyDone):
        actions.report(cast[team[1]], task.number, draft)


def test_a_new_report_takes_back_the_signatures(cast):
    task, team = visit(cast)
    task = actions.report(cast[team[0]], task.number, people.report(task))
    actions.sign(cast[team[0]], task.number, 1, PNG)
    task = actions.report(cast[team[1]], task.number, people.report(task))
    with pytest.raises(AlreadyDone):
        actions.sign(cast[team[1]], task.number, 1, PNG)
    assert actions.sign(cast[team[1]], task.number, 2, PNG).state == "REPORTED"


@pytest.mark.parametrize(
    "changes",
    [{"answers": {}}, {"outcome": "PENDING"}, {"outcome": "?"}, {"summary": " "}],
)
def test_a_report_must_be_whole_and_agree_with_itself(cast, changes):
    task, team = visit(cast)
    with pytest.raises(ReportWrong):
        actions.report(cast[team[0]], task.number, people.report(task, **changes))


def test_a_signature_is_drawn(cast):
    task, team = visit(cast)
    actions.report(cast[team[0]], task.number, people.report(task))
    with pytest.raises(ReportWrong):
        actions.sign(cast[team[0]], task.number, 1, b"")


def test_another_person_publishes_within_twenty_working_days(cast):
    task, team = signed(cast)
    assert task.publish_by == law.due("INSPECT_PUBLICITY", DAY)
    with pytest.raises((SamePerson, StepNotYours)):
        actions.publish(cast[team[0]], task.number)
    with pytest.raises(NotFound):
        actions.publish(cast["com_reviewer"], task.number)
    done = actions.publish(cast["reviewer"], task.number)
    assert [one["task"] for one in queries.public_results()] == [done]
    assert records.of_subject(cast.subjects[0]) == []
    with pytest.raises(AlreadyDone):
        actions.publish(cast["head"], task.number)


def test_the_reporter_as_publisher_is_refused_by_the_database_too(cast):
    task, _ = signed(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Task.objects.filter(pk=task.pk).update(decided_by=task.reported_by)


def test_a_problem_goes_on_file_by_two_people_and_becomes_the_source_of_a_case(cast):
    task, _ = signed(cast, "no")
    assert records.of_subject(cast.subjects[0]) == []
    actions.publish(cast["reviewer"], task.number)
    [line] = records.of_subject(cast.subjects[0])
    assert (line.record.item, line.record.document_number, line.public_today) == ("INSPECTION", task.paper.number, True)
    assert line.record.document_hash == task.paper.sha256
    assert line.record.entered_by != line.record.confirmed_by == str(cast["reviewer"])
    events = Outbox.objects.filter(event__endswith=":ProblemFound")
    assert [str(task.pk) in one.payload for one in events] == [True]


def test_a_published_problem_leaves_the_page_with_its_term(cast):
    task, _ = signed(cast, "no")
    actions.publish(cast["reviewer"], task.number)
    assert [one["task"] for one in queries.public_results()] == [task]
    last = queries.public_results()[0]["line"].publicity.until
    with clock.set_to(at(last.replace(year=last.year + 1))):
        assert queries.public_results() == []


def test_sent_back_it_is_done_again_and_nothing_is_on_file(cast):
    task, team = signed(cast, "no")
    task = actions.send_back(cast["reviewer"], task.number, "照片不清，请补充")
    assert (task.state, task.proposal) == ("ASSIGNED", None)
    assert records.of_subject(cast.subjects[0]) == []
    task = actions.report(cast[team[0]], task.number, people.report(task, "yes"))
    for name in team:
        task = actions.sign(cast[name], task.number, task.version, PNG)
    actions.publish(cast["reviewer"], task.number)
    assert not Outbox.objects.filter(event__endswith=":ProblemFound").exists()


def test_photos_and_signatures_are_exhibits_of_those_who_may_read_the_visit(cast):
    task, team = visit(cast)
    photo = actions.add_photo(cast[team[0]], task.number, PNG, "货架")
    assert list(evidence.of(cast["reviewer"], f"inspection.task:{task.pk}")) == [photo.exhibit]
    with pytest.raises(NotFound):
        evidence.of(cast["com1"], f"inspection.task:{task.pk}")
    with pytest.raises(ReportWrong):
        actions.add_photo(cast[team[0]], task.number, b"GIF89a", "货架")
    with pytest.raises(NotOnTeam):
        actions.add_photo(cast["reviewer"], task.number, PNG, "货架")


@pytest.mark.one_database
def test_every_item_stands_on_law_that_is_on_the_shelf_and_names_no_natural_person():
    book = law.at(DAY)
    for one in catalogue.items(DAY):
        assert [book.provision(each).id for each in one.basis] == list(one.basis)
        assert not set(one.kinds) & {"5", "6", "7"}
        assert (one.cap_percent is not None) == (one.kind == "general")
        book.department(one.department)
