"""A rating score that a crowd of fakes can hardly move: iterative filtering with shrinkage.

Score and trust are computed in turns. A shop's score is the mean of its ratings weighted by how far each rater is to be trusted, drawn to
the city's mean as if some usual ratings of that size were there already. A rater's trust falls with its mean squared distance from the
scores, which is drawn to the usual one, and grows with how much it has rated at all: who rated once has shown nothing.
de Kerchove and Van Dooren, SIAM J. Matrix Anal. Appl. 31 (2010); Laureti et al., Europhys. Lett. 75 (2006).

All sums are of whole numbers, so neither the order of rows or identifiers nor the number of cores shows in a score.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .compiled import kernel
from .graph import dense_codes

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
Floats = NDArray[np.float64]

STAR = 1_000_000  # a rating is kept in millionths of a star
FINE = 1_000  # distances in thousandths of a star, so that sums of their squares stay whole and small
TRUST = 1 << 16  # full trust
MOST_STARS = 10
MOST_RATINGS = (1 << 63) // (TRUST * MOST_STARS * STAR)  # 14 million of one shop: beyond it a sum of int64 could run over
SURE = 1.96  # standard errors either way of a 95 % interval


@dataclass(frozen=True)
class Filtering:
    """How hard to filter; chosen on attacks planted with seed 1 of bench/ratings, whose README has other seeds.

    prior: usual ratings that the city's mean counts for; few: ratings at which a rater's record counts half; usual: ratings that the usual
    distance counts for in a rater's own; sharp: power of (usual distance / own distance), both squared, that makes trust; rounds: at most.
    """

    prior: float = 2.0
    few: float = 1.0
    usual: float = 3.0
    sharp: float = 2.0
    rounds: int = 20


@dataclass(frozen=True)
class Scores:
    """Per shop, sorted by identifier: score with its 95 % interval in stars, the number of ratings, and how many equally trusted ratings
    they are worth (Kish's effective size). `mean` is the city's, to which shops with few ratings are drawn."""

    shop: Ints
    score: Floats
    low: Floats
    high: Floats
    ratings: Ints
    effective: Floats
    mean: float
    rounds: int


def scores(
    rater: NDArray[np.int64],
    shop: NDArray[np.int64],
    stars: NDArray[np.int64] | Floats,
    share: Floats | None = None,
    rules: Filtering | None = None,
) -> Scores:
    """Scores from rows: rater[i] gave shop[i] stars[i], 0 to 10. `share[i]` in [0, 1] is how far a row counts beforehand, such as 0.1 for
    accounts of a group that was found; 1 when not given. ValueError for stars or shares out of range, or too many ratings of one shop."""
    rules = rules or Filtering()
    shops, at = dense_codes(shop)
    raters, who = dense_codes(rater)
    exact = np.rint(np.asarray(stars, np.float64) * STAR)
    counted = np.full(len(exact), TRUST) if share is None else np.rint(np.asarray(share, np.float64) * TRUST)
    _check(at, exact, counted)
    value, given = exact.astype(np.int32), counted.astype(np.int32)  # half of the memory that a pass waits for
    middle = int(value.sum()) // max(len(value), 1)
    score, weight, rounds = _filter(at, who, value, given, len(shops), len(raters), middle, rules)
    score = _levelled(at, value, score)
    low, high, effective = _intervals(at, value, weight, score, len(shops), middle, rules)
    counts = np.bincount(at, minlength=len(shops))
    return Scores(shops, score / STAR, low, high, counts, effective, middle / STAR, rounds)


def _check(at: Codes, value: Floats, given: Floats | Ints) -> None:
    if not len(value):
        return
    if not (value.min() >= 0 and value.max() <= MOST_STARS * STAR and given.min() >= 0 and given.max() <= TRUST):  # so written, NaN fails
        raise ValueError("stars are between 0 and 10, shares between 0 and 1")
    if np.bincount(at).max() > MOST_RATINGS:
        raise ValueError("too many ratings of one shop for sums to be exact")


def _filter(
    at: Codes, who: Codes, value: Codes, given: Codes, shops: int, raters: int, middle: int, rules: Filtering
) -> tuple[Ints, Codes, int]:
    """(score per shop in millionths, weight per rating, rounds): turns until no score moves by a thousandth of a star.

    Rows may be in any order; sorted by rater, a pass waits less for memory.
    """
    written = np.bincount(who, minlength=raters)
    record = written / (written + rules.few)
    trust = np.full(raters, TRUST, np.int32)
    score, rounds = np.full(shops, middle), 0  # from the city's mean, which a ring at some shops hardly moves
    for rounds in range(1, rules.rounds + 1):  # noqa: B007 - told to the caller
        square, total = _distances(at, who, value, score.astype(np.int32), raters)
        usual = max(total / max(len(value), 1), 1.0)
        own = (rules.usual * usual + square) / (rules.usual + written)
        trust = np.rint(TRUST * record * np.minimum(1.0, usual / own) ** rules.sharp).astype(np.int32)
        sums, mass = _sums(at, who, value, given, trust, shops)
        prior = max(1, round(rules.prior * mass / max(len(value), 1)))  # what the city's mean weighs: so many times a usual rating
        before, score = score, (sums[:, 0] + prior * middle) // (sums[:, 1] + prior)
        if np.abs(score - before).max(initial=0) < FINE:
            break
    return score, _weights(who, given, trust), rounds


def _levelled(at: Codes, value: Codes, score: Ints) -> Ints:
    """Who gives one star is trusted less, so all scores come out too kind: they are moved by the median shop's difference from its plain
    mean, which a ring at a minority of the shops cannot move."""
    if not len(score):
        return score
    sums, _ = _sums(at, np.zeros(len(at), np.int32), value, np.ones(len(at), np.int32), np.array([TRUST], np.int32), len(score))
    off = int(np.median(sums[:, 0] // sums[:, 1] - score))
    moved: Ints = np.clip(score + off, value.min(), value.max())
    return moved


@kernel
def _sums(at: Codes, who: Codes, value: Codes, given: Codes, trust: Codes, shops: int) -> tuple[Ints, int]:
    """Per shop the sums of weight × value and of weight, side by side because what costs time is waiting for memory; and all weight."""
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
def _spreads(at: Codes, value: Codes, weight: Codes, score: Ints, shops: int) -> tuple[Ints, Ints, Ints]:
    """Per shop: sums of weight, of its square and of weight × squared distance, weights in 256ths."""
    mass, squared, spread = np.zeros(shops, np.int64), np.zeros(shops, np.int64), np.zeros(shops, np.int64)
    for i in range(len(at)):
        apart, small = (value[i] - score[at[i]]) // FINE, np.int64(weight[i] >> 8)
        mass[at[i]] += small
        squared[at[i]] += small * small
        spread[at[i]] += small * apart * apart
    return mass, squared, spread


def _intervals(
    at: Codes, value: Codes, weight: Codes, score: Ints, shops: int, middle: int, rules: Filtering
) -> tuple[Floats, Floats, Floats]:
    """(low, high, effective size): the spread among a shop's ratings is drawn to the city's with the same prior as the score."""
    mass, squared, spread = _spreads(at, value, weight, score, shops)
    usual = int(spread.sum()) / max(int(mass.sum()), 1)
    effective = mass.astype(np.float64) ** 2 / np.maximum(squared, 1)
    own = (spread + usual * rules.prior * 256) / (mass + rules.prior * 256)
    error = SURE * np.sqrt(own / (effective + rules.prior)) / FINE
    top = float(value.max(initial=0)) / STAR
    return np.maximum(score / STAR - error, 0.0), np.minimum(score / STAR + error, max(top, 1.0)), effective
