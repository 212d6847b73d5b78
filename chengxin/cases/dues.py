"""What the party owes on a day: fine, confiscated income, late fee by the law of the day of service (apl.72, 73), less what was paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chengxin.cases import clocks, penalties
from chengxin.cases.models import DECIDED, Case
from chengxin.law import law

PAY = "FINE_PAY"


@dataclass(frozen=True)
class Dues:
    """All in fen; `late_days` counts the days the late fee is for."""

    fine_fen: int
    other_fen: int
    late_days: int
    late_fen: int
    paid_fen: int

    @property
    def left_fen(self) -> int:
        return max(0, self.fine_fen + self.other_fen + self.late_fen - self.paid_fen)

    @property
    def back_fen(self) -> int:
        """What was paid beyond it: due back to the party, after a change of the penalty."""
        return max(0, self.paid_fen - self.fine_fen - self.other_fen - self.late_fen)


def of(case: Case, day: date) -> Dues:
    """The account of a served case. The late fee of each day is taken on the fine that was unpaid on that day; days within a review or
    litigation are left out; all of it never exceeds the fine."""
    rows = penalties.latest(case, DECIDED)
    fine = sum(one.amount_fen or 0 for one in rows if one.kind == penalties.FINE)
    other = sum(one.amount_fen or 0 for one in rows if one.kind == penalties.INCOME)
    payments = [(one.paid_on, one.amount_fen) for one in case.payments.all() if one.paid_on <= day]
    last, served = clocks.due(case, PAY), case.service.served_on
    if last is None or not fine:
        return Dues(fine, other, 0, 0, sum(amount for _, amount in payments))
    appeals = [(one.since, one.until or day) for one in case.appeals.all()]
    days, late = late_fee(fine, last, day, payments, appeals, law.at(served).value("late_fee_percent"))
    return Dues(fine, other, days, late, sum(amount for _, amount in payments))


def late_fee(
    fine: int, last: date, day: date, payments: list[tuple[date, int]], appeals: list[tuple[date, date]], rate: dict[str, int]
) -> tuple[int, int]:
    """(days, fen) from the day after `last` to `day`. Payments count against the fine from their own day on; whole fen, rounded down."""
    days, hundredths = 0, 0
    for ordinal in range(last.toordinal() + 1, day.toordinal() + 1):
        that = date.fromordinal(ordinal)
        unpaid = fine - sum(amount for paid_on, amount in payments if paid_on <= that)
        if unpaid <= 0 or any(since <= that <= until for since, until in appeals):
            continue
        days += 1
        hundredths += unpaid * int(rate["per_day"])
    return days, min(hundredths // 100, fine * int(rate["cap"]) // 100)
