"""Each night: what is overdue is put before the head, and what nobody said anything about within the term is closed as unsaid."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from chengxin.accounts.access import system
from chengxin.consumers.actions import close, follow_up
from chengxin.consumers.actions.steps import written
from chengxin.consumers.models import Complaint, Report
from chengxin.consumers.models.complaints import AGREED, FOLLOW_UP, SETTLED
from chengxin.consumers.models.reports import OPEN
from chengxin.jobs.run import JobRun
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.law.law import workdays

CLOCKS = system("consumers.clocks")


def keep_clocks(job: JobRun | None = None) -> str:
    """Escalate, ask, close."""
    return f"{escalate()} put before the head, {ask()} asked whether solved, {close_unsaid()} closed without a word"


def escalate() -> int:
    """Matters some working days over their last day, once each; the owner stays the owner."""
    waits, today = law.at(clock.today()).value("complaint_escalate_workdays"), clock.today()
    late: list[Any] = [
        *Complaint.objects.filter(due_on__lt=today, escalated_at=None).exclude(state=FOLLOW_UP),
        *Report.objects.filter(due_on__lt=today, escalated_at=None, state__in=OPEN),
    ]
    chosen = [one for one in late if workdays.add(one.due_on, waits) <= today]
    for one in chosen:
        with transaction.atomic():
            one.escalated_at = clock.now()
            one.save(update_fields=["escalated_at"])
            written(one, "escalate", CLOCKS, one.state, one.owner_name)
    return len(chosen)


def ask() -> int:
    """What was agreed or settled goes into follow-up. What ended goes there by an officer, who has told both sides."""
    numbers = list(Complaint.objects.filter(state__in=[AGREED, SETTLED]).values_list("number", flat=True))
    for number in numbers:
        follow_up(CLOCKS, number)
    return len(numbers)


def close_unsaid() -> int:
    """Complaints in follow-up whose term to confirm or reopen is over."""
    numbers = list(Complaint.objects.filter(state=FOLLOW_UP, confirm_by__lt=clock.today()).values_list("number", flat=True))
    for number in numbers:
        close(CLOCKS, number)
    return len(numbers)
