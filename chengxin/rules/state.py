"""The state of all features at one moment, fed event by event in the order of time. The same code is the live state and the past."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from chengxin.rules.features import KINDS, ROLLING, Feature, features, longest_us
from chengxin.rules.rolling import Orders, Seen, Window, Windows
from chengxin.rules.rows import COLUMNS, Rows

Values = dict[str, NDArray[np.float64]]
# Refunds and parcels come days after their order: orders are remembered for twice the longest window.
MEMORY_US = 2 * longest_us()


class State:
    """What was seen so far. Not thread-safe: its owner holds a lock."""

    def __init__(self) -> None:
        rolling = [one for one in features().values() if one.form in ROLLING]
        self.rolling: Mapping[str, Window] = {one.name: _window(one) for one in rolling}
        self.windows = Windows(list(self.rolling.values()))
        self.seen, self.orders = Seen(MEMORY_US), Orders(MEMORY_US)

    def look(self, rows: Rows, wanted: Iterable[str] | None = None) -> Values:
        """Feature → its value before each row (float64, NaN where it has none); then each row not met before goes in.

        rows: in the order of time (rows.order). `shop` and `buyer` of payments and refunds are filled in place. wanted: the features
        that will be read, all when not given; others may be left out.
        """
        fresh = self.seen.fresh(rows["fact"], rows["time"])
        orders = rows["kind"] == KINDS.index("order")
        self.orders.tell(orders, fresh, rows["order"], rows["time"], rows["shop"], rows["buyer"])
        told = frozenset(np.flatnonzero(np.bincount(rows["kind"], minlength=len(KINDS))).tolist())
        rolled, made = _needed(told, frozenset(wanted) if wanted is not None else None)
        names, places = rolled
        values: Values = dict(zip(names, self.windows.look(places, rows, fresh), strict=True))
        for one in made:
            values[one.name] = _made(one, rows, values)
        return values


def _window(one: Feature) -> Window:
    assert one.window is not None
    key, column, where = (COLUMNS.index(name) if name else -1 for name in (one.key, one.column, one.where_column))
    asked = (KINDS.index(one.of[0]), key, column, where, one.at_most or 0, int(one.form == "distinct"))
    return Window(one.window.slots, one.window.microseconds, asked)


Looked = tuple[tuple[str, ...], tuple[int, ...]]  # names and places of windows


@cache
def _needed(told: frozenset[int], wanted: frozenset[str] | None) -> tuple[Looked, list[Feature]]:
    """For events of these kinds: the windows that are read or filled, and the features that are made of others."""
    read = frozenset(features()) if wanted is None else _with_parts(wanted)
    rolling = [one for one in features().values() if one.form in ROLLING]
    places = tuple(place for place, one in enumerate(rolling) if one.name in read or KINDS.index(one.of[0]) in told)
    made = [one for one in features().values() if one.form not in ROLLING and one.name in read]
    return (tuple(rolling[place].name for place in places), places), made


@cache
def _is_of(kinds: tuple[str, ...]) -> NDArray[np.bool_]:
    """Per kind, in the order of KINDS, whether it is one of these."""
    return np.array([kind in kinds for kind in KINDS])


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
    mine = _is_of(feature.of)[rows["kind"]]
    if feature.form == "differs":
        one, other = (rows[name] for name in feature.columns)
        return np.where(mine & (one != 0) & (other != 0), (one != other).astype(np.float64), np.nan)
    column = rows[feature.column]
    return np.where(mine & (column >= 0), column.astype(np.float64), np.nan)
