"""The sheet of a month equals a second computation in plain Python over exported rows, written without the room's queries."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.db import DatabaseError, transaction

from chengxin.audit import rows as log
from chengxin.consumers.models import Complaint, ConsumerStep
from chengxin.coordination import actions, catalogue, figures, sheets
from chengxin.coordination.errors import AlreadyDone, PeriodOpen
from chengxin.coordination.models import QuarterReport, Sheet
from chengxin.coordination.tests import month, people
from chengxin.documents import actions as documents
from chengxin.documents import queries as papers
from chengxin.facts.models import Receipt
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.law import law, workdays
from chengxin.lists.models import Task as JointTask
from chengxin.records.models import Objection, Record
from chengxin.supervision.models import Clue, ClueStep

pytestmark = pytest.mark.django_db
NOVEMBER = people.at(date(2026, 11, 5))
SUCCESSOR = {"FDA17": "SAMR"}
HARBIN = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def cast():
    cache.clear()
    return people.cast()


def day(instant):
    return instant.astimezone(HARBIN).date() if instant else None


def inside(one):
    return one is not None and date(2026, 10, 1) <= one <= date(2026, 10, 31)


class Book:
    """A second ledger: department → indicator → [met, counted]."""

    def __init__(self):
        self.lines = defaultdict(lambda: defaultdict(lambda: [0, 0]))

    def count(self, indicator, department, met, of=1):
        line = self.lines[SUCCESSOR.get(department, department)][indicator]
        line[0] += int(met or 0)
        line[1] += of

    def plain(self):
        return {code: {name: tuple(line) for name, line in lines.items()} for code, lines in self.lines.items()}


def exported(model):
    return list(model.objects.values())


def second_computation():
    book = Book()
    for one in filter(lambda row: inside(row["due_on"]), exported(Clue)):
        book.count("CLUES_ON_TIME", one["department"], one["closed_at"] and day(one["closed_at"]) <= one["due_on"])
    for one in filter(lambda row: inside(day(row["received_at"])) and row["rows"], exported(Receipt)):
        book.count("ROWS_VALID", "COM", one["accepted"] + one["duplicates"], one["rows"])
    for one in exported(Objection):
        if inside(one["due_on"]):
            book.count("OBJECTIONS_ON_TIME", one["department"], one["decided_at"] and day(one["decided_at"]) <= one["due_on"])
        if inside(day(one["decided_at"])):
            book.count("OBJECTIONS_UPHELD", one["department"], one["state"] == "UPHELD")  # month.py takes none back
    for one in filter(lambda row: row["term"] == "ORDINARY", exported(Record)):  # a mere warning is not published
        last = one["decided_on"]
        for _ in range(7):
            last += timedelta(days=1)
            while not workdays.is_workday(last):
                last += timedelta(days=1)
        if inside(last):
            book.count("PUBLISHED_ON_TIME", one["department"], one["published_on"] and one["published_on"] <= last)
    _joint_measures(book)
    _complaints(book)
    return book.plain()


def _joint_measures(book):
    listed_by = dict(JointTask.objects.values_list("entry_id", "entry__department"))
    for one in exported(JointTask):
        whose = one["executor"] if one["executor_kind"] == "department" else listed_by[one["entry_id"]]
        for indicator, due, done in (("LIST_FED_BACK", "due_on", "fed_at"), ("LIST_UNWOUND", "lift_due_on", "lifted_at")):
            if inside(one[due]):
                book.count(indicator, whose, one[done] and day(one[done]) <= one[due])


def _complaints(book):
    whose = dict(Complaint.objects.values_list("pk", "department"))
    by_matter = defaultdict(list)
    for one in sorted(exported(ConsumerStep), key=lambda row: row["place"]):
        by_matter[one["matter"]].append(one)
        if one["action"] in ("agree", "settle", "end") and inside(day(one["at"])):
            book.count("MEDIATION", whose[one["matter"]], one["action"] != "end")
    for matter, steps in by_matter.items():
        deadline = None
        for place, one in enumerate(steps):
            fresh, deadline = one["due_on"] != deadline, one["due_on"]
            after = next((each for each in steps[place + 1 :] if each["due_on"] != deadline), None)
            taken_back = after and after["action"] == "withdraw"
            if fresh and inside(deadline) and not (taken_back and day(after["at"]) <= deadline):
                book.count("COMPLAINTS_ON_TIME", whose[matter], after and not taken_back and day(after["at"]) <= deadline)


def test_the_sheet_equals_a_computation_by_hand_of_the_exported_rows(cast):
    with clock.set_to(NOVEMBER):
        month.fill()
        found = sheets.compute(sheets.period_of("2026-10"))
        assert found == second_computation()
        kinds = {code for lines in found.values() for code in lines}
        assert kinds == {
            "CLUES_ON_TIME", "ROWS_VALID", "OBJECTIONS_ON_TIME", "OBJECTIONS_UPHELD", "PUBLISHED_ON_TIME",
            "LIST_FED_BACK", "LIST_UNWOUND", "COMPLAINTS_ON_TIME", "MEDIATION",
        }  # fmt: skip
        assert "FDA17" not in found  # its successor answers
        for department, lines in found.items():  # every figure is the sum of the rows that it opens
            for code, (n, d) in lines.items():
                rows = list(sheets.rows_of(catalogue.indicators()[code], department, sheets.period_of("2026-10")))
                assert (sum(row["k_num"] for row in rows), sum(row["k_den"] for row in rows)) == (n, d)


def test_a_frozen_sheet_stays_and_a_late_correction_is_shown(cast):
    with clock.set_to(NOVEMBER):
        month.fill(size=20)
        with pytest.raises(PeriodOpen):
            actions.freeze(cast.leader, "2026-11")
        with pytest.raises(NotFound):
            actions.freeze(cast.market, "2026-10")
        made = actions.freeze(cast.clerk, "2026-10")
        assert made and actions.freeze(cast.leader, "2026-10") == []  # once
        assert all(sheets.differences(one) == [] for one in made)
        assert [one for one in log.check_rows() if one.startswith("coordination_")] == []
        late = Clue.objects.filter(due_on__range=(month.SINCE, month.UNTIL), closed_at=None, department="SAMR").first()
        said = {"after": "DISMISSED", "department": "SAMR", "actor": "u", "at": people.at(late.due_on)}
        ClueStep.objects.create(clue=late, action="dismiss", **said)
        market = Sheet.objects.get(department="SAMR")
        assert [one["code"] for one in sheets.differences(market)] == ["CLUES_ON_TIME"]
    with pytest.raises(DatabaseError), transaction.atomic():
        Sheet.objects.filter(pk=market.pk).update(figures={})


def test_every_indicator_has_its_query_target_and_page_and_runs():
    period = sheets.period_of("2026-10")
    codes = law.at(date(2026, 11, 5)).codes("measure")
    for code, one in catalogue.indicators().items():
        assert one.query in figures.QUERIES and set(one.measures) <= set(codes) and all(one.source.values())
        assert list(sheets.rows_of(one, "SAMR", period)) == [] and sheets.compute_one(one, period) == {}, code
    assert {one.query for one in catalogue.indicators().values()} == set(figures.QUERIES)
    assert {measure for one in catalogue.indicators().values() for measure in one.measures} == set(codes)


@pytest.mark.one_database
def test_a_share_is_cut_off_and_never_rounded_up_to_its_target():
    assert (sheets.percent(9999, 10000), sheets.percent(1, 1), sheets.percent(0, 0)) == ("99.9%", "100.0%", "–")
    published = catalogue.indicators()["PUBLISHED_ON_TIME"]
    assert (published.met(98, 100), published.met(979, 1000)) == (True, False)
    upheld = catalogue.indicators()["OBJECTIONS_UPHELD"]
    assert (upheld.met(1, 10), upheld.met(2, 10)) == (True, False)


@pytest.mark.one_database
@pytest.mark.parametrize("name", ["2026-13", "2026-Q5", "1999-01", "2026", "2026-1", ""])
def test_a_period_that_is_none_is_not_found(name):
    with pytest.raises(NotFound):
        sheets.period_of(name)


@pytest.mark.one_database
def test_the_quarters_report_is_a_paper_with_its_figures_and_a_code_that_verifies(cast):
    with clock.set_to(people.at(date(2026, 10, 12))):
        people.tasks(cast, due_on=date(2026, 10, 20))
    with clock.set_to(people.at(date(2027, 1, 6))):
        with pytest.raises(PeriodOpen):
            actions.report_quarter(cast.leader, "2027-Q1")
        made = actions.report_quarter(cast.leader, "2026-Q4")
        with pytest.raises(AlreadyDone):
            actions.report_quarter(cast.leader, "2026-Q4")
        assert len(made.content["measures"]) == 18 and made.content["measures"][12]["tasks"] == "2"
        assert [one["days"] for one in made.content["overdue"]] == ["78", "78", "78"]
        kept = {name: value for name, value in made.content.items() if name != "digest"}
        assert sheets.digest(kept) == made.sha256
        assert papers.check(made.code)
        assert documents.read(cast.leader, made.document, "查阅")[1].startswith(b"%PDF")
        assert "演示" not in json.dumps(QuarterReport.objects.get().content, ensure_ascii=False)  # no person is named
