"""The state of all features at one moment, fed event by event in the order of time. The same code is the live state and the past."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from chengxin.rules.features import KINDS, ROLLING, Feature, features, longest_us
from chengxin.rules.rolling import Distincts, Orders, Seen, Sums
from chengxin.rules.rows import Rows

Values = dict[str, NDArray[np.float64]]
# Refunds and parcels come days after their order: orders are remembered for twice the longest window.
MEMORY_US = 2 * longest_us()


class State:
    """What was seen so far. Not thread-safe: its owner holds a lock."""

    def __init__(self) -> None:
        self.rolling: Mapping[str, Sums | Distincts] = {
            one.name: (Distincts if one.form == "distinct" else Sums)(one.window.slots, one.window.microseconds)
            for one in features().values()
            if one.window is not None
        }
        self.seen, self.orders = Seen(MEMORY_US), Orders(MEMORY_US)

    def look(self, rows: Rows, wanted: Iterable[str] | None = None) -> Values:
        """Feature → its value before each row (float64, NaN where it has none); then each row not met before goes in.

        rows: in the order of time (rows.order). `shop` and `buyer` of payments and refunds are filled in place. wanted: the features
        that will be read, all when not given; others may be left out.
        """
        fresh = self.seen.fresh(rows["fact"], rows["time"])
        orders = rows["kind"] == KINDS.index("order")
        self.orders.tell(orders, fresh, rows["order"], rows["time"], rows["shop"], rows["buyer"])
        values: Values = {}
        told = {KINDS[each] for each in np.unique(rows["kind"]).tolist()}
        read = _with_parts(frozenset(wanted)) if wanted is not None else frozenset(features())
        for one in features().values():
            if one.name not in read and not (one.form in ROLLING and one.of[0] in told):
                continue  # nobody reads it, and nothing goes into it
            values[one.name] = self._rolled(one, rows, fresh) if one.form in ROLLING else _made(one, rows, values)
        return values

    def _rolled(self, feature: Feature, rows: Rows, fresh: NDArray[np.bool_]) -> NDArray[np.float64]:
        put = fresh & (rows["kind"] == KINDS.index(feature.of[0]))
        if feature.where_column:
            given = rows[feature.where_column]
            put &= (given >= 0) & (given <= (feature.at_most or 0))
        column = rows[feature.column] if feature.column else np.ones(len(put), np.int64)
        put &= column != 0 if feature.form == "distinct" else column >= 0
        return self.rolling[feature.name].look(rows[feature.key], rows["time"], column, put)


@cache
def _with_parts(wanted: frozenset[str]) -> frozenset[str]:
    """The features and those that they are made of."""
    known = features()
    parts = {part for name in wanted for part in (known[name].over, known[name].under) if part}
    return wanted | (_with_parts(frozenset(parts)) if parts else frozenset())


def _made(feature: Feature, rows: Rows, values: Values) -> NDArray[np.float64]:
    """A feature of the event itself, or of features made before."""
    if feature.form == "ratio":
        over, under = values[feature.over], values[feature.under]
        made = np.full(len(over), np.nan)
        np.divide(over * feature.times, under, out=made, where=under > 0)
        return made
    mine = np.isin(rows["kind"], [KINDS.index(kind) for kind in feature.of])
    if feature.form == "differs":
        one, other = (rows[name] for name in feature.columns)
        return np.where(mine & (one != 0) & (other != 0), (one != other).astype(np.float64), np.nan)
    column = rows[feature.column]
    return np.where(mine & (column >= 0), column.astype(np.float64), np.nan)
