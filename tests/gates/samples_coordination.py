"""Ids of coordination for the access matrix; see samples.py."""

from __future__ import annotations

from datetime import timedelta

from chengxin.accounts.access import Actor
from chengxin.coordination import actions
from chengxin.coordination.models import Meeting, Plan, QuarterReport, Task
from chengxin.kernel import clock
from chengxin.supervision.tests import town
from tests.gates.matrix import City, Sample, sample

ALL = {"officer": "all", "reviewer": "all", "head": "all", "leader": "all"}
LEADERS = {"leader": "all"}
ONLY_LEADERS = {"officer": "none", "reviewer": "none", "head": "none", "leader": "all"}
TEXT = (
    "（三）建立实名登记和认证制度。核实身份，定期更新。（市场监督管理局牵头）\n"
    "（六）建立寄递物流信用体系。完善实时跟踪机制。（邮政管理局牵头）"
)


def office_of(city: City) -> Actor:
    """The leading group's office, which is neither tenant's."""
    return town.person("office-of-coordination", "head", department="CREDITLG")


def plans_of(city: City) -> list[Plan]:
    """Two drafts; a third is confirmed (see tasks_of)."""
    return [actions.propose(city.once(office_of), f"示例方案{name}", clock.today(), TEXT) for name in "甲乙"]


def tasks_of(city: City) -> list[Task]:
    """A task that each department leads."""
    office = city.once(office_of)
    plan = actions.propose(office, "示例方案丙", clock.today(), TEXT)
    due = (clock.today() + timedelta(weeks=2)).isoformat()
    actions.edit(office, plan.number, [{**row, "due_on": due} for row in plan.rows])
    made = actions.confirm(office, plan.number)
    return sorted(made, key=lambda one: city.departments.index(one.lead))


def meetings_of(city: City) -> list[Meeting]:
    office = city.once(office_of)
    return [actions.plan_meeting(office, f"联席会议{name}", clock.now(), "会议室", ["年度方案"]) for name in "甲乙"]


def reports_of(city: City) -> list[QuarterReport]:
    return [actions.report_quarter(city.once(office_of), period) for period in ("2026-Q2", "2026-Q3")]


@sample("coordination:task")
def tasks(city: City) -> Sample:
    a, b = city.once(tasks_of)
    return Sample({"number": a.number}, {"number": b.number}, LEADERS)


@sample("coordination:plan")
def drafts(city: City) -> Sample:
    """Drafts are the office's and the leading group's."""
    a, b = city.once(plans_of)
    return Sample({"number": a.number}, {"number": b.number}, ONLY_LEADERS)


@sample("coordination:meeting")
def conferences(city: City) -> Sample:
    a, b = city.once(meetings_of)
    return Sample({"number": a.number}, {"number": b.number}, ALL)


@sample("coordination:report_paper")
def quarters(city: City) -> Sample:
    a, b = city.once(reports_of)
    return Sample({"period": a.period}, {"period": b.period}, ALL)


@sample("coordination:indicator")
def indicators(city: City) -> Sample:
    """Every desk opens every indicator and sees its own line in it."""
    return Sample({"code": "CLUES_ON_TIME"}, {"code": "VISITS_ON_TIME"}, ALL)


@sample("coordination:sheet")
def sheets(city: City) -> Sample:
    month = clock.today().strftime("%Y-%m")
    a, b = city.departments
    return Sample({"department": a, "period": month}, {"department": b, "period": month}, LEADERS)


@sample("coordination:rows")
def rows(city: City) -> Sample:
    kept = {"code": "CLUES_ON_TIME", "period": clock.today().strftime("%Y-%m")}
    a, b = city.departments
    return Sample({"department": a, **kept}, {"department": b, **kept}, LEADERS)
