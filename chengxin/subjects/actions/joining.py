"""Two entries judged to be one subject, and split again. Nothing is moved: who reads a file asks which entries are one (queries.same)."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.kernel import clock, locks
from chengxin.subjects.errors import AlreadyOne, CannotBeOne, NotThePerson
from chengxin.subjects.models import Joining, Subject
from chengxin.subjects.models.same import LIVE, SPLIT, SPLITTING
from chengxin.subjects.queries.same import family

TABLE = "subjects/same"
DESK = ("officer", "reviewer", "head")
LOCK = "subjects.same"  # one for all: a chain of judgements is read before the next is made


@transaction.atomic
def propose_same(actor: Actor, kept_id: object, other_id: object, reason: str) -> Joining:
    """Say that two entries are one, with the reason; another person confirms. Raises CannotBeOne, AlreadyOne."""
    kept, other = access.get(actor, Subject, pk=kept_id), access.get(actor, Subject, pk=other_id)
    with locks.locked(LOCK):
        _check_numbers(kept, other)
        _check_apart(kept, other)
        if Joining.objects.filter(other=other, state__in=LIVE).exists():
            raise AlreadyOne
        outcome = workflow.take(workflow.load(TABLE), "NONE", "propose", _roles(actor), {"reason": reason.strip()}, clock.today())
        judgement = Joining.objects.create(
            kept=kept,
            other=other,
            state=outcome.state,
            reason=reason.strip(),
            proposed_by=str(actor),
            proposed_by_name=actor.name,
            proposed_at=clock.now(),
        )
        _note(judgement, "proposed", actor)
    return judgement


def _check_numbers(kept: Subject, other: Subject) -> None:
    """Numbers that differ, or a person and a firm, cannot be one; both are shown under the entry that has the number."""
    numbers = {one.uscc for one in (kept, other) if one.uscc}
    documents = {one.id_doc_index for one in (kept, other) if one.id_doc_index}
    unlike = len(numbers) > 1 or len(documents) > 1 or kept.is_natural != other.is_natural
    if kept.pk == other.pk or unlike or (other.uscc and not kept.uscc):
        raise CannotBeOne


def _check_apart(kept: Subject, other: Subject) -> None:
    if other.pk in family(kept.pk):
        raise AlreadyOne


@transaction.atomic
def decide_same(actor: Actor, judgement_id: object, confirm: bool, reason: str = "") -> Joining:
    """A second person confirms or refuses. Raises NotThePerson for who proposed it, CannotBeOne when the entries changed since."""
    with locks.locked(LOCK):
        judgement = _mine(actor, judgement_id)
        if judgement.proposed_by == str(actor):
            raise NotThePerson
        if confirm:
            _check_numbers(judgement.kept, judgement.other)
            _check_apart(judgement.kept, judgement.other)
        _take(actor, judgement, "confirm" if confirm else "refuse", reason)
        judgement.answer, judgement.decided_at = reason.strip(), clock.now()
        judgement.decided_by, judgement.decided_by_name = str(actor), actor.name
        judgement.save()
        _note(judgement, "joined" if confirm else "refused", actor)
    return judgement


@transaction.atomic
def ask_split(actor: Actor, judgement_id: object, reason: str) -> Joining:
    """Say that they are two after all; until another person agrees they stay one."""
    with locks.locked(LOCK):
        judgement = _mine(actor, judgement_id)
        _take(actor, judgement, "ask_split", reason)
        judgement.split_reason = reason.strip()
        judgement.split_asked_by, judgement.split_asked_by_name = str(actor), actor.name
        judgement.save()
        _note(judgement, "split_asked", actor)
    return judgement


@transaction.atomic
def decide_split(actor: Actor, judgement_id: object, split: bool, reason: str = "") -> Joining:
    """A second person splits them, or keeps them as one with a reason."""
    with locks.locked(LOCK):
        judgement = _mine(actor, judgement_id)
        if judgement.state == SPLITTING and judgement.split_asked_by == str(actor):
            raise NotThePerson
        _take(actor, judgement, "split" if split else "keep", reason)
        judgement.answer = reason.strip() or judgement.answer
        if judgement.state == SPLIT:
            judgement.split_by, judgement.split_by_name, judgement.split_at = str(actor), actor.name, clock.now()
        judgement.save()
        _note(judgement, "split" if split else "kept", actor)
    return judgement


def _mine(actor: Actor, judgement_id: object) -> Joining:
    found = access.get(actor, Joining, pk=judgement_id)
    return Joining.objects.select_for_update().get(pk=found.pk)


def _take(actor: Actor, judgement: Joining, action: str, reason: str) -> None:
    given = {"reason": reason.strip()} if reason.strip() else {}
    judgement.state = workflow.take(workflow.load(TABLE), judgement.state, action, _roles(actor), given, clock.today()).state


def _roles(actor: Actor) -> set[str]:
    return {role for role in DESK if actor.has(role)}


def _note(judgement: Joining, what: str, actor: Actor) -> None:
    said: dict[str, Any] = {"kept": str(judgement.kept_id), "other": str(judgement.other_id), "state": judgement.state}
    for subject in (judgement.kept_id, judgement.other_id):
        audit.record(f"subjects.same.{what}", actor=str(actor), object=f"subjects.subject:{subject}", data=said)
