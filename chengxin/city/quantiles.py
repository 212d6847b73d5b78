"""The published quantiles the honest layer is calibrated on, and draws from them.

Measured on public retail data sets of orders, prices, products and reviews; given here as the targets that `calibration.measure` prints
beside what a generated city has.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

LEVELS = (0.10, 0.25, 0.50, 0.75, 0.90, 0.99)
PURCHASES = (1, 1, 1, 3, 6, 20)
GAP_DAYS = (3, 10, 31, 89, 194, 412)
ITEM_DEGREE = (1, 2, 5, 11, 27, 127)
PROMOTED_SHARE = 0.50
PROMOTION_DEPTH = {0.50: 0.24, 0.90: 0.46}
BASE_UP_20 = 0.045
ORDER_VALUE_YUAN = {0.50: 100.0, 0.99: 1040.0}
WEIGHT_G = {0.10: 175.0, 0.50: 700.0}
WEIGHT_BELOW_50_G = 0.0003
REVIEW_CHARACTERS = {0.50: 34.0, 0.90: 131.0}
REVIEW_DUPLICATES = 0.0015


def draw(uniforms: Floats, levels: tuple[float, ...], values: tuple[float, ...]) -> Floats:
    """Values of uniforms in [0, 1) under the distribution through these quantiles, linear in the logarithm between them."""
    return np.exp(np.interp(uniforms, levels, np.log(values)))


def purchases(uniforms: Floats) -> Ints:
    """How often a customer buys in the window: integers from 1."""
    return np.floor(draw(uniforms, (0.0, 0.57, 0.61, 0.77, 0.905, 0.991, 1.0), (1.0, 1.0, 2.0, 3.0, 5.9, 19.0, 45.0))).astype(np.int64)


def gap_days(uniforms: Floats, longest: float) -> Floats:
    """Days between two purchases of a customer, cut off at what a window of `longest` days can show."""
    levels, values = (0.0, *LEVELS, 1.0), (0.5, *GAP_DAYS, 500.0)
    most = float(np.interp(np.log(longest), np.log(values), levels))
    return draw(uniforms * most, levels, values)


def degrees(uniforms: Floats) -> Floats:
    """Expected purchases of an item; a little wider than the target because chance adds its own spread below."""
    return draw(uniforms, (0.0, 0.10, 0.25, 0.50, 0.75, 0.90, 0.99, 1.0), (0.35, 0.75, 1.8, 4.7, 11.0, 27.0, 127.0, 420.0))


def weights(uniforms: Floats) -> Floats:
    """Grams of a product."""
    return draw(
        uniforms, (0.0, WEIGHT_BELOW_50_G, 0.004, 0.10, 0.50, 0.90, 0.99, 1.0), (20.0, 50.0, 75.0, 190.0, 705.0, 2900.0, 9000.0, 25000.0)
    )


def ranks(values: Floats) -> Floats:
    """Each value's place in (0, 1): turns any score into a uniform while keeping its order."""
    order = np.empty(len(values), dtype=np.float64)
    order[np.argsort(values, kind="stable")] = (np.arange(len(values)) + 0.5) / max(1, len(values))
    return order
