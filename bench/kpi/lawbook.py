"""The few rules of law that the sheet's second computation needs, read from the data files without the house's code.

book = Law(); book.last("CLUE_CHECK", date(2026, 10, 1)); book.in_charge("FDA17", date(2026, 11, 5))
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).resolve().parents[2] / "chengxin"
DAY = timedelta(days=1)
SATURDAY = 5


def read(path: str) -> Any:
    """A data file below chengxin/."""
    return yaml.safe_load((DATA / path).read_text(encoding="utf-8"))


def version(versions: Iterable[dict[str, Any]], day: date) -> dict[str, Any]:
    """The version that holds on a day."""
    return next(one for one in versions if one.get("valid_from", date.min) <= day <= one.get("valid_to", date.max))


class Law:
    """Working days, periods, departments, publicity terms."""

    def __init__(self) -> None:
        self.clocks: dict[str, Any] = read("law/clocks.yaml")["clocks"]
        self.departments: dict[str, Any] = read("law/departments.yaml")["departments"]
        self.terms: dict[str, Any] = read("law/publicity.yaml")["terms"]
        self.items: dict[str, Any] = read("records/catalogue.yaml")["items"]
        self.off: set[date] = set()
        self.makeup: set[date] = set()
        for year in read("law/workdays.yaml")["years"].values():
            self.makeup |= set(year["makeup"])
            for run in year["days_off"]:
                self.off |= {run["from"] + n * DAY for n in range((run["to"] - run["from"]).days + 1)}

    def works(self, day: date) -> bool:
        """Whether offices work on a day."""
        return day in self.makeup or (day.weekday() < SATURDAY and day not in self.off)

    def last(self, clock: str, first: date, extra: str = "", out: Iterable[tuple[date, date]] = ()) -> date:
        """The last day of a period that an event of `first` begins. extra: a clock that lengthens it; out: days left out, both included."""
        rule = version(self.clocks[clock]["versions"], first)
        units = rule["n"] + (version(self.clocks[extra]["versions"], first)["n"] if extra else 0)
        aside = {since + n * DAY for since, until in out for n in range((until - since).days + 1)}
        if rule["unit"] in ("year", "month"):
            last = self.months(first, units * (12 if rule["unit"] == "year" else 1))
        else:
            last = first
            while units:
                last += DAY
                units -= last not in aside and (rule["unit"] == "day" or self.works(last))
        while rule.get("rolls") and not self.works(last):
            last += DAY
        return last

    @staticmethod
    def months(day: date, n: int) -> date:
        """The same day of another month, or that month's last."""
        year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
        return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))

    def in_charge(self, code: str, today: date) -> str:
        """A department, or who has its work today."""
        one = self.departments[code]
        gone = one.get("valid_to", date.max) < today
        return self.in_charge(one["successor"], today) if gone and one.get("successor") else code

    def double_publicity(self, item: str, term: str, decided: date) -> bool:
        """Whether a decision of this item and term is one of 双公示, and the law lets it be published at all."""
        entry = version(self.items[item], decided)
        if entry.get("publish_clock") != "DOUBLE_PUBLICITY":
            return False
        if entry["kind"] != "bad":
            return bool(entry.get("public"))
        return bool(term) and bool(version(self.terms[term], decided)["publish"])
