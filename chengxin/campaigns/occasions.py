"""The occasions of the year as data: fixed days, and holidays that move as the State Council's yearly notice says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from chengxin.kernel import clock
from chengxin.law import workdays

FILE = Path(__file__).with_name("calendar.yaml")


@dataclass(frozen=True)
class Occasion:
    """`day`: MM-DD, or empty for a holiday that moves, named by its English name in the calendar of working days."""

    code: str
    zh: str
    en: str
    day: str = ""
    holiday: str = ""

    def on(self, year: int) -> date | None:
        """Its first day in a year; None while that year's notice is not entered."""
        if self.day:
            return date.fromisoformat(f"{year}-{self.day}")
        known = workdays.table().get(year)
        return min((since for since, _until, _zh, en in known.names if en == self.holiday), default=None) if known else None


@cache
def occasions() -> dict[str, Occasion]:
    """By code, in the order of the year."""
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))["occasions"]
    return {code: Occasion(code=code, **row) for code, row in rows.items()}


def coming(day: date | None = None) -> list[tuple[date, Occasion]]:
    """Each occasion's next day from a day on, the nearest first; one whose next day is not known yet is left out."""
    today = day or clock.today()
    found = []
    for one in occasions().values():
        days = [on for year in (today.year, today.year + 1) if (on := one.on(year)) and on >= today]
        found += [(days[0], one)] if days else []
    return sorted(found, key=lambda pair: pair[0])
