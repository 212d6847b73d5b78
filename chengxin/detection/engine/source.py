"""Where edges come from: anything that can be cut by time into a graph of distinct pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from . import surprise
from .graph import WHOLE, Edges, TimeWindow, sliding
from .memory import MemoryGraph, count
from .surprise import Hits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .prune import Peelable
    from .weights import Weighting

Codes = NDArray[np.int32]
Ints = NDArray[np.int64]
WindowSpec = TimeWindow | tuple[int, int]


class Cut(surprise.Linked, Protocol):
    """The distinct pairs of one time window, in memory or out of core."""

    def graph(self, weighting: Weighting) -> Peelable: ...

    def without(self, rows: Ints, cols: Ints) -> Self: ...


class Source(Protocol):
    """Edges that can be cut by time: `MemorySource`, or `ParquetEdges` out of core. `parallel`: how many windows may be open at once."""

    parallel: int

    def windows(self, spec: WindowSpec) -> Sequence[TimeWindow]: ...

    def open(self, window: TimeWindow) -> Cut: ...

    def row_id(self, codes: Ints) -> Ints: ...

    def col_id(self, codes: Ints) -> Ints: ...


class MemorySource:
    """Edges in memory as a source."""

    parallel = 64

    def __init__(self, edges: Edges) -> None:
        self.edges = edges
        self.whole = edges.cut(WHOLE)
        self.popularity = count(self.whole[1], edges.n_cols)

    def windows(self, spec: WindowSpec) -> list[TimeWindow]:
        return [spec] if isinstance(spec, TimeWindow) else list(sliding(self.edges, *spec))

    def open(self, window: TimeWindow) -> MemoryCut:
        rows, cols = self.whole if window == WHOLE else self.edges.cut(window)
        return MemoryCut(rows, cols, self.edges.n_rows, self.popularity)

    def row_id(self, codes: Ints) -> Ints:
        return codes if self.edges.row_ids is None else self.edges.row_ids[codes]

    def col_id(self, codes: Ints) -> Ints:
        return codes if self.edges.col_ids is None else self.edges.col_ids[codes]


class MemoryCut:
    """Distinct pairs in memory."""

    def __init__(self, rows: Codes, cols: Codes, n_rows: int, popularity: Codes) -> None:
        self.rows, self.cols, self.popularity = rows, cols, popularity
        self.row_degree, self.col_degree = count(rows, n_rows), count(cols, len(popularity))
        self.edges = len(rows)
        self.row_count, self.col_count = int((self.row_degree > 0).sum()), int((self.col_degree > 0).sum())

    def graph(self, weighting: Weighting) -> MemoryGraph:
        return MemoryGraph.weighted(
            self.rows,
            self.cols,
            len(self.row_degree),
            len(self.col_degree),
            weighting,
            popularity=self.popularity,
            row_counts=self.row_degree,
        )

    def row_hits(self, cols: Ints) -> Hits:
        return _hits(self.rows, _flags(cols, len(self.col_degree))[self.cols], self.row_degree)

    def col_hits(self, rows: Ints) -> Hits:
        return _hits(self.cols, _flags(rows, len(self.row_degree))[self.rows], self.col_degree)

    def without(self, rows: Ints, cols: Ints) -> MemoryCut:
        keep = ~(_flags(rows, len(self.row_degree))[self.rows] & _flags(cols, len(self.col_degree))[self.cols])
        return MemoryCut(self.rows[keep], self.cols[keep], len(self.row_degree), self.popularity)


def _flags(codes: Ints, size: int) -> NDArray[np.bool_]:
    flags = np.zeros(size, np.bool_)
    flags[codes] = True
    return flags


def _hits(codes: Codes, inside: NDArray[np.bool_], degree: Codes) -> Hits:
    hits = count(codes[inside], len(degree))
    near = np.flatnonzero(hits)
    return Hits(near, hits[near].astype(np.int64), degree[near].astype(np.int64))
