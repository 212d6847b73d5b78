from __future__ import annotations

from chengxin import city
from chengxin.city import calibration


def test_the_honest_layer_keeps_the_published_quantiles(honest: city.City) -> None:
    figures = calibration.measure(honest.folder)
    outside = [one for one in figures if not one.holds]
    assert len(figures) > 25
    assert not outside, calibration.table(outside)


def test_a_figure_out_of_tolerance_is_said() -> None:
    assert not calibration.Figure("x", 10, 20, 1.5).holds
    assert "OUT" in calibration.table([calibration.Figure("x", 10, 20, 1.5)])
