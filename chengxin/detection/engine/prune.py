"""The exact answer of greedy peeling without peeling the whole graph.

Density of a set S of accounts and shops: g(S) = f(S) / |S|, f(S) = sum of the weights of the edges inside S + sum of the nodes' own
suspiciousness. Exact greedy (Charikar 2000; FRAUDAR, Hooi et al. 2016) removes the node of least degree in S (weights to neighbours in S
+ its own suspiciousness), one by one, and answers the densest set it passed, the largest of them when several are equally dense: S*.

**What pruning keeps.** For a number L let C(L) be the largest set in which every degree is >= L (unique: the union of two such sets is
such a set, as degrees only grow with the set).

1. *Greedy passes through C(L), whatever its tie rule, if C(L) is not empty.* Take the first moment it removes a node v of C(L). All of
   C(L) is still there, so v's degree is >= L, and v has the least degree, so all nodes present have degree >= L, so they all belong to
   C(L): the set present is C(L). From there on greedy in the graph and greedy in C(L) are the same run, if ties are broken by the same
   rule inside C(L).
2. *If L <= g(S*), then S* lies in C(L).* Every set P that greedy passes before C(L) holds a node of degree d < L. If S* were such a P,
   its next step would give (g(P)|P| - d) / (|P| - 1) > g(P), as d < L <= g(P): S* would not be the densest. Contradiction.

So the greedy answer on C(L) **is** the greedy answer on the graph: same set, same score.

**Where L comes from.** Removing together all nodes of degree < g(S) raises the density, so it is done first (`settle`). Batch peeling then
passes a few dozen sets; the best density among them is L. A batch set could be denser than greedy's own answer (greedy is only within a
factor two of the optimum), and then L > g(S*) and step 2 would not hold. So it is checked afterwards: greedy on C(L) gives g'; greedy did
pass that set, so g(S*) >= g'. If g' >= L, then L <= g(S*) and the proof is complete. If not, L := g' and prune once more from the start:
now L <= g(S*) by construction. (Seen on small random graphs without a block, as in the tests.)

**Stopping early is allowed.** Let P be what is left when pruning with L <= g(S*) stops half way, P contains C(L). Greedy in P passes
through C(L) by step 1 applied to P, and a set it passes before has a node of degree < L, so by the argument of step 2 it is either less
dense than L or less dense than its own next step: the best set greedy passes in P is S* again. So the last, thin passes are left to the
heap.

Thresholds are whole numbers rounded down, so L is never above the density it stands for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

from .greedy import Answer, Core, peel

if TYPE_CHECKING:
    from collections.abc import Callable

# Batch steps relative to the density now (2.0 is the average degree; Bahmani et al. 2012), coarse ones first: each is cheap on what the one
# before left. On graphs with a block in them the first bound already leaves little.
STEPS = (3.0, 2.0, 1.5, 1.25)
# Below this many nodes the heap is faster than looking for a better bound.
SMALL = 2_000
# After a pass that dropped few nodes one goes just above the average degree, which drops about half: about a hundred passes to the end.
STUCK = 2.02
# A pass that drops fewer nodes than this share ends a round of pruning: the heap finishes the rest sooner (see the note in the docstring).
FEW = 0.02


class Peelable(Protocol):
    """A weighted bipartite graph that can lose all nodes below a degree at once: arrays (memory.py) or SQL tables (outofcore.py)."""

    @property
    def weight(self) -> int: ...

    @property
    def nodes(self) -> int: ...

    def copy(self) -> Self: ...

    def drop_below(self, degree: int) -> bool: ...

    def core(self) -> Core: ...

    def close(self) -> None: ...


@dataclass
class Trace:
    """What the search did: passes over the edges, the bound L, the size of the core, and whether L had to be lowered."""

    passes: int = 0
    bound: int = 0
    core_nodes: int = 0
    core_edges: int = 0
    lowered: bool = False


def density(graph: Peelable) -> int:
    """g(S) rounded down to a whole unit (2^-32)."""
    return graph.weight // graph.nodes if graph.nodes else 0


def settle(graph: Peelable, bound: int, trace: Trace) -> int:
    """Drop nodes below the bound while that drops many; the bound rises with the density on the way. Returns the bound."""
    while True:
        bound, before = max(bound, density(graph)), graph.nodes
        if not graph.drop_below(bound):
            return bound
        trace.passes += 1
        if before - graph.nodes < FEW * before:
            return max(bound, density(graph))


def batch_bound(graph: Peelable, step: float, trace: Trace) -> int:
    """The best density that batch peeling passes with steps of one size. The graph is left as it was."""
    best = density(graph)
    rest, few = graph.copy(), False
    while rest.nodes:
        before = rest.nodes
        rest.drop_below(max(int((STUCK if few else step) * density(rest)), 1))
        few = before - rest.nodes < FEW * before
        if few and rest.nodes == before and not rest.drop_below(int(STUCK * density(rest))):
            break
        trace.passes += 1
        best = max(best, density(rest))
    rest.close()
    return best


def narrow(graph: Peelable, trace: Trace) -> int:
    """Prune by bounds of finer and finer batch peeling. Returns the last bound."""
    bound = settle(graph, 0, trace)
    for step in STEPS:
        if graph.nodes <= SMALL:
            break
        bound = settle(graph, max(bound, batch_bound(graph, step, trace)), trace)
    return bound


def densest(graph: Peelable, restart: Callable[[], Peelable]) -> tuple[Answer, Trace]:
    """Greedy's exact answer. `restart()` gives the untouched graph again, for the rare second round."""
    trace = Trace()
    bound = narrow(graph, trace)
    answer = _exact(graph, bound, trace)
    if answer.weight < bound * answer.nodes:
        trace.lowered = True
        _prune(graph, bound, trace)
        passed = _exact(graph, bound, trace)
        graph, bound = restart(), passed.weight // passed.nodes
        _prune(graph, bound, trace)
        answer = _exact(graph, bound, trace)
    return answer, trace


def _prune(graph: Peelable, bound: int, trace: Trace) -> None:
    """Prune to the end: what stays is C(bound)."""
    while graph.drop_below(bound):
        trace.passes += 1


def _exact(graph: Peelable, bound: int, trace: Trace) -> Answer:
    core = graph.core()
    trace.bound, trace.core_nodes, trace.core_edges = bound, core.n_rows + core.n_cols, len(core.rows)
    return peel(core)
