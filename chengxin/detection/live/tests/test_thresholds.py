"""The thresholds: each is readable in both languages, calls a detector that there is, and is met exactly from its own numbers on."""

from __future__ import annotations

import numpy as np
import pytest

from chengxin import detectors
from chengxin.detection.live import focus, kernels
from chengxin.detection.live.thresholds import Signal, Threshold, said, watch

pytestmark = pytest.mark.one_database


def signals(**counts: int) -> dict[str, Signal]:
    line = np.array([[counts.get(name, 0) for name in kernels.COUNTS]], np.int64)
    return {one.threshold.code: one for one in watch().crossed(np.zeros(1, np.int32), line, kernels.COUNTS)}


@pytest.mark.parametrize("one", watch().thresholds, ids=lambda one: one.code)
def test_each_threshold_is_met_from_its_least_on_and_says_why(one: Threshold) -> None:
    met = signals(trades=one.least, usual=1, **{one.count: max(one.least, one.times)})
    assert one.code in met and one.code not in signals(trades=one.least, **{one.count: one.least - 1})
    text = said(one.code, met[one.code].numbers)
    assert (
        str(max(one.least, one.times)) in text["zh"] and str(max(one.least, one.times)) in text["en"] and "{" not in text["zh"] + text["en"]
    )


def test_a_share_too_small_is_no_alert() -> None:
    assert "one_payer" in signals(trades=50, payer=5) and "one_payer" not in signals(trades=51, payer=5)


def test_a_busy_hour_is_measured_against_the_shops_own_hours() -> None:
    assert "burst" in signals(trades=900, peak=60, usual=3) and "burst" not in signals(trades=900, peak=60, usual=4)


def test_the_narrowed_lake_holds_what_every_called_detector_reads() -> None:
    for one in watch().thresholds:
        assert set(detectors.load(one.detector).kinds) <= set(focus.KINDS), one.code


def test_a_threshold_that_is_no_more_still_shows() -> None:
    assert said("gone", {"n": 3}) == {"zh": "gone", "en": "gone"}
