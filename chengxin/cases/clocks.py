"""The periods of a case: started and stopped by its steps, counted by the law of the day, the period of decision with its pauses."""

from __future__ import annotations

from datetime import date

from chengxin.cases.models import Case, CaseClock
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.workflow import Outcome

DECIDE = "CASE_DECIDE"
CHECK = "CLUE_CHECK"


def move(case: Case, outcome: Outcome) -> None:
    """Stop and start what the table says. The period of decision is counted by `count_decision`, because it may be paused."""
    stop(case, *outcome.stopped)
    if outcome.step and outcome.step.action == "file_case":
        case.filed_on = clock.today()
    if outcome.clock and outcome.due:
        start(case, outcome.clock, outcome.due)
        if outcome.due_at:
            case.clocks.filter(clock=outcome.clock, stopped_on__isnull=True).update(due_at=outcome.due_at)
    if outcome.step and outcome.step.action == "extend":
        case.extended_on = clock.today()
    count_decision(case)


def start(case: Case, id: str, due: date, since: date | None = None) -> None:
    """Run a period, or give the running one its new last day."""
    CaseClock.objects.update_or_create(case=case, clock=id, stopped_on=None, defaults={"due_on": due, "started_on": since or clock.today()})


def stop(case: Case, *ids: str) -> None:
    case.clocks.filter(clock__in=ids, stopped_on__isnull=True).update(stopped_on=clock.today())


def due(case: Case, id: str) -> date | None:
    """The last day of a period of this case, running or stopped; the latest when it ran more than once."""
    return case.clocks.filter(clock=id).order_by("-id").values_list("due_on", flat=True).first()


def nearest(case: Case) -> date | None:
    return case.clocks.filter(stopped_on__isnull=True).order_by("due_on").values_list("due_on", flat=True).first()


def running(case: Case) -> str:
    """The id of the running period whose last day is the nearest; "" for none."""
    return str(case.clocks.filter(stopped_on__isnull=True).order_by("due_on").values_list("clock", flat=True).first() or "")


def decision_due(case: Case) -> date | None:
    """The last day to decide: 90 days from filing, the lawful extension, what a collective decision gave, and the days left out. A pause
    that still runs leaves out the days up to today."""
    if not case.filed_on:
        return None
    today = clock.today()
    paused = [law.Pause(one.cause, one.since, one.until or max(today, one.since)) for one in case.pauses.all()]
    counted = law.at(case.filed_on).due(DECIDE, case.filed_on, paused, extended=case.extended_on is not None)
    return max(counted, case.until) if case.until else counted


def count_decision(case: Case) -> None:
    """Give the running period of decision its last day of today."""
    last = decision_due(case)
    if last and case.clocks.filter(clock=DECIDE, stopped_on__isnull=True).exists():
        start(case, DECIDE, last, case.filed_on)


def article(case: Case, id: str) -> str:
    """Where the law has it."""
    return law.at(case.filed_on or case.received_on).article(id)
