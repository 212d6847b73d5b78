"""The check, the investigation with its evidence, pauses and extensions, its end; the ways out to another department and the police."""

from __future__ import annotations

from chengxin.cases import clocks, papers, penalties
from chengxin.cases.actions.sources import TRANSFER, register_source
from chengxin.cases.actions.taking import Taking, effect, rule
from chengxin.cases.errors import AlreadyExtendedCase, DayWrong, NoEvidence, NothingToDo, PenaltiesWrong, SamePersonInCase, TooLateInCase
from chengxin.cases.models import PROPOSED, CasePause, CaseStep
from chengxin.kernel import clock
from chengxin.law import law


def checked_by(taking: Taking) -> str:
    step = taking.case.steps.filter(action="finish_check").last()
    return step.person if step else ""


@rule("file_case", "not_file")
def filing_is_decided_by_another(taking: Taking) -> None:
    if checked_by(taking) == str(taking.actor):
        raise SamePersonInCase


@rule("extend_check")
def the_check_is_extended_once_and_in_time(taking: Taking) -> None:
    if taking.case.steps.filter(action="extend_check").exists():
        raise AlreadyExtendedCase
    in_time(taking, clocks.CHECK)


def in_time(taking: Taking, id: str) -> None:
    """Raises TooLateInCase when the period's last day has passed."""
    last = clocks.due(taking.case, id)
    if last and taking.today > last:
        raise TooLateInCase(due=last.isoformat(), article=clocks.article(taking.case, id))


# ---- to another department


@rule("transfer")
def another_department(taking: Taking) -> None:
    target = law.at(taking.today).in_charge(taking.given["department"]).code
    if target == taking.case.department:
        raise NothingToDo(why_zh="这就是本案的承办部门。", why_en="That is the case's own department.")
    taking.given["department"] = target


@effect("transfer")
def open_there(taking: Taking, step: CaseStep) -> None:
    """The receiving department finds it on its desk as a source of its own."""
    from chengxin.accounts.access import system

    case = taking.case
    register_source(
        system("cases.transfer"),
        case.subject_id,
        taking.given["department"],
        TRANSFER,
        case.title,
        ref=case.matter,
        behaviour=case.behaviour,
        facts=taking.given["reason"],
        previous=case,
    )
    case.ended_at = clock.now()


# ---- pauses


@rule("pause_clock", "suspend")
def no_pause_runs(taking: Taking) -> None:
    if taking.case.pauses.filter(until__isnull=True).exists():
        raise NothingToDo(why_zh="已有一项期限扣除正在进行。", why_en="A pause is running already.")
    since = taking.given.get("since")
    if since and taking.case.filed_on and since < taking.case.filed_on:
        raise DayWrong(why_zh="不能早于立案日期。", why_en="Not before the case was filed.")


@effect("pause_clock", "suspend")
def begin_pause(taking: Taking, step: CaseStep) -> None:
    cause, since = taking.given.get("cause", "suspension"), taking.given.get("since", taking.today)
    CasePause.objects.create(case=taking.case, cause=cause, since=since)
    clocks.count_decision(taking.case)


@rule("end_pause")
def a_pause_runs(taking: Taking) -> None:
    running = taking.case.pauses.filter(until__isnull=True).first()
    if running is None:
        raise NothingToDo(why_zh="没有正在进行的期限扣除。", why_en="No pause is running.")
    if not running.since <= taking.given["until"] <= taking.today:
        raise DayWrong(why_zh="结束日期须在开始之后、今天之前。", why_en="Between its first day and today.")


@effect("end_pause", "resume")
def finish_pause(taking: Taking, step: CaseStep) -> None:
    end_pause(taking, taking.given.get("until", taking.today))


def end_pause(taking: Taking, until: object) -> None:
    taking.case.pauses.filter(until__isnull=True).update(until=until)
    clocks.count_decision(taking.case)


# ---- extensions of the period of decision


@rule("extend")
def extended_once(taking: Taking) -> None:
    if taking.case.extended_on:
        raise AlreadyExtendedCase
    in_time(taking, clocks.DECIDE)


@rule("extend_again")
def extended_before(taking: Taking) -> None:
    """A collective decision gives a new last day only after the ordinary extension, and while that still runs."""
    if not taking.case.extended_on:
        raise NothingToDo(why_zh="须先经负责人批准延长三十日。", why_en="The ordinary extension comes first.")
    in_time(taking, clocks.DECIDE)
    last = clocks.decision_due(taking.case)
    if last and taking.given["until"] <= last:
        raise DayWrong(why_zh="须晚于现在的最后一日。", why_en="Later than the present last day.")


@effect("extend_again")
def extend_again(taking: Taking, step: CaseStep) -> None:
    taking.case.until = taking.given["until"]
    clocks.count_decision(taking.case)


# ---- the end of the investigation


@rule("end_investigation")
def evidence_and_penalties(taking: Taking) -> None:
    if next(papers.exhibits_of(taking.case), None) is None:
        raise NoEvidence
    given = taking.given.get("penalties") or []
    if (taking.given["outcome"] == "penalty") != bool(given):
        raise PenaltiesWrong(
            why_zh="建议处罚的须写明处罚内容，建议不予处罚的不写。", why_en="A proposed penalty names its content; no penalty names none."
        )
    penalties.check(given, taking.today)


@effect("end_investigation")
def propose(taking: Taking, step: CaseStep) -> None:
    kept = penalties.put(taking.case, step, PROPOSED, taking.given.get("penalties") or [])
    taking.case.major = penalties.is_major(taking.case, kept, taking.today)


@effect("hand_to_police", "not_file", "exempt", "terminate")
def it_ends(taking: Taking, step: CaseStep) -> None:
    taking.case.ended_at = clock.now()
