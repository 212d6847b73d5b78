"""A rating score that a crowd of fakes can hardly move: iterative filtering with shrinkage, in whole numbers from end to end.

Score and trust are computed in turns. A shop's score is the mean of its ratings weighted by how far each rater is to be trusted, drawn to
the city's mean as if some usual ratings of that size were there already. A rater's trust falls with its mean squared distance from the
scores, which is drawn to the usual one, and grows with how much it has rated at all: who rated once has shown nothing.
de Kerchove and Van Dooren, SIAM J. Matrix Anal. Appl. 31 (2010); Laureti et al., Europhys. Lett. 75 (2006).

Neither the order of rows or identifiers, nor the number of cores, nor the machine's arithmetic shows in a score. Trust exists while it is
computed: what is handed on is how far each review counts in the score of a shop. Nothing is kept by rater.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
Floats = NDArray[np.float64]
Function = TypeVar("Function", bound=Callable[..., Any])

STAR = 1_000_000  # a rating is kept in millionths of a star
FINE = 1_000  # distances in thousandths of a star, so that sums of their squares stay whole and small
TRUST = 1 << 16  # full trust
MOST_STARS = 10
MOST_RATINGS = (1 << 63) // (TRUST * MOST_STARS * STAR)  # 14 million of one shop: beyond it a sum of int64 could run over
MOST_WRITTEN = 1_000_000  # of one rater, for the same reason


@dataclass(frozen=True)
class Filtering:
    """How hard to filter; chosen on attacks planted with seed 1 of bench/ratings, whose README has other seeds.

    prior: usual ratings that the city's mean counts for; few: ratings at which a rater's record counts half; usual: ratings that the usual
    distance counts for in a rater's own; sharp: power of (usual distance / own distance), both squared, that makes trust; rounds: at most.
    """

    prior: int = 2
    few: int = 1
    usual: int = 3
    sharp: int = 2
    rounds: int = 20


@dataclass(frozen=True)
class Filtered:
    """Per row its weight in 65536ths, before its share; for the city: mean in millionths of a star, what it weighs, by how much scores are
    moved in the end, usual squared distance in (thousandths of a star) squared; per shop, sorted by identifier, the score."""

    shop: Ints
    score: Ints
    weight: Codes
    middle: int
    prior: int
    shift: int
    spread: int
    rounds: int


@dataclass(frozen=True)
class Scores:
    """Per shop, sorted by identifier: score in stars and the number of ratings. `mean` is the city's."""

    shop: Ints
    score: Floats
    ratings: Ints
    mean: float
    rounds: int


def scores(
    rater: NDArray[np.int64],
    shop: NDArray[np.int64],
    stars: NDArray[np.int64] | Floats,
    share: Floats | None = None,
    rules: Filtering | None = None,
) -> Scores:
    """Scores from rows: rater[i] gave shop[i] stars[i], 0 to 10. `share[i]` in [0, 1] is how far a row counts beforehand; 1 when not given.
    ValueError for stars or shares out of range, or too many ratings of one shop or by one rater."""
    given = None if share is None else np.rint(np.asarray(share, np.float64) * TRUST)
    found = filtered(rater, shop, np.rint(np.asarray(stars, np.float64) * STAR), given, rules)
    counts = np.bincount(np.searchsorted(found.shop, shop), minlength=len(found.shop))
    return Scores(found.shop, found.score / STAR, counts, found.middle / STAR, found.rounds)


def filtered(
    rater: NDArray[np.int64], shop: NDArray[np.int64], value: Ints | Floats, share: Ints | Floats | None, rules: Filtering | None = None
) -> Filtered:
    """Weights and the city's figures; `value` in millionths of a star, `share` in 65536ths."""
    rules = rules or Filtering()
    shops, at = _codes(shop)
    raters, who = _codes(rater)
    counted = np.full(len(value), TRUST) if share is None else share
    _check(at, who, value, counted)
    stars, given = value.astype(np.int32), counted.astype(np.int32)  # half of the memory that a pass waits for
    middle = int(stars.sum(dtype=np.int64)) // max(len(stars), 1)
    score, trust, prior, rounds = _filter(at, who, stars, given, len(shops), len(raters), middle, rules)
    shift = _shift(at, stars, score)
    moved = np.clip(score + shift, stars.min(initial=MOST_STARS * STAR), stars.max(initial=0))
    spread = int(_spread(at, stars, _weights(who, given, trust), moved))
    return Filtered(shops, moved, trust[who], middle, prior, shift, spread, rounds)


def _codes(ids: NDArray[np.int64]) -> tuple[Ints, Codes]:
    values, codes = np.unique(np.asarray(ids, np.int64), return_inverse=True)
    return values, codes.astype(np.int32)


def _check(at: Codes, who: Codes, value: Ints | Floats, given: Ints | Floats) -> None:
    if not len(value):
        return
    if not (value.min() >= 0 and value.max() <= MOST_STARS * STAR and given.min() >= 0 and given.max() <= TRUST):  # so written, NaN fails
        raise ValueError("stars are between 0 and 10, shares between 0 and 1")
    if np.bincount(at).max() > MOST_RATINGS or np.bincount(who).max() > MOST_WRITTEN:
        raise ValueError("too many ratings of one shop or by one rater for sums to be exact")


def _filter(
    at: Codes, who: Codes, value: Codes, given: Codes, shops: int, raters: int, middle: int, rules: Filtering
) -> tuple[Ints, Codes, int, int]:
    """(score per shop in millionths, trust per rater, what the city's mean weighs, rounds): turns until no score moves by a thousandth.

    Rows may be in any order; sorted by rater, a pass waits less for memory.
    """
    written = np.bincount(who, minlength=raters)
    trust = np.full(raters, TRUST, np.int32)
    score, rounds, prior = np.full(shops, middle), 0, 1  # from the city's mean, which a ring at some shops hardly moves
    for rounds in range(1, rules.rounds + 1):  # noqa: B007 - told to the caller
        square, total = _distances(at, who, value, score.astype(np.int32), raters)
        trust = _trust(square, written, max(total // max(len(value), 1), 1), rules)
        sums, mass = _sums(at, who, value, given, trust, shops)
        prior = max(1, rules.prior * mass // max(len(value), 1))  # what the city's mean weighs: so many times a usual rating
        before, score = score, (sums[:, 0] + prior * middle) // (sums[:, 1] + prior)
        if np.abs(score - before).max(initial=0) < FINE:
            break
    return score, trust, prior, rounds


def _trust(square: Ints, written: Ints, usual: int, rules: Filtering) -> Codes:
    """TRUST * written / (written + few) * min(1, usual / own) ^ sharp, each step rounded down."""
    ratio = np.minimum(TRUST, usual * (rules.usual + written) * TRUST // (rules.usual * usual + square))
    trust = np.full(len(square), TRUST, np.int64)
    for _ in range(rules.sharp):
        trust = trust * ratio >> 16
    return (trust * written // np.maximum(written + rules.few, 1)).astype(np.int32)


def _shift(at: Codes, value: Codes, score: Ints) -> int:
    """Who gives one star is trusted less, so all scores come out too kind: they are moved by the median shop's difference from its plain
    mean, which a ring at a minority of the shops cannot move."""
    if not len(score):
        return 0
    sums, _ = _sums(at, np.zeros(len(at), np.int32), value, np.ones(len(at), np.int32), np.array([TRUST], np.int32), len(score))
    return int(np.median(sums[:, 0] // sums[:, 1] - score))


def kernel(function: Function) -> Function:
    """Compile to machine code: cache=True (no second compile after install), nogil=True."""
    return cast(Function, numba.njit(cache=True, nogil=True)(function))


@kernel
def _sums(at: Codes, who: Codes, value: Codes, given: Codes, trust: Codes, shops: int) -> tuple[Ints, int]:
    """Per shop the sums of weight * value and of weight, side by side because what costs time is waiting for memory; and all weight."""
    sums = np.zeros((shops, 2), np.int64)
    mass = 0
    for i in range(len(at)):
        weight = (np.int64(trust[who[i]]) * given[i]) >> 16
        sums[at[i], 0] += weight * value[i]
        sums[at[i], 1] += weight
        mass += weight
    return sums, mass


@kernel
def _weights(who: Codes, given: Codes, trust: Codes) -> Codes:
    weight = np.empty(len(who), np.int32)
    for i in range(len(who)):
        weight[i] = (np.int64(trust[who[i]]) * given[i]) >> 16
    return weight


@kernel
def _distances(at: Codes, who: Codes, value: Codes, score: Codes, raters: int) -> tuple[Ints, int]:
    """Squared distances from the scores in thousandths of a star, summed per rater and in all."""
    square = np.zeros(raters, np.int64)
    total = 0
    for i in range(len(at)):
        apart = (np.int64(value[i]) - score[at[i]]) // FINE
        square[who[i]] += apart * apart
        total += apart * apart
    return square, total


@kernel
def _spread(at: Codes, value: Codes, weight: Codes, score: Ints) -> np.int64:
    """The city's weighted mean squared distance; weights in 256ths, so that a whole city's sum stays exact."""
    mass, spread = np.int64(0), np.int64(0)
    for i in range(len(at)):
        apart, small = (value[i] - score[at[i]]) // FINE, np.int64(weight[i] >> 8)
        mass += small
        spread += small * apart * apart
    return spread // max(mass, np.int64(1))
