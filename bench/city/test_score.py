"""The scorer's own rules, on cases small enough to reckon by hand: python -m pytest bench/city."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

import score
from answers import Answers, Campaign, Clue, LookAlike


def _campaign(number: int, shops: set[int], accounts: set[int], group: str = "", type_: str = "F1", level: int = 0) -> Campaign:
    behaviour = score.BEHAVIOURS[type_]
    return Campaign(
        number, type_, behaviour, ("B07",) if type_ == "F1" else (), level, group or f"c{number}", frozenset(shops), frozenset(accounts)
    )


def _clue(shops: set[int], accounts: set[int] = frozenset(), value: float = 0.9, behaviour: str = "B01") -> Clue:
    return Clue("x", behaviour, frozenset(shops), frozenset(accounts), value)


def _city(*campaigns: Campaign, lookalikes: tuple[LookAlike, ...] = ()) -> Answers:
    return Answers("x", frozenset(range(1, 101)), 60, campaigns, lookalikes)


def test_average_precision_by_hand() -> None:
    positive, ranks = np.array([True, False, True, False]), np.array([0.9, 0.8, 0.7, 0.0])
    assert score.average_precision(positive, ranks) == pytest.approx((1 + 2 / 3) / 2)


def test_ties_are_taken_at_once_so_that_order_of_rows_cannot_help() -> None:
    assert score.average_precision(np.array([True, False, False, False]), np.zeros(4)) == pytest.approx(0.25)


def test_recall_stops_where_precision_falls_below_nine_tenths() -> None:
    positive = np.array([True] * 9 + [False] + [False] * 5 + [True])
    assert score.recall_at(positive, np.linspace(1, 0.1, 16)) == pytest.approx(0.9)
    assert score.recall_at(np.array([False, True, True]), np.array([0.9, 0.8, 0.7])) == 0.0


def test_what_nobody_named_is_not_recalled() -> None:
    assert score.recall_at(np.array([True, True, False]), np.array([0.9, 0.0, 0.0])) == pytest.approx(0.5)


def test_shops_of_other_levels_and_those_that_show_it_on_the_way_count_neither_way() -> None:
    city = _city(_campaign(1, {1, 2}, set(), level=0), _campaign(2, {3}, set(), level=4), _campaign(3, {4}, set(), type_="F2"))
    positive, _ = score.labelled(city, "F1", 0, {})
    assert positive.sum() == 2 and len(positive) == 99
    positive, _ = score.labelled(city, "F2", None, {})
    assert positive.sum() == 1 and len(positive) == 97


def test_a_campaign_is_found_when_one_clue_holds_half_of_it_and_little_else() -> None:
    city = _city(_campaign(1, {1, 2}, {1001, 1002, 1003, 1004}))
    campaign = city.campaigns[0]
    assert score.found(city, campaign, [_clue({1, 2}, {1001})])
    assert not score.found(city, campaign, [_clue({1}, {1001})])
    assert not score.found(city, campaign, [_clue({1, 2, 5}, {1001, 1002, 77})])
    assert not score.found(city, campaign, [_clue({1, 2}, {1001}, behaviour="B07")])


def test_campaigns_of_one_studio_may_share_a_clue() -> None:
    both = (_campaign(1, {1}, {1001, 1002}, "s"), _campaign(2, {2}, {1003, 1004}, "s"))
    clue = _clue({1, 2}, {1001, 1002, 1003, 1004})
    assert all(score.found(_city(*both), one, [clue]) for one in both)
    apart = (_campaign(1, {1}, {1001, 1002}), _campaign(2, {2}, {1003, 1004}))
    assert not any(score.found(_city(*apart), one, [clue]) for one in apart)


def test_false_alarms_are_per_ten_thousand_shops_a_month_and_by_class() -> None:
    city = _city(lookalikes=(LookAlike("fan_club", frozenset({7}), frozenset({1001, 1002, 1003})),))
    rates = score.alarms(city, [_clue({7}), _clue({50}, {1001, 1002, 1003}), _clue({60})])
    assert rates == {"all clues": 150.0, "no look-alike": 50.0, "fan_club": 100.0}


def test_a_look_alike_class_is_judged_by_the_cities_that_have_it() -> None:
    told = score.alarm_table(
        [{"all clues": 10.0, "no look-alike": 0.0, "fan_club": 30.0}, {"all clues": 0.0, "no look-alike": 0.0, "campus": 0.0}]
    )
    assert "| all clues | 5.00 |" in told and "Worst look-alike class: fan_club, 30.00. 1 of 2 classes" in told


def test_inspectors_take_the_best_ranked_and_nobody_whom_no_clue_names() -> None:
    city = replace(_city(), days=210)  # a tenth of a shop a week, thirty weeks: three inspections
    positive = np.array([True, False, True, False])
    assert score.at_budget([(city, positive, np.array([0.9, 0.8, 0.7, 0.6]))]) == pytest.approx(2 / 3)
    assert score.at_budget([(city, positive, np.array([0.9, 0.0, 0.0, 0.0]))]) == 1.0
    assert score.at_budget([(city, positive, np.array([0.9, 0.9, 0.9, 0.9]))]) == pytest.approx(0.5)
    assert score.at_budget([(city, positive, np.zeros(4))]) == 0.0


def test_a_wrongly_named_shop_is_told_by_what_it_is() -> None:
    city = _city(_campaign(1, {1}, set()), lookalikes=(LookAlike("fan_club", frozenset({7}), frozenset()),))
    told = score.mistakes([(city, [_clue({1, 7, 50})], {})])
    assert "fan_club | 1" in told and "plain shop | 1" in told and "campaign" not in told


def test_it_refuses_to_count_alarms_where_there_is_fraud() -> None:
    with pytest.raises(ValueError, match="without fraud"):
        score.alarms(_city(_campaign(1, {1}, set())), [])


def test_the_interval_holds_the_value() -> None:
    positive, ranks = np.arange(50) < 10, np.linspace(1, 0, 50)
    measured = score.bootstrap(lambda weight: score.average_precision(positive, ranks, weight), 50)
    assert measured.low <= measured.value <= measured.high
