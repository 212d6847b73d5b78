"""How surprising is a block when every account and shop keeps its number of edges? An analytic bound, and growth to its best members.

Null: E edges, degrees kept, otherwise at random (the configuration model). A block of r accounts and c shops of total degrees VR and VC
then expects m = VR VC / E edges; its own edges count in VR and VC, so m is on the high side and the test on the safe side. How many of
the VR edge ends of the accounts meet the VC of the shops is hypergeometric, and by Hoeffding (1963, theorem 4) bounded like a binomial
number: P(edges >= e) <= exp(-VR KL(e/VR, VC/E)), and the same with the sides exchanged; KL(x, y) = x ln(x/y) + (1 - x) ln((1 - x)/(1 -
y)). A search may look at C(R, r) C(C, c) blocks of that size, so with

    surprise = max(VR KL(e/VR, VC/E), VC KL(e/VC, VR/E)) - ln C(R, r) - ln C(C, c)          (nats)

the chance that **any** block of that size in honest data looks like this is at most exp(-surprise). It is also the length in nats that
naming the block saves when writing the graph down. Blocks of different sizes are ranked by surprise per member, in its plainer form with
e ln(e/m) - e + m (a Poisson number): that form gives less to large, mildly dense communities, of which real purchase data are full (about
4 a member; injected rings 5-60).

`grow` climbs from a block that greedy found to the members that surprise wants: a node joins when its edges into the block are likelier
as a member than by chance by more than the ln((N - n)/n) that naming it costs. Greedy cuts off thin members; this brings them back and
drops hangers-on.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import lgamma, log
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = Ints
ROUNDS = 12
# A member shares at least two edges with the block, and at least a fifth of what its average member shares: a rare item that two ring
# accounts happened to camouflage with is no member (F1 .92 -> 1.00 on Complete Journey, random camouflage).
LEAST_HITS = 2
LEAST_SHARE = 0.2


@dataclass(frozen=True)
class Hits:
    """Nodes with at least one edge to a given set of the other side: codes (sorted), their edges into it, their degree."""

    codes: Codes
    hits: Ints
    degree: Ints


class Linked(Protocol):
    """What surprise needs to know of a graph of distinct pairs: totals, and who touches a set."""

    @property
    def edges(self) -> int: ...

    @property
    def row_count(self) -> int: ...

    @property
    def col_count(self) -> int: ...

    def row_hits(self, cols: Codes) -> Hits: ...

    def col_hits(self, rows: Codes) -> Hits: ...


@dataclass(frozen=True)
class Measure:
    """A block's members and how it compares with the null."""

    rows: Codes
    cols: Codes
    edges: int
    expected: float
    surprise: float
    plain: float

    @property
    def per_member(self) -> float:
        return self.surprise / max(len(self.rows) + len(self.cols), 1)


def bound(edges: int, volumes: tuple[int, int], all_edges: int, sizes: tuple[int, int], everyone: tuple[int, int]) -> float:
    """The surprise of a block in nats; negative or zero: nothing to see. volumes, sizes, everyone: of rows and of columns."""
    cost = _choices(everyone[0], sizes[0]) + _choices(everyone[1], sizes[1])
    rows, cols = volumes
    if not edges or edges * all_edges <= rows * cols:
        return -cost
    return max(rows * _divergence(edges / rows, cols / all_edges), cols * _divergence(edges / cols, rows / all_edges)) - cost


def poisson(edges: int, expected: float, sizes: tuple[int, int], everyone: tuple[int, int]) -> float:
    """The surprise if the number of edges were Poisson: never above `bound`."""
    cost = _choices(everyone[0], sizes[0]) + _choices(everyone[1], sizes[1])
    return (edges * log(edges / expected) - edges + expected if edges > expected > 0 else 0.0) - cost


def _divergence(x: float, y: float) -> float:
    """KL divergence of two coins, in nats, for x > y."""
    return x * log(x / y) + ((1.0 - x) * log((1.0 - x) / (1.0 - y)) if x < 1.0 else 0.0)


def measure(graph: Linked, rows: Codes, cols: Codes) -> Measure:
    """A block as it is. Members without an edge in the block count with degree 0."""
    seen = _among(graph.row_hits(cols), rows)
    return _measure(graph, rows, cols, int(seen.hits.sum()), int(seen.degree.sum()), int(_among(graph.col_hits(rows), cols).degree.sum()))


def grow(graph: Linked, rows: Codes, cols: Codes) -> Measure:
    """The most surprising block met on the climb from the given one (possibly that one itself)."""
    now = best = measure(graph, rows, cols)
    for _ in range(ROUNDS):
        following = _step(graph, now)
        if following is None or (np.array_equal(following.rows, now.rows) and np.array_equal(following.cols, now.cols)):
            break
        now = following
        if now.surprise > best.surprise:
            best = now
    return best


def _step(graph: Linked, now: Measure) -> Measure | None:
    ratio = now.edges / max(now.expected, 1e-300)
    if now.edges == 0 or ratio <= 1.0:
        return None
    col_volume = int(_among(graph.col_hits(now.rows), now.cols).degree.sum())
    near = graph.row_hits(now.cols)
    rows = _join(near, col_volume / graph.edges, ratio, graph.row_count, len(now.rows), now.edges)
    if not len(rows.codes):
        return None
    row_volume = int(rows.degree.sum())
    edges = int(rows.hits.sum())
    ratio = edges * graph.edges / (row_volume * col_volume)
    if ratio <= 1.0:
        return None
    near = graph.col_hits(rows.codes)
    cols = _join(near, row_volume / graph.edges, ratio, graph.col_count, len(now.cols), edges)
    if not len(cols.codes):
        return None
    return _measure(graph, rows.codes, cols.codes, int(cols.hits.sum()), row_volume, int(cols.degree.sum()))


def _join(near: Hits, rate: float, ratio: float, everyone: int, members: int, edges: int) -> Hits:
    """Those whose edges into the block are likelier as a member (ratio times the chance rate) than as a stranger."""
    gain = near.hits * log(ratio) - (ratio - 1.0) * rate * near.degree - log(max(everyone - members, 1) / members)
    keep = (gain > 0) & (near.hits >= max(LEAST_HITS, LEAST_SHARE * edges / members))
    return Hits(near.codes[keep], near.hits[keep], near.degree[keep])


def _measure(graph: Linked, rows: Codes, cols: Codes, edges: int, row_volume: int, col_volume: int) -> Measure:
    sizes, everyone = (len(rows), len(cols)), (graph.row_count, graph.col_count)
    value = bound(edges, (row_volume, col_volume), graph.edges, sizes, everyone)
    expected = row_volume * col_volume / max(graph.edges, 1)
    return Measure(rows, cols, edges, expected, value, poisson(edges, expected, sizes, everyone))


def _among(hits: Hits, members: Codes) -> Hits:
    keep = np.isin(hits.codes, members)
    return Hits(hits.codes[keep], hits.hits[keep], hits.degree[keep])


def _choices(everyone: int, chosen: int) -> float:
    """ln C(everyone, chosen)."""
    return lgamma(everyone + 1) - lgamma(chosen + 1) - lgamma(everyone - chosen + 1)
