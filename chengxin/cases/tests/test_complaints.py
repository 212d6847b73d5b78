"""A report to be filed and a violation found while mediating become sources, once each, that say nothing of who complained or reported."""

from __future__ import annotations

import json

import pytest

from chengxin.cases import tasks
from chengxin.cases.models import Case
from chengxin.consumers import actions
from chengxin.consumers.events import ReportFiled, ViolationFound
from chengxin.consumers.tests import people
from chengxin.documents import paper
from chengxin.documents.tests.people import BLANK
from chengxin.jobs.models import Outbox

pytestmark = pytest.mark.django_db


def test_they_become_sources_once_with_the_clock_of_the_report_and_without_the_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "pdf", lambda *given: BLANK)
    cast = people.town()
    made = actions.file({**people.form(cast, wants="both", named=True), "violation": "前员工举报其造假"})
    actions.check(cast.officer, made.report.number)
    actions.file_case(cast.officer, made.report.number, "B01", "现场核查属实")
    actions.accept(cast.officer, made.complaint.number, people.DESK)
    actions.violation(cast.officer, made.complaint.number, "B01", "商品标注与检测报告不符")
    told = dict(Outbox.objects.values_list("event", "payload"))
    for kind, handler in ((ReportFiled, tasks.register_source_of_report), (ViolationFound, tasks.register_source_of_violation)):
        event = kind(**json.loads(told[f"chengxin.consumers.events:{kind.__name__}"]))
        handler(event)
        handler(event)
    found = list(Case.objects.order_by("opened_at"))
    assert len(found) == 2 and {one.source for one in found} == {"2"} and found[0].received_on == made.report.received_on
    said = "".join(f"{one.title}{one.source_ref}{[step.said for step in one.steps.all()]}" for one in found)
    assert "商品标注" in said and people.NAME not in said and people.PHONE not in said and "前员工" not in said
