"""A department's sheet of a month or quarter: computed by figures.py, frozen as a row of the log, computed again and compared."""

from __future__ import annotations

import calendar
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Sum

from chengxin.audit.canonical import canonical
from chengxin.coordination import catalogue, figures
from chengxin.coordination import figures_of_desks as _desks  # noqa: F401 - registers its queries
from chengxin.coordination import figures_of_rooms as _rooms  # noqa: F401 - the same
from chengxin.coordination.catalogue import Indicator
from chengxin.coordination.figures import Period
from chengxin.coordination.models import Sheet
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.law import law
from chengxin.law.shelf import shelf

MONTH = re.compile(r"^(20[0-9]{2})-(0[1-9]|1[0-2])$")
QUARTER = re.compile(r"^(20[0-9]{2})-Q([1-4])$")
Figures = dict[str, dict[str, tuple[int, int]]]  # department → indicator → (numerator, denominator)


@dataclass(frozen=True)
class Line:
    """One indicator of a department: n of d. share in percent with one digit, or a dash where there is nothing to count."""

    indicator: Indicator
    n: int
    d: int
    before: str = ""

    @property
    def share(self) -> str:
        return percent(self.n, self.d)

    @property
    def target(self) -> str:
        return ("≥ " if self.indicator.better == catalogue.MORE else "≤ ") + percent(self.indicator.target, catalogue.THOUSAND)

    @property
    def colour(self) -> str:
        return self.indicator.colour(self.n, self.d)


def percent(n: int, d: int) -> str:
    """n of d as a percentage with one digit, cut off, so that 99.96 % never shows as reached; "–" for none of none."""
    if not d:
        return "–"
    tenths = n * 1000 // d
    return f"{tenths // 10}.{tenths % 10}%"


def period_of(name: str) -> Period:
    """The days of "2026-10" or "2026-Q4". Raises NotFound for another name."""
    if match := MONTH.match(name):
        year, month = int(match[1]), int(match[2])
        return Period(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))
    if match := QUARTER.match(name):
        year, last = int(match[1]), 3 * int(match[2])
        return Period(date(year, last - 2, 1), date(year, last, calendar.monthrange(year, last)[1]))
    raise NotFound


def month_name(day: date) -> str:
    return f"{day:%Y-%m}"


def quarter_name(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


def months_before(day: date, n: int) -> list[str]:
    """The names of the n months before a day's month, the earliest first."""
    names = []
    first = day.replace(day=1)
    for _ in range(n):
        first = (first - timedelta(days=1)).replace(day=1)
        names.append(month_name(first))
    return names[::-1]


def is_over(period: Period) -> bool:
    return period.until < clock.today()


def compute(period: Period) -> Figures:
    """Every indicator of every department, one query each."""
    found: Figures = {}
    for code, one in catalogue.indicators().items():
        for department, figure in compute_one(one, period).items():
            found.setdefault(department, {})[code] = figure
    return found


def compute_one(indicator: Indicator, period: Period) -> dict[str, tuple[int, int]]:
    """Department → (n, d) of one indicator, one query. A department that was succeeded counts for its successor."""
    found: dict[str, tuple[int, int]] = {}
    book = law.at(clock.today())
    rows = figures.QUERIES[indicator.query](period).values("k_dept").annotate(n=Sum("k_num"), d=Sum("k_den"))
    for code, num, den in rows.values_list("k_dept", "n", "d"):
        if code and den:
            today = book.in_charge(code).code
            n, d = found.get(today, (0, 0))
            found[today] = (n + int(num), d + int(den))
    return found


def city(found: Figures) -> dict[str, tuple[int, int]]:
    """Indicator → (n, d) of all departments together."""
    sums: dict[str, tuple[int, int]] = {}
    for of_department in found.values():
        for code, (n, d) in of_department.items():
            m, e = sums.get(code, (0, 0))
            sums[code] = (m + n, e + d)
    return sums


def lines(figures_of: Mapping[str, tuple[int, int]]) -> Iterator[Line]:
    """The sheet's lines in the catalogue's order; indicators with nothing to count are left out."""
    for code, one in catalogue.indicators().items():
        if code in figures_of:
            yield Line(one, *figures_of[code])


def rows_of(indicator: Indicator, department: str, period: Period) -> figures.Rows:
    """The rows a figure is made of, the missed ones first: k_ref, k_key, k_day, k_num, k_den."""
    book = law.at(clock.today())
    codes = [one for one in _all_codes() if book.in_charge(one).code == department]
    rows = figures.QUERIES[indicator.query](period).filter(k_dept__in=codes)
    return rows.order_by("k_num", "k_day", "k_ref").values("k_ref", "k_key", "k_day", "k_num", "k_den")


def _all_codes() -> list[str]:
    return list(shelf().departments)


def as_kept(figures_of: Mapping[str, tuple[int, int]]) -> dict[str, dict[str, int]]:
    """The figures as a frozen sheet keeps them."""
    return {code: {"n": n, "d": d} for code, (n, d) in sorted(figures_of.items())}


def digest(content: Any) -> str:
    """SHA-256 of a content in canonical JSON."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def as_figures(kept: Mapping[str, Mapping[str, int]]) -> dict[str, tuple[int, int]]:
    """A frozen sheet's figures; indicators that the catalogue of today lacks are left out."""
    return {code: (one["n"], one["d"]) for code, one in kept.items() if code in catalogue.indicators()}


def differences(sheet: Sheet) -> list[dict[str, Any]]:
    """What a new computation of the same period finds otherwise: code, kept, now; empty when all is equal."""
    now = as_kept(compute(Period(sheet.since, sheet.until)).get(sheet.department, {}))
    codes = sorted(set(now) | set(sheet.figures))
    return [{"code": one, "kept": sheet.figures.get(one), "now": now.get(one)} for one in codes if sheet.figures.get(one) != now.get(one)]
