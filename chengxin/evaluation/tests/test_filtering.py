"""The rating score: what a ring can move, and what must not show in a score."""

from __future__ import annotations

import numpy as np
import pytest

from chengxin.evaluation import filtering
from chengxin.evaluation.filtering import STAR, TRUST, Filtering, scores

pytestmark = pytest.mark.one_database


def town(seed: int = 3, people: int = 400, shops: int = 30):
    """Honest rows: each person rates some shops, near what the shop is worth."""
    rng = np.random.default_rng(seed)
    rater = rng.integers(0, people, 2_000)
    shop = rng.integers(0, shops, 2_000)
    worth = rng.uniform(2.5, 4.8, shops)
    stars = np.clip(np.rint(worth[shop] + rng.normal(0, 0.8, 2_000)), 1, 5)
    return rater, shop, stars


def with_ring(rater, shop, stars, targets=(0, 1), volume=1.0):
    """New accounts give one star at the targets, as often as honest people rated there."""
    need = [round(volume * int((shop == one).sum())) for one in targets]
    who = np.concatenate([10_000 + np.arange(n) for n in need])
    at = np.repeat(targets, need)
    return np.append(rater, who), np.append(shop, at), np.append(stars, np.ones(len(who)))


def slow(rater, shop, stars, rules: Filtering):
    """The definition with whole numbers and dictionaries, row by row."""
    value = [round(one * STAR) for one in stars.tolist()]
    rows = list(zip(rater.tolist(), shop.tolist(), value, strict=True))
    middle = sum(value) // len(value)
    score = dict.fromkeys(shop.tolist(), middle)
    written = {who: sum(1 for one in rows if one[0] == who) for who, _, _ in rows}
    for _ in range(rules.rounds):
        square = dict.fromkeys(written, 0)
        for who, at, given in rows:
            square[who] += ((given - score[at]) // 1000) ** 2
        usual = max(sum(square.values()) // len(rows), 1)
        near = {who: min(TRUST, usual * (rules.usual + n) * TRUST // (rules.usual * usual + square[who])) for who, n in written.items()}
        trust = {who: (near[who] * near[who] >> 16) * n // (n + rules.few) for who, n in written.items()}
        prior = max(1, rules.prior * sum(trust[who] for who, _, _ in rows) // len(rows))
        above, below, before = {one: prior * middle for one in score}, dict.fromkeys(score, prior), score
        for who, at, given in rows:
            above[at] += trust[who] * given
            below[at] += trust[who]
        score = {one: above[one] // below[one] for one in score}
        if max(abs(score[one] - before[one]) for one in score) < 1000:
            break
    plain = {one: [given for _, at, given in rows if at == one] for one in score}
    off = int(np.median([sum(plain[one]) // len(plain[one]) - score[one] for one in sorted(score)]))
    return {one: min(max(score[one] + off, min(value)), max(value)) / STAR for one in score}


def test_it_is_the_slow_definition():
    rater, shop, stars = with_ring(*town())
    found = scores(rater, shop, stars)
    assert dict(zip(found.shop.tolist(), found.score.tolist(), strict=True)) == slow(rater, shop, stars, Filtering())


def test_a_ring_as_large_as_all_honest_raters_moves_the_score_by_less_than_half_of_the_mean_s_shift():
    honest, attacked = town(), with_ring(*town())
    before, after = scores(*honest), scores(*attacked)
    plain = [np.bincount(shop, stars) / np.bincount(shop) for _, shop, stars in (honest, attacked)]
    assert abs(plain[0] - plain[1])[:2].min() > 0.7
    assert (abs(before.score - after.score) < 0.5 * abs(plain[0] - plain[1]))[:2].all()


def test_without_trust_the_ring_would_move_it():
    before, after = (scores(*rows, rules=Filtering(sharp=0, few=0)) for rows in (town(), with_ring(*town())))
    assert abs(before.score - after.score)[:2].min() > 0.6


def test_neither_order_nor_names_show_in_a_score():
    rater, shop, stars = with_ring(*town())
    order = np.random.default_rng(1).permutation(len(rater))
    one = scores(rater, shop, stars)
    other = scores((rater[order] * 7919) ^ 5, 1_000 - shop[order], stars[order])
    assert one.score.tolist() == other.score[::-1].tolist()


def test_a_detected_group_counts_less():
    honest = scores(*town())
    rater, shop, stars = with_ring(*town(), volume=3.0)
    share = np.where(rater >= 10_000, 0.0, 1.0)
    blind, told = scores(rater, shop, stars), scores(rater, shop, stars, share)
    assert abs(told.score - honest.score)[0] < abs(blind.score - honest.score)[0]


def test_a_shop_that_all_find_bad_is_not_made_better():
    rater, shop, stars = town()
    bad = np.append(rater, np.arange(40)), np.append(shop, np.full(40, 99)), np.append(stars, np.full(40, 1.0))
    assert scores(*bad).score[-1] < 1.6


def test_it_refuses_what_cannot_be_exact(monkeypatch):
    one = np.array([1])
    for stars, share in ((11.0, 1.0), (-1.0, 1.0), (4.0, 1.5)):
        with pytest.raises(ValueError, match="between"):
            scores(one, one, np.array([stars]), np.array([share]))
    monkeypatch.setattr(filtering, "MOST_RATINGS", 2)
    with pytest.raises(ValueError, match="exact"):
        scores(np.arange(3), np.zeros(3, np.int64), np.ones(3))


def test_no_ratings_no_scores():
    none = np.zeros(0, np.int64)
    assert len(scores(none, none, none).score) == 0
