"""The one lawful extension of a check: asked for by one person, approved by another (order 2 art. 18)."""

from __future__ import annotations

from django.db import transaction

from chengxin.accounts.access import Actor
from chengxin.kernel import clock
from chengxin.supervision.actions.steps import EXTENSION, check_mine, check_reason, do_step, outcome, roles_at
from chengxin.supervision.errors import AlreadyExtended, ExtensionNotAsked, OwnExtension
from chengxin.supervision.models import Clue


def ask_extension(actor: Actor, clue_id: object, reason: str) -> Clue:
    """Ask the head for the extension, saying why the clue could not be checked in time."""
    with transaction.atomic():
        clue = check_mine(actor, clue_id)
        reason = check_reason(reason)
        if clue.extended_on or not clue.is_open:
            raise AlreadyExtended
        outcome(EXTENSION, stage(clue), "ask_extension", roles_at(actor, clue), {"reason": reason})
        clue.extension_asked_by, clue.extension_reason = str(actor), reason
        do_step(clue, actor, "ask_extension", clue.state, reason=reason)
        return clue


def grant_extension(actor: Actor, clue_id: object) -> Clue:
    """The head approves; the new last day counts from the day the clue was opened or received."""
    with transaction.atomic():
        clue = check_mine(actor, clue_id)
        check_decides(actor, clue)
        granted = outcome(EXTENSION, stage(clue), "grant_extension", roles_at(actor, clue), {"received_on": clue.received_on})
        clue.extended_on, clue.extension_asked_by = clock.today(), ""
        clue.due_on = granted.due or clue.due_on
        do_step(clue, actor, "grant_extension", clue.state, due=clue.due_on.isoformat())
        return clue


def refuse_extension(actor: Actor, clue_id: object, reason: str) -> Clue:
    """The head refuses, saying why; the clock stays as it is."""
    with transaction.atomic():
        clue = check_mine(actor, clue_id)
        reason = check_reason(reason)
        check_decides(actor, clue)
        outcome(EXTENSION, stage(clue), "refuse_extension", roles_at(actor, clue), {"reason": reason})
        clue.extension_asked_by, clue.extension_reason = "", ""
        do_step(clue, actor, "refuse_extension", clue.state, reason=reason)
        return clue


def check_decides(actor: Actor, clue: Clue) -> None:
    """Raises ExtensionNotAsked, or OwnExtension for the one who asked."""
    if not clue.extension_asked_by:
        raise ExtensionNotAsked
    if clue.extension_asked_by == str(actor):
        raise OwnExtension


def stage(clue: Clue) -> str:
    """Where the extension stands."""
    return "GRANTED" if clue.extended_on else "ASKED" if clue.extension_asked_by else "NONE"
