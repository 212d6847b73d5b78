"""What an edge weighs. All weights are whole numbers (units of 2^-32), so sums are exact, the order of adding does not matter, ties are
real ties, and the numba form and the SQL form give the same answer to the last bit. Against floats an edge differs by at most 2^-32.

An edge between an account of degree du and a shop of degree dv weighs (A[du] * B[dv]) >> 30 in these units.

- "log"        1/log(dv + 5)                    Hooi et al., FRAUDAR (KDD 2016), the paper's choice
- "sqrt"       1/sqrt(dv + 5)                   steeper against popular shops
- "rare"       1/(dv + 30)^1.5                  steeper still; finds small and thin rings
- "symmetric"  1/sqrt((du + 5)(dv + 5))         steeper against busy accounts too
- "steep"      1/(sqrt(du + 30) (dv + 30)^1.5)  thin rings behind camouflage
- "even"       1/((du + 30)(dv + 15))           hijacked busy accounts; rings in a graph as dense as a supermarket's
- "unit"       1

"log", "sqrt", "rare" and "unit" look at columns only, so no camouflage can lower a block (theorem 1 of the paper). The others can be
lowered, so they never run alone: every search runs several, and the results are ranked by surprise. Which of them finds what:
docs/decisions/0021.

In a time window dv is the shop's degree over the whole period the caller gives, not inside the window: what is popular all year round
stays light in every window, and a shop that only lives from one week's ring stays heavy. This alone finds time-locked rings whose
camouflage falls into the same days (protocol P2; F1 .02 -> .97). It looks at columns only, so the camouflage theorem holds.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Weighting = Literal["log", "sqrt", "rare", "symmetric", "steep", "even", "unit"]
WEIGHTINGS: tuple[Weighting, ...] = ("log", "sqrt", "rare", "symmetric", "steep", "even", "unit")
SHIFT = 30
ONE = 1 << 32
# (power, pad) of the account's degree and of the shop's degree. The pad keeps a shop with one order from being a block of its own (the
# paper's c = 5). Chosen on protocols P1 and P2 of bench/protocols; the table there also prints sizes and densities they were not chosen on.
POWERS: dict[str, tuple[float, float, float, float]] = {
    "sqrt": (0.0, 0.0, 0.5, 5.0),
    "rare": (0.0, 0.0, 1.5, 30.0),
    "symmetric": (0.5, 5.0, 0.5, 5.0),
    "steep": (0.5, 30.0, 1.5, 30.0),
    "even": (1.0, 30.0, 1.0, 15.0),
    "unit": (0.0, 0.0, 0.0, 1.0),
}
LOG_PAD = 5.0


def columns_only(weighting: Weighting) -> bool:
    """Whether the weight is the shop's alone, so that no camouflage can lower a block."""
    return weighting == "log" or not POWERS[weighting][0]


def row_factors(weighting: Weighting, largest: int) -> NDArray[np.int64]:
    """A[du] for du = 0..largest, below 2^31."""
    if columns_only(weighting):
        return np.full(largest + 1, 1 << SHIFT, np.int64)
    power, pad = POWERS[weighting][:2]
    return _whole(float(1 << SHIFT) * (np.arange(largest + 1, dtype=np.float64) + pad) ** -power)


def col_factors(weighting: Weighting, largest: int) -> NDArray[np.int64]:
    """B[dv] for dv = 0..largest, at most 2^32: a product of two factors fits in 63 bits."""
    degrees = np.arange(largest + 1, dtype=np.float64)
    if weighting == "log":
        return _whole(ONE / np.log(degrees + LOG_PAD))
    power, pad = POWERS[weighting][2:]
    return _whole(ONE * (degrees + pad) ** -power)


def _whole(values: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.rint(values).astype(np.int64)
