"""Secrecy review: a named human holds one item back, another releases it or keeps it in. What is held is nowhere: page, API, dump, feed."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import rows
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.kernel.locks import locked
from chengxin.lists.models import ListEntry, RedEntry
from chengxin.publicity.errors import NotYours
from chengxin.publicity.models import PUBLISHED, Review, ReviewStep
from chengxin.records.models import Record

TABLE = "publicity/item"
DESK = ("officer", "reviewer", "head")
ITEMS: dict[str, Any] = {"records": Record, "lists": ListEntry, "red_lists": RedEntry}
LOCK = "publicity.reviews"
SYSTEM = "system:publicity"


def held(dataset: str) -> frozenset[str]:
    """Keys of a set that are not to be shown."""
    return frozenset(Review.objects.filter(dataset=dataset).exclude(state=PUBLISHED).values_list("key", flat=True))


def released(dataset: str) -> frozenset[str]:
    """Keys that a named human has looked at and released."""
    return frozenset(Review.objects.filter(dataset=dataset, state=PUBLISHED).values_list("key", flat=True))


def hold(actor: Actor, dataset: str, key: str, reason: str) -> Review:
    """Stop one item at once. Raises NotFound for an item that is not of the actor's departments, StepNotAllowed when it is held already."""
    item = _item(dataset, key)
    if not {item.department} & actor.departments_as(*DESK):
        raise NotFound
    with transaction.atomic(), locked(LOCK):
        found = Review.objects.select_for_update().filter(dataset=dataset, key=key).first()
        found = found or Review(dataset=dataset, key=key, department=item.department)
        found.held_by, found.held_by_name, found.taken_by, found.decided_by = str(actor), actor.name, "", ""
        return _step(found, "hold", _of(actor, item.department), actor, reason)


def flag(dataset: str, key: str, reason: str) -> None:
    """The redaction check found something: the item waits for a named human. Says nothing to one that is held already."""
    item = _item(dataset, key)
    with transaction.atomic(), locked(LOCK):
        if Review.objects.filter(dataset=dataset, key=key).exists():
            return
        made = Review(dataset=dataset, key=key, department=item.department, held_by=SYSTEM, held_by_name=SYSTEM)
        _step(made, "flag", {"system"}, None, reason)


def take(actor: Actor, number: Any) -> Review:
    """Begin the review of a held item."""
    with transaction.atomic(), locked(LOCK):
        found = access.get(actor, Review, pk=number)
        found = Review.objects.select_for_update().get(pk=found.pk)
        found.taken_by, found.taken_by_name = str(actor), actor.name
        return _step(found, "take", _roles(actor, found), actor, "")


def decide(actor: Actor, number: Any, release: bool, reason: str) -> Review:
    """Release an item or keep it back for good. Raises NotYours for who held it or began its review."""
    with transaction.atomic(), locked(LOCK):
        found = access.get(actor, Review, pk=number)
        found = Review.objects.select_for_update().get(pk=found.pk)
        if str(actor) in (found.held_by, found.taken_by):
            raise NotYours
        found.decided_by, found.decided_by_name = str(actor), actor.name
        return _step(found, "release" if release else "keep_back", _roles(actor, found), actor, reason)


def _roles(actor: Actor, found: Review) -> set[str]:
    return _of(actor, found.department)


def _of(actor: Actor, department: str) -> set[str]:
    return {role for role in DESK if department in actor.departments_as(role)}


def _item(dataset: str, key: str) -> Any:
    model = ITEMS.get(dataset)
    found = model.objects.filter(number=key).first() if model else None
    if found is None:
        raise NotFound
    return found


def _step(found: Review, action: str, roles: set[str], actor: Actor | None, reason: str) -> Review:
    """Move a review on, with its history and log entry. The caller holds transaction and lock."""
    before = found.state
    outcome = workflow.take(workflow.load(TABLE), before, action, roles, {"reason": reason.strip()}, clock.today())
    found.state, found.reason, found.at = outcome.state, reason.strip(), clock.now()
    found.save()
    by = (str(actor), actor.name) if actor else (SYSTEM, SYSTEM)
    step = ReviewStep(review=found, action=action, before=before, after=found.state, actor=by[0], actor_name=by[1], reason=found.reason)
    step.at = found.at
    told = {"dataset": found.dataset, "key": found.key, "to": found.state}
    rows.put(step, f"publicity.item.{action}", actor=by[0], object=f"publicity.item:{found.pk}", data=told)
    return found
