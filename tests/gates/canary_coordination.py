"""Coordination for the canary crawl: it holds no personal field, so what is looked for is that none comes out of its pages."""

from __future__ import annotations

from datetime import timedelta

from chengxin.accounts.actor import of_user
from chengxin.coordination import actions
from chengxin.coordination.models import Meeting, Plan, Task
from chengxin.kernel import clock
from chengxin.supervision.tests import town
from tests.gates import matrix
from tests.gates.samples_coordination import TEXT

NUMBERED = (Task, Plan, Meeting)
INDICATOR = "CLUES_ON_TIME"


def a_plan(city: matrix.City) -> None:
    """A plan of two tasks, one of them the crawling officer's and begun; a conference; a quarter's report."""
    office = town.person("office-of-coordination", "head", department="CREDITLG")
    plan = actions.propose(office, "示例方案", clock.today(), TEXT)
    due = (clock.today() + timedelta(weeks=2)).isoformat()
    actions.edit(office, plan.number, [{**row, "due_on": due} for row in plan.rows])
    task = actions.confirm(office, plan.number)[0]
    actions.accept(of_user(city.person("officer")), task.number)
    actions.plan_meeting(office, "联席会议", clock.now(), "会议室", ["年度方案"])
    actions.report_quarter(office, "2026-Q3")
