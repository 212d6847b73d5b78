"""Several signs, each with the chance that it alone would carry, as one chance."""

from __future__ import annotations

from collections.abc import Iterable


def noisy_or(chances: Iterable[float]) -> float:
    """1 - product of (1 - chance): each sign may be enough by itself, and they fail independently (Pearl 1988). 0 for none."""
    doubt = 1.0
    for chance in chances:
        doubt *= 1 - chance
    return 1 - doubt
