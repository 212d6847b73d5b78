"""Paying, late fees, later payment, review and litigation, enforcement, the end."""

from __future__ import annotations

from chengxin.cases import clocks, dues
from chengxin.cases.actions.taking import Taking, effect, rule
from chengxin.cases.errors import DayWrong, NothingToDo, NotPaid, TooEarly
from chengxin.cases.events import CaseClosed
from chengxin.cases.models import Appeal, CaseStep, Payment
from chengxin.jobs import outbox
from chengxin.kernel import clock, money
from chengxin.law import law


@rule("pay")
def paid_after_service(taking: Taking) -> None:
    if taking.given["amount"] <= 0 or taking.given["paid_on"] < taking.case.service.served_on:
        raise DayWrong(why_zh="金额须大于零，缴款不能早于送达。", why_en="More than nothing, and not before service.")
    if dues.of(taking.case, taking.today).left_fen == 0:
        raise NothingToDo(why_zh="罚没款已经缴清。", why_en="Nothing is owed any more.")


@effect("pay")
def pay(taking: Taking, step: CaseStep) -> None:
    Payment.objects.create(case=taking.case, step=step, amount_fen=taking.given["amount"], paid_on=taking.given["paid_on"])


@rule("allow_later")
def later_than_now(taking: Taking) -> None:
    last = clocks.due(taking.case, dues.PAY)
    if last and taking.given["until"] <= last:
        raise DayWrong(why_zh="须晚于现在的缴款期限。", why_en="Later than the present last day.")


@effect("allow_later")
def allow_later(taking: Taking, step: CaseStep) -> None:
    """The last day to pay moves; the late fee counts from the new one (apl.66)."""
    taking.case.pay_until = taking.given["until"]
    if taking.case.clocks.filter(clock=dues.PAY, stopped_on__isnull=True).exists():
        clocks.start(taking.case, dues.PAY, taking.given["until"], taking.case.service.served_on)


@rule("note_appeal")
def no_appeal_runs(taking: Taking) -> None:
    if taking.case.appeals.filter(until__isnull=True).exists():
        raise NothingToDo(why_zh="已有复议或者诉讼正在进行。", why_en="A review or litigation is running already.")


@effect("note_appeal")
def note_appeal(taking: Taking, step: CaseStep) -> None:
    Appeal.objects.create(case=taking.case, forum=taking.given["forum"], since=taking.given["since"])


@rule("end_appeal")
def an_appeal_runs(taking: Taking) -> None:
    running = taking.case.appeals.filter(until__isnull=True).first()
    if running is None or not running.since <= taking.given["until"] <= taking.today:
        raise NothingToDo(why_zh="没有正在进行的复议或者诉讼，或者日期不对。", why_en="None is running, or the day is not in it.")


@effect("end_appeal")
def end_appeal(taking: Taking, step: CaseStep) -> None:
    taking.case.appeals.filter(until__isnull=True).update(until=taking.given["until"])


@rule("enforce")
def urged_before(taking: Taking) -> None:
    """After the last day to pay, after the periods of review and litigation, and ten working days after the urging was served."""
    case, today = taking.case, taking.today
    served = case.service.served_on
    urged = law.at(today).due("ENFORCE_URGE", taking.given["urged_on"])
    waits = [(clocks.due(case, dues.PAY) or today, dues.PAY), (urged, "ENFORCE_URGE")]
    waits += [(law.at(served).due(id, served), id) for id in ("REVIEW_APPLY", "SUE_APPLY")]
    if case.appeals.filter(until__isnull=True).exists():
        raise NothingToDo(why_zh="复议或者诉讼尚未终结。", why_en="A review or litigation is running.")
    for last, id in waits:
        if today <= last:
            raise TooEarly(due=last.isoformat(), article=clocks.article(case, id))


@rule("perform")
def all_is_paid(taking: Taking) -> None:
    left = dues.of(taking.case, taking.today).left_fen
    if left > 0:
        raise NotPaid(left=money.yuan_for_people(left))


@effect("close")
def close(taking: Taking, step: CaseStep) -> None:
    taking.case.ended_at = clock.now()
    outbox.emit(CaseClosed(str(taking.case.pk)))
