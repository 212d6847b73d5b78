"""What an officer does on a group: the complaint's own act, once for each complaint that was ticked, with its own step and paper.

An act decides nothing by itself and knows no group: it is the same act as on the complaint's own page, by the same named officer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.consumers import actions as consumers
from chengxin.consumers.models import Complaint
from chengxin.consumers.triage.models import Apart
from chengxin.kernel import clock
from chengxin.kernel.errors import ChengxinError

Act = Callable[[Actor, str], object]


@dataclass(frozen=True)
class Done:
    """Numbers that were done, and (number, what stood in the way) of the others: each complaint is an act of its own."""

    done: tuple[str, ...]
    not_done: tuple[tuple[str, str], ...]


def each(actor: Actor, numbers: Sequence[str], act: Act) -> Done:
    """Take the act for every number in turn, each in its own transaction; one that is refused stops none of the others."""
    done, not_done = [], []
    for number in dict.fromkeys(numbers):
        try:
            act(actor, number)
            done.append(number)
        except ChengxinError as error:
            not_done.append((number, str(error)))
    return Done(tuple(done), tuple(not_done))


def take(actor: Actor, number: str) -> object:
    """The officer takes it as its owner."""
    return consumers.take(actor, Complaint, number)


def accepting(contact_phone: str) -> Act:
    """Accept, with the telephone that stands on each decision."""
    return lambda actor, number: consumers.accept(actor, number, contact_phone)


def refusing(ground: str, reason: str) -> Act:
    """Refuse on a ground of the law, with the reason that stands on each decision."""
    return lambda actor, number: consumers.refuse(actor, number, ground, reason)


def set_apart(actor: Actor, number: str) -> object:
    """It is not like the others; no look groups it again. A second time changes nothing."""
    with transaction.atomic():
        found = access.get(actor, Complaint, number=number)
        given = {"by": str(actor), "by_name": actor.name, "at": clock.now()}
        made, fresh = Apart.objects.get_or_create(complaint=found, defaults=given)
        if fresh:
            audit.record("triage.complaint.set_apart", actor=str(actor), object=f"consumers.complaint:{found.pk}", data={"number": number})
        return made
