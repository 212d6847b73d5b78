"""Pair joins, components, rhythm."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest

from chengxin.detection.engine import bursts, components, pairs, robust_z


@pytest.fixture
def lake():
    return duckdb.connect()


def given(lake, links):
    lake.execute("CREATE TABLE held (subject BIGINT, thing BIGINT)")
    lake.executemany("INSERT INTO held VALUES (?, ?)", links)


def test_two_shops_with_the_same_buyers_stand_out(lake):
    rng = np.random.default_rng(1)
    honest = [(int(shop), int(buyer)) for shop, buyer in zip(rng.integers(0, 40, 2000), rng.integers(0, 1500, 2000), strict=True)]
    ring = [(shop, 5000 + buyer) for shop in (100, 101) for buyer in range(12)]
    given(lake, honest + ring + ring)
    found = pairs(lake, "held", least_surprise=0.0)
    assert [(a, b) for a, b in zip(found.a.tolist(), found.b.tolist(), strict=True)] == [(100, 101)]
    assert found.shared.tolist() == [12]
    assert found.jaccard.tolist() == [1.0]


def test_a_thing_that_everybody_holds_pairs_nobody(lake):
    given(lake, [(subject, thing) for subject in range(60) for thing in (1, 2)])
    assert len(pairs(lake, "held")) == 0
    assert len(pairs(lake, "held", most_subjects=60)) == 60 * 59 // 2


def test_components_are_named_by_their_least_member():
    ids, names = components(np.array([7, 9, -3, 40]), np.array([9, 8, 40, 41]))
    assert dict(zip(ids.tolist(), names.tolist(), strict=True)) == {7: 7, 8: 7, 9: 7, -3: -3, 40: -3, 41: -3}


def test_components_equal_scipys_on_a_random_graph():
    csgraph = pytest.importorskip("scipy.sparse.csgraph")
    sparse = pytest.importorskip("scipy.sparse")
    rng = np.random.default_rng(3)
    left, right = rng.integers(0, 3000, 2000), rng.integers(0, 3000, 2000)
    ids, names = components(left, right)
    matrix = sparse.coo_matrix((np.ones(2000), (left, right)), shape=(3000, 3000))
    labels = csgraph.connected_components(matrix, directed=False)[1][ids]
    assert len(set(zip(labels.tolist(), names.tolist(), strict=True))) == len(set(labels.tolist())) == len(set(names.tolist()))


def test_robust_z_is_not_moved_by_the_outlier_itself():
    values = np.array([10, 11, 9, 10, 12, 10, 500])
    assert robust_z(values)[-1] > 100
    assert abs((values[-1] - values.mean()) / values.std()) < 3


def test_a_constant_history_does_not_make_every_change_infinite():
    assert robust_z(np.array([4, 4, 4, 4, 6]))[-1] == 1.0
    assert len(robust_z(np.zeros(0))) == 0


def test_the_busiest_hours_of_each_subject_are_found():
    found = bursts(np.array([1, 1, 1, 2, 1, 2]), np.array([0, 5000, 5100, 7, 5200, 9000]), 600)
    assert found.subject.tolist() == [1, 2]
    assert found.start.tolist() == [5000, 7]
    assert found.inside.tolist() == [3, 1]
    assert found.total.tolist() == [4, 2]
