"""Scores as chances: without verdicts as they are, with verdicts as officers found them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from chengxin.detection import calibration
from chengxin.detection.calibration import fit
from chengxin.detection.learning import measures
from chengxin.detectors.chances import noisy_or

pytestmark = pytest.mark.one_database
DAY = date(2026, 11, 28)


def verdicts(n=4_000, seed=5):
    """Scores that say too much: what is said to be so at odds o is so at odds o / 3."""
    rng = np.random.default_rng(seed)
    scores = rng.uniform(0.3, 0.99, n)
    odds = scores / (1 - scores) / 3
    return scores.tolist(), (rng.random(n) < odds / (1 + odds)).tolist()


def test_without_verdicts_a_score_stays_what_it_is():
    assert fit([], [], DAY).chance(0.73) == 0.73


def test_a_boastful_detector_is_taken_at_what_officers_found():
    curve = fit(*verdicts(), DAY)
    assert curve.chance(0.75) == pytest.approx(0.5, abs=0.03)
    assert [curve.chance(score) for score in (0.1, 0.5, 0.9)] == sorted(curve.chance(score) for score in (0.1, 0.5, 0.9))


def test_a_handful_of_verdicts_moves_little_and_many_move_much():
    few, many = fit([0.8] * 3, [False] * 3, DAY).chance(0.8), fit([0.8] * 300, [False] * 300, DAY).chance(0.8)
    assert 0.3 < few < 0.8
    assert many < 0.05


def test_the_order_of_the_verdicts_does_not_show():
    scores, so = verdicts(300)
    assert fit(scores, so, DAY) == fit(scores[::-1], so[::-1], DAY)


def test_all_right_and_all_wrong_have_an_end():
    assert 0.9 < fit([0.9] * 50, [True] * 50, DAY).chance(0.9) < 1
    assert 0 < fit([0.0, 1.0] * 25, [True, False] * 25, DAY).chance(1.0) < 1


def test_the_prior_is_dated_data(monkeypatch):
    two = [{"from": date(2026, 1, 1), "offset": {"mean": 0}}, {"from": date(2027, 1, 1), "offset": {"mean": -1}}]
    monkeypatch.setattr(calibration, "_priors", lambda: two)
    assert [calibration.prior(day)["offset"]["mean"] for day in (date(2020, 1, 1), date(2026, 12, 31), date(2027, 1, 1))] == [0, 0, -1]


def test_a_calibrated_detector_lies_on_the_diagonal_and_a_boastful_one_below():
    scores, so = verdicts()
    raw, curve = measures.calibration(np.array(so), np.array(scores), 10), fit(scores, so, DAY)
    assert sum(one["high"] < one["said"] for one in raw) >= 6
    told = measures.calibration(np.array(so), np.array([curve.chance(score) for score in scores]), 10)
    assert all(one["low"] - 0.05 <= one["said"] <= one["high"] + 0.05 for one in told)
    assert sum(one["n"] for one in told) == len(scores)


def test_signs_that_may_each_be_enough():
    assert noisy_or([]) == 0
    assert noisy_or([0.5, 0.5]) == 0.75
    assert noisy_or([1.0, 0.2]) == 1
