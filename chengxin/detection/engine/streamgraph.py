"""The streaming out-of-core form: nodes in arrays, edges read from a Parquet file batch by batch in every pass.

For int32 codes. Memory: 26 bytes a node, one batch, and, as soon as the edges left fit in the budget, those edges, which from then on are
peeled in memory (memory.py). Passes, thresholds and sums are those of the in-memory form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from . import memory, weights
from .compiled import kernel
from .memory import MemoryGraph

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .greedy import Core
    from .weights import Weighting

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
Flags = NDArray[np.uint8]
BATCH = 131_072


class StreamGraph:
    """A peelable graph whose edges stay in the file until few enough are left."""

    def __init__(self, path: Path, columns: tuple[str, str], row_factor: Ints, col_factor: Ints, n_rows: int, handover: int) -> None:
        self.path, self.columns, self.handover = path, columns, handover
        self.row_factor, self.col_factor = row_factor, col_factor
        self.row_degree, self.col_degree = np.zeros(n_rows, np.int64), np.zeros(len(col_factor), np.int64)
        self._weight = 0
        for rows, cols in batches(path, columns):
            self._weight += memory.add_any_degrees(rows, cols, row_factor, col_factor, self.row_degree, self.col_degree)
        self.row_alive, self.col_alive = (self.row_degree > 0).view(np.uint8), (self.col_degree > 0).view(np.uint8)
        self._nodes = int(self.row_alive.sum()) + int(self.col_alive.sum())
        self.small: MemoryGraph | None = None

    @classmethod
    def weighted(
        cls, path: Path, columns: tuple[str, str], sizes: tuple[int, int], weighting: Weighting, popularity: Codes | None, handover: int
    ) -> Self:
        """A graph under a weighting; popularity[col] as in memory.py, None for the degrees in this file."""
        row_counts = np.zeros(0 if weights.columns_only(weighting) else sizes[0], np.int32)
        col_counts = np.zeros(sizes[1] if popularity is None else 0, np.int32)
        if len(row_counts) or len(col_counts):
            for rows, cols in batches(path, columns):
                tally(rows, row_counts)
                tally(cols, col_counts)
        popular = col_counts if popularity is None else popularity[: sizes[1]]
        col_factor = weights.col_factors(weighting, int(popular.max(initial=0)))[popular]
        row_factor = np.zeros(0, np.int64)
        if len(row_counts):
            row_factor = weights.row_factors(weighting, int(row_counts.max(initial=0)))[row_counts]
        return cls(path, columns, row_factor, col_factor, sizes[0], handover)

    @property
    def weight(self) -> int:
        return self.small.weight if self.small else self._weight

    @property
    def nodes(self) -> int:
        return self.small.nodes if self.small else self._nodes

    def copy(self) -> Self:
        """An independent graph of what is left."""
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        if self.small:
            twin.small = self.small.copy()
        else:
            for name in ("row_degree", "col_degree", "row_alive", "col_alive"):
                setattr(twin, name, getattr(self, name).copy())
        return twin

    def drop_below(self, degree: int) -> bool:
        """One pass over the file: drop every node whose degree is below `degree`, together. False when there was none."""
        if self.small:
            return self.small.drop_below(degree)
        dropped = memory.mark(self.row_degree, self.row_alive, degree) + memory.mark(self.col_degree, self.col_alive, degree)
        if dropped:
            self._pass()
        return bool(dropped)

    def _pass(self) -> None:
        kept: list[tuple[Codes, Codes]] | None = []
        count = 0
        for rows, cols in batches(self.path, self.columns):
            left, right, gone = sift(
                rows, cols, self.row_factor, self.col_factor, self.row_alive, self.col_alive, self.row_degree, self.col_degree
            )
            self._weight -= gone
            count += len(left)
            if kept is not None:
                kept = [*kept, (left, right)] if count <= self.handover else None
        sides = (self.row_degree, self.row_alive), (self.col_degree, self.col_alive)
        self._nodes = sum(memory.settle_nodes(degree, alive) for degree, alive in sides)
        if kept is not None:
            self._move(kept)

    def _move(self, kept: list[tuple[Codes, Codes]]) -> None:
        rows = np.concatenate([left for left, _ in kept]) if kept else np.zeros(0, np.int32)
        cols = np.concatenate([right for _, right in kept]) if kept else np.zeros(0, np.int32)
        kept.clear()
        rows, cols = memory.near(rows, cols, len(self.row_alive))
        graph = object.__new__(MemoryGraph)
        none = np.zeros(0, np.int64)
        graph.__dict__.update(rows=rows, cols=cols, weight=self._weight, nodes=self._nodes, owned=True)
        graph.__dict__.update(row_extra=none, col_extra=none, row_code=none, col_code=none)
        for name in ("row_factor", "col_factor", "row_degree", "col_degree", "row_alive", "col_alive"):
            setattr(graph, name, getattr(self, name))
        graph.renumber()
        self.small = graph
        self.row_degree = self.col_degree = self.row_factor = self.col_factor = none

    def core(self) -> Core:
        """What is left, in arrays whatever its size: pruning is over."""
        if not self.small:
            self.handover = np.iinfo(np.int64).max
            self._pass()
        assert self.small is not None
        return self.small.core()

    def close(self) -> None:
        """Nothing to give back."""


def batches(path: Path, columns: tuple[str, str]) -> Iterator[tuple[Codes, Codes]]:
    """The file's edges, a batch at a time."""
    with pq.ParquetFile(path, pre_buffer=False) as file:
        for batch in file.iter_batches(batch_size=BATCH, columns=list(columns), use_threads=True):
            yield batch.column(columns[0]).to_numpy(zero_copy_only=False), batch.column(columns[1]).to_numpy(zero_copy_only=False)


@kernel
def tally(codes: Codes, counts: Codes) -> None:
    if len(counts):
        for i in range(len(codes)):
            counts[codes[i]] += 1


@kernel
def sift(
    rows: Codes,
    cols: Codes,
    row_factor: Ints,
    col_factor: Ints,
    row_alive: Flags,
    col_alive: Flags,
    row_degree: Ints,
    col_degree: Ints,
) -> tuple[Codes, Codes, int]:
    """Edges of a batch that stay, and the weight of those that go now. An edge with an end that went in an earlier pass is long gone."""
    left, right = np.empty(len(rows), np.int32), np.empty(len(rows), np.int32)
    both = len(row_factor) > 0
    count, gone = 0, 0
    for i in range(len(rows)):
        row, col = rows[i], cols[i]
        if row_alive[row] == 0 or col_alive[col] == 0:
            continue
        if row_alive[row] == 1 and col_alive[col] == 1:
            left[count] = row
            right[count] = col
            count += 1
        else:
            weight = (row_factor[row] * col_factor[col]) >> 30 if both else col_factor[col]
            row_degree[row] -= weight
            col_degree[col] -= weight
            gone += weight
    return left[:count].copy(), right[:count].copy(), gone
