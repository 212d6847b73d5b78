"""The terms of a rating rule: read from YAML, checked, and the version that holds on a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import yaml

from chengxin.evaluation.errors import NoRule, RuleWrong
from chengxin.evaluation.models import RatingRule
from chengxin.kernel import clock
from chengxin.law import law

DEFAULT = Path(__file__).parent / "rules" / "default.yaml"
# The least and greatest value of each number of a rule.
NUMBERS = {
    "half_life_days": (1, 3650),
    "prior_ratings": (1, 1000),
    "few": (0, 100),
    "usual": (1, 100),
    "sharp": (0, 6),
    "rounds": (1, 100),
    "good_from": (1, 5),
    "bad_to": (1, 5),
    "window_days": (1, 365),
    "followup_days": (1, 3650),
    "pair_cap": (1, 1000),
    "repeat_days": (0, 365),
    "year_days": (1, 3650),
    "drift_days": (1, 3650),
    "refresh_days": (1, 365),
    "z_hundredths": (100, 400),
}

NAMES = {*NUMBERS, "basis", "desk", "scale", "levels"}


def read(text: str) -> dict[str, Any]:
    """The content of a rule. Raises RuleWrong naming the first term that is not one."""
    try:
        given = yaml.safe_load(text)
    except yaml.YAMLError as cause:
        raise RuleWrong(term="YAML") from cause
    if not isinstance(given, dict) or set(given) != NAMES:
        raise RuleWrong(term=", ".join(sorted(NAMES ^ set(given if isinstance(given, dict) else ()))))
    for name, (least, most) in NUMBERS.items():
        if type(given[name]) is not int or not least <= given[name] <= most:
            raise RuleWrong(term=name)
    if given["bad_to"] >= given["good_from"] or given["scale"] != [1, 5] or not isinstance(given["basis"], str):
        raise RuleWrong(term="bad_to, good_from, scale, basis")
    if given["desk"] not in {one.code for one in law.at(clock.today()).departments()}:
        raise RuleWrong(term="desk")
    _check_levels(given["levels"])
    return given


def _check_levels(levels: Any) -> None:
    named = isinstance(levels, list) and all(isinstance(one, dict) and set(one) == {"from", "zh", "en"} for one in levels)
    if not named or not all(type(one["from"]) is int and one["zh"] and one["en"] for one in levels):
        raise RuleWrong(term="levels")
    starts = [one["from"] for one in levels]
    if starts != sorted(set(starts)):
        raise RuleWrong(term="levels")


def in_force(day: date) -> RatingRule:
    """The version that holds on a day. Raises NoRule when none was published for it."""
    found = RatingRule.objects.filter(effective_on__lte=day).order_by("-effective_on", "-number").first()
    if found is None:
        raise NoRule
    return found
