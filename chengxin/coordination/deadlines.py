"""Deadlines as plans write them (2026年12月底前, 三个月内, 每季度 …), read into a day. What is not written is never guessed."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from chengxin.law import workdays
from chengxin.law.plan import number_of

N = r"([0-9]{1,3}|[一二三四五六七八九十]{1,3})"
YEAR = r"(?:([0-9]{4})年|(今年|当年|年内|本年)?)"
PER = {"年": 12, "半年": 6, "季度": 3, "月": 1}


@dataclass(frozen=True)
class Deadline:
    """The last day, the words it was read from, and whether the work comes back (then the day is its first time)."""

    on: date
    words: str
    repeats: bool = False


def read(text: str, issued_on: date) -> list[Deadline]:
    """The deadlines that a sentence states, the earliest first; years that it leaves out are the plan's. Empty when it states none."""
    found = [
        Deadline(day, match[0], rule is _every)
        for pattern, rule in RULES
        for match in pattern.finditer(text)
        if (day := rule(match, issued_on))
    ]
    return sorted(found, key=lambda one: (one.on, one.words))


def _number(text: str) -> int:
    return int(text) if text.isdigit() else number_of(text)


def _month_end(year: int, month: int) -> date:
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, calendar.monthrange(year, month)[1])


def _year(match: re.Match[str], issued_on: date) -> int:
    return int(match[1]) if match[1] else issued_on.year


def _day(match: re.Match[str], issued_on: date) -> date | None:
    try:
        return date(_year(match, issued_on), int(match[3]), int(match[4]))
    except ValueError:
        return None  # 2月30日 is nobody's deadline: the officer puts one


def _end_of_month(match: re.Match[str], issued_on: date) -> date | None:
    month = _number(match[3])
    return _month_end(_year(match, issued_on), month) if 1 <= month <= 12 else None


def _end_of_quarter(match: re.Match[str], issued_on: date) -> date | None:
    quarter = _number(match[3])
    return _month_end(_year(match, issued_on), 3 * quarter) if 1 <= quarter <= 4 else None


def _end_of_half(match: re.Match[str], issued_on: date) -> date:
    return _month_end(_year(match, issued_on), 6 if match[3] == "上" else 12)


def _end_of_year(match: re.Match[str], issued_on: date) -> date:
    return date(_year(match, issued_on), 12, 31)


def _within(match: re.Match[str], issued_on: date) -> date:
    number, unit = _number(match[1]), match[2]
    if unit == "个工作日":
        return workdays.add(issued_on, number)
    if unit in ("日", "天"):
        return issued_on + timedelta(days=number)
    months = number * (12 if unit == "年" else 1)
    end = _month_end(issued_on.year, issued_on.month + months)
    return end.replace(day=min(issued_on.day, end.day))


def _every(match: re.Match[str], issued_on: date) -> date:
    """The end of the period in which the plan was issued: the first time."""
    months = PER[match[1]]
    return _month_end(issued_on.year, (issued_on.month - 1) // months * months + months)


Rule = Callable[[re.Match[str], date], date | None]
RULES: tuple[tuple[re.Pattern[str], Rule], ...] = (
    (re.compile(YEAR + r"([0-9]{1,2})月([0-9]{1,2})日(?:之?前|以前|内)"), _day),
    (re.compile(YEAR + N.replace("{1,3}", "{1,2}", 1) + r"月(?:底|末)(?:之?前)?"), _end_of_month),
    (re.compile(YEAR + r"第?" + N + r"季度(?:末|底|内)(?:之?前)?"), _end_of_quarter),
    (re.compile(YEAR + r"(上|下)半年(?:末|底|内)?(?:之?前)?"), _end_of_half),
    (re.compile(r"(?:([0-9]{4})|(今|当|本))?年(?:底|末)(?:之?前)"), _end_of_year),
    (re.compile(N + r"(个工作日|日|天|个月|年)(?:之内|以内|内)"), _within),
    (re.compile(r"每(半年|季度|月|年)"), _every),
)
