"""How sure a share is."""

from __future__ import annotations

from math import sqrt

Z = 1.959963984540054  # the normal quantile of a 95 % interval


def wilson(share: float, n: int) -> tuple[float, float]:
    """The 95 % interval of a share of n (Wilson 1927): honest for few and for shares near 0 or 1. (0, 1) for none."""
    if not n:
        return 0.0, 1.0
    square = Z * Z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = Z * sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n)
    return max(0.0, middle - half), min(1.0, middle + half)
