"""thresholds.yaml: which counts of a shop are an alert, why, and which detector it calls."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml
from numpy.typing import NDArray

from chengxin import detectors

if TYPE_CHECKING:
    from chengxin.detection.live.kernels import Rules


@dataclass(frozen=True)
class Measures:
    """What makes a single row doubtful."""

    fast_seconds: int
    short_hours: int
    light_grams: int


@dataclass(frozen=True)
class Threshold:
    """One reason for an alert. `over` and `times`: the count must be so many times that other column."""

    code: str
    count: str
    least: int
    detector: str
    zh: str
    en: str
    share: float = 0.0
    over: str = ""
    times: int = 0


@dataclass(frozen=True)
class Signal:
    """A shop (by its number in the memory) that crossed a threshold."""

    shop: int
    threshold: Threshold
    numbers: dict[str, Any]


@dataclass(frozen=True)
class Watch:
    """The file, read; limits that detectors have too are theirs."""

    window_hours: int
    most_trades: int
    crowd: int
    again: float
    keep_days: int
    measures: Measures
    thresholds: tuple[Threshold, ...]

    @property
    def limits(self) -> Rules:
        """What makes a sign: the detectors' own limits."""
        from chengxin.detection.live.kernels import Rules

        ring, parcel = detectors.load("brushing").params, detectors.load("empty_parcel").params
        return Rules(
            oldest=0,
            crowd=self.crowd,
            device=ring["device_buyers"],
            address=ring["address_buyers"],
            payer=ring["payer_buyers"],
            waybill=parcel["shared_buyers_min"],
            copied=parcel["same_second_min"],
        )

    def crossed(self, shops: NDArray[np.int32], counts: NDArray[np.int64], columns: tuple[str, ...]) -> list[Signal]:
        """The shops over each threshold, in the file's order. counts: int64[shops, columns]."""
        by_name = {name: counts[:, place] for place, name in enumerate(columns)}
        found = []
        for one in self.thresholds:
            over = (by_name[one.count] >= one.least) & (by_name[one.count] >= one.share * by_name["trades"])
            if one.over:
                over &= by_name[one.count] >= one.times * np.maximum(by_name[one.over], 1)
            found += [Signal(int(shops[place]), one, self._numbers(one, by_name, int(place))) for place in np.flatnonzero(over)]
        return found

    def patience(self, counts: NDArray[np.int64], columns: tuple[str, ...]) -> NDArray[np.int64]:
        """How many more signs each shop needs before it can cross a threshold, or again one that it crossed.

        Busy hours are not among the signs: the memory counts them for itself.
        """
        by_name = {name: counts[:, place] for place, name in enumerate(columns)}
        left = np.full(len(counts), max(one.least for one in self.thresholds))
        for one in self.thresholds:
            if not one.over:
                n = by_name[one.count]
                need = np.maximum(one.least, np.ceil(one.share * by_name["trades"]).astype(np.int64))
                left = np.minimum(left, np.where(n < need, need, np.ceil(self.again * n).astype(np.int64)) - n)
        signs: NDArray[np.int64] = np.maximum(left, 1)
        return signs

    def _numbers(self, one: Threshold, by_name: dict[str, NDArray[np.int64]], place: int) -> dict[str, Any]:
        n, trades = int(by_name[one.count][place]), int(by_name["trades"][place])
        numbers: dict[str, Any] = {"n": n, "trades": trades, "share": round(100 * n / max(trades, 1), 1)}
        more = {
            "doubtful": {"accounts": int(by_name["accounts"][place])},
            "burst": {"times": one.times, "usual": int(by_name["usual"][place])},
            "light": {"grams": self.measures.light_grams},
            "short_way": {"hours": self.measures.short_hours},
        }
        return numbers | more.get(one.code, {})


@cache
def watch() -> Watch:
    """thresholds.yaml. KeyError or TypeError when it lacks something."""
    plain = yaml.load((Path(__file__).parent / "thresholds.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    measures = Measures(
        fast_seconds=detectors.load("brushing").params["fast_seconds"],
        short_hours=detectors.load("empty_parcel").params["short_hours"],
        light_grams=plain.pop("light_grams"),
    )
    listed = plain.pop("thresholds").items()
    thresholds = tuple(Threshold(code=code, **one) for code, one in listed)
    return Watch(measures=measures, thresholds=thresholds, **plain)


def said(code: str, numbers: dict[str, Any]) -> dict[str, str]:
    """The reason in both languages; the code alone when the threshold is no more."""
    for one in watch().thresholds:
        if one.code == code:
            return {"zh": one.zh.format(**numbers), "en": one.en.format(**numbers)}
    return {"zh": code, "en": code}
