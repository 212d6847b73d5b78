"""What stands on the papers of a case."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chengxin.cases import papers
from chengxin.cases.models import Case
from chengxin.cases.tests import people
from chengxin.cases.tests.people import BIG, Town, after, at, step
from chengxin.documents import queries as documents
from chengxin.evidence import queries as exhibits
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def on(case: Case, form: str) -> dict[str, Any]:
    """What the newest paper of a form says."""
    paper = papers.newest(case, form)
    assert paper
    said: dict[str, Any] = json.loads(paper.values)
    return said


def test_the_papers_from_filing_to_service_in_order(cast: Town):
    case = people.to_served(cast, people.opened(cast))
    forms = [one.form for one in papers.documents_of(case)]
    order = ["penalty_07", "penalty_11", "penalty_35", "penalty_36", "penalty_37", "penalty_45", "publicity_notice", "penalty_50"]
    assert forms == order
    assert on(case, "penalty_07")["officers"] == ["王立", "陈岩"]
    served = on(case, "penalty_50")["served_papers"]
    assert len(served) == 2 and case.decision.number in served[0] and "信用修复告知书" in served[1]
    assert on(case, "publicity_notice")["result"] == "其他普通程序行政处罚：依法公示，最短3个月，最长1年"
    assert papers.newest(case, "penalty_45").sha256 == case.decision.sha256


def test_the_notice_tells_of_a_hearing_only_where_there_is_one(cast: Town):
    small, big = (people.to_noticed(cast, people.opened(cast), rows) for rows in (people.FINE, BIG))
    assert (on(small, "penalty_37")["hearing_right"], on(big, "penalty_37")["hearing_right"]) == ("no", "yes")
    assert on(big, "penalty_37")["penalty"] == "1. 罚款人民币200,000.00元；2. 没收违法所得人民币30,000.00元"


def test_the_decision_carries_each_argument_with_its_answer(cast: Town):
    case = people.to_noticed(cast, people.opened(cast))
    step(cast.first, case, "hear_statement", **people.said("订单真实\n罚款过重"))
    for number, verdict in ((1, "not"), (2, "adopted")):
        step(cast.first, case, "answer_argument", argument=number, verdict=verdict, reason=f"理由{number}")
    with clock.set_to(after(case, "PENALTY_STATEMENT")):
        step(cast.head, case, "decide", penalties=[{"kind": "21", "amount_fen": 1_000_000}], reason="采纳第二条")
    said = on(case, "penalty_45")
    assert said["statement"] == "1. 订单真实；2. 罚款过重"
    assert said["answer"] == "1. 不予采纳：理由1；2. 采纳：理由2"
    assert (said["fine"], said["notice_served_on"]) == (1_000_000, "2026-07-01")


def test_electronic_data_with_its_medium_has_the_form_for_it(cast: Town):
    case = people.to_investigating(cast, people.opened(cast))
    medium = {"medium": "店铺电脑，存于店内", "medium_state": "开机，已断网"}
    given = {"origin": "镜像复制", "evidence_kind": "4", "title": "后台数据"}
    made = step(cast.first, case, "add_evidence", **given, **people.PROOF, **medium)
    said = on(case, "penalty_12")
    exhibit = exhibits.of(cast.first, case.matter).get()
    assert said["integrity"] == exhibit.sha256 == made.data["file_sha256"]


def test_papers_and_exhibits_are_read_by_those_whose_case_it_is(cast: Town):
    case = people.to_ended(cast, people.opened(cast))
    assert documents.of_matter(cast.reviewer, case.matter).count() == 3
    with pytest.raises(NotFound):
        documents.of_matter(cast.post, case.matter)
    with pytest.raises(NotFound):
        exhibits.of(cast.merchant, case.matter)


def test_the_whole_archive_compares_with_its_list(cast: Town):
    from chengxin import workflow
    from chengxin.audit import protection
    from chengxin.cases.actions.taking import TABLE

    case = people.to_investigating(cast, people.opened(cast))
    step(cast.first, case, "add_evidence", origin="导出", evidence_kind="4", title="订单", **people.PROOF)
    with clock.set_to(at(clock.today(), 15)):
        step(cast.head, case, "terminate", reason="当事人已经注销")
        step(cast.first, case, "archive")
    listed = list(case.archive.all())
    assert [one.first_page for one in listed][1:] == [one.last_page + 1 for one in listed][:-1]
    assert papers.archive_file(case, workflow.load(TABLE), cast.first) == papers.archive_file(case, workflow.load(TABLE), cast.first)
    with protection.lifted():
        case.steps.filter(action="contact").update(name="别人")
    with pytest.raises(papers.ArchiveChanged):
        papers.archive_file(case, workflow.load(TABLE), cast.first)
