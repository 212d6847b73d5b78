"""How many seeded cases are enough, and what a result allows to say. All exact; nothing here knows a platform.

A platform that leaves out a share s of shops without knowing which are seeded leaves each of k seeded ones in with 1 - s, so that it is
caught with 1 - (1 - s)^k. When it leaves out a fixed number out of a finite list (without replacement) the chance is higher, never lower.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb

DROPPED = Fraction(1, 20)  # the share of shops left out that shall be caught …
CERTAINTY = Fraction(19, 20)  # … with more than this probability: 59 cases do


def cases_needed(share: Fraction = DROPPED, certainty: Fraction = CERTAINTY) -> int:
    """The least k with 1 - (1 - share)^k > certainty. ValueError unless both are between 0 and 1."""
    if not (0 < share < 1 and 0 < certainty < 1):
        raise ValueError("a share and a certainty lie between 0 and 1")
    k, left = 0, Fraction(1)
    while 1 - left <= certainty:
        k, left = k + 1, left * (1 - share)
    return k


def caught(cases: int, share: Fraction = DROPPED) -> float:
    """The probability that at least one of the cases is missing when each is left out with this share."""
    return float(1 - (1 - share) ** cases)


def hidden_at_most(cases: int, certainty: Fraction = CERTAINTY) -> float:
    """After none of the cases is missing: a larger share left out blindly would have been caught with this certainty."""
    return float(1 - float(1 - certainty) ** (1 / cases)) if cases else 1.0


def dropped_at_least(missing: int, cases: int, certainty: Fraction = CERTAINTY) -> float:
    """After some are missing: the lower end of the share left out (Clopper and Pearson 1934, one-sided)."""
    if not missing:
        return 0.0
    low, high, doubt = 0.0, 1.0, float(1 - certainty)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_least(missing, cases, middle) < doubt else (low, middle)
    return low


def _at_least(missing: int, cases: int, share: float) -> float:
    return sum(comb(cases, n) * share**n * (1 - share) ** (cases - n) for n in range(missing, cases + 1))
