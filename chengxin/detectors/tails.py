"""How surprising a count is beside its peers: beta-binomial tail, the spread among shops, and false-discovery control.

A shop's n orders show k of something; peers make m of them expected. Honest shops differ more than a coin would, so the number is read
as beta-binomial with mean m / n and intra-class correlation rho: alpha = m/n (1/rho - 1), beta = (1 - m/n)(1/rho - 1). rho is estimated
from the shops themselves by moments, trimmed, so that the guilty few do not widen it (Kleinman, JASA 68, 1973). False discovery:
Benjamini and Hochberg, JRSS B 57, 1995.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]

TRIM = 0.1  # share of the most unusual shops left out when the spread is estimated
HARDLY = 1e-9  # a mean of exactly 0 or 1 has no tail to compute


def spread(counts: Floats, sizes: Floats, means: Floats, least: float) -> float:
    """Intra-class correlation rho of counts among sizes beside their means (arrays per group), never below `least`."""
    p = np.clip(means / np.maximum(sizes, 1), HARDLY, 1 - HARDLY)
    variance = sizes * p * (1 - p)
    use = (sizes >= 10) & (means >= 0.2)
    if use.sum() < 20:
        return least
    unusual = (counts - means)[use] ** 2 / variance[use]
    kept = unusual <= np.quantile(unusual, 1 - TRIM)
    extra = float(np.sum(unusual[kept] - 1)) / float(np.sum(sizes[use][kept] - 1))
    return float(min(max(extra, least), 0.5))


def tails(counts: Floats, sizes: Floats, means: Floats, rho: float) -> Floats:
    """P(K >= count) per group for beta-binomial K with these sizes, means and rho in (0, 1)."""
    p = np.clip(means / np.maximum(sizes, 1), HARDLY, 1 - HARDLY)
    return np.asarray(_tails(counts.astype(np.int64), sizes.astype(np.int64), p, 1 / rho - 1))


@njit(cache=True)
def _tails(counts: NDArray[np.int64], sizes: NDArray[np.int64], p: Floats, total: float) -> Floats:  # pragma: no cover - compiled
    """Sums of the mass from each count up, by the ratio of neighbours; O(size) each."""
    out = np.ones(len(counts))
    for i in range(len(counts)):
        k, n, a = counts[i], sizes[i], p[i] * total
        b = total - a
        if k <= 0 or n <= 0:
            continue
        log = math.lgamma(n + 1.0) - math.lgamma(k + 1.0) - math.lgamma(n - k + 1.0)
        log += math.lgamma(k + a) + math.lgamma(n - k + b) - math.lgamma(n + total)
        log += math.lgamma(total) - math.lgamma(a) - math.lgamma(b)
        term, mass = 1.0, 1.0
        for j in range(k, n):
            term *= (n - j) / (j + 1.0) * (j + a) / (n - j - 1.0 + b)
            mass += term
        out[i] = min(1.0, math.exp(log) * mass)
    return out


def discovered(p: Floats, rate: float, hypotheses: int | None = None) -> NDArray[np.bool_]:
    """Which p-values hold at this false-discovery rate among all hypotheses looked at (Benjamini-Hochberg)."""
    n = hypotheses or len(p)
    order = np.argsort(p, kind="stable")
    below = p[order] <= rate * np.arange(1, len(p) + 1) / max(n, 1)
    held = np.zeros(len(p), dtype=bool)
    if below.any():
        held[order[: int(np.flatnonzero(below).max()) + 1]] = True
    return held
