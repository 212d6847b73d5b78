"""Repair: what was put right takes the record off the file, by two people and through the file's own withdrawal."""

from __future__ import annotations

from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.commitments.access import DESK
from chengxin.commitments.actions.steps import check_text, moved, named, roles_in
from chengxin.commitments.errors import AlreadyDone
from chengxin.commitments.models import REPAIRING, Breach
from chengxin.kernel import locks
from chengxin.records import actions as records
from chengxin.records.models import WAITING


def propose_repair(actor: Actor, number: str, reason: str) -> Breach:
    """An officer checked what was put right and asks a colleague to take the record off."""
    said = check_text(reason, "理由", "the reason")
    with transaction.atomic(), locks.locked(f"commitments.breach:{number}"):
        breach = _asked(actor, number)
        if breach.record is None or (breach.withdrawal and breach.withdrawal.state == WAITING):
            raise AlreadyDone
        breach.withdrawal = records.propose_withdrawal(
            actor, breach.record.pk, f"信用修复：{said}", f"{breach.number}-R{breach.steps.filter(action='ask_repair').count()}"
        )
        breach.save()
    return breach


def decide_repair(actor: Actor, number: str) -> Breach:
    """The colleague confirms: the record is withdrawn, and the breach is repaired when the file tells it (tasks.lose_record)."""
    with transaction.atomic(), locks.locked(f"commitments.breach:{number}"):
        breach = _asked(actor, number)
        if breach.withdrawal is None:
            raise AlreadyDone
        records.confirm(actor, breach.withdrawal.pk)
    return breach


def refuse_repair(actor: Actor, number: str, reason: str) -> Breach:
    """It was not put right: the record stays, the maker may ask again."""
    said = check_text(reason, "理由", "the reason")
    with transaction.atomic(), locks.locked(f"commitments.breach:{number}"):
        breach = _asked(actor, number)
        moved(breach, "refuse_repair", roles_in(actor, breach.department, DESK), named(actor), {"reason": said})
        if breach.withdrawal and breach.withdrawal.state == WAITING:
            records.refuse(actor, breach.withdrawal.pk, said)
        breach.withdrawal = None
        breach.save()
    return breach


def _asked(actor: Actor, number: str) -> Breach:
    found = access.get(actor, Breach, number=number)
    roles_in(actor, found.department, DESK)
    breach = Breach.objects.select_for_update(of=("self",)).select_related("record", "withdrawal", "commitment").get(pk=found.pk)
    if breach.state != REPAIRING:
        raise AlreadyDone
    return breach
