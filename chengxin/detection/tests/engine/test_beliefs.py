"""Propagation from decided cases: it is the published equation, it ends, and crowds say nothing."""

from __future__ import annotations

import numpy as np
import pytest

from chengxin.detection.engine import propagate
from chengxin.detection.engine.beliefs import MOST_COUPLING

pytestmark = pytest.mark.one_database


def solved(left, right, left_seeds, coupling):
    """LinBP's closed form, dense: (I - H + H's squared sums) b = e."""
    pairs = sorted(set(zip(left.tolist(), right.tolist(), strict=True)))
    people, things = sorted({a for a, _ in pairs}), sorted({b for _, b in pairs})
    n = len(people)
    links = np.zeros((n + len(things), n + len(things)))
    for a, b in pairs:
        links[people.index(a), n + things.index(b)] = 1.0
    links += links.T
    degree = links.sum(axis=0)
    links *= coupling / np.sqrt(np.outer(degree, degree))
    seeds = np.zeros(len(links))
    for one, value in zip(*left_seeds, strict=True):
        seeds[people.index(one)] += value
    return np.linalg.solve(np.eye(len(links)) - links + np.diag((links**2).sum(axis=0)), seeds)[:n]


def graph(seed=1, people=60, things=40, links=200):
    rng = np.random.default_rng(seed)
    return rng.integers(0, people, links), rng.integers(0, things, links)


@pytest.mark.parametrize("coupling", [0.1, 0.5, MOST_COUPLING])
def test_it_solves_the_published_equation(coupling):
    left, right = graph()
    seeds = np.unique(left)[[3, 8, 20]], np.array([1.0, 1.0, -1.0])
    found = propagate(left, right, seeds, coupling=coupling)
    assert found.left == pytest.approx(solved(left, right, seeds, coupling), abs=2e-6)


def test_the_bound_holds_for_the_densest_graph_and_beyond_it_is_refused():
    left, right = (side.ravel() for side in np.meshgrid(np.arange(30), np.arange(30)))
    found = propagate(left, right, (np.arange(30), np.ones(30)), coupling=MOST_COUPLING)
    assert np.abs(found.left).max() < 1 / (1 - MOST_COUPLING - MOST_COUPLING**2)
    for wrong in (0.0, 0.7, -0.1):
        with pytest.raises(ValueError, match="coupling"):
            propagate(left, right, (np.arange(1), np.ones(1)), coupling=wrong)
    with pytest.raises(ValueError, match="seed"):
        propagate(left, right, (np.arange(1), np.array([2.0])))


def test_neither_order_nor_names_show_in_a_belief():
    left, right = graph()
    order = np.random.default_rng(2).permutation(len(left))
    one = propagate(left, right, (left[:2], np.array([1.0, -1.0])))
    other = propagate(100 - left[order], (right[order] * 7919) ^ 3, (100 - left[:2], np.array([1.0, -1.0])))
    assert one.left.tolist() == other.left[::-1].tolist()


def test_one_who_shares_a_phone_with_a_confirmed_account_is_closer_than_one_of_a_campus():
    left = np.concatenate([[1, 2], [1], 100 + np.arange(300), [3]])
    right = np.concatenate([[50, 50], [60], np.full(300, 60), [60]])
    found = propagate(left, right, (np.array([1]), np.ones(1)))
    belief = dict(zip(found.left_ids.tolist(), found.left.tolist(), strict=True))
    assert belief[1] > 0.9
    assert belief[2] > 0.05 > 50 * belief[3]


def test_a_dismissed_case_takes_away_what_a_confirmed_one_gave():
    left, right = np.array([1, 2, 3]), np.array([50, 50, 50])
    both = propagate(left, right, (np.array([1, 2]), np.array([1.0, -1.0])))
    assert both.left[2] == pytest.approx(0.0, abs=1e-6)
    assert propagate(left, right, (np.array([1]), np.ones(1))).left[2] > 0.05


def test_without_links_and_without_cases_there_is_nothing():
    none = np.zeros(0, np.int64)
    assert len(propagate(none, none, (np.array([1]), np.ones(1))).left) == 0
    left, right = graph()
    assert not propagate(left, right, (none, np.zeros(0))).left.any()
