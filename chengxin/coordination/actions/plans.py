"""A plan's text: proposed as tasks by the compiler, edited and confirmed by a named person of the leading group's office."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.coordination import compiling
from chengxin.coordination.actions.steps import NUMBERS, WORK, check_text, moved, named, next_number, office_roles, wrong
from chengxin.coordination.errors import AlreadyDone
from chengxin.coordination.models import CONFIRMED, DRAFT, DROPPED, LEAD, SUPPORT, Assignment, Meeting, Plan, Task
from chengxin.kernel import clock, ids, locks
from chengxin.law import law

MOST_TEXT = 200_000  # characters: a hundred pages


def propose(actor: Actor, title: str, issued_on: date, text: str) -> Plan:
    """Read a plan's text into proposed tasks. Raises ContentWrong; nothing is a task yet."""
    office_roles(actor)
    name = check_text(title, "文件名称", "the title")
    plain = text.strip()
    if not plain or len(plain) > MOST_TEXT:
        wrong("正文缺失或者过长", "the text is missing or too long")
    if issued_on > clock.today():
        wrong("印发日期晚于今天", "the day of issue is later than today")
    made = compiling.compile_plan(plain, issued_on, clock.today()).as_json()
    by, by_name = named(actor)
    with transaction.atomic(), locks.locked(NUMBERS):
        plan = Plan.objects.create(
            number=next_number(Plan, "PL", clock.today()),
            title=name,
            issued_on=issued_on,
            text=plain,
            sha256=hashlib.sha256(plain.encode()).hexdigest(),
            rows=made["rows"],
            unread=made["unread"],
            made_by=by,
            made_by_name=by_name,
            made_at=clock.now(),
        )
        _log(actor, plan, "proposed")
    return plan


def edit(actor: Actor, number: str, rows: Sequence[Mapping[str, Any]]) -> Plan:
    """Keep what the person changed in the proposed tasks, in order; still nothing is a task."""
    office_roles(actor)
    kept = [_row(one) for one in rows]

    def act(plan: Plan) -> None:
        plan.rows = kept
        plan.save()
        _log(actor, plan, "edited")

    return _locked(actor, number, act)


def confirm(actor: Actor, number: str) -> list[Task]:
    """The rows that are to be taken become tasks of their departments, under the name of who confirms. Raises ContentWrong."""
    roles = office_roles(actor)
    made: list[Task] = []

    def act(plan: Plan) -> None:
        wanted = [one for one in plan.rows if one["take"]]
        if not wanted:
            wrong("没有选定任何一项任务", "no task is chosen")
        for one in wanted:
            _check_complete(one)
        plan.state, plan.decided_at = CONFIRMED, clock.now()
        plan.decided_by, plan.decided_by_name = named(actor)
        plan.save()
        _log(actor, plan, "confirmed")
        made.extend(assign(actor, roles, one, plan=plan) for one in wanted)

    _locked(actor, number, act)
    return made


def drop(actor: Actor, number: str, reason: str) -> Plan:
    """The draft comes to nothing."""
    office_roles(actor)
    said = check_text(reason, "理由", "the reason")

    def act(plan: Plan) -> None:
        plan.state, plan.reason, plan.decided_at = DROPPED, said, clock.now()
        plan.decided_by, plan.decided_by_name = named(actor)
        plan.save()
        _log(actor, plan, "dropped")

    return _locked(actor, number, act)


def assign(actor: Actor, roles: set[str], row: Mapping[str, Any], *, plan: Plan | None = None, meeting: Meeting | None = None) -> Task:
    """One task with its departments; the caller holds the transaction. row: measure, title, lead, also_lead, support, due_on, evidence."""
    by, by_name = named(actor)
    with locks.locked(NUMBERS):
        task = Task(
            id=ids.new_id(),
            number=next_number(Task, "RW", clock.today()),
            plan=plan,
            meeting=meeting,
            measure=row["measure"],
            title=row["title"],
            lead=row["lead"],
            evidence_asked=row["evidence"],
            due_on=date.fromisoformat(str(row["due_on"])),
            assigned_by=by,
            assigned_by_name=by_name,
            assigned_at=clock.now(),
        )
        moved(task, WORK, "assign", roles, (by, by_name), before="NONE")
    leads = [row["lead"], *row.get("also_lead", [])]
    parts = {**dict.fromkeys(row.get("support", []), SUPPORT), **dict.fromkeys(leads, LEAD)}
    Assignment.objects.bulk_create(
        Assignment(task=task, department=department, part=part, since=clock.today()) for department, part in parts.items()
    )
    return task


def checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """A row that may become a task. Raises ContentWrong."""
    row = _row(given)
    _check_complete(row)
    return row


def _row(given: Mapping[str, Any]) -> dict[str, Any]:
    """One row as it is kept: known departments and measures only. Raises ContentWrong."""
    book = law.at(clock.today())
    known = {one.code for one in book.departments()}
    row = {name: given[name] for name in ("no", "measure", "title", "lead", "due_on", "how", "evidence")}
    row["also_lead"] = [one for one in given["also_lead"] if one != row["lead"]]
    row["support"] = [one for one in given["support"] if one not in (row["lead"], *row["also_lead"])]
    row["take"] = bool(given["take"])
    named_departments = {row["lead"], *row["also_lead"], *row["support"]} - {""}
    if not named_departments <= known or row["measure"] not in book.codes("measure"):
        wrong(f"第 {row['no']} 行的部门或者措施不存在", f"row {row['no']} names an unknown department or measure")
    return row


def _check_complete(row: Mapping[str, Any]) -> None:
    missing = [
        zh for name, zh in (("title", "任务内容"), ("lead", "牵头部门"), ("due_on", "期限"), ("evidence", "佐证材料")) if not row[name]
    ]
    if missing:
        wrong(f"第 {row['no']} 行缺少{'、'.join(missing)}", f"row {row['no']} is not complete")
    if row["due_on"] < clock.today().isoformat():
        wrong(f"第 {row['no']} 行的期限已过，请填写新的期限", f"the day of row {row['no']} has passed; put a new one")
    check_text(row["title"], f"第 {row['no']} 行任务内容", f"the text of row {row['no']}")


def _log(actor: Actor, plan: Plan, what: str) -> None:
    data = {"number": plan.number, "sha256": plan.sha256, "rows": len(plan.rows)}
    audit.record(f"coordination.plan.{what}", actor=str(actor), object=f"coordination.plan:{plan.pk}", data=data)


def _locked(actor: Actor, number: str, act: Callable[[Plan], None]) -> Plan:
    with transaction.atomic(), locks.locked(f"coordination.plan:{number}"):
        found = access.get(actor, Plan, number=number)
        plan = Plan.objects.select_for_update().get(pk=found.pk)
        if plan.state != DRAFT:
            raise AlreadyDone
        act(plan)
    return plan
