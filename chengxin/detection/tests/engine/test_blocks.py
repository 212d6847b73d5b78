"""Dense blocks: found, ranked, silent on honest data, blind to names and order."""

from __future__ import annotations

import numpy as np
import pytest

from chengxin.detection.engine import WEIGHTINGS, WHOLE, Edges, dense_blocks, null_surprise, shuffle_pairs, shuffle_times

from .conftest import planted


def renamed(data, seed):
    """The same graph with other identifiers, its rows shuffled."""
    rng = np.random.default_rng(seed)
    row_names, col_names = rng.permutation(10**6)[: int(data.rows.max()) + 1], rng.permutation(10**6)[: int(data.cols.max()) + 1]
    order = rng.permutation(len(data.rows))
    edges = Edges.from_ids(row_names[data.rows][order], col_names[data.cols][order], data.at[order])
    return edges, np.argsort(row_names), np.argsort(col_names), row_names, col_names


def test_it_finds_the_planted_ring_first():
    data = planted(11)
    best = dense_blocks(Edges.from_ids(data.rows, data.cols, data.at))[0]
    assert set(best.rows) == data.ring_rows
    assert set(best.cols) == data.ring_cols


@pytest.mark.parametrize("seed", range(3))
def test_names_and_order_of_rows_do_not_show(seed):
    data = planted(12)
    plain = dense_blocks(Edges.from_ids(data.rows, data.cols, data.at), WEIGHTINGS, (WHOLE, (14, 7)))
    edges, _, _, row_names, col_names = renamed(data, seed)
    other = dense_blocks(edges, WEIGHTINGS, (WHOLE, (14, 7)))
    assert [(b.weighting, b.window, b.density, b.surprise) for b in plain] == [
        (b.weighting, b.window, b.density, b.surprise) for b in other
    ]
    assert [sorted(row_names[list(b.rows)].tolist()) for b in plain] == [list(b.rows) for b in other]
    assert [sorted(col_names[list(b.cols)].tolist()) for b in plain] == [list(b.cols) for b in other]


def test_shifting_time_shifts_the_windows_only():
    data = planted(13)
    plain = dense_blocks(Edges.from_ids(data.rows, data.cols, data.at), windows=((14, 7),))
    later = dense_blocks(Edges.from_ids(data.rows, data.cols, data.at + 1_000_003), windows=((14, 7),))
    assert [(b.rows, b.cols, b.surprise) for b in plain] == [(b.rows, b.cols, b.surprise) for b in later]


@pytest.mark.parametrize("seed", range(4))
def test_honest_data_give_no_block(seed):
    data = planted(20 + seed, size=(0, 0))
    assert dense_blocks(Edges.from_ids(data.rows, data.cols, data.at), WEIGHTINGS, (WHOLE, (14, 7)), blocks=2) == []


def test_without_the_bound_honest_data_give_blocks():
    """The twin: greedy always names a densest block; only surprise tells that it is nothing."""
    data = planted(20, size=(0, 0))
    assert dense_blocks(Edges.from_ids(data.rows, data.cols), least_surprise=float("-inf"))


def test_the_shuffled_null_agrees_with_the_bound():
    data = planted(14)
    edges = Edges.from_ids(data.rows, data.cols, data.at)
    found = dense_blocks(edges)[0].per_member
    assert max(null_surprise(edges, rounds=2)) < 0 < found
    assert np.array_equal(np.bincount(shuffle_pairs(edges, 3).rows), np.bincount(edges.rows))


def test_a_ring_locked_in_time_fades_when_times_are_dealt_again():
    data = planted(15, edges=12_000, size=(40, 20), p=0.5)
    edges = Edges.from_ids(data.rows, data.cols, data.at)
    locked = dense_blocks(edges, windows=((7, 3),))
    dealt = dense_blocks(shuffle_times(edges, 1), windows=((7, 3),))
    assert locked[0].surprise > 4 * max((b.surprise for b in dealt), default=0.0)


def test_the_second_block_is_another_one():
    data = planted(16)
    twin = planted(17, size=(20, 25), p=0.7)
    rows = np.concatenate([data.rows, twin.rows[3000:] + 1000])
    cols = np.concatenate([data.cols, twin.cols[3000:]])
    found = dense_blocks(Edges.from_ids(rows, cols), ("log",), blocks=2)
    assert {frozenset(b.rows) for b in found} == {frozenset(data.ring_rows), frozenset(i + 1000 for i in twin.ring_rows)}


def test_camouflage_does_not_hide_a_ring():
    data = planted(18)
    rng = np.random.default_rng(1)
    extra = rng.choice(sorted(data.ring_rows), 500), (300 * rng.random(500) ** 2.5).astype(np.int64)
    found = dense_blocks(Edges.from_ids(np.concatenate([data.rows, extra[0]]), np.concatenate([data.cols, extra[1]])))[0]
    assert len(data.ring_rows ^ set(found.rows)) <= 1
    assert set(found.cols) == data.ring_cols


def test_no_edges_give_no_blocks():
    empty = np.zeros(0, np.int64)
    assert dense_blocks(Edges.from_ids(empty, empty, empty), windows=(WHOLE, (14, 7))) == []
