"""Two people for every version of the rating rule: one writes, another publishes."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.audit import rows
from chengxin.evaluation.access import DESK
from chengxin.evaluation.errors import AlreadyDecided, RuleWrong, SamePerson
from chengxin.evaluation.models import PUBLISHED, REFUSED, WAITING, RatingRule, RuleProposal
from chengxin.evaluation.rule import read
from chengxin.kernel import clock, ids, locks
from chengxin.kernel.errors import Forbidden

NUMBERS = "evaluation.numbers"


@transaction.atomic
def propose_rule(actor: Actor, department: str, text: str, reason: str, effective_on: date) -> RuleProposal:
    """Write a version that holds from a day on. Raises RuleWrong, Forbidden."""
    if department not in actor.departments_as(*DESK):
        raise Forbidden
    if effective_on < clock.today():
        raise RuleWrong(term="effective_on")
    made = RuleProposal.objects.create(
        content=read(text),
        reason=reason.strip(),
        effective_on=effective_on,
        department=department,
        proposed_by=str(actor),
        proposed_by_name=actor.name,
        proposed_at=clock.now(),
    )
    _note(actor, made, "proposed")
    return made


@transaction.atomic
def publish_rule(actor: Actor, proposal_id: object) -> RatingRule:
    """Another person of the department publishes it. Raises SamePerson, AlreadyDecided."""
    with locks.locked(NUMBERS):
        made = _decided(actor, proposal_id, PUBLISHED)
        today = clock.today()
        if made.effective_on < today:
            raise RuleWrong(term="effective_on")
        known = RatingRule.objects.filter(number__startswith=f"PJ{settings.CITY_DIVISION}{today:%Y%m%d}").count()
        rule = RatingRule(
            number=ids.our_number("PJ", settings.CITY_DIVISION, today, known + 1),
            content=made.content,
            reason=made.reason,
            effective_on=made.effective_on,
            proposed_by=made.proposed_by,
            proposed_by_name=made.proposed_by_name,
            published_by=str(actor),
            published_by_name=actor.name,
            published_at=clock.now(),
        )
        data = {"number": rule.number, "effective_on": rule.effective_on.isoformat(), "content": rule.content}
        return rows.put(rule, "evaluation.rule.published", actor=str(actor), object=f"evaluation.rule:{rule.pk}", data=data)


@transaction.atomic
def refuse_rule(actor: Actor, proposal_id: object) -> RuleProposal:
    """Another person sends it back."""
    with locks.locked(NUMBERS):
        made = _decided(actor, proposal_id, REFUSED)
        _note(actor, made, "refused")
        return made


def _decided(actor: Actor, proposal_id: object, state: str) -> RuleProposal:
    made = RuleProposal.objects.select_for_update().get(pk=access.get(actor, RuleProposal, pk=proposal_id).pk)
    if made.state != WAITING:
        raise AlreadyDecided
    if made.proposed_by == str(actor):
        raise SamePerson
    made.state, made.decided_by, made.decided_at = state, str(actor), clock.now()
    made.save()
    return made


def _note(actor: Actor, made: RuleProposal, what: str) -> None:
    data = {"effective_on": made.effective_on.isoformat(), "department": made.department}
    audit.record(f"evaluation.rule.{what}", actor=str(actor), object=f"evaluation.proposal:{made.pk}", data=data)
