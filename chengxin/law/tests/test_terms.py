from datetime import UTC, date, datetime

import pytest

from chengxin.kernel import clock
from chengxin.law import law, terms
from chengxin.law.errors import PauseNotAllowed

BOOK = law.at(date(2026, 11, 24))
EVENT = date(2026, 3, 2)


def paused(since: date, until: date) -> date:
    """The 90 days from 2 March (to 31 May, a Sunday, so 1 June) with testing time left out."""
    return BOOK.due("CASE_DECIDE", EVENT, [law.Pause("testing", since, until)])


def test_a_pause_on_the_last_day_counts_and_one_after_it_does_not() -> None:
    assert paused(date(2026, 5, 31), date(2026, 5, 31)) == date(2026, 6, 1)  # the last day becomes 1 June, a Monday
    assert paused(date(2026, 5, 30), date(2026, 5, 31)) == date(2026, 6, 2)
    assert paused(date(2026, 6, 1), date(2026, 6, 5)) == date(2026, 6, 1)
    monday = law.Pause("testing", date(2026, 6, 1), date(2026, 6, 1))
    assert BOOK.due("CASE_DECIDE", date(2026, 3, 3), [monday]) == date(2026, 6, 2)


def test_a_pause_on_the_event_day_leaves_out_nothing_because_that_day_is_not_counted() -> None:
    assert paused(EVENT, EVENT) == date(2026, 6, 1)
    assert paused(date(2026, 2, 1), date(2026, 3, 4)) == date(2026, 6, 2)  # only 3 and 4 March


def test_a_pause_that_runs_over_the_end_keeps_pushing_it() -> None:
    assert paused(date(2026, 5, 29), date(2026, 6, 10)) == date(2026, 6, 15)  # 13 days after 31 May is Saturday 13 June


def test_days_off_in_a_pause_do_not_lengthen_a_period_of_working_days() -> None:
    weekend = [law.Pause("testing", date(2026, 3, 7), date(2026, 3, 8))]
    assert BOOK.due("CLUE_CHECK", EVENT, weekend) == BOOK.due("CLUE_CHECK", EVENT)


def test_a_refused_pause_says_what_would_be_allowed() -> None:
    with pytest.raises(PauseNotAllowed) as refusal:
        BOOK.due("FINE_PAY", EVENT, [law.Pause("testing", EVENT, EVENT)])
    assert refusal.value.data["allowed"] == "—"
    with pytest.raises(PauseNotAllowed) as refusal:
        BOOK.due("CLUE_CHECK", EVENT, [law.Pause("hearing", EVENT, EVENT)])
    assert refusal.value.data["allowed"] == "testing, identification"


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_belongs_to_its_quarter(month: int) -> None:
    ends = {1: date(2026, 4, 30), 2: date(2026, 7, 31), 3: date(2026, 10, 31), 4: date(2027, 1, 31)}
    assert BOOK.due("TAX_QUARTER", date(2026, month, 15)) == ends[(month + 2) // 3]


def test_hours_may_be_lengthened_like_days() -> None:
    start = datetime(2026, 9, 30, 17, tzinfo=clock.CITY)
    assert terms.due_at(BOOK.clock("CRIME_TRANSFER"), start, (), 2) == datetime(2026, 10, 1, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
    ],
)
def test_months_end_on_the_same_date_or_the_last_day(day: date, months: int, end: date) -> None:
    assert terms.add_months(day, months) == end
