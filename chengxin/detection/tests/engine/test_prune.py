"""Pruning keeps exactly the answer of exact greedy."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chengxin.detection.engine import prune, weights
from chengxin.detection.engine.greedy import canonical_places
from chengxin.detection.engine.memory import MemoryGraph

from .conftest import planted
from .reference import greedy


def graph_of(rows, cols, weighting, **extras):
    pairs = np.unique(np.stack([rows, cols], axis=1), axis=0).astype(np.int32)
    left, right = np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1])
    return MemoryGraph.weighted(left, right, int(left.max()) + 1, int(right.max()) + 1, weighting, **extras)


def edges_of(graph):
    weigh = graph.copy().core()
    return {(int(weigh.row_code[r]), int(weigh.col_code[c])): int(w) for r, c, w in zip(weigh.rows, weigh.cols, weigh.weight, strict=True)}


def core_order(graph):
    """The engine's tie order inside the core it peeled (outside of it any order does: that is the theorem)."""
    twin = graph.copy()
    prune.narrow(twin, prune.Trace())
    core = twin.core()
    place = canonical_places(core)
    rows = {("r", int(code)): int(place[i]) for i, code in enumerate(core.row_code)}
    return rows | {("c", int(code)): int(place[core.n_rows + i]) for i, code in enumerate(core.col_code)}


@pytest.fixture(autouse=True)
def even_small_graphs_are_pruned(monkeypatch):
    monkeypatch.setattr(prune, "SMALL", 50)


@pytest.mark.parametrize("weighting", weights.WEIGHTINGS)
@pytest.mark.parametrize("size", [(0, 0), (25, 15)])
def test_the_answer_is_that_of_exact_greedy_without_pruning(weighting, size):
    data = planted(1, size=size)
    graph = graph_of(data.rows, data.cols, weighting)
    rows, cols, weight = greedy(edges_of(graph), core_order(graph))
    answer, trace = prune.densest(graph.copy(), graph.copy)
    assert Fraction(answer.weight, answer.nodes) == Fraction(weight, len(rows) + len(cols))
    # Between equal degrees the engine decides by the shape of the core it peels; `core_order` knows the first one.
    if not trace.lowered:
        assert (set(answer.rows.tolist()), set(answer.cols.tolist())) == (rows, cols)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 9)), min_size=1, max_size=60, unique=True), st.sampled_from(weights.WEIGHTINGS)
)
def test_any_small_graph_gives_the_density_of_exact_greedy(pairs, weighting):
    rows, cols = np.array(pairs).T
    graph = graph_of(rows, cols, weighting)
    expected = greedy(edges_of(graph), core_order(graph))
    answer, _ = prune.densest(graph.copy(), graph.copy)
    assert Fraction(answer.weight, answer.nodes) == Fraction(expected[2], len(expected[0]) + len(expected[1]))


def test_a_nodes_own_suspiciousness_counts():
    data = planted(2, size=(0, 0))
    rng = np.random.default_rng(5)
    row_extra = np.zeros(int(data.rows.max()) + 1, np.int64)
    row_extra[rng.choice(len(row_extra), 40, replace=False)] = weights.ONE // 2
    col_extra = np.zeros(int(data.cols.max()) + 1, np.int64)
    graph = graph_of(data.rows, data.cols, "log", row_extra=row_extra, col_extra=col_extra)
    extra = {("r", i): int(x) for i, x in enumerate(row_extra) if x}
    rows, cols, weight = greedy(edges_of(graph), core_order(graph), extra)
    answer, _ = prune.densest(graph.copy(), graph.copy)
    assert (set(answer.rows.tolist()), set(answer.cols.tolist()), answer.weight) == (rows, cols, weight)
    plain, _ = prune.densest(graph_of(data.rows, data.cols, "log"), lambda: None)
    assert answer.weight / answer.nodes > plain.weight / plain.nodes


def test_a_bound_above_greedys_own_answer_is_noticed_and_lowered():
    """On this graph batch peeling passes a denser set than greedy does; pruning by its density alone would lose greedy's answer."""
    data = planted(1, size=(0, 0))
    graph = graph_of(data.rows, data.cols, "unit")
    rows, cols, weight = greedy(edges_of(graph), core_order(graph))
    answer, trace = prune.densest(graph.copy(), graph.copy)
    assert trace.lowered
    assert Fraction(answer.weight, answer.nodes) == Fraction(weight, len(rows) + len(cols))
    assert prune.narrow(graph.copy(), prune.Trace()) * answer.nodes > answer.weight


def test_pruning_far_above_the_density_loses_the_answer():
    """The twin of the tests above: what the bound protects."""
    data = planted(3)
    graph = graph_of(data.rows, data.cols, "sqrt")
    honest, _ = prune.densest(graph.copy(), graph.copy)
    while graph.drop_below(3 * honest.weight // honest.nodes):
        pass
    assert graph.nodes < honest.nodes


def test_pruning_leaves_a_small_core_of_a_large_graph():
    data = planted(4, n_rows=20_000, n_cols=4_000, edges=80_000, size=(60, 60), p=0.5)
    graph = graph_of(data.rows, data.cols, "log")
    answer, trace = prune.densest(graph, lambda: None)
    assert trace.core_edges < 0.1 * len(data.rows)
    assert set(answer.rows.tolist()) == data.ring_rows


def test_weights_are_whole_numbers_close_to_the_formula():
    factors = weights.col_factors("log", 1000)
    assert abs(factors[100] / weights.ONE - 1 / np.log(105)) < 2**-32
    graph = graph_of(np.array([0, 0, 1]), np.array([0, 1, 1]), "symmetric")
    assert abs(edges_of(graph)[0, 1] / weights.ONE - 1 / np.sqrt(7 * 7)) < 2**-28
