"""The arithmetic of legal periods (期间): the event day is not counted, hours run on, a last calendar day may move past a day off.

Sources: Administrative Penalty Law art. 85 (two, three, five, seven days are working days), SAMR Order 2 art. 80, SAMR Order 121 art. 45,
Civil Code arts. 201-203. No number of days stands here; the numbers are in clocks.yaml.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta

from chengxin.kernel import clock as city_clock
from chengxin.law import workdays
from chengxin.law.entries import ClockRule, Pause
from chengxin.law.errors import ClockNeedsTime, PauseNotAllowed


def due_day(rule: ClockRule, event: date, paused: Sequence[Pause], extra: int) -> date:
    """The last day of the period that `event` starts; for a *_before unit the latest day before the event; `extra` adds units (extension).

    Raises ClockNeedsTime for hours and PauseNotAllowed for a pause that the rule does not name.
    """
    if rule.unit == "hour":
        raise ClockNeedsTime(id=rule.id)
    for pause in paused:
        if pause.event not in rule.pauses:
            raise PauseNotAllowed(id=rule.id, event=pause.event, allowed=", ".join(rule.pauses) or "—")
    last = ENDS[rule.unit](rule, event, (rule.n or 0) + extra)
    last = _with_pauses(rule, event, last, paused)
    return workdays.next_or_same(last) if rule.rolls else last


def due_at(rule: ClockRule, event: datetime, paused: Sequence[Pause], extra: int) -> datetime:
    """The aware instant at which the period is over: so many hours after the event, or the midnight that ends the last day."""
    if event.tzinfo is None:
        raise ClockNeedsTime(id=rule.id)
    if rule.unit == "hour":
        return event.astimezone(UTC) + timedelta(hours=(rule.n or 0) + extra)
    last = due_day(rule, city_clock.city_day(event), paused, extra)
    return datetime.combine(last + timedelta(days=1), time(), city_clock.CITY).astimezone(UTC)


def add_months(day: date, months: int) -> date:
    """The same date so many months later, or that month's last day when it has no such date."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _day_of_month(rule: ClockRule, event: date, n: int) -> date:
    year = event.year
    last = _in_month(year, rule.month or event.month, n)
    return last if event <= last else _in_month(year + 1, rule.month or event.month, n)


def _in_month(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))


def _after_quarter(rule: ClockRule, event: date, n: int) -> date:
    quarter_end = (event.month - 1) // 3 * 3 + 3
    end = date(event.year, quarter_end, monthrange(event.year, quarter_end)[1])
    month = add_months(end, n)
    return _in_month(month.year, month.month, 31)


def _window(rule: ClockRule, event: date, n: int) -> date:
    assert rule.window is not None
    month, day = map(int, rule.window[1].split("-"))
    end = date(event.year, month, day)
    return end if event <= end else date(event.year + 1, month, day)


ENDS: dict[str, Callable[[ClockRule, date, int], date]] = {
    "workday": lambda rule, event, n: workdays.add(event, n),
    "day": lambda rule, event, n: event + timedelta(days=n),
    "month": lambda rule, event, n: add_months(event, n),
    "year": lambda rule, event, n: add_months(event, 12 * n),
    "day_before": lambda rule, event, n: event - timedelta(days=n),
    "workday_before": lambda rule, event, n: workdays.add(event, -n),
    "day_of_month": _day_of_month,
    "month_after_quarter": _after_quarter,
    "window": _window,
}
UNITS = (*ENDS, "hour")


def _with_pauses(rule: ClockRule, event: date, last: date, paused: Sequence[Pause]) -> date:
    """Put back the days left out. A day left out twice counts once; only days after the event and up to the moving end matter."""
    out = sorted({day for pause in paused for day in _days(pause.since, pause.until) if day > event})
    for day in out:
        if day > last:
            break
        if rule.unit == "workday":
            last = workdays.add(last, 1) if workdays.is_workday(day) else last
        else:
            last += timedelta(days=1)
    return last


def _days(since: date, until: date) -> list[date]:
    return [since + timedelta(days=k) for k in range((until - since).days + 1)]
