"""Has the city changed under the detectors? Spread of scores and features now and before (PSI), and precision by verdict over time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db.models import F, Window
from django.db.models.functions import RowNumber

from chengxin.detection.learning import features, measures
from chengxin.detection.learning.features import tuning
from chengxin.detection.learning.models import CONFIRMED, UNKNOWN, LearnedModel, Measured, Verdict
from chengxin.detection.models import FoundRow
from chengxin.kernel import clock


@dataclass(frozen=True)
class Shift:
    """PSI of one thing between two stretches of time; psi is None when there are too few findings to say."""

    name: str
    psi: float | None
    before: int
    now: int
    bins: int = 0

    @property
    def level(self) -> str:
        """usual, watch, alarm, or few."""
        limits = tuning()["drift"]
        if self.psi is None:
            return "few"
        by_chance = measures.psi_by_chance(self.bins, self.before, self.now)
        return next((name for name in ("alarm", "watch") if self.psi >= max(limits[name], by_chance)), "usual")


@dataclass(frozen=True)
class Month:
    """Verdicts of one month: how many were confirmed of those that say yes or no, with its interval."""

    month: date
    confirmed: int
    judged: int
    unknown: int

    @property
    def precision(self) -> float | None:
        return self.confirmed / self.judged if self.judged else None

    @property
    def interval(self) -> tuple[float, float]:
        return measures.wilson(self.confirmed, self.judged)


def scores() -> dict[str, Shift]:
    """{detector: shift of its scores}: each ring or shop once, by the run that saw it first, the last weeks against those before."""
    limits = tuning()["drift"]
    recent = clock.now() - timedelta(weeks=limits["weeks"])
    since = recent - timedelta(weeks=limits["before_weeks"])
    first = Window(RowNumber(), partition_by=[F("detector"), F("key")], order_by=[F("run__started_at").asc(), F("id").asc()])
    rows = FoundRow.objects.filter(run__started_at__gte=since).annotate(nth=first).filter(nth=1)
    held: dict[str, tuple[list[float], list[float]]] = {}
    for name, score, at in rows.values_list("detector", "score", "run__started_at"):
        held.setdefault(name, ([], []))[at >= recent].append(score)
    return {name: _shift(name, *parts) for name, parts in held.items()}


def _shift(name: str, before: Sequence[float], now: Sequence[float]) -> Shift:
    if min(len(before), len(now)) < tuning()["drift"]["least"]:
        return Shift(name, None, len(before), len(now))
    borders = measures.edges(np.array(before))
    shares = [measures.shares(np.array(part), borders) for part in (before, now)]
    return Shift(name, measures.psi(*shares), len(before), len(now), len(borders) + 1)


def of_model(record: LearnedModel) -> list[Shift]:
    """Shift of the model's probabilities and of each feature between its training and the findings of the last weeks, the worst first."""
    since = clock.now() - timedelta(weeks=tuning()["drift"]["weeks"])
    said = list(record.opinions.filter(at__gte=since).values_list("finding_id", "probability"))
    values = dict(Measured.objects.filter(finding_id__in=[one for one, _ in said]).values_list("finding_id", "values"))
    rows = features.matrix([values[one] for one, _ in said if one in values], record.features)
    told = [_against("probability", record.report["scores"], np.array([one for _, one in said]), record.verdicts)]
    told += [_against(name, record.report["features"][name], rows[:, at], record.verdicts) for at, name in enumerate(record.features)]
    return sorted(told, key=lambda one: (one.name != "probability", -(one.psi or 0.0), one.name))


def _against(name: str, before: dict[str, Any], now: Any, n: int) -> Shift:
    if len(now) < tuning()["drift"]["least"]:
        return Shift(name, None, n, len(now))
    return Shift(name, measures.psi(before["shares"], measures.shares(now, before["edges"])), n, len(now), len(before["edges"]) + 1)


def months(verdicts: Iterable[Verdict]) -> list[Month]:
    """Verdicts by the month they were given in, the newest first."""
    held: dict[date, list[str]] = {}
    for one in verdicts:
        held.setdefault(clock.city_day(one.decided_at).replace(day=1), []).append(one.outcome)
    return [
        Month(month, given.count(CONFIRMED), len(given) - given.count(UNKNOWN), given.count(UNKNOWN))
        for month, given in sorted(held.items(), reverse=True)
    ]


def has_worsened(told: Sequence[Month]) -> bool:
    """Whether the last quarter's precision is clearly below the earlier one: by the drop in tuning.yaml, and the intervals apart."""
    now, before = told[:3], told[3:]
    counts = [(sum(one.confirmed for one in part), sum(one.judged for one in part)) for part in (now, before)]
    if not all(judged for _, judged in counts):
        return False
    (hits, judged), (hits_before, judged_before) = counts
    drop = hits_before / judged_before - hits / judged
    return drop >= tuning()["drift"]["precision_drop"] and measures.wilson(hits, judged)[1] < measures.wilson(hits_before, judged_before)[0]
