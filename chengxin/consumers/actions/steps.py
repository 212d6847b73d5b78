"""What all acts of this room share: roles, numbers, the locked matter, the step by the workflow with its history and log entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Model

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import rows
from chengxin.consumers.access import DESK
from chengxin.consumers.errors import ContentWrong
from chengxin.consumers.models import Assignment, Complaint, ConsumerStep, Report
from chengxin.consumers.models.complaints import FOLLOW_UP
from chengxin.consumers.routing import Rule
from chengxin.kernel import clock, ids, locks
from chengxin.law import law

NUMBERS = "consumers.numbers"
LEAST = 4  # characters; four Chinese characters can give a reason, fewer say nothing
KINDS: dict[type[Model], str] = {Complaint: "complaint", Report: "report"}
BY_THE_TABLE = date.min  # for `moved`: no last day of its own, what the table of steps says stands
M = TypeVar("M", Complaint, Report)


def named(actor: Actor) -> tuple[str, str]:
    """The log's name of who acts, and the one people read."""
    return str(actor), actor.name


def of_desk(actor: Actor, matter: Any) -> set[str]:
    """The desk roles the actor holds in the department in charge."""
    return {role for role in DESK if matter.department in actor.departments_as(role)}


def next_number(model: type[Model], kind: str, day: date) -> str:
    """The day's next number of this kind; lock consumers.numbers is held."""
    start = f"{kind}{settings.CITY_DIVISION}{day:%Y%m%d}"
    made = model._default_manager.filter(number__startswith=start).count()
    return ids.our_number(kind, settings.CITY_DIVISION, day, made + 1)


def held(actor: Actor, model: type[M], number: str) -> M:
    """The actor's matter of this number, locked until the transaction ends. Raises NotFound."""
    name = f"{model._meta.label_lower}:{number}"
    with locks.locked(name):
        found = access.get(actor, model, number=number)
        rows = model._default_manager.all()
        return (rows.select_for_update(of=("self",)) if locks.on(name) else rows).get(pk=found.pk)


def moved(
    matter: Any,
    action: str,
    roles: Iterable[str],
    actor: Actor,
    given: Mapping[str, Any] | None = None,
    *,
    before: str = "",
    on: date | None = None,
    note: str = "",
    due: date | None = BY_THE_TABLE,
) -> workflow.Outcome:
    """Take a step by the law of the day of receipt: new state and last day, history, log entry. The caller saves and holds the transaction.

    note: a short text without personal data for the history; reasons stay encrypted with the matter.
    due: the last day after the step where the table of steps cannot know it (None: none runs); the history keeps it.
    """
    of, before = KINDS[type(matter)], before or matter.state
    rule_day = matter.received_on if of == "complaint" else None
    outcome = workflow.take(
        workflow.load(f"consumers/{of}"), before, action, roles, dict(given or {}), on or clock.today(), rule_day=rule_day
    )
    matter.state = outcome.state
    if outcome.due:
        matter.due_on = outcome.due
    elif outcome.stopped:
        matter.due_on = None
    if due != BY_THE_TABLE:
        matter.due_on = due
    written(matter, action, actor, before, note)
    return outcome


def written(matter: Any, action: str, actor: Actor, before: str, note: str = "") -> ConsumerStep:
    """The history row of an act, bound to its log entry."""
    of = KINDS[type(matter)]
    by, name = named(actor)
    step = ConsumerStep(of=of, matter=matter.pk, place=ConsumerStep.objects.filter(matter=matter.pk).count(), action=action)
    step.before, step.after, step.actor, step.actor_name = before, matter.state, by, name
    due = None if matter.state == FOLLOW_UP else matter.due_on  # there it is the complainant's term to speak, none of the desk's
    step.note, step.due_on, step.at = note[:500], due, clock.now()
    data = {"number": matter.number, "state": matter.state}
    return rows.put(step, f"consumers.{of}.{action}", actor=by, object=f"consumers.{of}:{matter.pk}", data=data)


def assign(
    matter: Any, actor: Actor, department: str, reason: str, *, rule: Rule | None = None, owner: tuple[str, str] = ("", "")
) -> Assignment:
    """Put the matter on a department's desk, or on a person's; by a rule of the table or by somebody's reason."""
    of = KINDS[type(matter)]
    by, name = named(actor)
    row = Assignment(of=of, matter=matter.pk, department=department, owner=owner[0], owner_name=owner[1], reason=reason[:500])
    row.rule, row.article = (rule.id, rule.article) if rule else ("", "")
    row.by, row.by_name, row.at = by, name, clock.now()
    matter.department, matter.owner, matter.owner_name = department, owner[0], owner[1]
    matter.rule = rule.id if rule else matter.rule
    data = {"number": matter.number, "department": department, "rule": row.rule, "owner": owner[0]}
    return rows.put(row, f"consumers.{of}.assigned", actor=by, object=f"consumers.{of}:{matter.pk}", data=data)


def check_text(text: str, zh: str, en: str, least: int = LEAST) -> str:
    """The text without blanks around it. Raises ContentWrong when it is too short to say anything."""
    plain = text.strip()
    if len(plain) < least:
        wrong(f"{zh}缺失或者过短", f"{en} is missing or too short")
    return plain


def check_code(name: str, code: str) -> str:
    """The code itself. Raises ContentWrong for one that is not on the law's list of today."""
    if code not in law.at(clock.today()).codes(name):
        wrong(f"代码 {code[:20]} 不在代码表 {name} 内", f"the code {code[:20]} is not on the list {name}")
    return code


def wrong(zh: str, en: str) -> None:
    raise ContentWrong(why_zh=zh + "。", why_en=en[0].upper() + en[1:] + ".")
