"""Several parties of one matter, each with its own notice, decision and service; and a penalty changed on review."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chengxin.accounts.access import Actor
from chengxin.cases import dues, errors, papers, queries
from chengxin.cases.models import DECIDED, Case, Relation
from chengxin.cases.tests import people
from chengxin.cases.tests.people import FINE, at, step
from chengxin.documents import actions as documents
from chengxin.documents.access import of_party
from chengxin.documents.models import Document
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.records import queries as file
from chengxin.records.models import Record
from chengxin.subjects.models import Subject
from chengxin.subjects.tests import samples

pytestmark = pytest.mark.django_db
LESS = [{"kind": "21", "amount_fen": 1_200_000}]


def second(cast: people.Town, lead: Case) -> Case:
    """A second party brought into the matter by the head."""
    made = {"created_at": clock.now(), "updated_at": clock.now(), "created_by": "system:test"}
    subject = Subject.objects.create(kind="1", name="岭南刷单工作室", uscc=samples.uscc(79, "91"), division="230499", **made)
    step(cast.head, lead, "add_party", party=subject.uscc, reason="为当事人组织虚构交易，系共同违法")
    return lead.others.get()


def to_served(cast: people.Town, case: Case, fine: list[dict[str, Any]]) -> Case:
    for one in (cast.first, cast.second):
        step(one, case, "declare", relation="none")
    step(cast.first, case, "contact", rights_notice="已告知权利", whom="李经理", told_on=clock.today())
    return people.to_served(cast, case, fine)


def test_each_party_has_its_own_statement_decision_and_service(cast: people.Town) -> None:
    lead = people.to_investigating(cast, people.opened(cast))
    other = second(cast, lead)
    assert (other.number, other.state, other.due_on) == (f"{lead.number}-2", "FILED", other.clocks.get(clock="CASE_DECIDE").due_on)
    assert papers.newest(other, "penalty_07")
    people.to_served(cast, lead, FINE)
    assert list(papers.exhibits_of(other)) == list(papers.exhibits_of(lead)), "the evidence of the matter is shared"
    to_served(cast, other, LESS)
    assert lead.decision.number != other.decision.number
    amounts = {record.subject.name: record.amount_fen for record in Record.objects.all()}
    assert amounts == {"云岭山货有限公司": 2_000_000, "岭南刷单工作室": 1_200_000}
    assert Document.objects.filter(form="penalty_50").values("matter_id").distinct().count() == 2
    assert queries.parties_of(lead) == [other]
    assert queries.parties_of(other) == [lead]


def test_a_party_is_brought_in_once_and_by_no_officer_with_a_relation_to_it(cast: people.Town) -> None:
    lead = people.to_investigating(cast, people.opened(cast))
    other = second(cast, lead)
    with pytest.raises(errors.NothingToDo):
        step(cast.head, lead, "add_party", party=str(other.subject_id), reason="重复追加的当事人")
    with pytest.raises(errors.NothingToDo):
        step(cast.head, other, "add_party", party=str(lead.subject_id), reason="在从案中追加当事人")
    with pytest.raises(NotFound):
        step(cast.head, lead, "add_party", party="no such code", reason="不存在的当事人")
    made = {"created_at": clock.now(), "updated_at": clock.now(), "created_by": "system:test"}
    third = Subject.objects.create(kind="4", name="第三家店", division="230499", **made)
    Relation.objects.create(person=str(cast.second), subject=third, declared_at=clock.now())
    with pytest.raises(errors.ConflictOfInterest):
        step(cast.head, lead, "add_party", party=str(third.pk), reason="办案人员与其有利害关系")
    assert people.opened(cast).number.endswith("-0002"), "files of further parties take no number of a case"


def test_a_party_is_brought_in_only_while_two_officers_work_on_it(cast: people.Town) -> None:
    lead = people.to_investigating(cast, people.opened(cast))
    step(cast.first, lead, "ask_recusal", person=str(cast.second), asked_by="party", reason="当事人认为有利害关系")
    step(cast.head, lead, "decide_recusal", person=str(cast.second), verdict="granted", reason="应当回避")
    with pytest.raises(errors.NotTwoOfficers):
        second(cast, lead)


def varied(cast: people.Town, case: Case, fine: list[dict[str, Any]] = LESS) -> None:
    given = {"paper": "示政复决〔2026〕8号", "by": "review", "varied_on": clock.today(), "penalties": fine}
    step(cast.first, case, "report_variation", public_text="经复议，罚款变更为12,000.00元", reason="复议机关变更罚款数额", **given)


def test_a_penalty_changed_on_review_supersedes_the_record_and_corrects_what_is_public(cast: people.Town) -> None:
    case = people.to_served(cast, people.opened(cast))
    before = Record.objects.get(pk=case.record)
    with clock.set_to(at(case.service.served_on + timedelta(days=3))):
        step(cast.first, case, "pay", amount=2_000_000, paid_on=clock.today())
        step(cast.first, case, "note_appeal", forum="review", since=clock.today())
        varied(cast, case)
        assert case.clocks.filter(clock="PENALTY_WITHDRAW", stopped_on=None).exists()
        assert [line.record for line in file.public_of(case.subject)] == [before], "nothing changes by one person"
        step(cast.head, case, "vary", reason="执行复议决定")
        after = Record.objects.get(pk=case.record)
        assert (after.supersedes, after.amount_fen, after.published_on) == (before, 1_200_000, before.published_on)
        assert [line.record for line in file.public_of(case.subject)] == [after]
        assert [one.amount_fen for one in queries.penalties_shown(case)[DECIDED]] == [1_200_000]
        assert dues.of(case, clock.today()).back_fen == 800_000
        assert not case.appeals.filter(until=None).exists()
        assert not case.clocks.filter(clock="PENALTY_WITHDRAW", stopped_on=None).exists()


def test_a_change_is_never_heavier_and_takes_two_people(cast: people.Town) -> None:
    case = people.to_served(cast, people.opened(cast))
    with clock.set_to(at(case.service.served_on + timedelta(days=3))):
        with pytest.raises(errors.Heavier):
            varied(cast, case, [{"kind": "21", "amount_fen": 3_000_000}])
        with pytest.raises(errors.NothingToDo):
            varied(cast, case, FINE)
        with pytest.raises(errors.NothingToDo):
            step(cast.head, case, "vary", reason="没有登记的变更")
        varied(cast, case)
        with pytest.raises(errors.NothingToDo):
            varied(cast, case, [{"kind": "21", "amount_fen": 1_000_000}])


def test_a_decision_is_the_partys_to_read_once_it_is_served_and_nobody_elses(cast: people.Town) -> None:
    def own(actor: Actor) -> set[str]:
        return set(of_party(actor).values_list("form", flat=True))

    case = people.to_decided(cast, people.opened(cast))
    assert own(cast.merchant) == {"penalty_37"}
    with clock.set_to(at(case.decision.decided_on)):
        step(cast.first, case, "draft_publicity", public_text="当事人虚构交易312单，被处罚款")
        step(cast.reviewer, case, "clear_publicity", verdict="clear", reason="未见个人信息和商业秘密")
        step(cast.first, case, "serve", served_on=clock.today(), manner="direct", place="示例市1号", receiver="张经理", both=True)
    assert own(cast.merchant) == {"penalty_37", "penalty_45", "publicity_notice"}
    assert own(cast.third) == set()
    paper = papers.newest(case, "penalty_45")
    assert paper
    assert documents.read_own(cast.merchant, paper.pk)[0] == paper
    with pytest.raises(NotFound):
        documents.read_own(cast.third, paper.pk)


def test_the_archive_has_its_list_as_a_paper(cast: people.Town) -> None:
    case = people.opened(cast)
    step(cast.first, case, "finish_check", result="订单真实，属团购", proposal="not_file")
    step(cast.head, case, "not_file", reason="无违法事实")
    step(cast.first, case, "archive")
    paper = papers.newest(case, papers.LIST)
    assert paper
    assert not case.archive.filter(number=paper.number).exists()
