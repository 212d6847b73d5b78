"""What a person does about a difference, and about a row of an upper level that the register could not place."""

from __future__ import annotations

from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.exchange import collecting
from chengxin.exchange.access import DESK
from chengxin.exchange.errors import AlreadyDone
from chengxin.exchange.models import Difference, ExchangeRow, InboundRow
from chengxin.exchange.models.inbound import MATCHED, NOT_OURS, UNMATCHED
from chengxin.exchange.models.outbound import ACCEPTED, WAITING
from chengxin.exchange.models.reconciling import ACTED, OPEN
from chengxin.exchange.reconciling import RESENDABLE
from chengxin.exchange.steps import check_text, named, roles_in, wrong
from chengxin.kernel import clock, locks
from chengxin.subjects.models import Subject

RESEND, NOTE = ("resend", "note")


@transaction.atomic
def act_on(actor: Actor, number: str, action: str, reason: str) -> Difference:
    """Send the row again, or note what was done otherwise. Raises AlreadyDone, ContentWrong."""
    found = access.get(actor, Difference, number=number)
    with locks.locked(f"exchange.difference:{found.pk}"):
        one = Difference.objects.select_for_update().get(pk=found.pk)
    if one.state != OPEN:
        raise AlreadyDone
    if one.department:
        roles_in(actor, one.department, DESK)
    reason = check_text(reason, "理由", "the reason")
    if action == RESEND:
        _send_again(one)
    elif action != NOTE:
        wrong("没有这种处理方式", "there is no such action")
    one.state, one.action, one.reason, one.acted_at = ACTED, action, reason, clock.now()
    one.acted_by, one.acted_by_name = named(actor)
    one.save()
    data = {"number": number, "kind": one.kind, "row": one.row_number, "action": action}
    audit.record("exchange.difference.acted", actor=str(actor), object=f"exchange.difference:{one.pk}", data=data)
    return one


def _send_again(one: Difference) -> None:
    """The newest version of the row's fact waits for the next batch, with its number: sent twice it is accepted once."""
    row = ExchangeRow.objects.filter(number=one.row_number).first()
    newest = collecting.latest(row.fact) if row else None
    if one.kind not in RESENDABLE or newest is None:
        wrong("这种差异不能以重报消除", "sending again does not mend this kind of difference")
    if newest and newest.state == ACCEPTED:
        ExchangeRow.objects.filter(pk=newest.pk).update(state=WAITING)


@transaction.atomic
def match(actor: Actor, number: str, uscc: str, reason: str) -> InboundRow:
    """Say who an upper level's row is about: by the code in our register, or nobody of ours (no code)."""
    found = access.get(actor, InboundRow, number=number)
    with locks.locked(f"exchange.inbound:{found.pk}"):
        row = InboundRow.objects.select_for_update().get(pk=found.pk)
    if row.state != UNMATCHED:
        raise AlreadyDone
    row.reason = check_text(reason, "理由", "the reason")
    row.subject = Subject.objects.filter(uscc=uscc.strip().upper()).first() if uscc.strip() else None
    if uscc.strip() and row.subject is None:
        wrong("登记库中没有该统一社会信用代码", "the register has no such social credit code")
    row.state = MATCHED if row.subject else NOT_OURS
    row.decided_by, row.decided_by_name = named(actor)
    row.save()
    data = {"number": number, "state": row.state, "subject": str(row.subject_id or "")}
    audit.record("exchange.inbound.matched", actor=str(actor), object=f"exchange.inbound:{row.pk}", data=data)
    return row
