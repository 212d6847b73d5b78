"""Campaigns: two people, figures that are the rows themselves, a report with those figures, clues of other regions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from chengxin import workflow
from chengxin.campaigns import actions, indicators, queries
from chengxin.campaigns.actions.steps import next_number
from chengxin.campaigns.errors import ContentWrong, NotElsewhere, SamePerson
from chengxin.campaigns.models import Campaign, CampaignStep
from chengxin.campaigns.tests import people
from chengxin.documents.models import Document
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.law import law
from chengxin.supervision.models import Clue

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> people.Town:
    return people.town()


@pytest.fixture
def clue(cast: people.Town) -> Clue:
    """A clue of brushing on the regulator's desk, opened today."""
    now = clock.now()
    given = {"key": "k1", "detector": "brushing", "behaviour": "B01", "department": "SAMR", "title_zh": "疑似刷单", "title_en": "Brushing"}
    days = {"opened_at": now, "received_on": clock.today(), "due_on": clock.today(), "since": now, "until": now}
    ids = {"run_id": cast.shop.pk, "finding_id": cast.shop.pk, "evidence_root": "0" * 64}
    made = Clue.objects.create(number="CL230499202611290001", severity="high", score=0.9, **given, **days, **ids)
    made.members.create(token=cast.shop.token, shop=cast.shop, platform=cast.platform.code)
    return made


def test_who_drafts_it_does_not_approve_it_and_nobody_but_a_head_does(cast: people.Town) -> None:
    made = actions.draft_campaign(cast.head, "SAMR", people.plan())
    with pytest.raises(SamePerson):
        actions.approve_campaign(cast.head, made.number)
    other = actions.draft_campaign(cast.officer, "SAMR", people.plan())
    with pytest.raises(workflow.StepNotYours):
        actions.approve_campaign(cast.reviewer, other.number)
    assert actions.approve_campaign(cast.head, other.number).state == "RUNNING"
    with pytest.raises(workflow.StepNotAllowed):  # decided once
        actions.approve_campaign(cast.head, other.number)


def test_a_campaign_is_its_departments_and_another_department_does_not_see_it(cast: people.Town) -> None:
    made = people.campaign(cast, members=["COM"])
    with pytest.raises(NotFound):
        actions.end_campaign(cast.elsewhere, made.number, "与本部门无关")
    assert people.campaign(cast, members=["POST"]) in queries.access.all(cast.elsewhere, Campaign)


def test_a_figure_is_the_rows_it_counts_of_the_scope_and_the_days(cast: people.Town, clue: Clue) -> None:
    made = people.campaign(cast)
    opened = indicators.INDICATORS["clues_opened"]
    assert indicators.daily(made)[0] == (clock.today(), [(code, int(code == "clues_opened")) for code in indicators.INDICATORS])
    assert [row["number"] for row in queries.counted(cast.officer, made, opened, clock.today())] == [clue.number]
    assert queries.counted(cast.officer, made, opened, clock.today() - timedelta(days=1)) == []
    assert opened.digest(made) == opened.digest(made) != indicators.INDICATORS["penalties"].digest(made)
    Clue.objects.filter(pk=clue.pk).update(behaviour="B11")  # not aimed at
    assert opened.of(made).count() == 0
    Clue.objects.filter(pk=clue.pk).update(behaviour="B01", opened_at=clock.now() - timedelta(days=9))  # before the first day
    assert opened.of(made).count() == 0


def test_a_target_is_missed_when_less_than_the_share_of_days_gone_is_done(cast: people.Town, clue: Clue) -> None:
    made = people.campaign(cast, targets={"clues_opened": 10, "cases_filed": 1})
    found = {one.indicator.code: one for one in indicators.figures(made)}
    assert (found["clues_opened"].number, found["clues_opened"].by_now, found["clues_opened"].below) == (1, 5, True)  # 5 of 10 days
    assert not found["cases_filed"].below  # half a case is none yet
    assert [row["below"][0].indicator.code for row in queries.desk(cast.officer)["campaigns"]] == ["clues_opened"]


def test_a_change_keeps_what_stood_before_and_an_early_end_needs_a_reason(cast: people.Town) -> None:
    made = people.campaign(cast)
    with pytest.raises(ContentWrong):
        actions.change_campaign(cast.head, made.number, people.plan(), "没有改动的调整")
    actions.change_campaign(cast.head, made.number, people.plan(targets={"clues_opened": 4}), "线索总量少于预期")
    step = CampaignStep.objects.get(matter=made.pk, action="change")
    assert step.data["targets"] == {"from": {"clues_opened": 10}, "to": {"clues_opened": 4}}
    with pytest.raises(ContentWrong):
        actions.end_campaign(cast.head, made.number, "")
    with pytest.raises(workflow.StepNotYours):
        actions.end_campaign(cast.officer, made.number, "提前完成目标")
    assert actions.end_campaign(cast.head, made.number, "提前完成目标").ended_on == clock.today()


def test_it_is_closed_after_its_last_day_with_a_paper_that_holds_the_figures(cast: people.Town, clue: Clue) -> None:
    made = people.campaign(cast)
    task = actions.give_task(cast.officer, made.number, "POST", "核对寄递企业空包裹数据", made.ends_on)
    with pytest.raises(NotFound):  # given to another department
        actions.finish_task(cast.officer, task.number, "代为完成任务")
    actions.finish_task(cast.elsewhere, task.number, "核对空包裹三百件")
    with pytest.raises(ContentWrong):
        actions.close_campaign(cast.officer, made.number, "行动取得成效")
    with clock.set_to(clock.now() + timedelta(days=5)):
        closed = actions.close_campaign(cast.officer, made.number, "行动取得成效")
        with pytest.raises(workflow.StepNotAllowed):
            actions.close_campaign(cast.officer, made.number, "再次总结行动")
    paper = Document.objects.get(pk=closed.report)
    assert '"name": "发现线索", "number": "1"' in paper.values.replace('":"', '": "').replace('","', '", "')
    assert "核对空包裹三百件" in paper.values


def test_a_clue_goes_to_another_region_only_for_a_subject_from_there_and_its_answer_has_a_clock(cast: people.Town, clue: Clue) -> None:
    contact = ("王立", "0468-0000000")
    with pytest.raises(NotElsewhere):
        actions.hand_over(cast.officer, clue.number, "外市市场监督管理局", "疑似组织刷单", contact)
    assert cast.shop.subject
    cast.shop.subject.division = "230100"
    cast.shop.subject.save()
    made = people.campaign(cast)
    sent = actions.hand_over(cast.officer, clue.number, "外市市场监督管理局", "疑似组织刷单", contact, made.number)
    assert sent.due_on == law.at(clock.today()).due("CLUE_CHECK", clock.today())
    assert "外市市场监督管理局" in Document.objects.get(pk=sent.paper).values
    with pytest.raises(ContentWrong):  # once, while the answer is out
        actions.hand_over(cast.officer, clue.number, "外市市场监督管理局", "疑似组织刷单", contact)
    assert indicators.INDICATORS["handovers"].of(made).count() == 1
    assert actions.answer_handover(cast.officer, sent.number, "已立案调查", "外市监函〔2026〕8号").state == "ANSWERED"
    with pytest.raises(workflow.StepNotAllowed):
        actions.answer_handover(cast.officer, sent.number, "再次回复内容", "")


def test_the_pages_of_a_campaign_show_the_next_step_and_link_each_number_to_its_rows(cast: people.Town, clue: Clue) -> None:
    browser = Client()
    browser.force_login(cast.users["officer"], backend="django.contrib.auth.backends.ModelBackend")
    form = {**people.plan(), "department": "SAMR", "t_clues_opened": "10"}
    plain = {name: value for name, value in form.items() if name not in ("targets", "plans", "goods")}
    answer = browser.post("/officer/campaigns/new/", plain)
    assert answer.status_code == 302, answer.content.decode()
    made = Campaign.objects.get()
    assert made.targets == {"clues_opened": 10}
    head = Client()
    head.force_login(cast.users["head"], backend="django.contrib.auth.backends.ModelBackend")
    assert 'value="approve"' in head.get(made.page_url).content.decode()
    assert head.post(made.page_url, {"act": "approve"}).status_code == 302
    rows = f"{made.page_url}rows/clues_opened/?day={clock.today()}"
    assert rows in browser.get(made.page_url).content.decode()
    assert clue.number in browser.get(rows).content.decode()
    assert browser.get(f"{made.page_url}rows/nothing/").status_code == 404
    for page in ("/officer/campaigns/", "/officer/campaigns/all/", "/officer/campaigns/handovers/", "/officer/campaigns/courses/"):
        assert browser.get(page).status_code == 200
    assert browser.get(f"/officer/campaigns/clue/{clue.number}/").status_code == 200


def test_numbers_of_a_day_are_counted_on(cast: people.Town) -> None:
    first = people.campaign(cast)
    assert next_number(Campaign, "ZX") != first.number
