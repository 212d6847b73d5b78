"""What every step at the desk has in common: is it mine, is it allowed now, one transaction, history and log."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.kernel import clock, locks
from chengxin.kernel.errors import Forbidden
from chengxin.supervision.access import DESK, on_desk
from chengxin.supervision.errors import ReasonNeeded
from chengxin.supervision.models import Clue, ClueStep

LEAST_REASON = 4  # characters; four Chinese characters can name a pattern, fewer say nothing

CLUE = "supervision/clue"
EXTENSION = "supervision/extension"

DONE = {
    "start_check": "check_started",
    "ask_platform": "platform_asked",
    "answer": "platform_answered",
    "hand_over": "handed_over",
    "dismiss": "dismissed",
    "judge": "judged",
    "file_case": "filed_as_case",
    "ask_extension": "extension_asked",
    "grant_extension": "extended",
    "refuse_extension": "extension_refused",
}


def check_mine(actor: Actor, clue_id: object) -> Clue:
    """The clue, locked, when it is on the actor's desk. NotFound for a stranger, Forbidden for who only reads it. Inside atomic."""
    with locks.locked(f"supervision.clue:{clue_id}"):
        clue = access.get(actor, Clue, pk=clue_id)
        clue = Clue.objects.select_for_update().get(pk=clue.pk)
    if not on_desk(actor, clue):
        raise Forbidden
    return clue


def roles_at(actor: Actor, clue: Clue) -> set[str]:
    """The roles the actor holds in the clue's own department: being head elsewhere gives nothing here."""
    return {role for role in DESK if clue.department in actor.departments_as(role)}


def check_reason(reason: str) -> str:
    """The reason, trimmed. Raises ReasonNeeded."""
    reason = reason.strip()
    if len(reason) < LEAST_REASON:
        raise ReasonNeeded(least=LEAST_REASON)
    return reason


def outcome(name: str, state: str, action: str, roles: set[str], given: dict[str, Any]) -> workflow.Outcome:
    """What the workflow says to this step today. Raises StepNotAllowed, EvidenceMissing."""
    return workflow.take(workflow.load(name), state, action, roles, given, clock.today())


def do_step(clue: Clue, actor: Actor, action: str, after: str, *, reason: str = "", **data: Any) -> ClueStep:
    """Save the clue in its new state, with history and log. The department in the history is the one that acted."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("a step is taken in one transaction")
    before, clue.state, clue.version = clue.state, after, clue.version + 1
    acting = data.pop("acting_department", clue.department)
    clue.save()
    audit.record(
        f"supervision.clue.{DONE[action]}",
        actor=str(actor),
        object=f"supervision.clue:{clue.id}",
        data={"number": clue.number, "from": before, "to": after, "root": clue.evidence_root, **data},
        personal={"reason": reason} if reason else None,
    )
    return ClueStep.objects.create(
        clue=clue,
        action=action,
        before=before,
        after=after,
        department=acting,
        actor=str(actor),
        actor_name=actor.name,
        reason=reason,
        data=data,
        at=clock.now(),
    )
