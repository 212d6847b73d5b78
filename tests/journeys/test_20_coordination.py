"""（二十）组织领导: a plan is pasted and confirmed, a late task supervised, reported, verified, closed; the leader and anybody see it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import transaction

from chengxin.coordination import actions
from chengxin.coordination.models import Plan, Task
from chengxin.coordination.tests import people
from chengxin.kernel import clock
from tests.journeys.browser import PHONE, SHOTS, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIZES = [
    pytest.param("zh-hans", None, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("en", None, marks=[] if SHOTS else pytest.mark.nightly),
    pytest.param("zh-hans", PHONE, marks=[] if SHOTS else pytest.mark.nightly),
]
WHO = ("clerk", "clerk2", "market", "leader")


@pytest.fixture
def cast() -> people.Cast:
    cache.clear()
    with transaction.atomic():
        return people.cast()


def confirm(clerk: Visitor) -> Plan:
    """Paste, look, put a day, confirm."""
    clerk.go("/coordination/plans/").check("coordination-plans")
    page = clerk.page
    page.fill("[name=title]", "示例实施方案")
    page.fill("[name=issued_on]", clock.today().isoformat())
    page.fill("[name=text]", people.TEXT)
    clerk.click("main form button.btn-primary").check("coordination-plan")
    page.fill("[name=usual_day]", (clock.today() + timedelta(weeks=2)).isoformat())
    clerk.click("button[value=confirm]").check("coordination-tasks")
    return Plan.objects.get()


def report(market: Visitor, task: Task) -> None:
    """Accept, begin, link, report."""
    market.go(task.page_url).check("coordination-task")
    market.click("form:has(input[value=accept]) button").click("form:has(input[value=begin]) button")
    market.page.fill("[name=link-title]", "公示页面")
    market.page.fill("[name=link-url]", "https://gongshi.example/")
    market.click("form:has(input[value=link]) button")
    market.page.fill("[name=report-said]", "栏目已改版上线")
    market.click("form:has(input[value=report]) button")


@pytest.mark.parametrize(("language", "size"), SIZES)
def test_a_plan_becomes_tasks_that_are_done_verified_and_closed(chromium, live_server, cast, language, size):
    rest = (chromium, live_server.url, language, size)
    anybody = Visitor(*rest)
    clerk, clerk2, market, leader = (Visitor(*rest).sign_in(who, people.PASSWORD) for who in WHO)
    plan = confirm(clerk)
    task = plan.tasks.order_by("number").first()
    assert task is not None
    with transaction.atomic(), clock.set_to(people.at(task.due_on + timedelta(days=1))):  # it was late once
        actions.remind()
        actions.supervise(cast.clerk, task.number, "逾期仍未接收任务")
    report(market, task)
    clerk.go(task.page_url).check("coordination-verify")
    clerk.page.fill("[name=verify-said]", "页面已核对，属实")
    clerk.click("form:has(input[value=verify]) button")
    clerk2.go(task.page_url).click("form:has(input[value=close]) button").check("coordination-done")
    task.refresh_from_db()
    assert (task.state, task.late) == ("DONE", "SETTLED")
    leader.go("/coordination/").check("coordination-board").go("/coordination/sheets/").check("coordination-sheets")
    leader.go("/coordination/indicators/TASKS_ON_TIME/").check("coordination-indicator")
    anybody.go("/plan/").check("coordination-public").go("/plan/tasks/").check("coordination-public-tasks")
    assert cast.users["clerk"].display_name not in anybody.page.content()
    for visitor in (anybody, clerk, clerk2, market, leader):
        visitor.done()
