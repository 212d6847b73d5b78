"""Risk warnings: one person proposes, another approves and so notifies, the owner acknowledges, the last day ends it."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.inspection.access import OWNERS
from chengxin.inspection.actions.steps import WARNING, note, numbered, step
from chengxin.inspection.errors import AlreadyDone, SamePerson, WarningWrong
from chengxin.inspection.events import WarningNotified
from chengxin.inspection.models import RiskWarning
from chengxin.inspection.models.risk import ACKNOWLEDGED, NOTIFIED, PROPOSED
from chengxin.jobs import outbox
from chengxin.kernel import clock, locks
from chengxin.records.content import PERSONAL
from chengxin.subjects.models import Subject


def propose_warning(actor: Actor, subject_id: object, department: str, said: tuple[str, str], until: date) -> RiskWarning:
    """said: (what was seen, what to do). Raises WarningWrong for a day that is over, or a text with somebody's number in it."""
    with transaction.atomic():
        subject = access.get(actor, Subject, pk=subject_id)
        state = step(WARNING, "NONE", "propose", actor, department).state
        text, advice = (one.strip() for one in said)
        if not text or not advice or until < clock.today():
            raise WarningWrong(
                why_zh="须写明情况、建议和不早于今天的截止日。", why_en="Say what was seen, what to do, and a last day to come."
            )
        if PERSONAL.search(text + " " + advice):
            raise WarningWrong(
                why_zh="文字中疑似有证件号、电话或账号。", why_en="The text seems to hold an identity, telephone or account number."
            )
        named = {"proposed_by": str(actor), "proposed_by_name": actor.name, "proposed_at": clock.now()}
        words = {"text": text, "advice": advice, "until": until, "state": state}
        made = RiskWarning.objects.create(number=numbered(RiskWarning, "RW"), subject=subject, department=department, **words, **named)
        note(actor, "warning.proposed", made, {"number": made.number, "subject": str(subject.pk)})
    return made


def _locked(actor: Actor, number: str) -> RiskWarning:
    with locks.locked(f"inspection.warning:{number}"):
        found = access.get(actor, RiskWarning, number=number)
        return RiskWarning.objects.select_for_update().get(pk=found.pk)


def decide_warning(actor: Actor, number: str, approve: bool) -> RiskWarning:
    """Another person approves: from then on it stands on the subject's page. Raises AlreadyDone, SamePerson, WarningWrong when over."""
    with transaction.atomic():
        found = _locked(actor, number)
        if found.state != PROPOSED:
            raise AlreadyDone
        if found.proposed_by == str(actor):
            raise SamePerson
        if approve and found.until < clock.today():
            raise WarningWrong(why_zh="截止日已过。", why_en="Its last day is over.")
        found.state = step(WARNING, found.state, "approve" if approve else "drop", actor, found.department).state
        found.decided_by, found.decided_by_name, found.decided_at = str(actor), actor.name, clock.now()
        found.save()
        if approve:
            outbox.emit(WarningNotified(found.number, str(found.subject_id)))
        note(actor, "warning.decided", found, {"number": found.number, "state": found.state})
    return found


def acknowledge_warning(actor: Actor, number: str) -> RiskWarning:
    """The subject's owner has read it."""
    with transaction.atomic():
        found = _locked(actor, number)
        if found.state != NOTIFIED:
            raise AlreadyDone
        roles = {role for role in (*OWNERS, "platform_staff") if actor.has(role)}
        found.state = workflow.take(workflow.load(WARNING), found.state, "acknowledge", roles, {}, clock.today()).state
        found.acknowledged_by_name, found.acknowledged_at = actor.name, clock.now()
        found.save()
        note(actor, "warning.acknowledged", found, {"number": found.number})
    return found


def expire_warnings(actor: Actor) -> int:
    """End what is over: the day after its last day. Run every night."""
    with transaction.atomic():
        over = list(RiskWarning.objects.select_for_update().filter(state__in=[PROPOSED, NOTIFIED, ACKNOWLEDGED], until__lt=clock.today()))
        for one in over:
            one.state = workflow.take(workflow.load(WARNING), one.state, "expire", {"head"}, {}, clock.today()).state
            one.save()
            note(actor, "warning.expired", one, {"number": one.number})
    return len(over)
