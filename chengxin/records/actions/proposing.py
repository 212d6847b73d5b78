"""Two people for everything on a file: one enters, another confirms; a correction replaces, a withdrawal ends, nothing is edited."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db import transaction

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.jobs import outbox
from chengxin.kernel import clock, locks
from chengxin.kernel.errors import NotFound
from chengxin.records.access import DESK
from chengxin.records.actions.steps import do_end, do_put, named, roles_in
from chengxin.records.content import as_json, check_content, from_json
from chengxin.records.errors import AlreadyDecided, AlreadyEnded, ChangeWaiting, SamePerson
from chengxin.records.events import RecordConfirmed, RecordWithdrawn
from chengxin.records.models import CONFIRMED, REFUSED, WAITING, Proposal, Record, RecordEnd
from chengxin.subjects.models import Subject

TABLE = "records/proposal"
ENTER, SUPERSEDE, WITHDRAW = Proposal.Act.ENTER, Proposal.Act.SUPERSEDE, Proposal.Act.WITHDRAW


def propose_record(actor: Actor, subject_id: object, department: str, given: dict[str, Any]) -> Proposal:
    """Enter a record for another person to confirm. The same content sent again is the same proposal."""
    with transaction.atomic():
        subject = access.get(actor, Subject, pk=subject_id)
        return _propose(actor, ENTER, subject, department, check_content(given))


def propose_correction(actor: Actor, record_id: object, given: dict[str, Any], reason: str) -> Proposal:
    """Enter what is to stand in a record's place."""
    with transaction.atomic():
        target = check_stands(actor, record_id)
        return _propose(actor, SUPERSEDE, target.subject, target.department, check_content(given), target, reason)


def propose_withdrawal(actor: Actor, record_id: object, reason: str, document: str) -> Proposal:
    """Ask for a record to be taken off the file, e.g. because the decision was revoked."""
    with transaction.atomic():
        target = check_stands(actor, record_id)
        content = {"item": target.item, "document_number": document.strip()}
        return _propose(actor, WITHDRAW, target.subject, target.department, content, target, reason)


def check_stands(actor: Actor, record_id: object) -> Record:
    """A record that still holds, entered by a department of the actor's. Raises NotFound, AlreadyEnded."""
    with locks.locked(f"records.record:{record_id}"):
        record = access.get(actor, Record, pk=record_id)
    if not roles_in(actor, record.department, DESK):
        raise NotFound
    if RecordEnd.objects.filter(record=record).exists():
        raise AlreadyEnded
    return record


def _propose(
    actor: Actor, act: str, subject: Subject, department: str, content: dict[str, Any], target: Record | None = None, reason: str = ""
) -> Proposal:
    workflow.take(workflow.load(TABLE), "NONE", "propose", roles_in(actor, department, DESK), {}, clock.today())
    kept, target_id = as_json(content), str(target.pk) if target else ""
    key = _key(act, str(subject.pk), department, str(actor), target_id, reason, json.dumps(kept, sort_keys=True, ensure_ascii=False))
    with locks.locked(f"records.proposal:{target_id or key}"):
        known = Proposal.objects.filter(key=key).first()
        if known:
            return known
        if target and Proposal.objects.filter(target=target, state=WAITING).exists():
            raise ChangeWaiting
        by, name = named(actor)
        proposal = Proposal.objects.create(
            act=act,
            subject=subject,
            item=content["item"],
            content=kept,
            target=target,
            reason=reason.strip(),
            department=department,
            key=key,
            proposed_by=by,
            proposed_by_name=name,
            proposed_at=clock.now(),
        )
        _note(proposal, "proposed", by)
    return proposal


def _key(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def confirm(actor: Actor, proposal_id: object) -> Proposal:
    """A second person of the department confirms; what was proposed happens. Raises SamePerson, AlreadyDecided, AlreadyEnded."""
    with transaction.atomic():
        proposal = _decided(actor, proposal_id, "confirm", CONFIRMED, "")
        do_confirm(proposal)
        _note(proposal, "confirmed", str(actor))
        return proposal


def do_confirm(proposal: Proposal) -> None:
    """What a confirmed proposal does to the file; the caller holds the transaction and has set who decided."""
    by = (proposal.proposed_by, proposal.proposed_by_name)
    confirmed = (proposal.decided_by, proposal.decided_by_name)
    target, why = proposal.target, "superseded" if proposal.act == SUPERSEDE else "withdrawn"
    if target:
        do_end(target, why, proposal.reason, by, confirmed, proposal.content.get("document_number", ""))
    if proposal.act == WITHDRAW and target:
        outbox.emit(RecordWithdrawn(str(target.pk), target.number))
    else:
        proposal.made = do_put(proposal.subject, from_json(proposal.content), proposal.department, by, confirmed, target)
        outbox.emit(RecordConfirmed(str(proposal.made.pk), proposal.made.number, target.number if target else ""))
    proposal.save()


def refuse(actor: Actor, proposal_id: object, reason: str) -> Proposal:
    """A second person sends it back, saying why."""
    with transaction.atomic():
        proposal = _decided(actor, proposal_id, "refuse", REFUSED, reason.strip())
        proposal.save()
        _note(proposal, "refused", str(actor))
        return proposal


def _decided(actor: Actor, proposal_id: object, action: str, state: str, reason: str) -> Proposal:
    """The proposal, locked, with the decision in it, unsaved."""
    with locks.locked(f"records.proposal:{proposal_id}"):
        proposal = access.get(actor, Proposal, pk=proposal_id)
        proposal = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if proposal.state != WAITING:
        raise AlreadyDecided
    if proposal.proposed_by == str(actor):
        raise SamePerson
    given = {"reason": reason} if reason else {}
    workflow.take(workflow.load(TABLE), proposal.state, action, roles_in(actor, proposal.department, DESK), given, clock.today())
    proposal.state, proposal.decision_reason, proposal.decided_at = state, reason, clock.now()
    proposal.decided_by, proposal.decided_by_name = named(actor)
    return proposal


def _note(proposal: Proposal, what: str, actor: str) -> None:
    data = {"act": proposal.act, "item": proposal.item, "key": proposal.key, "subject": str(proposal.subject_id)}
    if proposal.made:
        data["record"] = proposal.made.number
    audit.record(f"records.proposal.{what}", actor=actor, object=f"records.proposal:{proposal.pk}", data=data)
