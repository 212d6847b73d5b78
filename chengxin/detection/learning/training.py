"""From verdicts to a model: the training set with its hash, trees, and honest figures on the verdicts that came last."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from chengxin.detection.errors import TooFewVerdicts
from chengxin.detection.learning import booster, features, measures, verdicts
from chengxin.detection.learning.features import tuning
from chengxin.detection.learning.measures import Array
from chengxin.detection.learning.models import CONFIRMED, Verdict
from chengxin.detection.models import FoundRow

TRIVIAL = ("score", "strongest", "reasons", "accounts", "shops")  # rankings that need no training; turned the better way on the early part


@dataclass(frozen=True)
class Lesson:
    """A training set, in the order the verdicts were given: label 1 is confirmed, rows (n, k) by `names`."""

    names: tuple[str, ...]
    rows: Array
    labels: Array
    weights: Array
    root: str

    def part(self, which: slice) -> Lesson:
        return Lesson(self.names, self.rows[which], self.labels[which], self.weights[which], self.root)


@dataclass(frozen=True)
class Made:
    """A model's bytes with its hash and its report."""

    model: bytes
    sha256: str
    report: dict[str, Any]


def lesson() -> Lesson:
    """All verdicts that count, with what their findings looked like. Measures those that nobody has measured yet."""
    counted = [(one, weight) for one in verdicts.latest() if (weight := verdicts.weight(one)) > 0]
    found = {str(one.id): one for one in FoundRow.objects.select_related("run").filter(id__in=[one.finding_id for one, _ in counted])}
    kept = [(one, weight) for one, weight in counted if str(one.finding_id) in found]
    values = features.ensure(found.values())
    return of(kept, [values[str(one.finding_id)] for one, _ in kept])


def of(counted: Sequence[tuple[Verdict, float]], values: Sequence[features.Values]) -> Lesson:
    """A training set of these verdicts and values; its root is a hash over both."""
    names = features.columns()
    labels = np.array([one.outcome == CONFIRMED for one, _ in counted], dtype=np.float64)
    weights = np.array([weight for _, weight in counted], dtype=np.float64)
    lines = [
        json.dumps([str(one.step_id), one.outcome, weight, value], sort_keys=True)
        for (one, weight), value in zip(counted, values, strict=True)
    ]
    told = "\n".join([json.dumps(names), *lines])
    return Lesson(names, features.matrix(values, names), labels, weights, hashlib.sha256(told.encode()).hexdigest())


def check(labels: Array) -> None:
    """Raises TooFewVerdicts."""
    confirmed, limits = int(labels.sum()), tuning()
    harmless = len(labels) - confirmed
    if len(labels) < limits["least_verdicts"] or min(confirmed, harmless) < limits["least_of_each"]:
        needed = {"least": limits["least_verdicts"], "each": limits["least_of_each"]}
        raise TooFewVerdicts(verdicts=len(labels), confirmed=confirmed, harmless=harmless, **needed)


def make(given: Lesson) -> Made:
    """Figures from the earlier part on the later one, then the model of all. Raises TooFewVerdicts, LearningExtraMissing."""
    check(given.labels)
    cut = round(len(given.labels) * (1 - tuning()["held_back"]))
    early, late = given.part(slice(None, cut)), given.part(slice(cut, None))
    report = figures(early, late) | _reference(given)
    model = fit(given)
    report["scores"] = _spread(booster.predict(model, given.rows)[0])
    return Made(model, hashlib.sha256(model).hexdigest(), report)


def fit(given: Lesson) -> bytes:
    """The trees of a training set; the same set gives the same bytes."""
    directions = [features.direction(name) for name in given.names]
    return booster.train(given.rows, given.labels, given.weights, directions, tuning()["trees"], tuning()["seed"])


def figures(early: Lesson, late: Lesson) -> dict[str, Any]:
    """How a model of the early verdicts ranks the late ones, beside rankings that need no model. An AUC that cannot be told is null."""
    said, _ = booster.predict(fit(early), late.rows)
    trivial = {name: _or_none(measures.auc(late.labels, _turned(early, late, name))) for name in TRIVIAL}
    return {
        "early": len(early.labels),
        "late": len(late.labels),
        "late_confirmed": int(late.labels.sum()),
        "auc": _or_none(measures.auc(late.labels, said)),
        "ap": _or_none(measures.average_precision(late.labels, said)),
        "trivial": trivial,
        "calibration": measures.calibration(late.labels, said, tuning()["bins"]),
    }


def _turned(early: Lesson, late: Lesson, name: str) -> Array:
    """A feature as a ranking, turned the way that is better on the early part."""
    place = early.names.index(name)
    better = measures.auc(early.labels, early.rows[:, place])
    return late.rows[:, place] * (-1 if better < 0.5 else 1)


def is_better(report: dict[str, Any]) -> bool:
    """Whether the model ranked the held-back verdicts better than every trivial ranking."""
    trivial = [one for one in report["trivial"].values() if one is not None]
    return report["auc"] is not None and report["auc"] > max(trivial, default=0.5)


def _reference(given: Lesson) -> dict[str, Any]:
    """How each feature was spread in training, for drift."""
    return {"features": {name: _spread(given.rows[:, place]) for place, name in enumerate(given.names)}}


def _spread(values: Array) -> dict[str, list[float]]:
    borders = measures.edges(values)
    return {"edges": borders, "shares": measures.shares(values, borders)}


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else value
