"""What a worker looks like: own features, those of neighbours one to three hops away, the shape around, and neighbours' known labels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.sparse as sp

PULL = 2.0  # a share of few labelled neighbours is drawn to the usual one, as if two more of the usual mix were known


@dataclass(frozen=True)
class Data:
    """The published file: own (n, 10), label (n,), graph symmetric 0/1 without loops, masks (10, n) for train, validation and test."""

    own: np.ndarray
    label: np.ndarray
    graph: sp.csr_matrix
    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


def load(path: Path) -> Data:
    """Read tolokers.npz."""
    file = np.load(path)
    one, other = file["edges"].T
    n = len(file["node_labels"])
    graph = sp.csr_matrix((np.ones(2 * len(one)), (np.r_[one, other], np.r_[other, one])), shape=(n, n))
    graph.setdiag(0)
    graph.eliminate_zeros()
    graph.data[:] = 1
    masks = (file["train_masks"], file["val_masks"], file["test_masks"])
    return Data(file["node_features"].astype(np.float64), file["node_labels"].astype(np.int64), graph, *masks)


def degree(graph: sp.csr_matrix) -> np.ndarray:
    """Neighbours of each node, at least 1 so that one may divide by it."""
    return np.maximum(np.asarray(graph.sum(axis=1)).ravel(), 1)


def neighbours(data: Data) -> np.ndarray:
    """Own features, degree, and the mean of neighbours' features over one, two and three hops, (n, 41): known to beat graph networks."""
    mean = _rows_sum_to_one(data.graph)
    hops = [data.own]
    for _ in range(3):
        hops.append(mean @ hops[-1])
    return np.column_stack([*hops, degree(data.graph)])


def shape(data: Data) -> np.ndarray:
    """Scatter among neighbours, means in which a neighbour of many counts less, degrees around, closed triangles, page rank: (n, 35)."""
    graph, around = data.graph, degree(data.graph)
    mean, picky = _rows_sum_to_one(graph), _rows_sum_to_one(graph @ sp.diags(1 / around))
    first = mean @ data.own
    scatter = np.sqrt(np.maximum(mean @ data.own**2 - first**2, 0))
    size = np.log1p(around)
    triangles = np.asarray(graph.multiply(graph @ graph).sum(axis=1)).ravel() / np.maximum(around * (around - 1), 1)
    columns = [scatter, picky @ data.own, picky @ (picky @ data.own)]
    return np.column_stack([*columns, mean @ size, mean @ (mean @ size), picky @ size, triangles, _page_rank(graph, around)])


def labels(data: Data, known: np.ndarray) -> np.ndarray:
    """Labels of neighbours that are in `known` (the training mask), never the node's own, one and two hops away: (n, 7).

    A node is not its own neighbour, and walks of two steps that come back to where they began are taken out: for a training node the
    feature says as much about its own label as for a test node, nothing.
    """
    graph, around = data.graph, degree(data.graph)
    seen = known.astype(np.float64)
    bad = seen * data.label
    usual = bad.sum() / seen.sum()
    found, counted = graph @ bad, graph @ seen
    columns = [found, counted, _share(found, counted, usual)]
    for power in (1, 2):
        weight = around**-power
        columns.append(_share(graph @ (weight * bad), graph @ (weight * seen), usual, PULL * weight.mean()))
        back = graph @ weight  # the walk to a neighbour and home
        two = [graph @ (weight * (graph @ one)) - back * one for one in (bad, seen)]
        columns.append(_share(two[0], two[1], usual))
    return np.column_stack(columns)


def _share(found: np.ndarray, counted: np.ndarray, usual: float, pull: float = PULL) -> np.ndarray:
    return (found + pull * usual) / (counted + pull)


def _rows_sum_to_one(matrix: sp.csr_matrix) -> sp.csr_matrix:
    return sp.diags(1 / np.maximum(np.asarray(matrix.sum(axis=1)).ravel(), 1e-12)) @ matrix


def _page_rank(graph: sp.csr_matrix, around: np.ndarray) -> np.ndarray:
    step = graph @ sp.diags(1 / around)
    rank = np.full(graph.shape[0], 1 / graph.shape[0])
    for _ in range(50):
        rank = 0.15 / len(rank) + 0.85 * (step @ rank)
    return rank
