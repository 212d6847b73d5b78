"""A plan: proposed within the rate table and the caps, decided by another person; special and full checks need no draw."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.inspection import catalogue, queries
from chengxin.inspection.actions.assigning import do_assign
from chengxin.inspection.actions.steps import DECISION, do_decide, note, numbered, step
from chengxin.inspection.errors import AlreadyDone, PlanWrong
from chengxin.inspection.models import Plan, PlanPart
from chengxin.inspection.models.plans import JOINS, LEAD, WITNESS
from chengxin.kernel import clock, locks
from chengxin.law import law
from chengxin.law.errors import LawUnknown
from chengxin.subjects.models import Subject
from chengxin.supervision.models import Clue

LOT, CLUE, FULL = Plan.Kind.LOT, Plan.Kind.CLUE, Plan.Kind.FULL


def propose_plan(actor: Actor, department: str, given: Mapping[str, Any]) -> Plan:
    """given: title, kind, items (codes; the first is the department's own), witness, division, due_on, and by kind shares
    {class: per cent}, or subjects and clue with a reason. Raises PlanWrong, StepNotYours."""
    with transaction.atomic():
        step(DECISION, "NONE", "propose", actor, department)
        items = _items(department, given["items"])
        _check(actor, given)
        plan = Plan.objects.create(
            number=numbered(Plan, "IP"),
            title=given["title"].strip(),
            kind=given["kind"],
            items=[one.code for one in items],
            division=given.get("division") or "",
            shares=given.get("shares") or {},
            subjects=[str(one) for one in given.get("subjects") or []],
            clue=given.get("clue") or "",
            reason=(given.get("reason") or "").strip(),
            due_on=given["due_on"],
            proposed_by=str(actor),
            proposed_by_name=actor.name,
            proposed_at=clock.now(),
        )
        _parts(plan, department, [one.department for one in items], given.get("witness") or "")
        note(actor, "plan.proposed", plan, _told(plan))
    return plan


def _items(department: str, codes: list[str]) -> list[catalogue.Item]:
    """The items, the lead department's own first: visit once, check all."""
    try:
        items = [catalogue.item(code, clock.today()) for code in dict.fromkeys(codes)]
    except LawUnknown:
        items = []
    if not items or items[0].department != department:
        _wrong("第一个事项须是牵头部门的清单事项", "the first item must be on the list of the lead department")
    return items


def _check(actor: Actor, given: Mapping[str, Any]) -> None:
    if given["due_on"] < clock.today():
        _wrong("完成日期已过", "the last day is over")
    if given["kind"] == LOT:
        _check_shares(given.get("shares") or {}, queries.rates(clock.today()))
    if given["kind"] == CLUE:
        subjects = access.get_many(actor, Subject, given.get("subjects") or [])
        if not subjects or not (given.get("reason") or "").strip():
            _wrong("专项检查须写明对象和理由", "a special check names its subjects and the reason")
        if any(one.is_natural for one in subjects):
            _wrong("自然人不列为检查对象", "natural persons are not inspected here")
        if given.get("clue"):
            access.get(actor, Clue, number=given["clue"])


def _check_shares(shares: Mapping[str, int], table: Mapping[str, Mapping[str, int | None]]) -> None:
    """Within the table: no class is inspected more, or less, than it says."""
    for code in catalogue.CLASSES:
        least, most, share = table[code]["least"] or 0, table[code]["most"] or 0, shares.get(code)
        if share is None or not least <= share <= most:
            _wrong(f"{code} 类的抽查比例须在 {least}%—{most}% 之内", f"the rate of class {code} must be within {least}–{most} %")


def _parts(plan: Plan, lead: str, of_items: list[str], witness: str) -> None:
    parts = {one: JOINS for one in of_items}
    if witness:
        parts.setdefault(witness, WITNESS)
    parts[lead] = LEAD
    if plan.kind == LOT and len(parts) < 2:
        _wrong("双随机抽取须有牵头部门以外的见证部门", "a draw needs a second department beside the lead")
    for department in parts:
        law.at(clock.today()).department(department)
    PlanPart.objects.bulk_create(PlanPart(plan=plan, department=name, part=part) for name, part in parts.items())


def decide_plan(actor: Actor, number: str, approve: bool, reason: str = "") -> Plan:
    """Another person of the lead department decides. A special or full check gets its visits at once; one by lot waits for its draw."""
    with transaction.atomic(), locks.locked(f"inspection.plan:{number}"):
        found = access.get(actor, Plan, number=number)
        plan = Plan.objects.select_for_update(of=("self",)).get(pk=found.pk)
        do_decide(actor, plan, plan.of_part(LEAD), approve, reason)
        plan.decision_reason = reason
        plan.save()
        note(actor, "plan.decided", plan, {**_told(plan), "state": plan.state})
        if plan.is_approved and plan.kind != LOT:
            do_assign(actor, plan)
    return plan


def approved(actor: Actor, number: str) -> Plan:
    """An approved plan by lot of the actor's, locked."""
    with locks.locked(f"inspection.plan:{number}"):
        plan = access.get(actor, Plan, number=number)
    if not plan.is_approved or plan.kind != LOT:
        raise AlreadyDone
    return plan


def _told(plan: Plan) -> dict[str, Any]:
    return {"number": plan.number, "kind": plan.kind, "items": plan.items, "parts": {one.department: one.part for one in plan.parts.all()}}


def _wrong(zh: str, en: str) -> None:
    raise PlanWrong(why_zh=zh + "。", why_en=en[0].upper() + en[1:] + ".")
