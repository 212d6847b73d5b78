"""A plan becomes tasks by a named person; late work is reminded by the clock and held against nobody but by a person, with its paper."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction

from chengxin.audit import rows
from chengxin.coordination import actions
from chengxin.coordination.actions import plans
from chengxin.coordination.errors import AlreadyDone, AnswerPending, ContentWrong, NotLate, SamePerson
from chengxin.coordination.models import Assignment, Plan, Task, TaskStep
from chengxin.coordination.tests import people
from chengxin.documents.models import Document
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.workflow import StepNotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    cache.clear()
    return people.cast()


@pytest.fixture
def task(cast):
    return people.tasks(cast)[0]


def reported(cast, task):
    actions.accept(cast.market, task.number)
    actions.begin(cast.market, task.number)
    actions.link(cast.market, task.number, "公示页面", "https://gongshi.example/")
    return actions.report(cast.market, task.number, "栏目已改版上线")


def test_a_plan_is_nothing_before_a_person_of_the_office_confirms_it_once(cast):
    plan = actions.propose(cast.clerk, "示例实施方案", clock.today(), people.TEXT)
    assert not Task.objects.exists() and [one["no"] for one in plan.rows] == ["15.1", "15.2", "5.1"]
    assert (plan.rows[0]["lead"], plan.rows[0]["also_lead"], plan.rows[0]["support"]) == ("SAMR", ["COM"], ["DATA"])
    with pytest.raises(NotFound):
        actions.confirm(cast.market, plan.number)
    with pytest.raises(ContentWrong):  # two rows have no day
        actions.confirm(cast.clerk, plan.number)
    kept = [{**one, "due_on": "2099-12-31", "take": one["no"] != "15.2"} for one in plan.rows]
    actions.edit(cast.clerk, plan.number, kept)
    made = actions.confirm(cast.chief, plan.number)
    assert [one.title for one in made] == ["完成公示栏目改版", "印发后三个月内建立会商机制"]
    assert {one.assigned_by for one in made} == {str(cast.chief)}
    assert list(Assignment.objects.filter(task=made[0]).values_list("department", "part").order_by("pk")) == [
        ("DATA", "support"),
        ("SAMR", "lead"),
        ("COM", "lead"),
    ]
    with pytest.raises(AlreadyDone):
        actions.confirm(cast.chief, plan.number)
    assert Plan.objects.get().decided_by_name == cast.chief.name


def test_a_row_with_an_unknown_department_is_refused(cast):
    plan = actions.propose(cast.clerk, "示例实施方案", clock.today(), people.TEXT)
    with pytest.raises(ContentWrong):
        actions.edit(cast.clerk, plan.number, [{**plan.rows[0], "lead": "NOBODY"}])


def test_done_by_the_department_verified_by_one_closed_by_another(cast, task):
    with pytest.raises(NotFound):
        actions.accept(cast.post, task.number)  # not its task
    actions.accept(cast.market, task.number)
    actions.begin(cast.commerce, task.number)  # leads too
    with pytest.raises(ContentWrong):
        actions.report(cast.market, task.number, "栏目已改版上线")  # no evidence
    actions.attach(cast.market, task.number, "改版方案", b"%PDF-1.4 plan", "application/pdf", "plan.pdf")
    actions.report(cast.market, task.number, "栏目已改版上线")
    with pytest.raises(StepNotAllowed):  # twice
        actions.report(cast.market, task.number, "栏目已改版上线")
    actions.send_back(cast.clerk, task.number, "请补充上线时间")
    actions.report(cast.market, task.number, "栏目已于本周一改版上线")
    actions.verify(cast.clerk, task.number, "页面已核对，属实")
    with pytest.raises(SamePerson):
        actions.close(cast.clerk, task.number)
    done = actions.close(cast.clerk2, task.number)
    assert (done.state, done.late) == ("DONE", "SETTLED")
    assert [one.action for one in done.steps.filter(of="task")] == [
        "assign", "accept", "begin", "report", "send_back", "report", "verify", "close"
    ]  # fmt: skip
    assert rows.check_rows() == []


def test_reminders_are_given_once_by_the_clock_and_nothing_else_is(cast, task):
    assert actions.remind() == 0
    with clock.set_to(people.at(task.due_on - timedelta(days=7))):
        assert (actions.remind(), actions.remind()) == (3, 0)
    with clock.set_to(people.at(task.due_on + timedelta(days=30))):
        assert (actions.remind(), actions.remind()) == (3, 0)
        task.refresh_from_db()
        assert task.late == "REMINDED"  # a month late, and still nothing held against it without a person


def test_late_work_is_supervised_twice_named_and_referred_each_with_its_paper(cast, task):
    with pytest.raises(NotLate):
        actions.supervise(cast.clerk, task.number, "逾期仍未接收任务")
    with clock.set_to(people.at(task.due_on + timedelta(days=1))):
        with pytest.raises(NotFound):
            actions.supervise(cast.market, task.number, "逾期仍未接收任务")
        yellow = actions.supervise(cast.clerk, task.number, "逾期仍未接收任务")
        with pytest.raises(AnswerPending):
            actions.escalate(cast.chief, task.number, "黄牌督办后仍无进展")
        with pytest.raises(NotFound):  # a clerk does not go further
            actions.escalate(cast.clerk, task.number, "黄牌督办后仍无进展")
        actions.answer(cast.market, task.number, "系统改造延期，两周内完成")
        with pytest.raises(AnswerPending):
            actions.answer(cast.market, task.number, "系统改造延期，两周内完成")
        red = actions.escalate(cast.chief, task.number, "答复的期限过长")
        assert red.answer_by < yellow.answer_by
    with clock.set_to(people.at(red.answer_by + timedelta(days=1))):
        actions.notify(cast.chief, task.number, "两次督办后仍未完成")
        with pytest.raises(StepNotAllowed):
            actions.notify(cast.chief, task.number, "两次督办后仍未完成")
        found = actions.refer(cast.chief, task.number, "通报后仍未完成")
        reported(cast, task)  # it can still be done
    assert found.late == "REFERRED"
    held = TaskStep.objects.filter(of="late", action__in=["yellow", "red", "notify", "refer"])
    assert [(one.actor, bool(one.paper)) for one in held] == [(str(cast.clerk), True)] + [(str(cast.chief), True)] * 3
    assert list(Document.objects.order_by("made_at").values_list("form", flat=True)) == [
        "task_supervision", "task_supervision", "task_circular", "task_referral"
    ]  # fmt: skip


def test_the_database_refuses_lateness_that_no_person_held_against_a_department(cast, task):
    step = task.steps.get()
    values = {"task": task, "place": 9, "of": "late", "action": "yellow", "before": "REMINDED", "at": clock.now(), "leaf": step.leaf}
    with pytest.raises(IntegrityError), transaction.atomic():
        TaskStep.objects.create(after="YELLOW", actor="system:coordination.clocks", actor_name="", **values)


def test_a_conference_is_called_with_what_is_overdue_and_its_resolutions_are_tasks(cast, task):
    with clock.set_to(people.at(task.due_on + timedelta(days=2))):
        meeting = actions.plan_meeting(cast.clerk, "第四季度联席会议", clock.now(), "市政府三楼会议室", ["年度方案草案"])
        assert [one["task"] for one in meeting.agenda][-1] == "" and task.number in {one["task"] for one in meeting.agenda}
        row = {"title": "一个月内完成栏目改版", "measure": "M15", "lead": "SAMR", "support": [], "evidence": "公示页面链接"}
        with pytest.raises(ContentWrong):
            actions.hold(cast.clerk, meeting.number, "会议逐项研究了逾期任务。", [{**row, "due_on": ""}])
        due = (clock.today() + timedelta(days=30)).isoformat()
        held = actions.hold(cast.clerk, meeting.number, "会议逐项研究了逾期任务。", [{**row, "due_on": due}])
        with pytest.raises(AlreadyDone):
            actions.hold(cast.clerk, meeting.number, "会议逐项研究了逾期任务。", [])
    assert [(one.lead, one.measure, one.assigned_by) for one in held.tasks.all()] == [("SAMR", "M15", str(cast.clerk))]
    assert Document.objects.get(pk=held.paper).title == "联席会议纪要"


def test_text_that_holds_a_persons_number_is_refused(cast):
    with pytest.raises(ContentWrong):
        plans.propose(cast.clerk, "联系人 13900000000 的方案", clock.today(), people.TEXT)
