"""How many account-shop combinations a platform had in a stretch of time, for many stretches in one pass over its orders."""

from __future__ import annotations

from typing import cast

import numba
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def combinations(account: Ints, shop: Ints, at: Ints, since: Ints, until: Ints) -> Ints:
    """(k,) distinct (account, shop) with an order in [since, until], for k stretches; account, shop and at: (n,), times in one unit.

    A combination is counted at its first order inside the stretch, that is where its order before lies before `since`. Orders up to
    `until` whose order before lies before `since` are those and all that themselves lie before `since`; a Fenwick tree over the times of
    the orders before counts them (Fenwick, Software: Practice and Experience 24, 1994).
    """
    by_time = np.argsort(at, kind="stable")
    times = at[by_time]
    place = _place_before(account, shop, at, times)[by_time]
    earlier = np.searchsorted(times, since, side="left")
    return cast("Ints", _count(times, place, earlier, until, np.argsort(until, kind="stable")) - earlier)


def _place_before(account: Ints, shop: Ints, at: Ints, times: Ints) -> Ints:
    """For each order 1 + the place in time of the order before it of the same combination, 0 when it is the first."""
    order = np.lexsort((at, shop, account))
    again = (account[order[1:]] == account[order[:-1]]) & (shop[order[1:]] == shop[order[:-1]])
    place = np.zeros(len(at), np.int64)
    place[order[1:][again]] = 1 + np.searchsorted(times, at[order[:-1][again]], side="left")
    return place


@numba.njit(cache=True, nogil=True)
def _count(times, place, earlier, until, order):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    tree = np.zeros(len(times) + 2, np.int64)
    counts = np.zeros(len(until), np.int64)
    seen = 0
    for query in order:
        while seen < len(times) and times[seen] <= until[query]:
            at = place[seen] + 1
            while at < len(tree):
                tree[at] += 1
                at += at & -at
            seen += 1
        at = earlier[query] + 1
        while at > 0:
            counts[query] += tree[at]
            at -= at & -at
    return counts
