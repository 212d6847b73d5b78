"""The vocabulary of business names from data/: places, trades, forms, branches, shop words, packed as one tree that the parser walks."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import yaml

from chengxin.kernel import clock
from chengxin.law import law
from chengxin.subjects.matching.characters import DATA, normal, spelled

SPAN = 1 << 21  # above every code point
PROVINCE, CITY, COUNTY = 1, 2, 3
NO_WORD = -1
_PROVINCE_END = re.compile(r"(维吾尔自治区|壮族自治区|回族自治区|特别行政区|自治区|省|市)$")
_CITY_END = re.compile(r"(市|地区|盟)$")


@dataclass
class Word:
    """What a word can be in a name. `place` is (level, province, city, county) with 0 for what is open."""

    place: tuple[int, int, int, int] | None = None
    trade: int = 0
    form: int = 0
    branch: bool = False
    shop: bool = False
    branch_end: bool = False


@dataclass(frozen=True)
class Form:
    """A company form: its row in forms.yaml."""

    id: str
    kind: str


@dataclass(frozen=True)
class Vocabulary:
    """The tree and what its words mean; arrays are indexed by word number."""

    keys: np.ndarray[Any, Any]
    nodes: np.ndarray[Any, Any]
    ends: np.ndarray[Any, Any]
    facts: np.ndarray[Any, Any]  # int32 (words, 8): level, province, city, county, form, branch, shop, branch end
    trades: np.ndarray[Any, Any]  # int64 (words,): bits of the trade groups
    forms: tuple[Form, ...] = field(default=())  # by form number; 0 is no form
    wide: int = 0  # bits of the groups that say little
    places: tuple[str, ...] = ()  # names by county number


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary, read once."""
    words: dict[str, Word] = {}
    places = _places(words)
    wide = _trades(words)
    forms = _forms(words)
    return _packed(words, forms, wide, places)


def _word(words: dict[str, Word], text: str) -> Word:
    return words.setdefault(normal(text), Word())


def _said(words: dict[str, Word], text: str) -> Iterable[Word]:
    """A Chinese word, and the same spelled in pinyin when that is long enough to be no accident."""
    yield _word(words, text)
    if len(sound := spelled(text)) >= 5:
        yield _word(words, sound)


# -- places ------------------------------------------------------------------------------------------------------------------------


def _places(words: dict[str, Word]) -> tuple[str, ...]:
    numbers: dict[str, int] = {"": 0}
    said = yaml.safe_load((DATA / "places.yaml").read_text(encoding="utf-8"))
    never = frozenset(said["never_short"])
    with (DATA / "regions.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            _place(words, numbers, row["code"], row["name"], never)
    for own in law.at(clock.today()).divisions():
        _own(words, numbers, own.code, own.zh)
    for text, name in said["english"].items():
        _word(words, text).place = words[name].place
    return tuple(numbers)


def _place(words: dict[str, Word], numbers: dict[str, int], code: str, name: str, never: frozenset[str]) -> None:
    province, city = int(code[:2]), int(code[:4])
    if code.endswith("0000"):
        for text in {name, _PROVINCE_END.sub("", name)}:
            for word in _said(words, text):
                _merge(word, (PROVINCE, province, 0, 0))
    elif code.endswith("00"):
        for text in {name, _city_short(name)} - never:
            for word in _said(words, text):
                _merge(word, (CITY, province, city, 0))
    else:
        _merge(_word(words, name), (COUNTY, province, city, numbers.setdefault(name, len(numbers))))


def _own(words: dict[str, Word], numbers: dict[str, int], code: str, name: str) -> None:
    """The city's own counties also without 县, and its townships as places of their county."""
    level = (COUNTY, int(code[:2]), int(code[:4]))
    if len(code) == 6 and not code.endswith("00"):
        number = numbers.setdefault(name, len(numbers))
        for text in {name, name.removesuffix("县")}:
            _merge(_word(words, text), (*level, number))
    elif len(code) > 6:
        _merge(_word(words, name), (*level, numbers.setdefault(name, len(numbers))))


def _city_short(name: str) -> str:
    """鹤岗市 → 鹤岗; 延边朝鲜族自治州 → 延边."""
    return name[:2] if name.endswith("自治州") else _CITY_END.sub("", name)


def _merge(word: Word, place: tuple[int, int, int, int]) -> None:
    """A name that several places bear says only what they have in common; a province before a city of its name (吉林)."""
    if word.place is None:
        word.place = place
        return
    old = word.place
    if old[0] == place[0]:
        same = [a if a == b else 0 for a, b in zip(old[1:], place[1:], strict=True)]
        word.place = (old[0], same[0], same[1], same[2])
    elif place[0] < old[0]:
        word.place = place


# -- trades and forms --------------------------------------------------------------------------------------------------------------


def _trades(words: dict[str, Word]) -> int:
    wide = 0
    groups = yaml.safe_load((DATA / "trades.yaml").read_text(encoding="utf-8"))
    for number, group in enumerate(groups.values()):
        bit = 1 << number
        wide |= bit if group.get("wide") else 0
        for text in group["zh"]:
            for word in _said(words, text):
                word.trade |= bit
        for text in group.get("en", ()):
            _word(words, text).trade |= bit
    return wide


def _forms(words: dict[str, Word]) -> tuple[Form, ...]:
    data = yaml.safe_load((DATA / "forms.yaml").read_text(encoding="utf-8"))
    for number, form in enumerate(data["forms"], start=1):
        for text in form["zh"]:
            for word in _said(words, text):
                word.form = word.form or number
        for text in form.get("en", ()):
            _word(words, text).form = number
    for text in [*data["branches"], *data["branches_en"]]:
        _word(words, text).branch = True
    for text in data["branch_ends"]:
        _word(words, text).branch_end = True
    for text in [*data["shops"], *data["shops_en"]]:
        _word(words, text).shop = True
    return (Form("", ""), *(Form(one["id"], one["kind"]) for one in data["forms"]))


# -- packing -----------------------------------------------------------------------------------------------------------------------


def _packed(words: dict[str, Word], forms: tuple[Form, ...], wide: int, places: tuple[str, ...]) -> Vocabulary:
    """One hash table from (node, character) to the next node, and per node the word that ends there."""
    steps: dict[int, int] = {}
    ends: dict[int, int] = {}
    for number, text in enumerate(words):
        node = 0
        for char in text:
            node = steps.setdefault(node * SPAN + ord(char), len(steps) + 1)
        ends[node] = number
    size = 1 << (4 * len(steps)).bit_length()
    keys, nodes = np.full(size, -1, np.int64), np.zeros(size, np.int32)
    for key, node in steps.items():
        slot = (key * 0x9E3779B1 >> 7) & (size - 1)
        while keys[slot] >= 0:
            slot = (slot + 1) & (size - 1)
        keys[slot], nodes[slot] = key, node
    ended = np.full(len(steps) + 1, NO_WORD, np.int32)
    for node, number in ends.items():
        ended[node] = number
    facts = np.array(
        [[*(word.place or (0, 0, 0, 0)), word.form, word.branch, word.shop, word.branch_end] for word in words.values()], np.int32
    )
    trades = np.array([word.trade for word in words.values()], np.int64)
    return Vocabulary(keys, nodes, ended, facts, trades, forms, wide, places)
