"""What all acts of this room share: numbers, texts, the step of a task with its history and log entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import rows
from chengxin.coordination.access import office
from chengxin.coordination.errors import ContentWrong
from chengxin.coordination.models import Task, TaskStep
from chengxin.documents.models import Document
from chengxin.kernel import clock, ids, locks
from chengxin.kernel.errors import NotFound
from chengxin.records.content import PERSONAL

NUMBERS = "coordination.numbers"
LEAST = 4  # characters; four Chinese characters can give a reason, fewer say nothing
WORK, LATE = "task", "late"
OFFICERS = ("officer", "head")
SYSTEM = frozenset({"system"})
CLOCKS = access.system("coordination.clocks")
HOUSE = (str(CLOCKS), "系统")


def named(actor: Actor) -> tuple[str, str]:
    """The log's name of who acts, and the one people read."""
    return str(actor), actor.name


def roles_in(actor: Actor, departments: set[str], roles: tuple[str, ...] = OFFICERS) -> tuple[str, set[str]]:
    """The department for which the actor acts, and the roles held there. NotFound when none: it is not the actor's to do."""
    for department in sorted(departments):
        if found := {role for role in roles if department in actor.departments_as(role)}:
            return department, found
    raise NotFound


def office_roles(actor: Actor, roles: tuple[str, ...] = OFFICERS) -> set[str]:
    """The roles the actor holds in the leading group's office. NotFound when none."""
    return roles_in(actor, {office()}, roles)[1]


def next_number(model: type[Model], kind: str, day: date) -> str:
    """The day's next number of this kind; lock coordination.numbers is held."""
    start = f"{kind}{settings.CITY_DIVISION}{day:%Y%m%d}"
    made = model._default_manager.filter(number__startswith=start).count()
    return ids.our_number(kind, settings.CITY_DIVISION, day, made + 1)


def check_text(text: str, zh: str, en: str) -> str:
    """The text, trimmed. Raises ContentWrong when it is too short, or holds an identity, telephone or account number."""
    plain = text.strip()
    if len(plain) < LEAST:
        wrong(f"{zh}缺失或者过短", f"{en} is missing or too short")
    if PERSONAL.search(plain):
        wrong(f"{zh}中疑似有证件号、电话或账号", f"{en} seems to hold an identity, telephone or account number")
    return plain


def wrong(zh: str, en: str) -> None:
    raise ContentWrong(why_zh=zh + "。", why_en=en[0].upper() + en[1:] + ".")


def moved(
    task: Task,
    of: str,
    action: str,
    roles: set[str] | frozenset[str],
    by: tuple[str, str],
    given: Mapping[str, Any] | None = None,
    *,
    department: str = "",
    paper: Document | None = None,
    before: str = "",
) -> date | None:
    """Take a step of the work or of the lateness: new state, history, log entry. Returns the day that its clock ends, if it starts one.

    The caller holds the transaction and saves nothing itself."""
    before = before or (task.state if of == WORK else task.late)
    outcome = workflow.take(workflow.load(f"coordination/{of}"), before, action, roles, dict(given or {}), clock.today())
    if of == WORK:
        task.state = outcome.state
    else:
        task.late = outcome.state
        task.answer_by = outcome.due or task.answer_by
    task.save()
    said = (given or {}).get("said") or (given or {}).get("reason") or ""
    step = TaskStep(
        task=task,
        place=TaskStep.objects.filter(task=task).count(),
        of=of,
        action=action,
        before=before,
        after=outcome.state,
        actor=by[0],
        actor_name=by[1],
        department=department,
        said=str(said)[:1000],
        paper=paper.pk if paper else None,
        paper_number=paper.number if paper else "",
        at=clock.now(),
    )
    data = {"number": task.number, "paper": step.paper_number}
    rows.put(step, f"coordination.{of}.{action}", actor=by[0], object=f"coordination.task:{task.pk}", data=data)
    return outcome.due


def locked(actor: Actor, number: str, act: Callable[[Task], None]) -> Task:
    """Find the actor's task, lock it, act."""
    with transaction.atomic(), locks.locked(f"coordination.task:{number}"):
        found = access.get(actor, Task, number=number)
        task = Task.objects.select_for_update().get(pk=found.pk)
        act(task)
    return task
