from __future__ import annotations

import numpy as np
import pytest

from chengxin import detectors
from chengxin.detection.learning import features, measures, queries

pytestmark = pytest.mark.one_database


def test_wilson_is_honest_for_few_and_at_the_ends():
    assert measures.wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    low, high = measures.wilson(10, 10)
    assert low == pytest.approx(0.7225, abs=1e-4) and high == pytest.approx(1)
    assert measures.wilson(0, 0) == (0.0, 1.0)


def test_auc_counts_ties_half_and_needs_both_classes():
    assert measures.auc(np.array([0, 1, 1]), np.array([0.1, 0.1, 0.9])) == 0.75
    assert np.isnan(measures.auc(np.array([1, 1]), np.array([0.1, 0.9])))


def test_average_precision_takes_equal_scores_at_once():
    assert measures.average_precision(np.array([1, 0, 1, 0]), np.array([0.9, 0.9, 0.2, 0.1])) == pytest.approx(0.5 * 0.5 + 0.5 * 2 / 3)


def test_psi_is_nothing_for_the_same_and_grows_with_the_shift():
    draw = np.random.default_rng(1)
    before = draw.normal(size=2000)
    borders = measures.edges(before)
    shifts = [measures.psi(measures.shares(before, borders), measures.shares(draw.normal(by, size=2000), borders)) for by in (0, 0.5, 1.5)]
    assert shifts[0] < 0.1 < shifts[1] < shifts[2]


def test_psi_of_small_samples_of_one_city_stays_below_what_chance_brings():
    draw, above = np.random.default_rng(3), 0
    for _ in range(200):
        before, now = draw.normal(size=80), draw.normal(size=40)
        borders = measures.edges(before)
        shift = measures.psi(measures.shares(before, borders), measures.shares(now, borders))
        above += shift >= max(0.25, measures.psi_by_chance(len(borders) + 1, 80, 40))
    assert above <= 20


def test_psi_sees_that_a_feature_went_missing():
    before = np.arange(200.0)
    borders = measures.edges(before)
    assert measures.psi(measures.shares(before, borders), measures.shares(np.full(200, np.nan), borders)) > 1


def test_calibration_says_what_came_true():
    told = measures.calibration(np.array([1, 0, 1, 1]), np.array([0.1, 0.15, 0.9, 1.0]), 5)
    assert [(one["from"], one["n"], one["true"]) for one in told] == [(0.0, 2, 0.5), (0.8, 2, 1.0)]


def test_every_feature_has_a_meaning_in_both_languages_and_a_direction():
    for name in features.columns():
        assert all(features.meaning(name)[language] for language in ("zh", "en")), name
        assert features.direction(name) in (-1, 0, 1)
    assert len(set(features.columns())) == len(features.columns())


def test_the_published_figures_are_of_detectors_we_have_and_stand_beside_a_trivial_ranking():
    assert queries.figures().keys() <= set(detectors.names())
    for name, told in queries.figures().items():
        assert told["date"] and told["seeds"] and told["levels"], name
        assert all(0 <= one["recall"] <= 1 and one["trivial"]["name"] in queries.rankings() for one in told["levels"]), name
