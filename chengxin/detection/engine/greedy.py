"""Exact greedy peeling of a small weighted bipartite graph with an indexed heap, ties broken by structure and not by name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .compiled import kernel

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
Hashes = NDArray[np.uint64]
# Rounds of colour refinement (Weisfeiler and Leman 1968): nodes that still look alike after three are, in practice, interchangeable.
ROUNDS = 3


@dataclass(frozen=True)
class Core:
    """Edges (rows[i], cols[i]) of weight[i]; row_code and col_code are the caller's codes; extras are own suspiciousness (may be empty)."""

    rows: Codes
    cols: Codes
    weight: Ints
    row_code: Ints
    col_code: Ints
    row_extra: Ints
    col_extra: Ints

    @property
    def n_rows(self) -> int:
        return len(self.row_code)

    @property
    def n_cols(self) -> int:
        return len(self.col_code)


@dataclass(frozen=True)
class Answer:
    """The densest set greedy passed: the caller's codes, sorted, and its weight in units of 2^-32."""

    rows: Ints
    cols: Ints
    weight: int

    @property
    def nodes(self) -> int:
        return len(self.rows) + len(self.cols)


def peel(core: Core) -> Answer:
    """Exact greedy. Ties: the node whose refined colour is smaller goes first; the code decides only between nodes that look alike."""
    place = canonical_places(core)
    nodes = core.n_rows + core.n_cols
    left, right = place[core.rows], place[core.n_rows + core.cols]
    extra = np.zeros(nodes, np.int64)
    if len(core.row_extra):
        extra[place[: core.n_rows]] = core.row_extra
    if len(core.col_extra):
        extra[place[core.n_rows :]] = core.col_extra
    start, neighbour, weight = adjacency(left, right, core.weight, nodes)
    stays, total = peel_all(start, neighbour, weight, extra)
    kept = stays[place]
    return Answer(core.row_code[kept[: core.n_rows]], core.col_code[kept[core.n_rows :]], int(total))


def canonical_places(core: Core) -> Codes:
    """A position for every node (rows first, then columns) that depends on the shape of the graph alone as far as colours can tell."""
    colours = refine(core.rows, core.cols, core.weight, core.n_rows, core.n_cols)
    place = np.empty(len(colours), np.int32)
    place[np.argsort(colours, kind="stable")] = np.arange(len(colours), dtype=np.int32)
    return place


@kernel
def mix(value: np.uint64) -> np.uint64:
    """splitmix64's finaliser (Steele, Lea, Flood 2014)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@kernel
def refine(rows: Codes, cols: Codes, weight: Ints, n_rows: int, n_cols: int) -> Hashes:
    """Colours: each round a node's new colour is a hash of its own and of the multiset of (weight, colour) of its neighbours. Sums are
    modulo 2^64, so the order of edges cannot matter."""
    colour = np.empty(n_rows + n_cols, np.uint64)
    for i in range(n_rows + n_cols):
        colour[i] = np.uint64(1) if i < n_rows else np.uint64(2)
    for _ in range(ROUNDS):
        gathered = np.zeros(n_rows + n_cols, np.uint64)
        for i in range(len(rows)):
            row, col = rows[i], n_rows + cols[i]
            own = np.uint64(weight[i])
            gathered[row] += mix(colour[col] + mix(own))
            gathered[col] += mix(colour[row] + mix(own))
        for i in range(n_rows + n_cols):
            colour[i] = mix(colour[i] * np.uint64(0x9E3779B97F4A7C15) + gathered[i])
    return colour


@kernel
def adjacency(left: Codes, right: Codes, weight: Ints, nodes: int) -> tuple[Ints, Codes, Ints]:
    """CSR of the undirected graph on `nodes` nodes: start[nodes + 1], neighbour and weight of each half-edge."""
    start = np.zeros(nodes + 1, np.int64)
    for i in range(len(left)):
        start[left[i] + 1] += 1
        start[right[i] + 1] += 1
    for i in range(nodes):
        start[i + 1] += start[i]
    fill = start[:-1].copy()
    neighbour = np.empty(2 * len(left), np.int32)
    out = np.empty(2 * len(left), np.int64)
    for i in range(len(left)):
        a, b = left[i], right[i]
        neighbour[fill[a]], out[fill[a]] = b, weight[i]
        neighbour[fill[b]], out[fill[b]] = a, weight[i]
        fill[a] += 1
        fill[b] += 1
    return start, neighbour, out


@kernel
def peel_all(start: Ints, neighbour: Codes, weight: Ints, extra: Ints) -> tuple[NDArray[np.bool_], int]:
    """Remove the least node (degree, then position) until none is left; which nodes the densest set held, and its weight."""
    nodes = len(extra)
    degree = extra.copy()
    total = 0
    for i in range(nodes):
        for k in range(start[i], start[i + 1]):
            degree[i] += weight[k]
            if neighbour[k] > i:
                total += int(weight[k])
        total += int(extra[i])
    heap, where = build_heap(degree)
    gone_at = np.full(nodes, nodes, np.int32)
    best_total, best_size = total, nodes
    size = nodes
    while size > 0:
        node = heap[0]
        size -= 1
        swap(heap, where, 0, size)
        sift_down(heap, where, degree, 0, size)
        gone_at[node] = nodes - size - 1
        total -= int(degree[node])
        for k in range(start[node], start[node + 1]):
            other = neighbour[k]
            if where[other] < size:
                degree[other] -= weight[k]
                sift_up(heap, where, degree, where[other])
        if size > 0 and denser(total, size, best_total, best_size):
            best_total, best_size = total, size
    return gone_at >= nodes - best_size, best_total


@kernel
def denser(weight: int, size: int, than_weight: int, than_size: int) -> bool:
    """weight/size > than_weight/than_size, exactly: whole parts first, then the remainders, whose products stay below 2^54."""
    whole, than_whole = weight // size, than_weight // than_size
    if whole != than_whole:
        return bool(whole > than_whole)
    return bool((weight % size) * than_size > (than_weight % than_size) * size)


@kernel
def build_heap(degree: Ints) -> tuple[Codes, Codes]:
    heap = np.arange(len(degree)).astype(np.int32)
    where = np.arange(len(degree)).astype(np.int32)
    for i in range(len(degree) // 2, -1, -1):
        sift_down(heap, where, degree, i, len(degree))
    return heap, where


@kernel
def swap(heap: Codes, where: Codes, a: int, b: int) -> None:
    heap[a], heap[b] = heap[b], heap[a]
    where[heap[a]] = a
    where[heap[b]] = b


@kernel
def before(degree: Ints, a: int, b: int) -> bool:
    return bool(degree[a] < degree[b] or (degree[a] == degree[b] and a < b))


@kernel
def sift_up(heap: Codes, where: Codes, degree: Ints, at: int) -> None:
    while at > 0:
        parent = (at - 1) // 2
        if not before(degree, heap[at], heap[parent]):
            return
        swap(heap, where, at, parent)
        at = parent


@kernel
def sift_down(heap: Codes, where: Codes, degree: Ints, at: int, size: int) -> None:
    while True:
        child = 2 * at + 1
        if child >= size:
            return
        if child + 1 < size and before(degree, heap[child + 1], heap[child]):
            child += 1
        if not before(degree, heap[child], heap[at]):
            return
        swap(heap, where, at, child)
        at = child
