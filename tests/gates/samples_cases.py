"""Ids of penalty cases for the access matrix; see samples.py. A case of each department, an archived one of each."""

from __future__ import annotations

from datetime import date
from typing import Any

from chengxin.accounts.access import Actor
from chengxin.accounts.actor import of_user
from chengxin.cases import actions
from chengxin.cases.models import Case, Certificate
from chengxin.documents import actions as papers
from chengxin.documents.models import Document, Service
from chengxin.documents.tests.people import ON, decision
from chengxin.kernel import clock
from tests.gates import samples_work as work
from tests.gates.matrix import City, Sample, sample
from tests.gates.samples_subjects import subjects_of

DESK = {"officer": "all", "head": "all"}


def _of(city: City, role: str, side: int) -> Actor:
    return of_user(city.person(role, side))


def certificates_of(city: City) -> list[Certificate]:
    made = []
    for side, department in enumerate(city.departments):
        days = (date(2020, 1, 1), date(2099, 12, 31))
        for role in ("officer", "head"):
            number = f"门ZF{role}{side}"
            made.append(actions.certify(_of(city, "head", side), city.person(role, side).pk, department, number, *days))
    return made[::2]


def cases_of(city: City) -> list[Case]:
    """A source on each department's desk, against a subject of each."""
    city.once(certificates_of)
    made = []
    for side, department in enumerate(city.departments):
        subject, title = city.once(subjects_of)[side], f"门 {'甲乙'[side]} 的案件"
        made.append(actions.register_source(_of(city, "officer", side), subject.pk, department, "5", title, behaviour="B01"))
    return made


def archived_of(city: City) -> list[Case]:
    city.once(certificates_of)
    made = []
    for side, department in enumerate(city.departments):
        officer, head, subject = _of(city, "officer", side), _of(city, "head", side), city.once(subjects_of)[side]
        case = actions.register_source(officer, subject.pk, department, "5", f"门 {'甲乙'[side]} 的归档案件")
        actions.take(officer, case.pk, "finish_check", {"result": "不属实", "proposal": "not_file"})
        actions.take(head, case.pk, "not_file", {"reason": "无违法事实"})
        actions.take(officer, case.pk, "archive", {})
        made.append(case)
    return made


def served_of(city: City) -> list[Document]:
    """A decision served on the party of each case."""
    made = []
    for side, case in enumerate(city.once(cases_of)):
        officer, given = _of(city, "officer", side), decision(facts=f"门 {'甲乙'[side]} 的事实")
        more: Any = {"department": city.departments[side], "matter": case.matter, "on": ON}
        paper, record = (papers.issue(officer, "penalty_45", given, **more) for _ in range(2))
        Service.objects.create(document=paper, record=record, how="direct", served_at=clock.now(), by=str(officer), by_name=officer.name)
        made.append(paper)
    return made


@sample("documents:my_file")
def own_papers(city: City) -> Sample:
    a, b = city.once(served_of)
    return Sample({"pk": a.pk}, {"pk": b.pk})


@sample("cases:case", "api:case_of_department")
def cases(city: City) -> Sample:
    a, b = city.once(cases_of)
    return Sample({"number": a.number}, {"number": b.number})


@sample("cases:step")
def steps(city: City) -> Sample:
    a, b = city.once(cases_of)
    return Sample({"number": a.number, "action": "finish_check"}, {"number": b.number, "action": "finish_check"})


@sample("cases:archive")
def archives(city: City) -> Sample:
    a, b = city.once(archived_of)
    return Sample({"number": a.number}, {"number": b.number})


@sample("cases:new")
def parties(city: City) -> Sample:
    """A source may be registered against every subject of the register."""
    a, b = city.once(subjects_of)
    return Sample({"pk": a.pk}, {"pk": b.pk}, DESK)


@sample("cases:from_clue")
def clues(city: City) -> Sample:
    a, b = city.once(work.clues_of)
    return Sample({"number": a.number}, {"number": b.number})
