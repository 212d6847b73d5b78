"""The decision: by the head, in time, on all arguments, never heavier than notified, after a collective discussion where it is major."""

from __future__ import annotations

from chengxin.audit import actions as audit
from chengxin.cases import clocks, penalties
from chengxin.cases.actions.defending import STATEMENT
from chengxin.cases.actions.investigating import in_time
from chengxin.cases.actions.issuing import decision
from chengxin.cases.actions.taking import Taking, effect, plain, rule
from chengxin.cases.errors import Heavier, NotConferred, SamePersonInCase, TooEarly, Unanswered
from chengxin.cases.models import DECIDED, NOTIFIED, CaseStep, Decision
from chengxin.law import law

DOUBLE, FILE = "DOUBLE_PUBLICITY", "GSXT_PUBLICITY"


@rule("decide", "exempt")
def a_third_person(taking: Taking) -> None:
    """Neither a case officer (people.the_right_person) nor the reviewer decides."""
    review = taking.case.steps.filter(action="review").last()
    if review is None or review.person == str(taking.actor):
        raise SamePersonInCase


@rule("decide")
def after_the_defence(taking: Taking) -> None:
    """The period for a statement is over or waived, and every argument has its answer."""
    case, last = taking.case, clocks.due(taking.case, STATEMENT)
    if last and taking.today <= last and not case.waived and case.state != "HEARD":
        raise TooEarly(due=last.isoformat(), article=clocks.article(case, STATEMENT))
    open_ones = case.arguments.filter(answered__isnull=True).count()
    if open_ones:
        raise Unanswered(count=open_ones)


@rule("decide")
def in_time_and_not_heavier(taking: Taking) -> None:
    in_time(taking, clocks.DECIDE)
    given = taking.given["penalties"]
    penalties.check(given, taking.today)
    if penalties.is_heavier(given, penalties.as_given(penalties.latest(taking.case, NOTIFIED)), taking.today):
        raise Heavier


@rule("decide")
def conferred_when_major(taking: Taking) -> None:
    notice = taking.case.steps.filter(action="notify").last()
    if taking.case.major and not taking.case.steps.filter(action="confer", place__gt=notice.place if notice else 0).exists():
        raise NotConferred


@effect("decide")
def decide(taking: Taking, step: CaseStep) -> None:
    """The decision with its number and hash; both clocks of publicity begin."""
    case, today = taking.case, taking.today
    rows = penalties.put(case, step, DECIDED, taking.given["penalties"])
    report, review = (case.steps.filter(action=action).last() for action in ("end_investigation", "review"))
    assert report and review
    paper = decision(taking, step)
    told = {"number": paper.number, "sha256": paper.sha256, "subject": str(case.subject_id), "penalties": plain(penalties.as_given(rows))}
    leaf = audit.record("cases.decision.made", actor=str(taking.actor), object=case.matter, data=told)
    Decision.objects.create(
        case=case,
        number=paper.number,
        decided_on=today,
        basis=report.texts["basis"][:300],
        drafted_by=report.person,
        reviewed_by=review.person,
        decided_by=str(taking.actor),
        decided_by_name=taking.actor.name,
        collective=case.steps.filter(action="confer").exists(),
        sha256=paper.sha256,
        leaf=leaf.index,
    )
    for id in (DOUBLE, FILE):
        clocks.start(case, id, law.at(today).due(id, today))
