"""Visits and their teams: from a draw, or for special and full checks those inspectors with the fewest open visits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.inspection import queries
from chengxin.inspection.actions.steps import numbered
from chengxin.inspection.errors import NobodyLeft
from chengxin.inspection.models import Conflict, Inspector, Member, Plan, Task
from chengxin.inspection.models.plans import JOINS, LEAD
from chengxin.inspection.models.visits import PUBLISHED
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.subjects.models import Subject


def team_size() -> int:
    """How many inspectors of each department the law of today wants on a visit."""
    return int(law.at(clock.today()).value("inspection_team"))


def do_put(actor: Actor, plan: Plan, subject_id: Any, team: Sequence[Inspector], unit: str = "") -> Task:
    """A visit with its team; the caller holds the transaction."""
    number, lead = numbered(Task, "IT"), plan.of_part(LEAD)[0]
    task = Task.objects.create(number=number, plan=plan, subject_id=subject_id, unit=unit, department=lead, due_on=plan.due_on)
    Member.objects.bulk_create(Member(task=task, inspector=one) for one in team)
    data = {"plan": plan.number, "number": number, "team": [str(one.pk) for one in team]}
    audit.record("inspection.task.assigned", actor=str(actor), object=f"inspection.task:{task.pk}", data=data)
    return task


def do_assign(actor: Actor, plan: Plan) -> list[Task]:
    """Visits of a special or full check. Raises NobodyLeft when a department has too few inspectors without a conflict."""
    subjects = list(Subject.objects.filter(pk__in=plan.subjects)) if plan.subjects else [one.subject for one in queries.objects_of(plan)]
    able = {name: list(queries.inspectors_on(name, clock.today())) for name in plan.of_part(LEAD, JOINS)}
    people = [one for each in able.values() for one in each]
    conflicts = set(Conflict.objects.filter(inspector__in=people).values_list("inspector", "subject"))
    busy = Member.objects.filter(inspector__in=people, replaced_at__isnull=True).exclude(task__state=PUBLISHED)
    load = Counter(busy.values_list("inspector", flat=True))
    made = []
    for subject in subjects:
        team = [one for name, those in able.items() for one in _least(name, those, subject, conflicts, load)]
        made.append(do_put(actor, plan, subject.pk, team))
    return made


def _least(department: str, able: list[Inspector], subject: Subject, conflicts: set[Any], load: Counter[Any]) -> list[Inspector]:
    free = [one for one in able if (one.pk, subject.pk) not in conflicts]
    if len(free) < team_size():
        raise NobodyLeft(department=department)
    team = sorted(free, key=lambda one: (load[one.pk], one.certificate))[: team_size()]
    load.update(one.pk for one in team)
    return team
