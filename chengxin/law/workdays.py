"""Working days in mainland China: weekends, statutory holidays, and the make-up days on which people work.

The table is `workdays.yaml`: one entry per year, taken from the State Council's yearly notice. A city enters a new notice without waiting
for a release in `<data>/law/workdays.yaml`, same form; a year there replaces the shipped one (read when the program starts). A later year
without an entry counts Monday to Friday and is reported by `warnings`; an earlier one is refused, because old periods must not be guessed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from chengxin.law.errors import CalendarMissing, LawDataBroken

FILE = Path(__file__).with_name("workdays.yaml")
ONE = timedelta(days=1)
SATURDAY = 5

# Only tests switch this off, to show that the legal cases would notice it.
_makeup_days_count: ContextVar[bool] = ContextVar("makeup_days_count", default=True)


@dataclass(frozen=True, slots=True)
class Year:
    """One year's notice: days off (weekday or not) and make-up working days."""

    year: int
    status: str
    notice: str
    off: frozenset[date]
    makeup: frozenset[date]
    names: tuple[tuple[date, date, str, str], ...]


def is_workday(day: date) -> bool:
    """Whether offices work on this day. Raises CalendarMissing for a year before the table begins."""
    year = _year(day.year)
    if year is None:
        return day.weekday() < SATURDAY
    if day in year.makeup:
        return _makeup_days_count.get()
    return day.weekday() < SATURDAY and day not in year.off


def add(day: date, n: int) -> date:
    """The n-th working day after `day` (before it when n is negative); `day` itself is not counted. n = 0 gives `day`."""
    step = ONE if n > 0 else -ONE
    left = abs(n)
    while left:
        day += step
        left -= is_workday(day)
    return day


def next_or_same(day: date) -> date:
    """`day` when it is a working day, else the first working day after it."""
    while not is_workday(day):
        day += ONE
    return day


def count(since: date, until: date) -> int:
    """How many working days lie in `since`..`until`, both included; 0 when `until` is before `since`."""
    days = (until - since).days + 1
    return sum(is_workday(since + timedelta(days=k)) for k in range(max(days, 0)))


def holiday(day: date, lang: str = "zh") -> str | None:
    """The name of the holiday that `day` belongs to, or None."""
    year = _year(day.year)
    for since, until, zh, en in year.names if year else ():
        if since <= day <= until:
            return zh if lang == "zh" else en
    return None


def status(year: int) -> str:
    """ "published", "provisional" (our own guess before the notice) or "missing"."""
    found = table().get(year)
    return found.status if found else "missing"


def warnings(today: date) -> list[dict[str, str]]:
    """What an administrator has to know about the calendar, as {"zh", "en"} texts.

    The notice for the next year appears in October or November, so next year is asked for from 1 November; this year always.
    """
    asked = [today.year] + ([today.year + 1] if today.month >= 11 else [])
    return [_warning(year, status(year)) for year in asked if status(year) != "published"]


def _warning(year: int, found: str) -> dict[str, str]:
    if found == "missing":
        return {
            "zh": f"缺少 {year} 年放假调休安排，跨入该年的工作日期限暂按周一至周五计算。请录入国务院办公厅通知。",
            "en": f"The holiday notice for {year} is missing; working days in it are counted as Monday to Friday. Enter the notice.",
        }
    return {
        "zh": f"{year} 年放假调休安排为暂定（仅含法定假日，未含调休），请以国务院办公厅通知为准并更新。",
        "en": f"The calendar for {year} is provisional (statutory days only, no make-up days). Update it from the notice.",
    }


@contextmanager
def without_makeup_days() -> Iterator[None]:
    """For tests only: count as if make-up days were ordinary weekends."""
    token = _makeup_days_count.set(False)
    try:
        yield
    finally:
        _makeup_days_count.reset(token)


@cache
def table() -> dict[int, Year]:
    """Every year of the table. Raises LawDataBroken when a make-up day is not a weekend or also a day off."""
    rows = {**_rows(FILE), **_rows(settings.DATA_DIR / "law" / FILE.name)}
    return {int(number): _read_year(int(number), row) for number, row in sorted(rows.items())}


def _rows(path: Path) -> dict[int, Any]:
    return dict(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["years"]) if path.is_file() else {}


def _read_year(number: int, row: dict[str, Any]) -> Year:
    names = tuple((run["from"], run["to"], run["zh"], run["en"]) for run in row["days_off"])
    off = frozenset(since + timedelta(days=k) for since, until, _, _ in names for k in range((until - since).days + 1))
    makeup = frozenset(row["makeup"])
    wrong = sorted(day for day in makeup if day.weekday() < SATURDAY or day in off)
    wrong += sorted(day for day in off | makeup if day.year != number)
    if wrong:
        raise LawDataBroken(file="workdays.yaml", reason=f"{number}: {', '.join(map(str, wrong))}")
    return Year(number, row["status"], row["notice"], off, makeup, names)


def _year(number: int) -> Year | None:
    years = table()
    if number < min(years):
        raise CalendarMissing(year=number, first=min(years))
    return years.get(number)
