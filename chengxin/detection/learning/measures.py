"""Figures by which rankings and rates are judged; numpy alone, shared with bench/."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from chengxin.kernel import intervals

Array = npt.NDArray[Any]


def auc(label: Array, score: Array) -> float:
    """Area under the ROC curve of 0/1 labels; ties count half. NaN when one class is missing."""
    bad = np.asarray(label) == 1
    if bad.all() or not bad.any():
        return float("nan")
    _, place = np.unique(score, return_inverse=True)
    counts = np.bincount(place)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[place]
    wins = rank[bad].sum() - bad.sum() * (bad.sum() + 1) / 2
    return float(wins / (bad.sum() * (~bad).sum()))


def average_precision(label: Array, score: Array) -> float:
    """Mean of the precision where recall grows; equal scores are taken at once. NaN without a positive."""
    order = np.argsort(-np.asarray(score), kind="stable")
    last = np.flatnonzero(np.append(np.diff(np.asarray(score)[order]) != 0, True))
    hits = np.cumsum(np.asarray(label)[order])[last]
    if not len(hits) or not hits[-1]:
        return float("nan")
    return float(np.sum(np.diff(np.concatenate([[0], hits])) * hits / (last + 1)) / hits[-1])


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95 % interval of hits of n; (0, 1) for none."""
    return intervals.wilson(hits / n if n else 0.0, n)


def edges(values: Array, parts: int = 10) -> list[float]:
    """Inner borders of equally filled bins, without doubles."""
    known = np.asarray(values, dtype=float)
    known = known[~np.isnan(known)]
    return [] if not len(known) else sorted({float(one) for one in np.quantile(known, np.linspace(0, 1, parts + 1)[1:-1])})


def shares(values: Array, borders: Sequence[float]) -> list[float]:
    """The part of the values in each bin, and last the part that is unknown (NaN); half a value is added to each so that none is empty."""
    given = np.asarray(values, dtype=float)
    known = given[~np.isnan(given)]
    counts = np.bincount(np.searchsorted(np.asarray(borders, dtype=float), known, side="left"), minlength=len(borders) + 1)
    filled = np.append(counts, len(given) - len(known)) + 0.5
    return [float(one) for one in filled / filled.sum()]


def psi(before: Sequence[float], now: Sequence[float]) -> float:
    """Population stability index of two lists of shares: sum of (now - before) ln(now / before)."""
    one, other = np.asarray(before), np.asarray(now)
    return float(np.sum((other - one) * np.log(other / one)))


def psi_by_chance(bins: int, before: int, now: int) -> float:
    """What PSI hardly exceeds without any change: it is nearly chi-square with bins - 1 degrees of freedom, times 1/before + 1/now.

    Two standard deviations above the mean; the usual limits 0.1 and 0.25 alone would sound a false alarm for samples below a hundred.
    """
    degrees = max(bins - 1, 1)
    return (degrees + 2 * sqrt(2 * degrees)) * (1 / before + 1 / now)


def calibration(label: Array, score: Array, bins: int) -> list[dict[str, float]]:
    """Bins of equal width over [0, 1]: how often what was given this probability came true; empty bins are left out."""
    place = np.minimum((np.asarray(score) * bins).astype(int), bins - 1)
    told = []
    for one in np.unique(place):
        here = place == one
        hits, n = int(np.asarray(label)[here].sum()), int(here.sum())
        low, high = wilson(hits, n)
        told.append(
            {"from": int(one) / bins, "to": (int(one) + 1) / bins, "n": n, "said": float(np.asarray(score)[here].mean()), "true": hits / n}
        )
        told[-1] |= {"low": low, "high": high}
    return told
