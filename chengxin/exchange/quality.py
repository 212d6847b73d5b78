"""Indicators of data quality per department and kind, counted from the rows as they stand; each figure names the list it is made of.

timeliness: accepted by the last day of the clock, of all rows whose last day is over or that are accepted; complete: columns filled, of all
columns that the form requires; loaded: accepted, of the rows that were answered; uscc: rows with a wrong code, of all; concealed: decisions
of which no row was ever accepted although the last day is over, of all decisions. Targets are dated values of the law's book.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode

import duckdb
import pyarrow as pa
from django.urls import reverse

from chengxin.exchange.models import ExchangeRow
from chengxin.exchange.models.outbound import FAULTY, REJECTED, REPLACED
from chengxin.kernel import clock
from chengxin.law import law

FIELDS = ("department", "kind", "fact", "version", "due_on", "accepted_at", "state", "errors")

SQL = """
SELECT department, kind, count(*) AS rows,
       count(*) FILTER (due OR done) AS timed, count(*) FILTER (in_time) AS in_time,
       count(*) FILTER (done OR state = 'REJECTED') AS answered, count(*) FILTER (done) AS done,
       count(*) FILTER (lacking = 0) AS complete,
       count(*) FILTER (wrong_uscc) AS wrong_uscc,
       count(*) FILTER (first) AS decisions, count(*) FILTER (first AND due AND NOT fact_done) AS concealed
FROM (SELECT *, bool_or(done) OVER (PARTITION BY fact) AS fact_done,
             row_number() OVER (PARTITION BY fact ORDER BY version) = 1 AS first FROM given)
GROUP BY ALL ORDER BY ALL
"""


@dataclass(frozen=True)
class Figure:
    """part of whole, its target in per cent (or per ten thousand) and whether more or less is better, and the rows behind it."""

    name: str
    part: int
    whole: int
    scale: int
    target: int
    more_is_better: bool
    url: str

    @property
    def value(self) -> float | None:
        return self.scale * self.part / self.whole if self.whole else None

    @property
    def meets(self) -> bool | None:
        """Exact, in whole numbers: part/whole against target/scale. None where nothing was counted."""
        if not self.whole:
            return None
        ours, theirs = self.part * self.scale, self.target * self.whole
        return ours >= theirs if self.more_is_better else ours <= theirs

    @property
    def sign(self) -> str:
        return "%" if self.scale == 100 else "‱"

    @property
    def goal(self) -> str:
        """The target as people write it."""
        return f"{'≥' if self.more_is_better else '≤'} {self.target} {self.sign}"

    def __str__(self) -> str:
        return "–" if self.value is None else f"{self.value:.1f} {self.sign} ({self.part}/{self.whole})"


@dataclass(frozen=True)
class Score:
    """One department and kind."""

    department: str
    kind: str
    rows: int
    figures: tuple[Figure, ...]

    def figure(self, name: str) -> Figure:
        return next(one for one in self.figures if one.name == name)


def scores(rows: Any, since: date, until: date) -> list[Score]:
    """The indicators over rows (a queryset the reader may see) whose event lies between two days, both included, as of now."""
    given = list(standing(rows).filter(event_on__range=(since, until)).values_list(*FIELDS).iterator(chunk_size=5000))
    if not given:
        return []
    today = clock.today()
    columns = dict(zip(FIELDS, map(list, zip(*given, strict=True)), strict=True))
    table = pa.table(
        {
            **{name: columns[name] for name in ("department", "kind", "state", "fact")},
            "due": [day < today for day in columns["due_on"]],
            "done": [at is not None for at in columns["accepted_at"]],
            "in_time": [at is not None and at <= end_of(day) for at, day in zip(columns["accepted_at"], columns["due_on"], strict=True)],
            "lacking": [sum(error["code"] == "missing" for error in errors) for errors in columns["errors"]],
            "wrong_uscc": [any(error["code"] == "uscc" for error in errors) for errors in columns["errors"]],
            "version": columns["version"],
        }
    )
    with duckdb.connect() as lake:
        lake.register("given", table)
        found = lake.execute(SQL).fetchall()
    return [_score(one, today) for one in found]


def standing(rows: Any) -> Any:
    """Without versions that were replaced before they were ever sent."""
    return rows.exclude(state=REPLACED, accepted_at=None)


def end_of(day: date) -> datetime:
    """The last instant of a day in the city."""
    return datetime.combine(day, time.max, clock.CITY)


def _score(row: tuple[Any, ...], today: date) -> Score:
    department, kind, rows, timed, in_time, answered, done, complete, wrong_uscc, decisions, concealed = row
    book = law.at(today)
    targets: dict[str, int] = book.value("publicity_rate_targets_percent")
    most_wrong = int(book.value("exchange_uscc_errors_per_ten_thousand"))

    def figure(name: str, part: int, whole: int, target: int, more: bool = True, scale: int = 100) -> Figure:
        query = urlencode({"department": department, "kind": kind, "indicator": name})
        return Figure(name, part, whole, scale, target, more, f"{reverse('exchange:rows')}?{query}")

    return Score(
        department,
        kind,
        rows,
        (
            figure("timely", in_time, timed, targets["compliant"]),
            figure("complete", complete, rows, targets["complete"]),
            figure("loaded", done, answered, targets["loaded"]),
            figure("uscc", wrong_uscc, rows, most_wrong, more=False, scale=10_000),
            figure("concealed", concealed, decisions, targets["concealed"], more=False),
        ),
    )


def behind(rows: Any, indicator: str) -> Any:
    """The rows that pull an indicator down: what its figure links to."""
    today, rows = clock.today(), standing(rows)
    if indicator == "timely":
        return rows.filter(pk__in=[one.pk for one in rows.filter(due_on__lte=today).iterator() if _is_late(one)])
    if indicator == "loaded":
        return rows.filter(state=REJECTED, accepted_at=None)
    if indicator == "concealed":
        accepted = ExchangeRow.objects.filter(accepted_at__isnull=False).values("fact")
        return rows.filter(due_on__lt=today).exclude(fact__in=accepted)
    code = {"complete": "missing", "uscc": "uscc"}[indicator]
    faulty = rows.filter(state__in=[FAULTY, REJECTED]).iterator()
    return rows.filter(pk__in=[one.pk for one in faulty if any(error["code"] == code for error in one.errors)])


def _is_late(row: ExchangeRow) -> bool:
    end = end_of(row.due_on)
    return row.accepted_at > end if row.accepted_at else end < clock.now()


INDICATORS = ("timely", "complete", "loaded", "uscc", "concealed")
