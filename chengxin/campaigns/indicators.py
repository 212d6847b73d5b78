"""What a campaign counts, each as the rows that are counted: of its departments, its conduct and goods, its days. Nothing is typed in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, DateField, F, Q, QuerySet
from django.db.models.functions import Cast, TruncDate

from chengxin.campaigns.models import Campaign, Handover
from chengxin.cases.models import Case, Decision
from chengxin.consumers.models import Complaint, Report
from chengxin.inspection.models import Task
from chengxin.kernel import clock
from chengxin.supervision.models import Clue


@dataclass(frozen=True)
class Indicator:
    """`rows`: what counts, whatever the day; `on`: the field with its day; `instant`: that field is a moment, its day the city's;
    `number`: the field with the row's number; `page`: the field of the model whose page it is ("" for the row itself)."""

    code: str
    zh: str
    en: str
    rows: Callable[[Campaign], QuerySet[Any]]
    on: str
    instant: bool
    number: str = "number"
    page: str = ""

    def of(self, campaign: Campaign, day: date | None = None) -> QuerySet[Any]:
        """The rows counted from the first day to today or the last day; of one day alone when it is given."""
        since, until = (day, day) if day else period(campaign)
        if self.instant:
            start, end = (datetime.combine(one, time.min, clock.CITY) for one in (since, until + timedelta(days=1)))
            return self.rows(campaign).filter(**{f"{self.on}__gte": start, f"{self.on}__lt": end})
        return self.rows(campaign).filter(**{f"{self.on}__gte": since, f"{self.on}__lte": until})

    def by_day(self, campaign: Campaign) -> dict[date, int]:
        """Day → count, days without any left out."""
        day = TruncDate(self.on, tzinfo=clock.CITY) if self.instant else Cast(F(self.on), DateField())
        counted = self.of(campaign).order_by().annotate(counted_on=day).values_list("counted_on").annotate(n=Count("pk"))
        return dict(counted.order_by("counted_on"))

    def digest(self, campaign: Campaign) -> str:
        """SHA-256 over the numbers of the rows in order, its first sixteen signs: two readers with the same rows get the same."""
        numbers = sorted(self.of(campaign).values_list(self.number, flat=True))
        return hashlib.sha256("\n".join(numbers).encode()).hexdigest()[:16]


def period(campaign: Campaign) -> tuple[date, date]:
    """The days counted: to today, or to the last day where that is earlier."""
    last = min(campaign.ends_on, campaign.ended_on or campaign.ends_on, clock.today())
    return campaign.starts_on, last


def _clues(one: Campaign) -> QuerySet[Any]:
    return Clue.objects.filter(department__in=one.departments, behaviour__in=one.behaviours)


def _cases(one: Campaign) -> Q:
    return Q(department__in=one.departments, behaviour__in=one.behaviours)


def _complaints(one: Campaign) -> QuerySet[Any]:
    """Complaints carry goods and no conduct: all of the departments where the campaign names no goods."""
    found = Complaint.objects.filter(department__in=one.departments)
    return found.filter(category__in=one.goods) if one.goods else found


INDICATORS: Mapping[str, Indicator] = {
    one.code: one
    for one in (
        Indicator("clues_opened", "发现线索", "Clues opened", _clues, "opened_at", True),
        Indicator("clues_judged", "办结线索", "Clues judged", _clues, "closed_at", True),
        Indicator("cases_filed", "立案", "Cases filed", lambda c: Case.objects.filter(_cases(c)), "filed_on", False),
        Indicator(
            "penalties",
            "作出处罚决定",
            "Penalties decided",
            lambda c: Decision.objects.filter(case__in=Case.objects.filter(_cases(c))).select_related("case"),
            "decided_on",
            False,
            page="case",
        ),
        Indicator("complaints", "接收投诉", "Complaints received", _complaints, "received_at", True),
        Indicator(
            "reports",
            "接收举报",
            "Reports received",
            lambda c: Report.objects.filter(department__in=c.departments, behaviour__in=c.behaviours),
            "received_at",
            True,
        ),
        Indicator(
            "inspections",
            "完成检查",
            "Inspections done",
            lambda c: Task.objects.filter(plan__number__in=c.plans, department__in=c.departments),
            "ended_on",
            False,
        ),
        Indicator(
            "handovers", "跨区域移交线索", "Clues handed to other regions", lambda c: Handover.objects.filter(campaign=c), "sent_on", False
        ),
    )
}


@dataclass(frozen=True)
class Figure:
    """One indicator of a campaign today: `number` so far, the target (0: none), and what is due by now when work is spread evenly."""

    indicator: Indicator
    number: int
    target: int
    by_now: int

    @property
    def below(self) -> bool:
        return self.number < self.by_now

    @property
    def colour(self) -> str:
        return "red" if self.below else "green" if self.target else ""


def figures(campaign: Campaign) -> list[Figure]:
    """Every indicator, in order."""
    since, until = period(campaign)
    gone, whole = (until - since).days + 1, (campaign.ends_on - since).days + 1
    found = []
    for code, indicator in INDICATORS.items():
        target = int(campaign.targets.get(code, 0))
        by_now = target * max(gone, 0) // whole
        found.append(Figure(indicator, indicator.of(campaign).count() if gone > 0 else 0, target, by_now))
    return found


def daily(campaign: Campaign) -> list[tuple[date, list[tuple[str, int]]]]:
    """A line a day on which anything was counted, the newest first: (day, [(indicator, count), …])."""
    counted = {code: one.by_day(campaign) for code, one in INDICATORS.items()}
    days = sorted({day for of in counted.values() for day in of}, reverse=True)
    return [(day, [(code, of.get(day, 0)) for code, of in counted.items()]) for day in days]
