"""An objection: raised by the subject, flagged at once, decided with reasons by somebody who did not make the record."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.jobs import outbox
from chengxin.kernel import clock, locks
from chengxin.kernel.errors import NotFound
from chengxin.law import law
from chengxin.records import catalogue
from chengxin.records.access import DESK, OWNERS, own
from chengxin.records.actions.proposing import do_confirm
from chengxin.records.actions.steps import do_end, named, roles_in
from chengxin.records.errors import AlreadyDecided, AlreadyEnded, NoCorrection, ObjectionOpen, OwnRecord, SamePerson, TooLate
from chengxin.records.events import ObjectionDecided, ObjectionRaised, RecordWithdrawn
from chengxin.records.models import CONFIRMED, OPEN_OBJECTIONS, UPHELD, WAITING, Objection, Proposal, Record, RecordEnd

WITHDRAW, CORRECT = ("withdraw", "correct")


def raise_objection(actor: Actor, record_id: object, statement: str) -> Objection:
    """The subject's owner objects; the record is flagged wherever it shows. Raises NotFound, AlreadyEnded, ObjectionOpen, TooLate."""
    with transaction.atomic(), locks.locked(f"records.record:{record_id}"):
        record = access.get(actor, Record, pk=record_id, subject__in=own(actor))
        if RecordEnd.objects.filter(record=record).exists():
            raise AlreadyEnded
        if record.objections.filter(state__in=OPEN_OBJECTIONS).exists():
            raise ObjectionOpen
        item = catalogue.item(record.item, record.decided_on)
        _check_in_time(record, item)
        given = {"statement": statement.strip()}
        outcome = workflow.take(workflow.load(item.objection), "NONE", "raise", _owner_roles(actor), given, clock.today())
        assert outcome.clock and outcome.due  # every table of an objection starts a clock with it
        by, name = named(actor)
        objection = Objection.objects.create(
            record=record,
            workflow=item.objection,
            department=record.department,
            state=outcome.state,
            statement=given["statement"],
            raised_by=by,
            raised_by_name=name,
            raised_at=clock.now(),
            clock=outcome.clock,
            due_on=outcome.due,
        )
        outbox.emit(ObjectionRaised(str(objection.pk), record.number))
        _note(objection, "raised", actor, {"due": objection.due_on.isoformat()})
        return objection


def _owner_roles(actor: Actor) -> set[str]:
    return {role for role in OWNERS if actor.has(role)}


def _check_in_time(record: Record, item: catalogue.Item) -> None:
    if item.object_within and record.published_on:
        book = law.at(record.decided_on)
        due = book.due(item.object_within, record.published_on)
        if clock.today() > due:
            raise TooLate(due=due.isoformat(), article=book.article(item.object_within))


def accept_objection(actor: Actor, objection_id: object) -> Objection:
    """Take it up for checking, where the law has acceptance as a step of its own."""
    with transaction.atomic():
        objection = _mine(actor, objection_id)
        _take(actor, objection, "accept")
        objection.save()
        _note(objection, "accepted", actor, {"due": objection.due_on.isoformat()})
        return objection


def decide_objection(actor: Actor, objection_id: object, uphold: bool, answer: str, remedy: str = WITHDRAW) -> Objection:
    """Uphold or reject, with reasons. Upheld: the record is withdrawn, or superseded by the correction that a colleague has entered.

    Raises OwnRecord for who entered or confirmed the record, AlreadyDecided, NoCorrection, EvidenceMissing.
    """
    with transaction.atomic():
        objection = _mine(actor, objection_id)
        if str(actor) in (objection.record.entered_by, objection.record.confirmed_by):
            raise OwnRecord
        decided_by = objection.clock, objection.due_on
        _take(actor, objection, "uphold" if uphold else "reject", {"reason": answer.strip()})
        objection.clock, objection.due_on = decided_by  # the correction is made with the decision; whether that was in time stays readable
        objection.answer, objection.decided_at = answer.strip(), clock.now()
        objection.decided_by, objection.decided_by_name = named(actor)
        if objection.state == UPHELD:
            _remedy(actor, objection, remedy)
        objection.save()
        outbox.emit(ObjectionDecided(str(objection.pk), objection.record.number, objection.state))
        _note(objection, "decided", actor, {"state": objection.state, "remedy": remedy if uphold else ""})
        return objection


def _remedy(actor: Actor, objection: Objection, remedy: str) -> None:
    record = objection.record
    if remedy == CORRECT:
        waiting = Proposal.objects.filter(target=record, state=WAITING, act=Proposal.Act.SUPERSEDE).first()
        if waiting is None:
            raise NoCorrection
        if waiting.proposed_by == str(actor):
            raise SamePerson
        waiting.state, waiting.decided_at = CONFIRMED, clock.now()
        waiting.decided_by, waiting.decided_by_name = named(actor)
        do_confirm(waiting)
        return
    do_end(record, "withdrawn", "异议成立", (objection.raised_by, objection.raised_by_name), named(actor))
    outbox.emit(RecordWithdrawn(str(record.pk), record.number))


def drop_objection(actor: Actor, objection_id: UUID) -> Objection:
    """The subject takes the objection back; the flag goes."""
    with transaction.atomic():
        found = Objection.objects.filter(pk=objection_id, record__subject__in=own(actor)).first()
        if found is None:
            raise NotFound
        objection = Objection.objects.select_for_update().get(pk=found.pk)
        if not objection.is_open:
            raise AlreadyDecided
        outcome = workflow.take(workflow.load(objection.workflow), objection.state, "drop", _owner_roles(actor), {}, clock.today())
        objection.state, objection.decided_at = outcome.state, clock.now()
        objection.save()
        _note(objection, "dropped", actor, {})
        return objection


def _mine(actor: Actor, objection_id: object) -> Objection:
    """An open objection on the actor's desk, locked."""
    with locks.locked(f"records.objection:{objection_id}"):
        found = access.get(actor, Objection, pk=objection_id)
        objection = Objection.objects.select_for_update(of=("self",)).select_related("record").get(pk=found.pk)
    if not objection.is_open:
        raise AlreadyDecided
    return objection


def _take(actor: Actor, objection: Objection, action: str, given: dict[str, Any] | None = None) -> None:
    """The step by the workflow: next state, next clock."""
    roles = roles_in(actor, objection.department, DESK)
    outcome = workflow.take(workflow.load(objection.workflow), objection.state, action, roles, given or {}, clock.today())
    objection.state = outcome.state
    if outcome.clock and outcome.due:
        objection.clock, objection.due_on = outcome.clock, outcome.due


def _note(objection: Objection, what: str, actor: Actor, data: dict[str, Any]) -> None:
    said = {"record": objection.record.number, "department": objection.department, **data}
    audit.record(f"records.objection.{what}", actor=str(actor), object=f"records.objection:{objection.pk}", data=said)
