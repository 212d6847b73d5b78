"""Reminders before a commitment's last day: once for each of the law data's steps; the maker reads them on the own page."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from chengxin.audit import actions as audit
from chengxin.commitments.models import Commitment, Reminder
from chengxin.kernel import clock
from chengxin.law import law

ACTOR = "system:commitments.clocks"


def remind() -> int:
    """Give the reminders that are due today and were not given; returns how many."""
    today = clock.today()
    steps = sorted(law.at(today).value("commitment_remind_days"))
    ending = Commitment.objects.filter(
        valid_until__gte=today, valid_until__lte=today + timedelta(days=max(steps)), end__isnull=True, renewal__isnull=True
    )
    given = 0
    for one in ending:
        left = (one.valid_until - today).days
        given += _once(one, next(step for step in steps if left <= step))
    return given


@transaction.atomic
def _once(one: Commitment, step: int) -> bool:
    _, fresh = Reminder.objects.get_or_create(commitment=one, days_before=step, defaults={"sent_at": clock.now()})
    if fresh:
        data = {"number": one.number, "days_before": step, "until": one.valid_until.isoformat()}
        audit.record("commitments.commitment.reminded", actor=ACTOR, object=f"commitments.commitment:{one.pk}", data=data)
    return fresh
