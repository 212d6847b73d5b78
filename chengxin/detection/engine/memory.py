"""The in-memory form of a peelable graph: int32 edge arrays, whole-number degrees, numba kernels.

Every pass reads the edges left once: two one-byte looks per edge, degrees are touched only for edges that go. The arrays are squeezed
in place, and nodes are numbered anew once half of them are gone, so all passes together cost a few times the first one.
Memory beside the caller's arrays: 8 bytes an edge left after the first pass + 17 bytes a node.
"""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray

from . import weights
from .compiled import kernel
from .greedy import Core

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
Flags = NDArray[np.uint8]

# From this many edges on, shuffled edges are first gathered by blocks of 2^14 rows, whose degrees fit the inner cache: 10 M edges then take
# 0.50 s instead of 0.71 s. At most 512 blocks, so that as many streams are written at once.
MANY, NEAR_BITS = 1 << 20, 14


class MemoryGraph:
    """Distinct pairs (int32 codes) whose edges weigh (row_factor[r] * col_factor[c]) >> 30; an empty row_factor means 1 for every row.

    row_extra and col_extra: suspiciousness per node in whole units (2^-32), or empty. row_code and col_code translate codes for the answer.
    """

    def __init__(
        self,
        rows: Codes,
        cols: Codes,
        row_factor: Ints,
        col_factor: Ints,
        n_rows: int,
        row_extra: Ints | None = None,
        col_extra: Ints | None = None,
        row_code: Ints | None = None,
        col_code: Ints | None = None,
    ) -> None:
        self.rows, self.cols = rows, cols
        self.row_factor, self.col_factor = row_factor, col_factor
        self.row_extra = np.zeros(0, np.int64) if row_extra is None else row_extra
        self.col_extra = np.zeros(0, np.int64) if col_extra is None else col_extra
        self.row_code = np.zeros(0, np.int64) if row_code is None else row_code
        self.col_code = np.zeros(0, np.int64) if col_code is None else col_code
        self.row_degree = np.zeros(n_rows, np.int64) if row_extra is None else row_extra.copy()
        self.col_degree = np.zeros(len(col_factor), np.int64) if col_extra is None else col_extra.copy()
        self.weight = self._weigh()
        self.row_alive = (self.row_degree > 0).view(np.uint8)
        self.col_alive = (self.col_degree > 0).view(np.uint8)
        self.nodes = int(self.row_alive.sum()) + int(self.col_alive.sum())
        self.owned = False

    @classmethod
    def weighted(
        cls,
        rows: Codes,
        cols: Codes,
        n_rows: int,
        n_cols: int,
        weighting: weights.Weighting,
        *,
        row_extra: Ints | None = None,
        col_extra: Ints | None = None,
        popularity: Codes | None = None,
        row_counts: Codes | None = None,
    ) -> Self:
        """A graph under a weighting. popularity[col] is the degree the weighting sees (default: the degree in these edges).

        Many shuffled edges are first gathered by row."""
        given = rows
        rows, cols = near(rows, cols, n_rows)
        popular = count(cols, n_cols) if popularity is None else popularity
        if weights.columns_only(weighting):
            row_factor = np.zeros(0, np.int64)
        else:
            degrees = count(rows, n_rows) if row_counts is None else row_counts
            row_factor = weights.row_factors(weighting, int(degrees.max(initial=0)))[degrees]
        col_factor = weights.col_factors(weighting, int(popular.max(initial=0)))[popular]
        graph = cls(rows, cols, row_factor, col_factor, n_rows, row_extra, col_extra)
        graph.owned = rows is not given
        return graph

    def _weigh(self) -> int:
        """Fill the degrees; the weight of the whole graph."""
        extra = int(self.row_extra.sum()) + int(self.col_extra.sum())
        if len(self.row_factor):
            return extra + add_degrees(self.rows, self.cols, self.row_factor, self.col_factor, self.row_degree, self.col_degree)
        self.col_degree += self.col_factor * count(self.cols, len(self.col_factor))
        return extra + add_row_degrees(self.rows, self.cols, self.col_factor, self.row_degree)

    def copy(self) -> Self:
        """An independent graph of the nodes and edges left; edge arrays are shared until its first pass."""
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        for name in ("row_degree", "col_degree", "row_alive", "col_alive"):
            setattr(twin, name, getattr(self, name).copy())
        twin.owned = False
        return twin

    def drop_below(self, degree: int) -> bool:
        """Drop every node whose degree is below `degree`, together. False when there was none. Nodes of degree 0 always go."""
        dropped = mark(self.row_degree, self.row_alive, degree) + mark(self.col_degree, self.col_alive, degree)
        if not dropped:
            return False
        # New arrays are only touched as far as edges stay, so an untrimmed one takes no more memory than that.
        left = self.rows if self.owned else np.empty_like(self.rows)
        right = self.cols if self.owned else np.empty_like(self.cols)
        factors = self.row_factor, self.col_factor
        count = squeeze(self.rows, self.cols, left, right, *factors, self.row_alive, self.col_alive, self.row_degree, self.col_degree)
        self.rows, self.cols, self.owned = left[:count], right[:count], True
        self.nodes, self.weight = settle_sides(self.row_degree, self.row_alive, self.col_degree, self.col_alive, self.col_extra)
        if 2 * self.nodes < len(self.row_alive) + len(self.col_alive):
            self.renumber()
        return True

    def renumber(self) -> None:
        """Number the nodes left anew, in the same order."""
        rows, cols = np.flatnonzero(self.row_alive), np.flatnonzero(self.col_alive)
        self.rows, self.cols = translate(self.rows, rows, len(self.row_alive)), translate(self.cols, cols, len(self.col_alive))
        self.row_code = self.row_code[rows] if len(self.row_code) else rows
        self.col_code = self.col_code[cols] if len(self.col_code) else cols
        for side, kept in (("row", rows), ("col", cols)):
            for name in ("degree", "alive", "extra", "factor"):
                values = getattr(self, f"{side}_{name}")
                if len(values):
                    setattr(self, f"{side}_{name}", values[kept])

    def core(self) -> Core:
        """What is left, as the small graph that exact greedy takes, with the caller's codes."""
        self.renumber()
        weight = edge_weights(self.rows, self.cols, self.row_factor, self.col_factor)
        return Core(self.rows, self.cols, weight, self.row_code, self.col_code, self.row_extra, self.col_extra)

    def close(self) -> None:
        """Nothing to give back."""


def near(rows: Codes, cols: Codes, n_rows: int) -> tuple[Codes, Codes]:
    """The edges, gathered by row in new arrays when they are many and shuffled."""
    if len(rows) < MANY or ascending(rows):
        return rows, cols
    return gathered(rows, cols, n_rows, max(NEAR_BITS, n_rows.bit_length() - 9))


@kernel
def ascending(codes: Codes) -> bool:
    for i in range(1, len(codes)):  # noqa: SIM110 - numba has no all()
        if codes[i] < codes[i - 1]:
            return False
    return True


@kernel
def gathered(rows: Codes, cols: Codes, n_rows: int, bits: int) -> tuple[Codes, Codes]:
    """The same edges, those of a block of 2^bits rows together."""
    start = np.zeros((n_rows >> bits) + 2, np.int64)
    for i in range(len(rows)):
        start[(rows[i] >> bits) + 1] += 1
    for i in range(len(start) - 1):
        start[i + 1] += start[i]
    left, right = np.empty_like(rows), np.empty_like(cols)
    for i in range(len(rows)):
        block = rows[i] >> bits
        left[start[block]], right[start[block]] = rows[i], cols[i]
        start[block] += 1
    return left, right


@kernel
def count(codes: Codes, size: int) -> Codes:
    out = np.zeros(size, np.int32)
    for i in range(len(codes)):
        out[codes[i]] += 1
    return out


@kernel
def add_row_degrees(rows: Codes, cols: Codes, col_factor: Ints, row_degree: Ints) -> int:
    total = 0
    for i in range(len(rows)):
        weight = col_factor[cols[i]]
        row_degree[rows[i]] += weight
        total += weight
    return total


@kernel
def add_degrees(rows: Codes, cols: Codes, row_factor: Ints, col_factor: Ints, row_degree: Ints, col_degree: Ints) -> int:
    total = 0
    for i in range(len(rows)):
        weight = (row_factor[rows[i]] * col_factor[cols[i]]) >> 30
        row_degree[rows[i]] += weight
        col_degree[cols[i]] += weight
        total += weight
    return total


@kernel
def add_any_degrees(rows: Codes, cols: Codes, row_factor: Ints, col_factor: Ints, row_degree: Ints, col_degree: Ints) -> int:
    """As add_degrees, where an empty row_factor means 1."""
    if len(row_factor):
        return add_degrees(rows, cols, row_factor, col_factor, row_degree, col_degree)
    total = 0
    for i in range(len(rows)):
        weight = col_factor[cols[i]]
        row_degree[rows[i]] += weight
        col_degree[cols[i]] += weight
        total += weight
    return total


@kernel
def edge_weights(rows: Codes, cols: Codes, row_factor: Ints, col_factor: Ints) -> Ints:
    out = np.empty(len(rows), np.int64)
    both = len(row_factor) > 0
    for i in range(len(rows)):
        out[i] = (row_factor[rows[i]] * col_factor[cols[i]]) >> 30 if both else col_factor[cols[i]]
    return out


@kernel
def mark(degree: Ints, alive: Flags, bound: int) -> int:
    dropped = 0
    for i in range(len(alive)):
        if alive[i] == 1 and degree[i] < bound:
            alive[i] = 2
            dropped += 1
    return dropped


@kernel
def squeeze(
    rows: Codes,
    cols: Codes,
    left: Codes,
    right: Codes,
    row_factor: Ints,
    col_factor: Ints,
    row_alive: Flags,
    col_alive: Flags,
    row_degree: Ints,
    col_degree: Ints,
) -> int:
    """Edges with both ends staying go to left and right, without a branch to mispredict; an end that stays alone loses the weight."""
    both = len(row_factor) > 0
    count = 0
    for i in range(len(rows)):
        row, col = rows[i], cols[i]
        row_stays, col_stays = row_alive[row] & 1, col_alive[col] & 1
        left[count] = row
        right[count] = col
        count += row_stays & col_stays
        if row_stays != col_stays:
            weight = (row_factor[row] * col_factor[col]) >> 30 if both else col_factor[col]
            if row_stays:
                row_degree[row] -= weight
            else:
                col_degree[col] -= weight
    return count


@kernel
def settle_sides(row_degree: Ints, row_alive: Flags, col_degree: Ints, col_alive: Flags, col_extra: Ints) -> tuple[int, int]:
    """Nodes present, and the weight of what is left: every edge is in its row's degree, so are the rows' extras."""
    nodes = settle_nodes(row_degree, row_alive) + settle_nodes(col_degree, col_alive)
    weight = 0
    for i in range(len(row_alive)):
        if row_alive[i]:
            weight += row_degree[i]
    for i in range(len(col_extra)):
        if col_alive[i]:
            weight += col_extra[i]
    return nodes, weight


@kernel
def settle_nodes(degree: Ints, alive: Flags) -> int:
    present = 0
    for i in range(len(alive)):
        if alive[i] != 1 or degree[i] == 0:
            alive[i] = 0
        else:
            present += 1
    return present


@kernel
def translate(codes: Codes, kept: Ints, size: int) -> Codes:
    place = np.zeros(size, np.int32)
    for i in range(len(kept)):
        place[kept[i]] = i
    out = np.empty(len(codes), np.int32)
    for i in range(len(codes)):
        out[i] = place[codes[i]]
    return out
