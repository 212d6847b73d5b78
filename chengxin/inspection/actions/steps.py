"""What all acts of this room share: the second person, numbers, the log. Callers hold the transaction."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from chengxin import workflow
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.audit.models import Leaf
from chengxin.inspection.access import DESK
from chengxin.inspection.errors import AlreadyDone, SamePerson
from chengxin.inspection.models.registers import APPROVED, REFUSED, WAITING
from chengxin.kernel import clock, locks
from chengxin.records.actions.steps import next_number, roles_in

DECISION, TASK, WARNING = "inspection/decision", "inspection/task", "inspection/warning"


def numbered(model: type[Model], kind: str) -> str:
    """The day's next number of this kind."""
    with locks.locked("inspection.numbers"):
        return next_number(model, kind, clock.today())


def step(table: str, state: str, action: str, actor: Actor, department: str, given: dict[str, Any] | None = None) -> workflow.Outcome:
    """A step by a person of the department. Raises StepNotYours, StepNotAllowed, EvidenceMissing."""
    return workflow.take(workflow.load(table), state, action, roles_in(actor, department, DESK), given or {}, clock.today())


def do_decide(actor: Actor, one: Any, departments: list[str], approve: bool, reason: str = "") -> None:
    """Put a second person's decision into a proposal (plan, rates, correction), unsaved. Raises AlreadyDone, SamePerson, StepNotYours."""
    if one.state != WAITING:
        raise AlreadyDone
    if one.proposed_by == str(actor):
        raise SamePerson
    roles = {role for department in departments for role in roles_in(actor, department, DESK)}
    given = {"reason": reason} if reason else {}
    workflow.take(workflow.load(DECISION), one.state, "approve" if approve else "refuse", roles, given, clock.today())
    one.state, one.decided_at = APPROVED if approve else REFUSED, clock.now()
    one.decided_by, one.decided_by_name = str(actor), actor.name


def note(actor: Actor, what: str, one: Model, data: dict[str, Any]) -> Leaf:
    """The log's entry: inspection.<what> about this row."""
    kind = what.split(".", maxsplit=1)[0]
    return audit.record(f"inspection.{what}", actor=str(actor), object=f"inspection.{kind}:{one.pk}", data=data)
