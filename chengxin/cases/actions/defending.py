"""Review by another person, the notice, the party's arguments with an answer to each, the hearing."""

from __future__ import annotations

from chengxin.cases import clocks, penalties
from chengxin.cases.actions.investigating import end_pause
from chengxin.cases.actions.people import certificate_of
from chengxin.cases.actions.taking import Taking, effect, rule
from chengxin.cases.errors import (
    DayWrong,
    Heavier,
    NoHearingDue,
    NotChair,
    NothingToDo,
    NotLegalReviewer,
    SamePersonInCase,
    TooEarly,
    TooLateInCase,
)
from chengxin.cases.models import NOTIFIED, PROPOSED, Argument, CasePause, CaseStep
from chengxin.kernel import clock
from chengxin.law import law

STATEMENT = "PENALTY_STATEMENT"


@rule("review")
def a_legal_reviewer_for_a_major_case(taking: Taking) -> None:
    held = certificate_of(str(taking.actor), taking.today, taking.case.department)
    if taking.case.major and not (held and held.legal):
        raise NotLegalReviewer
    taking.certificate = held


@rule("notify")
def a_penalty_is_notified(taking: Taking) -> None:
    """What was reviewed is notified; a second notice is heavier than the first only when evidence came in between."""
    case, now = taking.case, penalties.latest(taking.case, PROPOSED)
    report = case.steps.filter(action="end_investigation").last()
    if not now or report is None or report.data.get("outcome") != "penalty":
        raise NothingToDo(why_zh="调查终结报告未建议处罚。", why_en="The report proposes no penalty.")
    _not_before(taking, "told_on", "review")
    earlier = penalties.latest(case, NOTIFIED)
    reopened = case.steps.filter(action="reopen").last()
    found = reopened and case.steps.filter(action="add_evidence", place__gt=reopened.place).exists()
    if earlier and not found and penalties.is_heavier(penalties.as_given(now), penalties.as_given(earlier), taking.today):
        raise Heavier


def _not_before(taking: Taking, field: str, action: str) -> None:
    """A day that is not before another step was taken."""
    step = taking.case.steps.filter(action=action).last()
    if step and taking.given[field] < clock.city_day(step.at):
        raise DayWrong(why_zh="不能早于前一步的日期。", why_en="Not before the step it follows.")


@effect("notify")
def notify(taking: Taking, step: CaseStep) -> None:
    taking.case.waived = False
    kept = penalties.put(taking.case, step, NOTIFIED, penalties.as_given(penalties.latest(taking.case, PROPOSED)))
    taking.case.major = penalties.is_major(taking.case, kept, taking.today)


# ---- arguments


@effect("hear_statement", "hold_hearing")
def number_the_arguments(taking: Taking, step: CaseStep) -> None:
    known = taking.case.arguments.count()
    lines = lines_of(taking.given.get("arguments") or "")
    for place, _ in enumerate(lines):
        Argument.objects.create(case=taking.case, number=known + place + 1, raised=step, line=place)


def lines_of(text: str) -> list[str]:
    """The arguments of a statement: one a line, blank lines left out."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def argument_text(one: Argument) -> str:
    return lines_of(one.raised.texts["arguments"])[one.line]


@rule("answer_argument")
def the_argument_waits(taking: Taking) -> None:
    found = taking.case.arguments.filter(number=taking.given["argument"]).first()
    if found is None or found.answered_id:
        raise NothingToDo(why_zh="没有这一条，或者已经答复。", why_en="There is no such argument, or it was answered.")


@effect("answer_argument")
def answer(taking: Taking, step: CaseStep) -> None:
    rows = taking.case.arguments.filter(number=taking.given["argument"], answered__isnull=True)
    rows.update(answered=step, adopted=taking.given["verdict"] == "adopted")


@effect("waive")
def waive(taking: Taking, step: CaseStep) -> None:
    taking.case.waived = True


# ---- hearing


@rule("ask_hearing")
def a_hearing_is_due(taking: Taking) -> None:
    """Only where the notified penalty gives the right, and asked for within the period."""
    if not penalties.hearing_is_due(taking.case, penalties.latest(taking.case, NOTIFIED), taking.today):
        raise NoHearingDue
    last = clocks.due(taking.case, STATEMENT)
    if last and taking.given["asked_on"] > last:
        raise TooLateInCase(due=last.isoformat(), article=clocks.article(taking.case, STATEMENT))


@effect("ask_hearing")
def leave_out_the_hearing(taking: Taking, step: CaseStep) -> None:
    """The time of the hearing is not counted in the period of decision (order 2 art. 64)."""
    if not taking.case.pauses.filter(until__isnull=True).exists():
        CasePause.objects.create(case=taking.case, cause="hearing", since=taking.given["asked_on"])
    clocks.count_decision(taking.case)


@rule("call_hearing")
def told_in_time(taking: Taking) -> None:
    """The party hears of it seven working days before; the chair has had no part in the investigation."""
    latest = law.at(taking.today).due("HEARING_NOTICE", clock.city_day(taking.given["held_at"]))
    if taking.today > latest:
        book = law.at(taking.today)
        cited = book.cited(book.clock("HEARING_NOTICE").provision)
        raise DayWrong(
            why_zh=f"须在听证七个工作日前通知（{cited['zh']}），该日期最迟应于{latest.isoformat()}通知。",
            why_en=f"The party is told seven working days before ({cited['en']}): for that day by {latest.isoformat()}.",
        )
    if taking.case.members.filter(person=taking.given["chair"]).exists():
        raise SamePersonInCase


@effect("call_hearing")
def call(taking: Taking, step: CaseStep) -> None:
    taking.case.chair, taking.case.hearing_on = taking.given["chair"], clock.city_day(taking.given["held_at"])


@rule("hold_hearing")
def the_chair_records_it(taking: Taking) -> None:
    case = taking.case
    if case.chair != str(taking.actor):
        raise NotChair
    if case.hearing_on is None or taking.today < case.hearing_on:
        raise TooEarly(due=case.hearing_on.isoformat() if case.hearing_on else "—", article=clocks.article(case, "HEARING_NOTICE"))


@effect("hold_hearing")
def count_again(taking: Taking, step: CaseStep) -> None:
    """The pause for the hearing ends with it."""
    if taking.case.pauses.filter(until__isnull=True, cause="hearing").exists():
        end_pause(taking, taking.today)
