"""The tail that the fulfilment detectors share, against sums reckoned by hand and by scipy."""

from __future__ import annotations

import numpy as np
import pytest

from chengxin.detectors import tails


@pytest.mark.parametrize(("k", "n", "mean", "rho"), [(3, 40, 0.5, 0.01), (0, 10, 1.0, 0.1), (10, 10, 4.0, 0.05), (30, 400, 12.0, 0.002)])
def test_the_tail_is_scipys(k: int, n: int, mean: float, rho: float) -> None:
    from scipy import stats  # a second of imports: only for the worker that runs this

    total = 1 / rho - 1
    exact = stats.betabinom.sf(k - 1, n, mean / n * total, (1 - mean / n) * total)
    assert tails.tails(np.array([k]), np.array([n]), np.array([mean]), rho)[0] == pytest.approx(exact, rel=1e-6)


def test_shops_that_differ_make_a_count_less_surprising() -> None:
    one = (np.array([8.0]), np.array([50.0]), np.array([2.0]))
    assert tails.tails(*one, 0.001)[0] < tails.tails(*one, 0.02)[0] < tails.tails(*one, 0.1)[0]


def test_the_spread_is_found_again_and_the_guilty_do_not_widen_it() -> None:
    rng = np.random.default_rng(3)
    sizes = np.full(3000, 80.0)
    counts = rng.binomial(80, rng.beta(0.1 * 32.33, 0.9 * 32.33, 3000)).astype(float)  # rho 0.03
    found = tails.spread(counts, sizes, 0.1 * sizes, 0.001)
    assert 0.01 < found < 0.04  # trimming a tenth takes some of the honest spread too
    counts[:60] = 70
    assert tails.spread(counts, sizes, 0.1 * sizes, 0.001) == pytest.approx(found, rel=0.4)


def test_false_discoveries_are_kept_down() -> None:
    rng = np.random.default_rng(5)
    p = np.concatenate([rng.random(5000), np.full(50, 1e-6)])
    held = tails.discovered(p, 0.05)
    assert held[-50:].all() and held[:-50].sum() <= 8
    assert not tails.discovered(rng.random(5000), 0.01).any()
    assert (p < 0.05).sum() > 200  # the twin: a plain threshold lets hundreds through
