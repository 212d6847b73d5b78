"""What follows from cases that people decided: linearised belief propagation over who uses what.

Gatterbauer, Günnemann, Koutra and Faloutsos, "Linearized and single-pass belief propagation", VLDB 2015: with two classes and coupling h
the belief b of all nodes solves b = e + h A b - h² D b, where e are the decided cases, A the weighted links and D the diagonal of their
squared sums; the last term takes back what a node would hear of itself. Links are weighted by 1 / sqrt(degree · degree), which makes the
largest eigenvalue of A at most 1 (that of a normalised Laplacian), so the turns shrink by h + h² each and always end; and it makes a
thing that hundreds use - a campus address, an office network - say next to nothing of any of them.

Beliefs and links are whole numbers, so neither the order of rows nor identifiers nor cores show in a belief.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log

import numpy as np
from numpy.typing import NDArray

from .compiled import kernel
from .graph import WHOLE, Edges

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
Floats = NDArray[np.float64]

ONE = 1 << 30  # a belief of 1
WEIGHT = 24  # bits of a weight: a belief (below 2^35) times a weight fits, and half of the bits go before the sum
MOST_COUPLING = 0.6  # h + h² = 0.96
EXACT = 2.0**-24


@dataclass(frozen=True)
class Beliefs:
    """Per node, identifiers sorted: above 0 tied to confirmed cases, below 0 to dismissed ones. A confirmed node alone has about 1."""

    left_ids: Ints
    left: Floats
    right_ids: Ints
    right: Floats
    rounds: int


Seeds = tuple[NDArray[np.int64], Floats]  # identifiers, and -1 to 1 for each


def propagate(
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    left_seeds: Seeds,
    right_seeds: Seeds | None = None,
    coupling: float = 0.5,
) -> Beliefs:
    """Beliefs in a graph where left[i] (an account) uses right[i] (a shop, device, payer, address); repeated pairs count once. Seeds that
    the graph lacks are left out. ValueError for a coupling that is not in (0, 0.6] or seeds beyond 1."""
    if not 0 < coupling <= MOST_COUPLING:
        raise ValueError("the coupling is above 0 and at most 0.6, or the turns might not end")
    edges = Edges.from_ids(left, right)
    rows, cols = edges.cut(WHOLE)
    link = _links(rows, cols, edges.n_rows, edges.n_cols, coupling)
    assert edges.row_ids is not None and edges.col_ids is not None
    of_left = _seeded(edges.row_ids, left_seeds)
    of_right = _seeded(edges.col_ids, right_seeds or (np.zeros(0, np.int64), np.zeros(0)))
    rounds = ceil(log(EXACT) / log(coupling + coupling**2))
    one, other, used = _turns(rows, cols, link, of_left, of_right, rounds)
    return Beliefs(edges.row_ids, one / ONE, edges.col_ids, other / ONE, used)


def _links(rows: Codes, cols: Codes, n_rows: int, n_cols: int, coupling: float) -> Ints:
    one, other = np.bincount(rows, minlength=n_rows), np.bincount(cols, minlength=n_cols)
    return np.rint(coupling * (1 << WEIGHT) / np.sqrt(one[rows].astype(np.float64) * other[cols])).astype(np.int64)


def _seeded(ids: Ints, seeds: Seeds) -> Ints:
    """The decided cases at their nodes; a node in several has their sum, held between -1 and 1."""
    made = np.zeros(len(ids), np.int64)
    given = np.rint(np.asarray(seeds[1], np.float64) * ONE).astype(np.int64)
    if len(given) and np.abs(given).max() > ONE:
        raise ValueError("a seed is between -1 and 1")
    place = np.minimum(np.searchsorted(ids, seeds[0]), max(len(ids) - 1, 0))
    there = ids[place] == seeds[0] if len(ids) else np.zeros(len(place), bool)
    np.add.at(made, place[there], given[there])
    held: Ints = np.clip(made, -ONE, ONE)
    return held


@kernel
def _turns(rows: Codes, cols: Codes, link: Ints, of_left: Ints, of_right: Ints, rounds: int) -> tuple[Ints, Ints, int]:
    """Both sides hear the other's last belief, at most `rounds` times or until nothing moves."""
    echo_left, echo_right = np.zeros(len(of_left), np.int64), np.zeros(len(of_right), np.int64)
    for i in range(len(link)):
        square = (link[i] * link[i]) >> WEIGHT
        echo_left[rows[i]] += square
        echo_right[cols[i]] += square
    left, right = of_left.copy(), of_right.copy()
    for turn in range(rounds):
        new_left, new_right = np.zeros(len(left), np.int64), np.zeros(len(right), np.int64)
        for i in range(len(link)):
            new_left[rows[i]] += (link[i] * right[cols[i]]) >> 12
            new_right[cols[i]] += (link[i] * left[rows[i]]) >> 12
        moved = 0
        for i in range(len(left)):
            said = of_left[i] + (new_left[i] >> 12) - ((echo_left[i] * left[i]) >> WEIGHT)
            moved = max(moved, abs(said - left[i]))
            new_left[i] = said
        for i in range(len(right)):
            said = of_right[i] + (new_right[i] >> 12) - ((echo_right[i] * right[i]) >> WEIGHT)
            moved = max(moved, abs(said - right[i]))
            new_right[i] = said
        left, right = new_left, new_right
        if moved <= 8:
            return left, right, turn + 1
    return left, right, rounds
