"""What every act on an entry shares: the entry locked, the step by the workflow, its row and its log entry."""

from __future__ import annotations

from typing import Any

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import rows
from chengxin.kernel import clock, locks
from chengxin.kernel.errors import NotFound
from chengxin.law import law
from chengxin.lists.access import DESK, OWNERS
from chengxin.lists.models import ListEntry, Step
from chengxin.records.actions.steps import named, roles_in
from chengxin.workflow import Outcome

OFFICIAL = "lists/official"
SYSTEM = ("system:lists", "系统（按日期）")


def locked_entry(actor: Actor, entry_id: object, department: str = "") -> ListEntry:
    """The actor's entry, locked until the transaction ends. `department`: only for who handles it there. Raises NotFound."""
    name = f"lists.entry:{entry_id}"
    with locks.locked(name):
        found = access.get(actor, ListEntry, pk=entry_id)
        if locks.on(name):
            found = ListEntry.objects.select_for_update(of=("self",)).select_related("subject", "record").get(pk=found.pk)
    if department and not roles_in(actor, getattr(found, department), DESK):
        raise NotFound
    return found


def take(actor: Actor, entry: ListEntry, action: str, where: str, given: dict[str, Any] | None = None) -> Outcome:
    """The next state by the workflow, on the entry, unsaved; a clock that starts is the entry's, one that stops is not any more."""
    roles = {role for role in OWNERS if actor.has(role)} if action == "defend" else roles_in(actor, where, DESK)
    outcome = workflow.take(workflow.load(OFFICIAL), entry.state, action, roles, given or {}, clock.today())
    entry.state = outcome.state
    entry.clock, entry.due_on = (outcome.clock or "", outcome.due) if outcome.clock else ("", None)
    return outcome


def note(entry: ListEntry, act: str, by: tuple[str, str], department: str, content: dict[str, Any] | None = None) -> Step:
    """The row of a step with its log entry; before the entry is saved, for the database looks for it."""
    data = {"number": entry.number, "kind": entry.kind, "subject": str(entry.subject_id), "state": entry.state, "round": entry.round}
    said = {"round": entry.round, **(content or {})}
    step = Step(entry=entry, act=act, by=by[0], by_name=by[1], department=department, at=clock.now(), content=said)
    return rows.put(step, f"lists.entry.{act}", actor=by[0], object=f"lists.entry:{entry.pk}", data=data)


def article(clock_id: str) -> str:
    """Where a period is written, for a person who is told of it."""
    return law.at(clock.today()).article(clock_id)


__all__ = ["OFFICIAL", "SYSTEM", "article", "locked_entry", "named", "note", "roles_in", "take"]
