"""What regulators, merchants and consumers say of a courier firm: three series, side by side, with numbers and intervals, never one sum.

Each kind of rater has a function of its own that reads its own table; `tests/test_ratings.py` shows that no function of the room reads two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, QuerySet

from chengxin.delivery.models import ConsumerRating, MerchantRating, RegulatorRating
from chengxin.delivery.models.ratings import CONSUMER, DIMS, LEAST, MERCHANT, MOST, REGULATOR
from chengxin.kernel import intervals
from chengxin.subjects.models import CourierFirm


@dataclass(frozen=True)
class Mark:
    """The mean of one dimension with its 95 % interval; n ratings, None when there is none."""

    dim: str
    label: Any
    mean: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Series:
    """What one kind of rater says: n ratings and a mark a dimension. There is no overall mark, and none across raters."""

    rater: str
    n: int
    marks: tuple[Mark, ...]


def regulators(firm: CourierFirm, outlet: str = "") -> Series:
    """Officers' ratings, each with evidence."""
    return _series(REGULATOR, RegulatorRating.objects.filter(firm=firm), outlet)


def merchants(firm: CourierFirm, outlet: str = "") -> Series:
    """Merchants' ratings of parcels they sent."""
    return _series(MERCHANT, MerchantRating.objects.filter(firm=firm), outlet)


def consumers(firm: CourierFirm, outlet: str = "") -> Series:
    """Consumers' ratings of parcels that were signed for."""
    return _series(CONSUMER, ConsumerRating.objects.filter(firm=firm), outlet)


def side_by_side(firm: CourierFirm, outlet: str = "") -> tuple[Series, Series, Series]:
    """The three series next to each other, in this order: regulators, merchants, consumers."""
    return regulators(firm, outlet), merchants(firm, outlet), consumers(firm, outlet)


def _series(rater: str, rows: QuerySet[Any], outlet: str) -> Series:
    if outlet:
        rows = rows.filter(outlet=outlet)
    found = rows.order_by().aggregate(n=Count("pk"), **{dim: Avg(dim) for dim in DIMS})
    return Series(rater, found["n"], tuple(_mark(dim, found[dim], found["n"]) for dim in DIMS))


def _mark(dim: str, mean: Any, n: int) -> Mark:
    if not n:
        return Mark(dim, DIMS[dim], None, None, None)
    low, high = interval(float(mean), n)
    return Mark(dim, DIMS[dim], float(mean), low, high)


def interval(mean: float, n: int) -> tuple[float, float]:
    """A 95 % interval of a mean of n marks from LEAST to MOST: Wilson's for a share (Wilson 1927), of the way from least to most.

    A mark's variance is never more than that of a yes or no with the same mean, so it is never too narrow, and holds for small n."""
    low, high = intervals.wilson((mean - LEAST) / (MOST - LEAST), n)
    return LEAST + (MOST - LEAST) * low, LEAST + (MOST - LEAST) * high
