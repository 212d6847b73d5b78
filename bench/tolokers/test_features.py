"""A worker's own label is nowhere in its features, whether it is known or not; those of its neighbours are."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

sys.path.insert(0, str(Path(__file__).resolve().parent))

import features

pytestmark = pytest.mark.one_database


def data() -> features.Data:
    draw = np.random.default_rng(4)
    half = np.triu(draw.random((40, 40)) < 0.2, 1).astype(float)
    masks = np.ones((1, 40), dtype=bool)
    return features.Data(draw.random((40, 3)), draw.integers(0, 2, 40), sp.csr_matrix(half + half.T), masks, masks, masks)


def test_turning_ones_own_label_changes_nothing_of_ones_own_but_something_of_the_neighbours():
    given = data()
    known = np.arange(40) % 2 == 0
    usual = given.label[known].mean()
    for worker in (0, 2, 8):
        turned = given.label.copy()
        turned[worker] = 1 - turned[worker]
        other = features.Data(given.own, turned, given.graph, given.train, given.validation, given.test)
        before, after = features.labels(given, known), features.labels(other, known)
        drawn = abs(turned[known].mean() - usual)  # what is unknown is drawn to the usual share, which one label moves a little
        assert np.abs(before[worker] - after[worker]).max() <= drawn + 1e-12
        near = given.graph[worker].indices
        assert (np.abs(before[near] - after[near]).max(axis=1) > drawn).all()


def test_an_unknown_label_changes_nothing_at_all():
    given = data()
    known = np.arange(40) % 2 == 0
    turned = given.label.copy()
    turned[1] = 1 - turned[1]
    other = features.Data(given.own, turned, given.graph, given.train, given.validation, given.test)
    assert (features.labels(given, known) == features.labels(other, known)).all()
