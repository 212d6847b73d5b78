"""What coordination shows: tasks by measure and department, the board, a task's next steps, what the public reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from chengxin import workflow
from chengxin.coordination.models import DONE, LEAD, RED, WORKING, YELLOW, Assignment, Task
from chengxin.kernel import clock
from chengxin.law import law


@dataclass(frozen=True)
class Counted:
    """Tasks of a measure or department: all, done, not done, late among those."""

    total: int = 0
    done: int = 0
    late: int = 0

    @property
    def open(self) -> int:
        return self.total - self.done

    @property
    def colour(self) -> str:
        return "red" if self.late else "green" if self.total and self.done == self.total else "amber" if self.total else ""


def _counts(rows: QuerySet[Any], by: str, prefix: str = "") -> dict[Any, Counted]:
    """Counted by a field, one query."""
    late = Q(**{f"{prefix}state__in": WORKING, f"{prefix}due_on__lt": clock.today()})
    found = (
        rows.order_by()
        .values(by)
        .annotate(n=Count("pk"), done=Count("pk", filter=Q(**{f"{prefix}state": DONE})), late=Count("pk", filter=late))
    )
    return {row[by]: Counted(row["n"], row["done"], row["late"]) for row in found}


def by_measure(rows: QuerySet[Task] | None = None) -> dict[str, Counted]:
    """Every measure of the plan, those without a task too."""
    found = _counts(Task.objects.all() if rows is None else rows, "measure")
    return {one.code: found.get(one.code, Counted()) for one in law.at(clock.today()).measures()}


def by_department_and_measure() -> dict[str, dict[str, Counted]]:
    """Lead department → measure → counts, for the heat map; one query."""
    leads = Assignment.objects.filter(part=LEAD, until__isnull=True).order_by()
    late = Q(task__state__in=WORKING, task__due_on__lt=clock.today())
    found = leads.values("department", "task__measure").annotate(
        n=Count("pk"), done=Count("pk", filter=Q(task__state=DONE)), late=Count("pk", filter=late)
    )
    made: dict[str, dict[str, Counted]] = {}
    for row in found:
        made.setdefault(row["department"], {})[row["task__measure"]] = Counted(row["n"], row["done"], row["late"])
    return made


def overdue(rows: QuerySet[Task] | None = None) -> QuerySet[Task]:
    """Tasks whose day has passed and that are not reported, the longest late first."""
    return (Task.objects.all() if rows is None else rows).filter(state__in=WORKING, due_on__lt=clock.today()).order_by("due_on", "number")


def days_late(task: Task, today: date) -> int:
    return max(0, (today - task.due_on).days) if task.state in WORKING else 0


def whose_turn(task: Task) -> dict[str, str]:
    """Whose turn it is, for everybody."""
    if task.state in WORKING:
        name = law.at(clock.today()).department(task.lead)
        return {"zh": name.zh, "en": name.en}
    return {"zh": "—", "en": "—"} if task.state == DONE else {"zh": "领导小组办公室", "en": "The leading group's office"}


def state_name(task: Task) -> dict[str, str]:
    one = workflow.load("coordination/task").states[task.state]
    return {"zh": one.zh, "en": one.en}


def late_name(task: Task) -> dict[str, str]:
    one = workflow.load("coordination/late").states[task.late]
    return {"zh": one.zh, "en": one.en}


def named_steps(task: Task) -> list[dict[str, Any]]:
    """The history, newest first, with the names of steps and states."""
    made = []
    for one in task.steps.order_by("-place"):
        table = workflow.load(f"coordination/{one.of}")
        step = next(each for each in table.steps if each.action == one.action)
        after = table.states[one.after]
        made.append({"one": one, "name": {"zh": step.zh, "en": step.en}, "after": {"zh": after.zh, "en": after.en}})
    return made


def letter_clock(task: Task) -> str:
    """The period in which the newest supervision letter of a task is to be answered; "" without one."""
    return {YELLOW: "SUPERVISE_YELLOW", RED: "SUPERVISE_RED"}.get(task.late, "")
