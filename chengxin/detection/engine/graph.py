"""Bipartite edges in memory: dense int32 codes, cut by time windows, distinct pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .compiled import kernel

if TYPE_CHECKING:
    from collections.abc import Iterator

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
DAY = 86_400


@dataclass(frozen=True)
class TimeWindow:
    """Seconds since 1970, end exclusive; None for an open end. `name` says how it was made ("whole", "14/7")."""

    name: str = "whole"
    since: int | None = None
    until: int | None = None


WHOLE = TimeWindow()


@dataclass(frozen=True)
class Edges:
    """Who touched what: `rows[i]` (accounts) and `cols[i]` (shops, items) are codes below n_rows and n_cols; `at[i]` seconds or None.

    `row_ids` and `col_ids` turn a code back into the caller's identifier (code itself when None). Edges made by `from_ids` are sorted by
    row, column, time; codes follow the sorted identifiers, so neither the order of the input nor its storage shows in a result.
    """

    rows: Codes
    cols: Codes
    n_rows: int
    n_cols: int
    at: Ints | None = None
    row_ids: Ints | None = None
    col_ids: Ints | None = None

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def from_ids(cls, rows: NDArray[Any], cols: NDArray[Any], at: NDArray[Any] | None = None) -> Edges:
        """Edges of int64 identifiers of any kind (tokens), with time in seconds or as datetime64; repeated pairs are welcome."""
        row_ids, row_codes = dense_codes(rows)
        col_ids, col_codes = dense_codes(cols)
        times = None if at is None else _seconds(at)
        order = _order(row_codes, col_codes, len(col_ids), times)
        return cls(
            row_codes[order], col_codes[order], len(row_ids), len(col_ids), None if times is None else times[order], row_ids, col_ids
        )

    def cut(self, window: TimeWindow) -> tuple[Codes, Codes]:
        """The distinct pairs inside the window, sorted by row and column. Needs edges sorted as `from_ids` leaves them."""
        low = np.iinfo(np.int64).min if window.since is None else window.since
        high = np.iinfo(np.int64).max if window.until is None else window.until
        at = np.zeros(0, np.int64) if self.at is None else self.at
        return _distinct(self.rows, self.cols, at, low, high)


def sliding(edges: Edges, days: int, stride: int) -> Iterator[TimeWindow]:
    """Windows of `days` every `stride` days over the time the edges cover; each stretch shorter than `days` lies in one of them
    when it is not longer than days - stride. Anchored at the first edge, so shifting all times shifts the windows."""
    if edges.at is None or not len(edges):
        return
    first, last = int(edges.at.min()), int(edges.at.max())
    start = first
    while True:
        yield TimeWindow(f"{days}/{stride}", start, start + days * DAY)
        if start + days * DAY > last:
            return
        start += stride * DAY


def dense_codes(ids: NDArray[Any]) -> tuple[Ints, Codes]:
    """Sorted distinct identifiers, and for each input its position among them. One hash pass, then a sort of the distinct ones only."""
    values = np.ascontiguousarray(ids, dtype=np.int64)
    seen, codes = _first_seen(values)
    order = np.argsort(seen, kind="stable")
    place = np.empty(len(seen), np.int32)
    place[order] = np.arange(len(seen), dtype=np.int32)
    return seen[order], place[codes]


def _seconds(at: NDArray[Any]) -> Ints:
    if np.issubdtype(at.dtype, np.datetime64):
        return np.asarray(at.astype("datetime64[s]").astype(np.int64))
    return np.asarray(at, dtype=np.int64)


def _order(rows: Codes, cols: Codes, n_cols: int, at: Ints | None) -> Ints:
    pair = rows.astype(np.int64) * max(n_cols, 1) + cols
    order = np.argsort(pair, kind="stable") if at is None else np.lexsort((at, pair))
    return np.asarray(order, dtype=np.int64)


@kernel
def _first_seen(values: Ints) -> tuple[Ints, Codes]:
    """Hash table with linear probing, at most half full: distinct values in order of appearance, and the code of every input."""
    size = 1024
    while size < 2 * len(values) and size < 1 << 30:
        size *= 2
    slots = np.full(size, -1, np.int32)
    seen = np.empty(len(values), np.int64)
    codes = np.empty(len(values), np.int32)
    count = 0
    for i in range(len(values)):
        value = values[i]
        mixed = np.uint64(value) * np.uint64(0x9E3779B97F4A7C15)
        place = np.int64((mixed ^ (mixed >> np.uint64(29))) & np.uint64(size - 1))
        while slots[place] >= 0 and seen[slots[place]] != value:
            place = (place + 1) & (size - 1)
        if slots[place] < 0:
            slots[place] = count
            seen[count] = value
            count += 1
        codes[i] = slots[place]
    return seen[:count].copy(), codes


@kernel
def _distinct(rows: Codes, cols: Codes, at: Ints, low: int, high: int) -> tuple[Codes, Codes]:
    out_rows = np.empty(len(rows), np.int32)
    out_cols = np.empty(len(rows), np.int32)
    timed = len(at) > 0
    count = 0
    for i in range(len(rows)):
        if timed and (at[i] < low or at[i] >= high):
            continue
        if count and out_rows[count - 1] == rows[i] and out_cols[count - 1] == cols[i]:
            continue
        out_rows[count] = rows[i]
        out_cols[count] = cols[i]
        count += 1
    return out_rows[:count].copy(), out_cols[:count].copy()
