"""The attacker's own rules: python -m pytest bench/city."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent))

import attack

from chengxin.city.brushing import LEVELS
from chengxin.detection import search

RULES = yaml.safe_load((attack.HERE / "attack.yaml").read_text(encoding="utf-8"))
START = dict.fromkeys(RULES["dials"], 0)


def test_the_first_way_is_the_generators_most_careless_and_the_last_its_most_careful():
    assert attack.profile(START, RULES) == LEVELS[0]
    assert attack.profile(dict.fromkeys(START, 4), RULES) == LEVELS[4]


def test_the_heaviest_reasons_turn_their_dials_one_step():
    turned = attack.turn(START, RULES, Counter(one_device=3.0, light=2.0, money_back=1.0, fast=0.5))
    assert {name for name in turned if turned[name]} == {"device", "parcel", "money"}
    assert attack.turn(dict.fromkeys(START, 4), RULES, Counter(light=2.0)) == dict.fromkeys(START, 4)
    assert attack.turn(START, RULES, Counter()) == START


def test_every_reason_a_dial_answers_to_stands_on_a_card():
    cards = [one for one in search.choose(()) if one.behaviour in attack.BEHAVIOURS]
    known = {code for one in cards for code in one.reasons}
    assert not {code for dial in RULES["dials"].values() for code in dial["reasons"]} - known


def test_a_real_parcel_and_money_that_stays_cost_more():
    prices = RULES["prices"]
    each = [attack._each(way, prices, 100.0) for way in LEVELS]
    assert each == sorted(each)
    assert each[0] == pytest.approx(4 + 1.5 / 4 + 0.05 * 0.05 * 100)
