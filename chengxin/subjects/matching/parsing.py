"""A business name into its parts: place, brand (字号), trade (行业), form (组织形式), branch, in that order (order 734, art. 6).

The kernel walks code points of any number of names at once; a single name is a column of one. Longest words win; what the law puts in
front (place) is read from the left, what it puts at the end (form, then trade) from the right; the brand is what is between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numba
import numpy as np

from chengxin.subjects.matching.characters import normal
from chengxin.subjects.matching.words import CITY, COUNTY, SPAN, vocabulary

OPEN, CLOSE = ord("("), ord(")")
LONGEST = 24  # letters in the longest word, spelled
MOST_PLACES = 5
# columns of a parse
PROV, TOWN, CNTY, BRAND, BRAND_END, TRADE, TRADE_END, FORM, FORM_START, FORM_END, BRANCH, BRANCH_END, SHOP, LENGTH = range(14)
Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Name:
    """A parsed name. `place` is (province, city, county) by number, 0 where it is open; `trades` the bits of its trade groups."""

    text: str
    place: tuple[int, int, int]
    place_text: str
    brand: str
    trade: str
    trades: int
    form: int
    form_text: str
    branch: str
    shop: str


@lru_cache(maxsize=20_000)
def parse(text: str) -> Name:
    """The parts of one name."""
    columns = parse_many([text])
    return columns.name(0)


@dataclass(frozen=True)
class Names:
    """Many parsed names as columns: `chars` code points of all names, name i at starts[i]; `parts` int32 (names, 14); `trades` bits."""

    chars: Array
    starts: Array
    parts: Array
    trades: Array

    def name(self, row: int) -> Name:
        """One of them as an object."""
        start, part = int(self.starts[row]), self.parts[row].tolist()
        points = self.chars[start : start + part[LENGTH]]
        text = points.astype("<u4").tobytes().decode("utf-32-le")
        shop = text[part[SHOP] :] if part[SHOP] else ""
        place = (part[PROV], part[TOWN], part[CNTY])
        return Name(
            text=text,
            place=place,
            place_text=text[: part[BRAND]] or _said(place),
            brand=text[part[BRAND] : part[BRAND_END]],
            trade=text[part[TRADE] : part[TRADE_END]],
            trades=int(self.trades[row]),
            form=part[FORM],
            form_text=text[part[FORM_START] : part[FORM_END]],
            branch=text[part[BRANCH] : part[BRANCH_END]],
            shop=shop,
        )


@lru_cache(maxsize=1000)
def _said(place: tuple[int, int, int]) -> str:
    """The words of a place that stood in brackets."""
    return vocabulary().places[place[2]] if place[2] else ""


def parse_many(texts: Sequence[str]) -> Names:
    """The parts of many names, column by column: one normalisation of the joined text, one walk over its code points."""
    joined = normal("\n".join(texts)) if len(texts) != 1 else normal(texts[0].replace("\n", " "))
    points = np.frombuffer((joined + "\n").encode("utf-32-le"), np.uint32).astype(np.int32)
    ends = np.flatnonzero(points == ord("\n"))
    if len(ends) != len(texts):
        raise ValueError("a name holds a line break")
    starts = np.concatenate([[0], ends[:-1] + 1]).astype(np.int64)
    parts, trades = np.zeros((len(texts), 14), np.int32), np.zeros(len(texts), np.int64)
    known = vocabulary()
    _parse(points, starts, ends.astype(np.int64), known.keys, known.nodes, known.ends, known.facts, known.trades, parts, trades)
    return Names(points, starts, parts, trades)


# -- the kernel --------------------------------------------------------------------------------------------------------------------


@numba.njit(cache=True, nogil=True)
def _step(keys: Array, nodes: Array, node: int, char: int) -> int:
    """The next node of the tree, or -1."""
    key = np.int64(node) * SPAN + char
    slot = (key * 0x9E3779B1 >> 7) & (len(keys) - 1)
    while keys[slot] >= 0:
        if keys[slot] == key:
            return int(nodes[slot])
        slot = (slot + 1) & (len(keys) - 1)
    return -1


@numba.njit(cache=True, nogil=True)
def _word_at(tree: Any, chars: Array, start: int, end: int) -> int:
    """The word that is exactly chars[start:end], or -1."""
    node = 0
    for at in range(start, end):
        node = _step(tree[0], tree[1], node, chars[at])
        if node < 0:
            return -1
    return int(tree[2][node])


@numba.njit(cache=True, nogil=True)
def _places_from(tree: Any, chars: Array, start: int, end: int, place: Array, stops: Array) -> int:
    """Read places from the left, each inside the one before; returns where they end, the start of each in `stops` (their number in [0])."""
    facts, at, stops[0] = tree[3], start, 0
    while stops[0] < MOST_PLACES:
        node, best, best_end = 0, -1, at
        for next_at in range(at, min(at + LONGEST, end)):
            node = _step(tree[0], tree[1], node, chars[next_at])
            if node < 0:
                break
            word = tree[2][node]
            if word >= 0 and facts[word, 0] > 0 and _fits(facts[word], place):
                best, best_end = word, next_at + 1
        if best < 0:
            break
        stops[0] += 1
        stops[stops[0]] = at
        _take(facts[best], place)
        at = best_end
    return at


@numba.njit(cache=True, nogil=True)
def _fits(fact: Array, place: Array) -> bool:
    """Whether a place lies inside what has been read so far."""
    if place[2] > 0 and fact[0] != COUNTY:
        return False
    if place[1] > 0 and (fact[0] < COUNTY or (fact[2] > 0 and fact[2] != place[1])):
        return False
    return not (place[0] > 0 and (fact[0] < CITY or (fact[1] > 0 and fact[1] != place[0])))


@numba.njit(cache=True, nogil=True)
def _take(fact: Array, place: Array) -> None:
    for part in range(3):
        if fact[part + 1] > 0:
            place[part] = fact[part + 1]


@numba.njit(cache=True, nogil=True)
def _suffix(tree: Any, chars: Array, start: int, end: int, column: int) -> tuple[int, int]:
    """The longest word at the end that is of a kind (column of facts; -1 trade or form); (word, where it begins), or (-1, end)."""
    for begin in range(max(start, end - LONGEST), end):
        word = _word_at(tree, chars, begin, end)
        if word >= 0:
            wanted = tree[3][word, column] > 0 if column >= 0 else (tree[3][word, 4] > 0 or tree[4][word] != 0)
            if wanted:
                return word, begin
    return -1, end


@numba.njit(cache=True, nogil=True)
def _brackets(tree: Any, chars: Array, start: int, end: int, place: Array, extra: Array) -> int:
    """Take brackets out, in place. A place in brackets is noted and dropped, a form noted in extra[0], a branch at the end has its
    start in extra[1] (the text stays). Returns the new end."""
    out, at = start, start
    while at < end:
        if chars[at] != OPEN and chars[at] != CLOSE:
            chars[out] = chars[at]
            out, at = out + 1, at + 1
            continue
        if chars[at] == CLOSE:
            at += 1
            continue
        close = at + 1
        while close < end and chars[close] != CLOSE:
            close += 1
        if _dropped(tree, chars, at + 1, close, out > start, place, extra):
            at = close + 1
            continue
        if close >= end - 1 and out > start and close - at > 1:
            word = _word_at(tree, chars, close - 1, close)
            ends_so = word >= 0 and tree[3][word, 7] > 0
            branch, _begin = _suffix(tree, chars, at + 1, close, 5)
            if ends_so or branch >= 0:
                extra[1] = out
        at += 1
    return out


@numba.njit(cache=True, nogil=True)
def _dropped(tree: Any, chars: Array, start: int, end: int, later: bool, place: Array, extra: Array) -> bool:
    """Whether what is in brackets is a place or a form and goes."""
    word = _word_at(tree, chars, start, end)
    if word >= 0 and tree[3][word, 4] > 0 and later:
        extra[0] = tree[3][word, 4]
        return True
    stops, seen = np.zeros(MOST_PLACES + 1, np.int64), np.zeros(3, np.int32)
    if start < end and _places_from(tree, chars, start, end, seen, stops) == end:
        for part in range(3):
            if seen[part] > 0 and place[part] == 0:
                place[part] = seen[part]
        return True
    return False


@numba.njit(cache=True, nogil=True)
def _branch(tree: Any, chars: Array, start: int, end: int) -> int:
    """Where the branch begins in a name that ends with a branch word: after the last form, else the last trade, before it."""
    _word, begin = _suffix(tree, chars, start, end, 5)
    if begin == end:
        return end
    for column in (4, -1):
        for stop in range(begin, start + 2, -1):
            word, at = _suffix(tree, chars, start, stop, column)
            long_enough = stop - at >= 2
            if word >= 0 and long_enough and at > start:
                return stop
    return begin


@numba.njit(cache=True, nogil=True)
def _trade_from(tree: Any, chars: Array, start: int, end: int, least: int) -> int:
    """Where the trade begins: the first place from `least` on from which trade words fill the rest; else the first such word."""
    fills = np.zeros(end - start + 1, np.bool_)
    fills[end - start] = True
    first = end
    for begin in range(end - 1, start + least - 1, -1):
        node = 0
        for at in range(begin, min(end, begin + LONGEST)):
            node = _step(tree[0], tree[1], node, chars[at])
            if node < 0:
                break
            word = tree[2][node]
            if word >= 0 and tree[4][word] != 0:
                if at > begin:
                    first = begin
                if fills[at + 1 - start]:
                    fills[begin - start] = True
    for begin in range(start + least, end):
        if fills[begin - start]:
            return begin
    return first


@numba.njit(cache=True, nogil=True)
def _no_brand(tree: Any, chars: Array, place: int, head: int, tail: int) -> bool:
    """Whether nothing or only trade words stand behind a place, or one character behind a short one (上海滩饭店)."""
    trade = _trade_from(tree, chars, head, tail, 0)
    short = place < head and chars[head - 1] not in (0x7701, 0x5E02, 0x533A, 0x53BF, 0x65D7, 0x5DDE, 0x76DF)  # 省市区县旗州盟
    return tail - head < 2 or trade == head or (short and trade == head + 1 and trade < tail)


@numba.njit(cache=True, nogil=True)
def _trade_bits(tree: Any, chars: Array, start: int, end: int) -> int:
    """The groups of all trade words from the left, longest first."""
    bits, at = np.int64(0), start
    while at < end:
        node, best, best_end = 0, -1, at + 1
        for stop in range(at, min(end, at + LONGEST)):
            node = _step(tree[0], tree[1], node, chars[stop])
            if node < 0:
                break
            if tree[2][node] >= 0 and tree[4][tree[2][node]] != 0:
                best, best_end = tree[2][node], stop + 1
        if best >= 0:
            bits |= tree[4][best]
        at = best_end
    return int(bits)


@numba.njit(cache=True, nogil=True)
def _parse(
    chars: Array,
    starts: Array,
    ends: Array,
    keys: Array,
    nodes: Array,
    words: Array,
    facts: Array,
    bits: Array,
    parts: Array,
    trades: Array,
) -> None:
    tree = (keys, nodes, words, facts, bits)
    for row in range(len(starts)):
        trades[row] = _parse_one(tree, chars, starts[row], ends[row], parts[row])


@numba.njit(cache=True, nogil=True)
def _parse_one(tree: Any, chars: Array, start: int, end: int, part: Array) -> int:
    facts, extra, place, stops = tree[3], np.zeros(2, np.int64), np.zeros(3, np.int32), np.zeros(MOST_PLACES + 1, np.int64)
    end = _brackets(tree, chars, start, end, place, extra)
    part[LENGTH] = end - start
    aside = place.copy()
    place[:] = 0
    head = _places_from(tree, chars, start, end, place, stops)
    # from the right: shop words, branch, form
    tail = end
    if extra[1] > 0:
        part[BRANCH], part[BRANCH_END], tail = extra[1] - start, end - start, extra[1]
    word, begin = _suffix(tree, chars, start, tail, 6)
    if word >= 0 and begin > start:
        part[SHOP], tail = begin - start, begin
    if extra[1] == 0:
        begin = _branch(tree, chars, start, tail)
        if begin < tail and begin > start:
            part[BRANCH], part[BRANCH_END], tail = begin - start, tail - start, begin
    form_bits = np.int64(0)
    part[FORM] = extra[0]
    word, begin = _suffix(tree, chars, start, tail, -1)
    # of a shop's name (清山居旗舰店) one character at the end is its own
    if word >= 0 and facts[word, 4] > 0 and begin > start and (part[SHOP] == 0 or tail - begin > 1):
        part[FORM], part[FORM_START], part[FORM_END] = facts[word, 4], begin - start, tail - start
        form_bits, tail = tree[4][word], begin
    # a place that leaves no brand is the brand
    while stops[0] > 0 and _no_brand(tree, chars, stops[stops[0]], head, tail):
        head = stops[stops[0]]
        stops[0] -= 1
        place[:] = 0
        again = np.zeros(MOST_PLACES + 1, np.int64)
        _places_from(tree, chars, start, head, place, again)
    if head >= tail:
        head = start
        place[:] = 0
    for at in range(3):
        part[at] = place[at] if place[at] > 0 else aside[at]
    least = 2 if tail - head > 2 else 1
    trade = _trade_from(tree, chars, head, tail, least)
    part[BRAND], part[BRAND_END], part[TRADE], part[TRADE_END] = head - start, trade - start, trade - start, tail - start
    return int(_trade_bits(tree, chars, trade, tail) | form_bits)
