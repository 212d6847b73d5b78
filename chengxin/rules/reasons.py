"""Conditions and reasons in words, for the officer who writes a rule and for the party that a decision concerns."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from chengxin.rules.book import threshold
from chengxin.rules.features import features
from chengxin.rules.models import RuleVersion

Pair = dict[str, str]

SIGNS: Mapping[str, Pair] = {
    ">=": {"zh": "不低于", "en": "is at least"},
    ">": {"zh": "高于", "en": "is above"},
    "<=": {"zh": "不高于", "en": "is at most"},
    "<": {"zh": "低于", "en": "is below"},
    "=": {"zh": "等于", "en": "is"},
}
JOINTS: Mapping[str, Pair] = {"all": {"zh": "，且", "en": ", and "}, "any": {"zh": "，或", "en": ", or "}}
UNITS: Mapping[str, Pair] = {
    "count": {"zh": "", "en": ""},
    "money": {"zh": " 元", "en": " CNY"},
    "gram": {"zh": " 克", "en": " g"},
    "times": {"zh": " 倍", "en": " times"},
    "share": {"zh": "%", "en": "%"},
}
YES_NO: Mapping[bool, Pair] = {True: {"zh": "是", "en": "yes"}, False: {"zh": "否", "en": "no"}}


def figure(feature: str, value: float, lang: str) -> str:
    """A value of a feature with its unit, as people read it."""
    unit = features()[feature].unit
    if unit == "yes_no":
        return YES_NO[value != 0][lang]
    shown = {"money": value / 100, "share": value * 100}.get(unit, value)
    text = f"{shown:,.2f}".rstrip("0").rstrip(".")
    return f"{text}{UNITS[unit][lang]}"


def condition_in_words(condition: Sequence[str], lang: str) -> str:
    """ "同一设备 1 小时内的下单账户数不低于 5" """
    name, sign, value = condition
    said = features()[name].zh if lang == "zh" else features()[name].en
    than = figure(name, threshold(name, value), lang)
    return f"{said}{SIGNS[sign]['zh']} {than}" if lang == "zh" else f"{said} {SIGNS[sign]['en']} {than}"


def in_words(version: RuleVersion) -> Pair:
    """What a version says, as one sentence in each language."""
    joined = {
        lang: JOINTS[version.match][lang].join(condition_in_words(one, lang) for one in version.conditions) or "…" for lang in ("zh", "en")
    }
    ends = {"review": {"zh": "先复核", "en": "it is reviewed first"}, "refer": {"zh": "转交专人处理", "en": "it is referred to a person"}}
    kinds = {
        "order": {"zh": "订单", "en": "an order"},
        "payment": {"zh": "支付", "en": "a payment"},
        "refund": {"zh": "退款", "en": "a refund"},
        "parcel": {"zh": "快件", "en": "a parcel"},
    }
    kind, end = kinds.get(version.kind, {"zh": "", "en": ""}), ends.get(version.outcome, {"zh": "", "en": ""})
    return {
        "zh": f"{kind['zh']}：如果{joined['zh']}，则{end['zh']}。",
        "en": f"For {kind['en']}: if {joined['en'][:1].lower()}{joined['en'][1:]}, then {end['en']}.",
    }


def told(version: RuleVersion, values: Mapping[str, float]) -> dict[str, Any]:
    """The reason that a version gives for one decision: its text and every number it looked at, beside what it was compared with.

    {"rule", "version", "id", "outcome", "zh", "en", "text_zh", "text_en", "basis", "numbers": [{"feature", "value", "comparison",
    "threshold", "zh", "en"}]}; `value` is None where the event did not have one.
    """
    numbers = [_number(name, sign, than, _or_none(values[name])) for name, sign, than in version.conditions]
    return {**version.said, "numbers": numbers}


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value


@lru_cache(maxsize=50_000)
def _number(name: str, sign: str, than: str, value: float | None) -> dict[str, Any]:
    """Nobody changes it: the same condition and figure come again and again."""
    limit, feature = threshold(name, than), features()[name]
    zh, en = ("—" if value is None else figure(name, value, lang) for lang in ("zh", "en"))
    return {
        "feature": name,
        "value": value,
        "comparison": sign,
        "threshold": limit,
        "zh": f"{feature.zh}：{zh}（{SIGNS[sign]['zh']} {figure(name, limit, 'zh')}）",
        "en": f"{feature.en}: {en} ({SIGNS[sign]['en']} {figure(name, limit, 'en')})",
    }
