"""The demo city's coordination: the plan of 2017 as tasks, some done, some late and supervised, a conference, half a year of sheets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from chengxin.accounts.access import Actor
from chengxin.coordination import actions, board, sheets
from chengxin.coordination.models import Plan, Task
from chengxin.kernel import clock
from chengxin.law import law, plan

AGO = {"confirmed": 16, "first due": 10, "done": 9, "yellow": 1}  # weeks before today
SPREAD = 3  # days between the last days of two tasks
EVERY_DONE, EVERY_BEGUN = 3, 2  # of the tasks whose department is played


@dataclass(frozen=True)
class Cast:
    """The office's clerk and chief, the leader, and an officer of each department that is played."""

    clerk: Actor
    chief: Actor
    leader: Actor
    officers: dict[str, Actor]


def fill(cast: Cast) -> None:
    """Repeating it changes nothing."""
    if Plan.objects.exists():
        return
    now = clock.now()
    with clock.set_to(now - timedelta(weeks=AGO["confirmed"])):
        tasks = _confirmed(cast, clock.city_day(now))
    with clock.set_to(now - timedelta(weeks=AGO["done"])):
        _worked(cast, tasks)
    late = list(
        Task.objects.filter(state__in=["ASSIGNED", "ACCEPTED", "DOING"], due_on__lt=clock.today() - timedelta(weeks=AGO["yellow"]))[:2]
    )
    with clock.set_to(now - timedelta(weeks=AGO["yellow"])):
        actions.remind()
        for task in late[:2]:
            actions.supervise(cast.clerk, task.number, "逾期未报告办理情况，请说明原因和完成时间。")
        if late and late[0].lead in cast.officers:
            actions.answer(cast.officers[late[0].lead], late[0].number, "系统改造延期，两周内完成。")
            actions.escalate(cast.chief, late[0].number, "答复的完成时间过长，升级督办。")
    actions.remind()
    _meetings(cast, now)
    for name in sheets.months_before(clock.today(), board.TREND_POINTS - 1):
        actions.freeze(cast.leader, name)


def _confirmed(cast: Cast, today: date) -> list[Task]:
    """The plan of 2017 as its text stands; the office spreads the days and lets each lead department coordinate in turn."""
    book = law.at(clock.today()).instrument("plan2017")
    made = actions.propose(cast.clerk, book.zh, date(2017, 7, 3), plan.FILE.read_text(encoding="utf-8"))
    first = today - timedelta(weeks=AGO["first due"])
    rows = [_row(row, place, first + timedelta(days=SPREAD * place)) for place, row in enumerate(made.rows)]
    actions.edit(cast.clerk, made.number, rows)
    return actions.confirm(cast.chief, made.number)


def _row(row: dict[str, Any], place: int, due: date) -> dict[str, Any]:
    leads = [row["lead"], *row["also_lead"]]
    turn = place % len(leads)
    return {**row, "lead": leads[turn], "also_lead": [*leads[:turn], *leads[turn + 1 :]], "due_on": due.isoformat()}


def _worked(cast: Cast, tasks: list[Task]) -> None:
    played = [one for one in tasks if one.lead in cast.officers]
    for place, task in enumerate(played):
        officer = cast.officers[task.lead]
        if place % EVERY_BEGUN and place % EVERY_DONE:
            continue
        actions.accept(officer, task.number)
        actions.begin(officer, task.number)
        if place % EVERY_DONE == 0:
            actions.link(officer, task.number, "工作开展情况（示例）", "https://gongzuo.example/")
            actions.report(officer, task.number, "已按要求完成，佐证材料见链接。")
            actions.verify(cast.clerk, task.number, "已核对佐证材料，属实。")
            actions.close(cast.chief, task.number)


def _meetings(cast: Cast, now: datetime) -> None:
    """One conference that is called with what is overdue."""
    actions.plan_meeting(
        cast.clerk, "社会信用体系建设联席会议", now + timedelta(weeks=AGO["yellow"]), "示例市政府会议室", ["研究下一阶段工作安排"]
    )
