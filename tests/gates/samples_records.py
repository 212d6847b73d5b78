"""Ids of the credit file for the access matrix; see samples.py."""

from __future__ import annotations

from chengxin.accounts.access import Actor
from chengxin.accounts.actor import of_user
from chengxin.kernel import clock
from chengxin.records import actions
from chengxin.records.actions.reporting import Asked
from chengxin.records.models import CreditReport, Objection, Proposal, Record
from chengxin.records.tests import people
from tests.gates.matrix import City, Sample, sample
from tests.gates.samples_subjects import subjects_of

DESK = {"officer": "all", "reviewer": "all", "head": "all"}
EVERYBODY = {"*": "all"}


def _of(city: City, role: str, side: int) -> Actor:
    return of_user(city.person(role, side))


def put_record(city: City, side: int, summary: str) -> Record:
    subject, department = city.once(subjects_of)[side], city.departments[side]
    made = actions.propose_record(_of(city, "officer", side), subject.pk, department, people.penalty(summary=summary))
    record = actions.confirm(_of(city, "reviewer", side), made.pk).made
    assert record
    return record


def records_of(city: City) -> list[Record]:
    """A record of each subject, entered by each department; both disputed."""
    made = [put_record(city, side, f"门 {'甲乙'[side]} 的记录") for side in (0, 1)]
    for side, record in enumerate(made):
        actions.raise_objection(_of(city, "merchant", side), record.pk, f"门 {'甲乙'[side]} 的异议理由")
    return made


def proposals_of(city: City) -> list[Proposal]:
    """What each department has yet to confirm."""
    made = []
    for side in (0, 1):
        subject, given = city.once(subjects_of)[side], people.penalty(document_number=f"待复核{side}号")
        made.append(actions.propose_record(_of(city, "officer", side), subject.pk, city.departments[side], given))
    return made


def reports_of(city: City) -> list[CreditReport]:
    city.once(records_of)
    asked = Asked("门的用途", clock.today(), clock.today(), "https://city.example/verify/report/")
    return [actions.make_report(_of(city, "merchant", side), city.once(subjects_of)[side], asked)[0] for side in (0, 1)]


@sample("records:file", "records:enter", "records:report")
def files(city: City) -> Sample:
    """Every desk reads every file, with a purpose."""
    a, b = city.once(subjects_of)
    return Sample({"pk": a.pk}, {"pk": b.pk}, DESK)


@sample("records:record")
def records(city: City) -> Sample:
    a, b = city.once(records_of)
    return Sample({"number": a.number}, {"number": b.number}, DESK)


@sample("records:correct", "records:withdraw")
def own_records(city: City) -> Sample:
    """Only the department that entered a record changes it."""
    a, b = city.once(records_of)
    return Sample({"number": a.number}, {"number": b.number})


@sample("records:object", "records:drop")
def records_of_owners(city: City) -> Sample:
    a, b = city.once(records_of)
    return Sample({"number": a.number}, {"number": b.number})


@sample("records:proposal")
def proposals(city: City) -> Sample:
    a, b = city.once(proposals_of)
    return Sample({"id": a.pk}, {"id": b.pk})


@sample("records:objection")
def objections(city: City) -> Sample:
    a, b = (Objection.objects.get(record=one) for one in city.once(records_of))
    return Sample({"id": a.pk}, {"id": b.pk})


@sample("records:own_report")
def own_reports(city: City) -> Sample:
    a, b = city.once(subjects_of)
    return Sample({"pk": a.pk}, {"pk": b.pk})


@sample("api:credit_file")
def files_for_programs(city: City) -> Sample:
    a, b = city.once(subjects_of)
    return Sample({"id": a.pk}, {"id": b.pk}, DESK)


@sample("api:check_report")
def reports(city: City) -> Sample:
    """Who has the code has the report."""
    a, b = city.once(reports_of)
    return Sample({"code": a.code}, {"code": b.code}, EVERYBODY)
