"""The law as dated data: open the book of a day, ask it. `from chengxin.law import law`.

>>> from datetime import date
>>> law = __import__("chengxin.law.law", fromlist=["law"])
>>> law.at(date(2026, 4, 10)).clock("MEDIATE").unit, law.at(date(2026, 4, 20)).clock("MEDIATE").unit
('workday', 'day')
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from chengxin.law import workdays
from chengxin.law.book import Book
from chengxin.law.entries import Pause

__all__ = ["Book", "Pause", "at", "clock_colour", "due", "workdays"]


@lru_cache(maxsize=512)
def at(day: date) -> Book:
    """The book of what is in force on `day`. Which day picks the rule is the law's question: most often the day of the event or receipt."""
    return Book(day)


def due(clock: str, event_day: date) -> date:
    """The last day of the period `clock` by the rule in force on the event's own day."""
    return at(event_day).due(clock, event_day)


def clock_colour(due: date, today: date) -> str:
    """ "green", "amber" from a few working days before the last day to that day, "red" once it is over."""
    if today > due:
        return "red"
    ahead = int(at(today).value("clock_amber_workdays"))
    return "amber" if workdays.count(today, due) <= ahead else "green"
