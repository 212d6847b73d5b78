"""Combinations of account and shop in a stretch of time, beside counting them one stretch after the other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chengxin.detectors.brushing import chance

pytestmark = pytest.mark.one_database  # no database
ORDERS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 12)), min_size=1, max_size=40)
STRETCHES = st.lists(st.tuples(st.integers(-1, 13), st.integers(0, 6)), min_size=1, max_size=8)


@given(ORDERS, STRETCHES)
@settings(max_examples=200, deadline=None)
def test_each_stretch_counts_what_counting_it_alone_counts(orders, stretches):
    account, shop, at = (np.array(column, dtype=np.int64) for column in zip(*orders, strict=True))
    since = np.array([first for first, _ in stretches], dtype=np.int64)
    until = since + [days for _, days in stretches]
    alone = [len({(who, where) for who, where, when in orders if first <= when <= last}) for first, last in zip(since, until, strict=True)]
    assert chance.combinations(account, shop, at, since, until).tolist() == alone


def test_nobody_ordered():
    none = np.zeros(0, np.int64)
    assert chance.combinations(none, none, none, np.array([1]), np.array([5])).tolist() == [0]
