"""How many seeded cases are enough, exactly and by simulation."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from chengxin.detection.local import chances

pytestmark = pytest.mark.one_database


def test_fifty_nine_cases_catch_a_platform_that_leaves_out_five_per_cent_and_fifty_eight_do_not():
    assert chances.cases_needed() == 59
    assert 1 - Fraction(19, 20) ** 59 > Fraction(19, 20) >= 1 - Fraction(19, 20) ** 58


def test_the_formula_is_what_happens_when_shops_are_left_out_at_random():
    rng = np.random.default_rng(75)
    left_out = rng.random((40_000, 59)) < 0.05
    assert abs(left_out.any(axis=1).mean() - chances.caught(59)) < 0.004  # three standard errors


def test_what_a_result_allows_to_say_is_true_in_nineteen_of_twenty_cases():
    """The bounds cover: among platforms that leave out a share, at most one in twenty gets a statement that is wrong of it."""
    rng = np.random.default_rng(77)
    for share in (0.02, 0.1, 0.4):
        missing = rng.binomial(59, share, 4_000)
        bound = {n: chances.dropped_at_least(n, 59) for n in set(missing.tolist())}
        assert np.mean([bound[n] > share for n in missing.tolist()]) <= 0.05
    assert chances.hidden_at_most(59) == pytest.approx(1 - 0.05 ** (1 / 59))
    assert (1 - chances.hidden_at_most(59)) ** 59 == pytest.approx(0.05)


def test_no_share_and_no_certainty_have_no_number_of_cases():
    for share, certainty in ((Fraction(0), Fraction(1, 2)), (Fraction(1, 20), Fraction(1))):
        with pytest.raises(ValueError, match="between 0 and 1"):
            chances.cases_needed(share, certainty)
