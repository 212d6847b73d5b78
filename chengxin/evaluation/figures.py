"""The figures of score.py for every shop at once, by columns. Same inputs, same whole numbers."""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chengxin.evaluation.filtering import FINE, STAR, Filtered, Filtering, Ints, filtered, kernel
from chengxin.evaluation.score import FULL, decay

MOST = 9_000_000  # reviews of one shop for which sums of weight times squared distance stay exact
Result = dict[str, Any]


@dataclass(frozen=True)
class Rows:
    """Reviews that count or are excluded, sorted by shop, day and sign. `excluded` is a mask; days count from 1970-01-01."""

    shop: Ints
    rater: Ints
    pair: Ints
    stars: Ints
    day: Ints
    excluded: NDArray[np.bool_]


def decays(age: Ints, half_life: int) -> Ints:
    """`score.decay` of every age; each distinct age is computed once."""
    ages, at = np.unique(np.maximum(age, 0), return_inverse=True)
    return np.array([decay(int(one), half_life) for one in ages], np.int64)[at] if len(ages) else np.zeros(0, np.int64)


def filter_rows(rows: Rows, today: int, rule: Result) -> tuple[Filtered, Ints]:
    """The city's filter over the reviews that count, and the weight of every row (0 where excluded)."""
    terms = Filtering(rule["prior_ratings"], rule["few"], rule["usual"], rule["sharp"], rule["rounds"])
    on = ~rows.excluded
    share = decays(today - rows.day[on], rule["half_life_days"])
    found = filtered(rows.rater[on], rows.shop[on], rows.stars[on] * STAR, share, terms)
    weight = np.zeros(len(rows.shop), np.int64)
    weight[on] = found.weight
    return found, weight


def figures(rows: Rows, weight: Ints, city: Result, today: int, rule: Result) -> tuple[Ints, list[Result]]:
    """(shops, their results): what `score.recompute` says of each shop's document."""
    shops, at = np.unique(rows.shop, return_inverse=True)
    n, on = len(shops), ~rows.excluded
    if n and np.bincount(at).max() > MOST:
        raise ValueError("too many reviews of one shop for sums to be exact")
    aged = (weight * decays(today - rows.day, rule["half_life_days"]) >> 16) * on
    value = rows.stars * STAR
    mass, squares, total = (_summed(at, part, n) for part in (aged, aged * aged, aged * value))
    lowest, highest = (one * STAR for one in rule["scale"])
    score = np.clip((total + city["prior"] * city["middle"]) // (mass + city["prior"]) + city["shift"], lowest, highest)
    apart = _summed(at, aged * ((value - score[at]) // FINE) ** 2, n)
    counted = _counts(rows, at, today, rule, n)
    points = _points(
        at, rows.pair, rows.day, _signs(rows, rule), rows.excluded, _months(rows.day), rule["repeat_days"], rule["pair_cap"], n
    )
    rest = [
        _result(s, m, q, far, city, rule) for s, m, q, far in zip(*(part.tolist() for part in (score, mass, squares, apart)), strict=True)
    ]
    names = ("ratings", "excluded", "good", "neutral", "bad", "recent", "drift_milli")
    starts = np.array([one["from"] for one in rule["levels"]], np.int64)
    levels = np.searchsorted(starts, points, side="right")
    return shops, [
        {**one, **{name: int(counted[name][i]) for name in names}, "points": int(points[i]), "level": int(levels[i])}
        for i, one in enumerate(rest)
    ]


def _summed(at: Ints, part: Ints, n: int) -> Ints:
    made = np.zeros(n, np.int64)
    np.add.at(made, at, part)  # bincount would sum in floating point
    return made


def _result(score: int, mass: int, squares: int, apart: int, city: Result, rule: Result) -> Result:
    """Score, interval and effective size of one shop from its sums; whole numbers of any size."""
    firm, lowest, highest = rule["prior_ratings"] * FULL, *(one * STAR for one in rule["scale"])
    spread = (apart + firm * city["spread"]) // (mass + firm)
    effective = 1000 * mass * mass // squares if squares else 0
    half = isqrt(rule["z_hundredths"] ** 2 * spread * 100_000 // (effective + 1000 * rule["prior_ratings"]))
    return {"score": score, "low": max(score - half, lowest), "high": min(score + half, highest), "effective_milli": effective}


def _signs(rows: Rows, rule: Result) -> Ints:
    good, bad = (rows.stars >= rule["good_from"]).astype(np.int64), (rows.stars <= rule["bad_to"]).astype(np.int64)
    return np.asarray(good - bad)


def _months(day: Ints) -> Ints:
    return day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _counts(rows: Rows, at: Ints, today: int, rule: Result, n: int) -> dict[str, Ints]:
    on, age, sign = ~rows.excluded, today - rows.day, _signs(rows, rule)
    year, new = on & (age < rule["year_days"]), on & (age < rule["drift_days"])

    def of(mask: NDArray[np.bool_]) -> Ints:
        return np.bincount(at[mask], minlength=n)

    made = {"ratings": of(on), "excluded": of(rows.excluded), "recent": of(new)}
    made |= {"good": of(year & (sign > 0)), "neutral": of(year & (sign == 0)), "bad": of(year & (sign < 0))}
    a, b = of(new), of(on & ~new)
    apart = sum((np.abs(of(new & (rows.stars == s)) * b - of(on & ~new & (rows.stars == s)) * a) for s in range(11)), np.zeros(n, np.int64))
    made["drift_milli"] = np.where((a > 0) & (b > 0), 1000 * apart // np.maximum(2 * a * b, 1), -1)
    return made


def _points(at: Ints, pair: Ints, day: Ints, sign: Ints, excluded: NDArray[np.bool_], month: Ints, repeat: int, cap: int, n: int) -> Ints:
    order = np.lexsort((np.arange(len(at)), day, pair, at))  # by shop, pair, day; rows came sorted by sign within a day
    return _walk(at[order], pair[order], day[order], sign[order], excluded[order], month[order], repeat, cap, n)


@kernel
def _walk(at: Ints, pair: Ints, day: Ints, sign: Ints, excluded: NDArray[np.bool_], month: Ints, repeat: int, cap: int, n: int) -> Ints:
    """Points of each shop: of a pair, one trade in `repeat` days and at most `cap` a month count."""
    points = np.zeros(n, np.int64)
    last, used = np.int64(-(1 << 40)), 0
    for i in range(len(at)):
        new = i == 0 or at[i] != at[i - 1] or pair[i] != pair[i - 1]
        if new:
            last = np.int64(-(1 << 40))
        if new or month[i] != month[i - 1]:
            used = 0
        if excluded[i] or day[i] - last < repeat or used >= cap:
            continue
        last, used = day[i], used + 1
        points[at[i]] += sign[i]
    return points


__all__ = ["Rows", "decays", "figures", "filter_rows"]
