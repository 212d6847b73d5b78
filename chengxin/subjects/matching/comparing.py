"""Two names compared part by part: each part gets a level, each level has points and words (data/scoring.yaml), the sum a verdict.

A person must be able to check every verdict, so nothing is learnt here. One changed character in a brand is a slip only
when the two sound or look alike; any other changed character, and any changed number, is another brand. Comparing is symmetric.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

import yaml

from chengxin.subjects.matching.characters import (
    DATA,
    folded,
    has_han,
    is_numeral,
    look_the_same,
    readings,
    sound_the_same,
)
from chengxin.subjects.matching.parsing import Name, parse
from chengxin.subjects.matching.words import vocabulary

SAME, MAYBE, RELATED, DIFFERENT = VERDICTS = ("same", "maybe", "related", "different")
MOST_SLIPS = 2  # in a whole name; three are no longer a slip


@dataclass(frozen=True, slots=True)
class Reason:
    """What one part says: its level, the points it gives, and the texts it was found in."""

    part: str
    level: str
    points: int
    a: str = ""
    b: str = ""
    n: int = 0

    def text(self) -> dict[str, str]:
        """In Chinese and English."""
        said = scoring()["parts"][self.part]["levels"][self.level]
        return {lang: said[lang].format(a=self.a, b=self.b, n=self.n) for lang in ("zh", "en")}

    def as_data(self) -> dict[str, Any]:
        return {"part": self.part, "level": self.level, "points": self.points, "text": self.text()}


@dataclass(frozen=True, slots=True)
class Match:
    """A score of 0 to 100, its verdict (same, maybe, related, different) and a reason for every part."""

    score: int
    verdict: str
    reasons: tuple[Reason, ...]

    @property
    def found(self) -> bool:
        """Whether a person should see it."""
        return self.verdict != DIFFERENT

    def as_data(self) -> dict[str, Any]:
        said = scoring()["verdicts"][self.verdict]
        return {
            "score": self.score,
            "verdict": self.verdict,
            "verdict_text": {"zh": said["zh"], "en": said["en"]},
            "reasons": [one.as_data() for one in self.reasons],
        }


@cache
def scoring() -> dict[str, Any]:
    """The points, words and thresholds of data/scoring.yaml."""
    return dict(yaml.safe_load((DATA / "scoring.yaml").read_text(encoding="utf-8")))


@cache
def _points() -> dict[tuple[str, str], int]:
    return {(part, level): said["points"] for part, known in scoring()["parts"].items() for level, said in known["levels"].items()}


def compare(a: str, b: str) -> Match:
    """Compare two names as people write them."""
    return compare_parsed(parse(a), parse(b))


def compare_parsed(a: Name, b: Name) -> Match:
    """Compare two parsed names; the order of the two does not matter."""
    if (b.text, b.place) < (a.text, a.place):
        a, b = b, a
    branch = _branch(a, b)
    if a.text == b.text and a.place == b.place and a.text:
        return _verdict(100, [Reason("whole", "same", 100)], branch)
    left, right = _split_alike(a, b)
    reasons = [_brand(left, right), _place(a, b), _trade(left, right), _form(a, b), *_shop(a, b)]
    score = max(0, min(100, sum(one.points for one in reasons)))
    if score < int(scoring()["thresholds"]["maybe"]) and (slips := _whole_slips(a, b)) is not None:
        return _verdict(slips.points, [slips], branch)
    if bool(a.shop) != bool(b.shop):  # an online shop is no subject; whose it is a person finds out
        score = min(score, int(scoring()["thresholds"]["same"]) - 1)
    return _verdict(score, reasons, branch)


def _verdict(score: int, reasons: list[Reason], branch: Reason | None) -> Match:
    limits = scoring()["thresholds"]
    verdict = SAME if score >= limits["same"] else MAYBE if score >= limits["maybe"] else DIFFERENT
    if branch and branch.level != "same" and verdict != DIFFERENT:
        verdict = RELATED
    return Match(score, verdict, (*reasons, branch) if branch else tuple(reasons))


def _reason(part: str, level: str, a: str = "", b: str = "", n: int = 0) -> Reason:
    return Reason(part, level, _points()[part, level], a, b, n)


# -- brand -------------------------------------------------------------------------------------------------------------------------


def _brand(a: Name, b: Name) -> Reason:
    level, one, two = brand_level(a.brand, b.brand)
    if level in ("other", "number") and (short := _short_for(a, b)):
        return _reason("brand", "short", *short)
    return _reason("brand", level, one, two)


@lru_cache(maxsize=100_000)
def brand_level(a: str, b: str) -> tuple[str, str, str]:
    """How two brands differ: (level, what to show of a, of b)."""
    if a == b or folded(a) == folded(b):
        return ("same", a, b) if a else ("none", "", "")
    if not a or not b:
        return "other", a or "—", b or "—"
    if has_han(a) != has_han(b):
        latin, han = (b, a) if has_han(a) else (a, b)
        return ("read", latin, han) if reads(latin, han) else ("other", a, b)
    if len(a) != len(b):
        return ("doubled" if _is_doubled(a, b) else "other"), a, b
    return _changed(a, b)


def _changed(a: str, b: str) -> tuple[str, str, str]:
    """Brands of one length: which characters changed, and whether each change is a slip."""
    changed = [(x, y) for x, y in zip(a, b, strict=True) if folded(x) != folded(y)]
    if any(is_numeral(x) and is_numeral(y) for x, y in changed):
        return "number", a, b
    if has_han(a) and all(sound_the_same(x, y) or look_the_same(x, y) for x, y in changed):
        if len(changed) > 1:
            return ("slips" if len(changed) <= MOST_SLIPS else "other"), a, b
        x, y = changed[0]
        return ("sound" if sound_the_same(x, y) else "alike"), x, y
    return ("swapped" if len(a) > 2 and _is_swapped(a, b) else "other"), a, b


def _is_swapped(a: str, b: str) -> bool:
    places = [place for place, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    return len(places) == 2 and places[1] == places[0] + 1 and a[places[0]] == b[places[1]] and a[places[1]] == b[places[0]]


def _is_doubled(a: str, b: str) -> bool:
    """Whether the longer one is the shorter with one character typed twice; 丽丽 for 丽 is a brand of its own."""
    short, long = sorted((a, b), key=len)
    if len(long) != len(short) + 1 or len(short) < 2:
        return False
    return any(long[:at] + long[at + 1 :] == short and long[at] == long[at - 1] for at in range(1, len(long)))


def reads(latin: str, han: str) -> bool:
    """Whether Latin letters are how the characters are read, by any of their usual readings."""
    ends = {0}
    for char in han:
        ends = {end + len(one) for end in ends for one in readings(char) if latin.startswith(one, end)}
        if not ends:
            return False
    return len(latin) in ends


def _short_for(a: Name, b: Name) -> tuple[str, str] | None:
    """中石油 for 中国石油…: three characters or more, none of a form, in order in the other's brand and trade, its first one first."""
    for short, long in ((a, b), (b, a)):
        core, whole = short.brand + short.trade, long.brand + long.trade
        if short.form or short.place != (0, 0, 0) or not (3 <= len(core) < len(whole) - 1) or not has_han(core) or not long.form:
            continue
        if core[0] == whole[0] and core[1] != whole[1] and _in_order(core, whole) and core[1] in long.trade + long.brand:
            return core, whole
    return None


def _in_order(short: str, long: str) -> bool:
    rest = iter(long)
    return all(char in rest for char in short)


def _split_alike(a: Name, b: Name) -> tuple[Name, Name]:
    """When one brand is the beginning of the other's brand and trade and the rest is the other's trade, cut both alike: a slip in a trade
    (金鼎食品 and 金鼎事品) hides where the brand ends."""
    for one, other, turned in ((a, b, False), (b, a, True)):
        whole = other.brand + other.trade
        if not (2 <= len(one.brand) < len(other.brand) and one.trade and len(whole) > len(one.brand)):
            continue
        begin, rest = whole[: len(one.brand)], whole[len(one.brand) :]
        if begin == one.brand and _trade_level(one.trade, rest, one.trades, one.trades) in ("same", "slip"):
            cut = replace(other, brand=begin, trade=rest, trades=one.trades)
            return (cut, one) if turned else (one, cut)
    return a, b


# -- place, trade, form, branch ----------------------------------------------------------------------------------------------------


def _place(a: Name, b: Name) -> Reason:
    if not any(a.place) and not any(b.place):
        return _reason("region", "none")
    if not any(a.place) or not any(b.place):
        return _reason("region", "missing")
    if any(x and y and x != y for x, y in zip(a.place, b.place, strict=True)):
        level = "other"
    else:
        level = "same" if a.place == b.place else "inside"
    return _reason("region", level, a.place_text or b.place_text, b.place_text or a.place_text)


def _trade(a: Name, b: Name) -> Reason:
    if not a.trade and not b.trade and not (a.trades and b.trades and not a.trades & b.trades):
        return _reason("trade", "none")
    if (not a.trades and not a.trade) or (not b.trades and not b.trade):
        return _reason("trade", "missing")
    return _reason("trade", _trade_level(a.trade, b.trade, a.trades, b.trades), a.trade or a.form_text, b.trade or b.form_text)


def _trade_level(a: str, b: str, a_bits: int, b_bits: int) -> str:
    if a == b:
        return "same"
    if len(a) == len(b) and has_han(a) == has_han(b):
        changed = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
        if len(changed) == 1 and (sound_the_same(*changed[0]) or look_the_same(*changed[0])):
            return "slip"
    if abs(len(a) - len(b)) == 1 and min(len(a), len(b)) >= 2 and _is_doubled(a, b):
        return "slip"
    common, wide = a_bits & b_bits, vocabulary().wide
    translated = has_han(a) != has_han(b)
    # 银行 and 建设银行 share a group and are of two kinds: all narrow groups must agree, unless one is a translation
    if (common and a_bits & ~wide == b_bits & ~wide) or (common and translated) or (a != "" != b and (a.startswith(b) or b.startswith(a))):
        return "kind"
    return "other"


def _form(a: Name, b: Name) -> Reason:
    if not a.form and not b.form:
        return _reason("form", "none")
    if not a.form or not b.form:
        return _reason("form", "missing")
    if a.form == b.form:
        return _reason("form", "same")
    forms = vocabulary().forms
    kin = forms[a.form].kind == forms[b.form].kind
    return _reason("form", "kin" if kin else "other", a.form_text or "个体工商户", b.form_text or "个体工商户")


def _shop(a: Name, b: Name) -> list[Reason]:
    return [_reason("shop", "one", a.shop or b.shop)] if bool(a.shop) != bool(b.shop) else []


def _branch(a: Name, b: Name) -> Reason | None:
    if not a.branch and not b.branch:
        return None
    if not a.branch or not b.branch:
        return _reason("branch", "one", a.branch or b.branch)
    return _reason("branch", "same" if folded(a.branch) == folded(b.branch) else "sisters", a.branch, b.branch)


# -- slips in whole names ----------------------------------------------------------------------------------------------------------


def _whole_slips(a: Name, b: Name) -> Reason | None:
    """One or two typing slips anywhere that kept the names from being compared part by part (鹤冈市…, …有公司)."""
    if abs(len(a.text) - len(b.text)) > 1 or min(len(a.text), len(b.text)) < 6:
        return None
    better, worse = (a, b) if _parsed_parts(a) >= _parsed_parts(b) else (b, a)
    count = _equal_length_slips(better, worse) if len(a.text) == len(b.text) else _one_more_or_less(better, worse)
    if not count or count > MOST_SLIPS:
        return None
    points = int(scoring()["slip"]) - (count - 1) * int(scoring()["slip_step"])
    return Reason("whole", "slips", points, a.text, b.text, count)


def _parsed_parts(name: Name) -> int:
    return 2 * bool(name.place_text) + bool(name.trade) + bool(name.form) + len(name.form_text)


def _brand_span(name: Name) -> tuple[int, int]:
    start = name.text.find(name.brand, len(name.place_text) if name.text.startswith(name.place_text) else 0)
    return start, start + len(name.brand)


def _equal_length_slips(better: Name, worse: Name) -> int:
    """How many characters changed, all of them slips; 0 when one is not."""
    start, end = _brand_span(better)
    places = [at for at, (x, y) in enumerate(zip(better.text, worse.text, strict=True)) if x != y]
    changed = [(better.text[at], worse.text[at]) for at in places]
    if any(is_numeral(x) or is_numeral(y) for x, y in changed):
        return 0
    if _is_swapped(better.text, worse.text):
        return 1 if not any(start <= at < end for at in places) or len(better.brand) > 2 else 0
    return len(changed) if all(sound_the_same(x, y) or look_the_same(x, y) for x, y in changed) else 0


def _one_more_or_less(better: Name, worse: Name) -> int:
    """1 when a character was left out or typed twice outside the brand of the name that parsed better; 0 otherwise."""
    long, short = (better.text, worse.text) if len(better.text) > len(worse.text) else (worse.text, better.text)
    at = next((at for at, (x, y) in enumerate(zip(long, short, strict=False)) if x != y), len(short))
    if long[:at] + long[at + 1 :] != short or is_numeral(long[at]):
        return 0
    start, end = _brand_span(better)
    doubled = at > 0 and long[at] == long[at - 1]
    return 1 if doubled or at < start or at >= end + (long is not better.text) else 0
