"""What stands out from a subject's own rhythm: robust z-scores and bursts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .compiled import kernel

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
# 1 / (sqrt(2) * erfinv(1/2)): makes the median absolute deviation of a normal sample its standard deviation.
MAD = 1.4826


def robust_z(values: NDArray[np.int64] | Floats) -> Floats:
    """(value - median) / (1.4826 MAD), per value. Where more than half of the values are equal, counts get the Poisson floor
    sqrt(max(median, 1)), so that a constant history does not make every change infinite. Empty in, empty out."""
    numbers = np.asarray(values, dtype=np.float64)
    if not len(numbers):
        return numbers
    middle = float(np.median(numbers))
    spread = MAD * float(np.median(np.abs(numbers - middle)))
    return np.asarray((numbers - middle) / max(spread, float(np.sqrt(max(middle, 1.0)))))


@dataclass(frozen=True)
class Bursts:
    """One burst per subject: its identifiers (sorted), the start of its densest window in seconds, events in it and in all."""

    subject: Ints
    start: Ints
    inside: Ints
    total: Ints


def bursts(subject: Ints, at: Ints, seconds: int) -> Bursts:
    """For each subject the window of `seconds` that holds most of its events (the earliest of several). Sorts once, then one pass."""
    order = np.lexsort((at, subject))
    who, when = np.ascontiguousarray(subject[order], dtype=np.int64), np.ascontiguousarray(at[order], dtype=np.int64)
    return Bursts(*densest_windows(who, when, seconds))


@kernel
def densest_windows(who: Ints, when: Ints, seconds: int) -> tuple[Ints, Ints, Ints, Ints]:
    size = len(who)
    subject, start = np.empty(size, np.int64), np.empty(size, np.int64)
    inside, total = np.empty(size, np.int64), np.empty(size, np.int64)
    count, first, low = 0, 0, 0
    for i in range(size):
        if i == 0 or who[i] != who[i - 1]:
            subject[count], start[count], inside[count] = who[i], when[i], 0
            count += 1
            first = low = i
        while when[i] - when[low] >= seconds:
            low += 1
        if i - low + 1 > inside[count - 1]:
            inside[count - 1], start[count - 1] = i - low + 1, when[low]
        total[count - 1] = i - first + 1
    return subject[:count].copy(), start[:count].copy(), inside[:count].copy(), total[:count].copy()
