"""Scores as chances: what officers decided says how much a detector's score is worth.

Platt's logistic curve on the score's log-odds with normal priors (Platt 1999; priors as Gelman et al., Ann. Appl. Stat. 2, 2008), so that
without verdicts a score stays what it is and a handful cannot throw it about. Which clues got a verdict depends on the score alone
(by rank, or by a lot with known chance), so no verdict needs a weight.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ENDS = 1e-4  # scores of 0 and 1 have no log-odds
ROUNDS = 60


@dataclass(frozen=True)
class Curve:
    """p = sigmoid(offset + slope × logit(score)), and the number of verdicts it rests on."""

    offset: float
    slope: float
    verdicts: int = 0

    def chance(self, score: float) -> float:
        """The chance that an officer would find it to be so."""
        if not self.verdicts:
            return score
        return _sigmoid(self.offset + self.slope * _logit(score))


@cache
def _priors() -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = yaml.load(
        (Path(__file__).parent / "calibration.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
    )
    return sorted(loaded, key=lambda one: str(one["from"]))


def prior(day: date) -> dict[str, Any]:
    """The prior of a day: the newest that had begun, before the first one the first."""
    begun = [one for one in _priors() if str(one["from"]) <= day.isoformat()]
    return (begun or _priors()[:1])[-1]


def fit(scores: Sequence[float], confirmed: Sequence[bool], day: date) -> Curve:
    """The curve of greatest posterior; the order of the verdicts does not show in it (exact sums). Newton's method with halved steps."""
    given, x = prior(day), [_logit(score) for score in scores]
    a0, b0 = given["offset"]["mean"], given["slope"]["mean"]
    wa, wb = 1 / given["offset"]["spread"] ** 2, 1 / given["slope"]["spread"] ** 2

    def cost(a: float, b: float) -> float:
        losses = [
            math.log1p(math.exp(-abs(t))) + max(t, 0.0) - t * y for t, y in ((a + b * xi, yi) for xi, yi in zip(x, confirmed, strict=True))
        ]
        return math.fsum([*losses, wa * (a - a0) ** 2 / 2, wb * (b - b0) ** 2 / 2])

    a, b = a0, b0
    for _ in range(ROUNDS):
        p = [_sigmoid(a + b * one) for one in x]
        off = [one - y for one, y in zip(p, confirmed, strict=True)]
        var = [one * (1 - one) for one in p]
        ga, gb = math.fsum([*off, wa * (a - a0)]), math.fsum([*(o * xi for o, xi in zip(off, x, strict=True)), wb * (b - b0)])
        haa, hbb = math.fsum([*var, wa]), math.fsum([*(v * xi * xi for v, xi in zip(var, x, strict=True)), wb])
        hab = math.fsum(v * xi for v, xi in zip(var, x, strict=True))
        whole = haa * hbb - hab * hab
        da, db, step = (hbb * ga - hab * gb) / whole, (haa * gb - hab * ga) / whole, 1.0
        while step > ENDS and cost(a - step * da, b - step * db) > cost(a, b):
            step /= 2
        a, b = a - step * da, b - step * db
        if abs(da) + abs(db) < 1e-10:
            break
    return Curve(round(a, 9), round(max(b, 0.0), 9), len(x))


def _logit(score: float) -> float:
    held = min(max(score, ENDS), 1 - ENDS)
    return math.log(held / (1 - held))


def _sigmoid(t: float) -> float:
    return 1 / (1 + math.exp(-t)) if t >= 0 else math.exp(t) / (1 + math.exp(t))
