"""The registers: who may be inspected, who inspects, who must not inspect whom; and the table of rates."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.accounts.models import RoleGrant
from chengxin.audit import actions as audit
from chengxin.inspection import catalogue
from chengxin.inspection.access import DESK
from chengxin.inspection.actions.steps import DECISION, do_decide, note, step
from chengxin.inspection.catalogue import CLASSES
from chengxin.inspection.errors import AlreadyDone, PlanWrong
from chengxin.inspection.models import Conflict, Inspector, ListedObject, RateTable
from chengxin.inspection.models.registers import WAITING
from chengxin.kernel import clock, locks
from chengxin.kernel.errors import Forbidden, NotFound
from chengxin.subjects.models import Subject


def _may_keep(actor: Actor, department: str) -> None:
    """Registers are kept by the department's own officers and head."""
    step(DECISION, "NONE", "propose", actor, department)


def fill_objects(actor: Actor, item_code: str, reason: str) -> int:
    """Put every active registered business of the item's kinds on its object register; returns how many are new."""
    item = catalogue.item(item_code, clock.today())
    with transaction.atomic(), locks.locked(f"inspection.objects:{item.code}"):
        _may_keep(actor, item.department)
        there = ListedObject.objects.filter(item=item.code, removed_at__isnull=True).values("subject")
        wanted = Subject.objects.filter(kind__in=item.kinds, status="active").exclude(pk__in=there).values_list("pk", "division")
        made = [_object(actor, item.code, pk, division, reason) for pk, division in wanted]
        ListedObject.objects.bulk_create(made, batch_size=500)
        data = {"item": item.code, "added": len(made), "reason": reason}
        audit.record("inspection.objects.filled", actor=str(actor), object=f"inspection.item:{item.code}", data=data)
    return len(made)


def _object(actor: Actor, item: str, subject: Any, division: str, reason: str) -> ListedObject:
    who = {"added_by": str(actor), "added_at": clock.now(), "added_reason": reason}
    return ListedObject(subject_id=subject, item=item, division=division, **who)


def add_object(actor: Actor, item_code: str, subject_id: object, reason: str) -> ListedObject:
    """Put one subject on an item's register. Raises PlanWrong for a natural person, AlreadyDone when it is there."""
    item = catalogue.item(item_code, clock.today())
    with transaction.atomic(), locks.locked(f"inspection.objects:{item.code}"):
        _may_keep(actor, item.department)
        subject = access.get(actor, Subject, pk=subject_id)
        if subject.kind not in item.kinds:
            raise PlanWrong(why_zh="自然人不列入检查对象名录库。", why_en="Natural persons are not on the object register.")
        if ListedObject.objects.filter(item=item.code, subject=subject, removed_at__isnull=True).exists():
            raise AlreadyDone
        made = _object(actor, item.code, subject.pk, subject.division, reason)
        made.save()
        note(actor, "object.added", made, {"item": item.code, "subject": str(subject.pk), "reason": reason})
    return made


def remove_object(actor: Actor, id: object, reason: str) -> ListedObject:
    """Take one off the register, saying why. What was drawn before stays drawn."""
    with transaction.atomic():
        found = ListedObject.objects.select_for_update().get(pk=access.get(actor, ListedObject, pk=id).pk)
        _may_keep(actor, catalogue.item(found.item, clock.today()).department)
        if found.removed_at:
            raise AlreadyDone
        found.removed_at, found.removed_by, found.removed_reason = clock.now(), str(actor), reason
        found.save()
        note(actor, "object.removed", found, {"item": found.item, "subject": str(found.subject_id), "reason": reason})
    return found


def add_inspector(actor: Actor, user_id: UUID, department: str, certificate: str, days: tuple[date, date]) -> Inspector:
    """Put an officer of the department on the inspector register. days: first and last day of the certificate."""
    with transaction.atomic(), locks.locked("inspection.inspectors"):
        _may_keep(actor, department)
        grant = RoleGrant.objects.in_force().filter(user_id=user_id, department_id=department, role__in=["officer", "head"]).first()
        if grant is None:
            raise NotFound
        if Inspector.objects.filter(user_id=user_id, department=department, removed_at__isnull=True).exists():
            raise AlreadyDone
        named = {"added_by": str(actor), "added_at": clock.now()}
        made = Inspector.objects.create(
            user=grant.user, department=department, certificate=certificate, valid_from=days[0], valid_until=days[1], **named
        )
        note(actor, "inspector.added", made, {"department": department, "certificate": certificate, "until": days[1].isoformat()})
    return made


def remove_inspector(actor: Actor, id: object, reason: str) -> Inspector:
    """Take an inspector off the register: no later draw chooses them."""
    with transaction.atomic():
        found = access.get(actor, Inspector, pk=id)
        _may_keep(actor, found.department)
        found = Inspector.objects.select_for_update().get(pk=found.pk)
        if found.removed_at:
            raise AlreadyDone
        found.removed_at, found.removed_by, found.removed_reason = clock.now(), str(actor), reason
        found.save()
        note(actor, "inspector.removed", found, {"department": found.department, "reason": reason})
    return found


def declare_conflict(actor: Actor, inspector_id: object, subject_id: object, reason: str) -> Conflict:
    """An inspector, or the head of the department, says that this subject must be inspected by others. The same again is the same."""
    with transaction.atomic(), locks.locked(f"inspection.conflicts:{inspector_id}"):
        inspector = access.get(actor, Inspector, pk=inspector_id)
        if actor.user != inspector.user and inspector.department not in actor.departments_as("head"):
            raise Forbidden
        subject = access.get(actor, Subject, pk=subject_id)
        who = {"reason": reason, "declared_by": str(actor), "declared_at": clock.now()}
        made, fresh = Conflict.objects.get_or_create(inspector=inspector, subject=subject, defaults=who)
        if fresh:
            note(actor, "conflict.declared", made, {"inspector": str(inspector.pk), "subject": str(subject.pk)})
    return made


def propose_rates(actor: Actor, department: str, rates: dict[str, dict[str, int | None]], reason: str) -> RateTable:
    """A new table of rates by class, for another person to approve. Raises PlanWrong, AlreadyDone while one waits."""
    with transaction.atomic(), locks.locked("inspection.rates"):
        step(DECISION, "NONE", "propose", actor, department)
        _check_rates(rates)
        if RateTable.objects.filter(state=WAITING).exists():
            raise AlreadyDone
        named = {"proposed_by": str(actor), "proposed_by_name": actor.name, "proposed_at": clock.now()}
        made = RateTable.objects.create(rates=rates, reason=reason, **named)
        note(actor, "rates.proposed", made, {"rates": rates})
    return made


def _check_rates(rates: dict[str, dict[str, int | None]]) -> None:
    for code in CLASSES:
        row = rates.get(code, {})
        least, most, times = row.get("least"), row.get("most"), row.get("per_year")
        whole = isinstance(least, int) and isinstance(most, int) and (times is None or times > 0)
        if not whole or not 0 <= least <= most <= 100:  # type: ignore[operator]
            raise PlanWrong(why_zh=f"{code} 类的比例或者频次有误。", why_en=f"Rates or frequency of class {code} are not valid.")


def decide_rates(actor: Actor, id: object, approve: bool, reason: str = "") -> RateTable:
    """A second person puts the table in force, or sends it back."""
    with transaction.atomic(), locks.locked("inspection.rates"):
        found = RateTable.objects.select_for_update().get(pk=access.get(actor, RateTable, pk=id).pk)
        do_decide(actor, found, sorted(actor.departments_as(*DESK)), approve, reason)
        found.save()
        note(actor, "rates.decided", found, {"state": found.state, "rates": found.rates})
    return found
