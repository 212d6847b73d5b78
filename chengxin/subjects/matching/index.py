"""Candidates for a name among a million: an inverted index over brands, built by columns, and the explained comparison of the best few.

Keys are pairs of neighbouring brand characters and pairs of their readings; a one-character brand is its own key. A query looks up its own
pairs, those with a look-alike in them, and, spelled in pinyin, its syllables; every hit adds the rarity of its key, a known place and a
shared trade add a little, and the best `SHORTLIST` are compared in full. No loop of Python runs over the register.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

import numba
import numpy as np
from pypinyin.constants import PINYIN_DICT

from chengxin.subjects.matching.characters import has_han, look_alikes, reading
from chengxin.subjects.matching.comparing import MAYBE, SAME, Match, compare_parsed
from chengxin.subjects.matching.parsing import (
    BRAND,
    BRAND_END,
    CNTY,
    LENGTH,
    PROV,
    TOWN,
    TRADE_END,
    Array,
    Name,
    Names,
    parse,
    parse_many,
)

SHORTLIST = 16  # names compared in full; the bench (--register) says how often the right one is among them
MOST_KEYS = 48
MOST_POSTINGS = 60_000  # a key that more names share says nothing by itself
SOUND = np.int64(1) << 62
SHIFT = 21


@dataclass(frozen=True, slots=True)
class Found:
    """A row of the register whose name matches, and why."""

    row: int
    name: Name
    match: Match


class Index:
    """Names of a register as columns: 4 bytes a character, 56 a name for its parts, 4 a key and name."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.names: Names = parse_many(texts) if texts else parse_many([""])
        self.size = len(texts)
        self.alive = np.ones(max(self.size, 1), np.bool_)
        keys, rows = _keys(self.names, _reading_numbers(self.names.chars))
        order = np.argsort(keys, kind="stable")
        self.rows = rows[order]
        self.keys, begins = np.unique(keys[order], return_index=True)
        self.begins = np.append(begins, len(rows)).astype(np.int64)
        self._marks = (np.zeros(max(self.size, 1), np.float32), np.zeros(max(self.size, 1), np.int32))

    @property
    def bytes(self) -> int:
        """The memory of all columns."""
        names = self.names
        columns = (names.chars, names.starts, names.parts, names.trades, self.alive, self.rows, self.keys, self.begins, *self._marks)
        return sum(int(column.nbytes) for column in columns)

    def find(self, text: str, limit: int = 5) -> list[Found]:
        """The rows whose name is or may be the same, or is a branch of it; best first. Two rows that are equally good are both `maybe`."""
        if not self.size:
            return []
        name = parse(text)
        found = [Found(row, other, match) for row, other in self._candidates(name) if (match := compare_parsed(name, other)).found]
        found.sort(key=lambda one: (-one.match.score, one.match.verdict == "related", one.row))
        return _doubted(found[:limit])

    def _candidates(self, name: Name) -> Iterator[tuple[int, Name]]:
        keys = np.array(_query_keys(name), np.int64)
        if not len(keys):
            return
        place = np.array(name.place, np.int32)
        names, (scores, seen) = self.names, self._marks
        best = _best(keys, self.keys, self.begins, self.rows, self.alive, names.parts, names.trades, place, name.trades, scores, seen)
        for row in best.tolist():
            yield row, names.name(row)


def _doubted(found: list[Found]) -> list[Found]:
    """One name cannot be two subjects: when two rows are `same` by different texts, a person decides."""
    same = [one for one in found if one.match.verdict == SAME]
    if len({one.name.text for one in same}) < 2 or same[0].match.score > same[1].match.score:
        return found
    best = same[0].match.score
    return [
        Found(one.row, one.name, Match(one.match.score, MAYBE, one.match.reasons))
        if one.match.verdict == SAME and one.match.score == best
        else one
        for one in found
    ]


# -- keys --------------------------------------------------------------------------------------------------------------------------


@cache
def _syllables() -> dict[str, int]:
    """Every syllable of Chinese by number, from 1."""
    found = sorted({reading(chr(point)) for point in PINYIN_DICT if 0x4E00 <= point <= 0x9FFF})
    return {text: number for number, text in enumerate(found, start=1)}


def _reading_numbers(chars: Array) -> Array:
    """The syllable number of each code point that occurs; 0 for what is no Chinese character. One look-up a distinct character."""
    table = np.zeros(1 << 18, np.int32)
    known = _syllables()
    for point in np.unique(chars).tolist():
        table[point] = known.get(reading(chr(point)), 0) if point > 0x33FF else 0
    return table


def _keys(names: Names, numbers: Array) -> tuple[Array, Array]:
    """(keys, rows) of all names."""
    count = int(_count_keys(names.parts))
    keys, rows = np.zeros(count, np.int64), np.zeros(count, np.int32)
    used = _fill_keys(names.chars, names.starts, names.parts, numbers, keys, rows)
    return keys[:used], rows[:used]


@numba.njit(cache=True, nogil=True)
def _count_keys(parts: Array) -> int:
    total = 0
    for row in range(len(parts)):
        total += 2 * max(parts[row, BRAND_END] - parts[row, BRAND], 1)
    return total


@numba.njit(cache=True, nogil=True)
def _fill_keys(chars: Array, starts: Array, parts: Array, numbers: Array, keys: Array, rows: Array) -> int:
    used = 0
    for row in range(len(starts)):
        begin, end = starts[row] + parts[row, BRAND], starts[row] + parts[row, BRAND_END]
        for at in range(begin, max(end - 1, begin + 1) if end > begin else begin):
            second = chars[at + 1] if at + 1 < end else 0
            keys[used], rows[used] = (np.int64(chars[at]) << SHIFT) | second, row
            used += 1
            sound, next_sound = numbers[chars[at]], numbers[second]
            if sound > 0 and (second == 0 or next_sound > 0):
                keys[used], rows[used] = SOUND | (np.int64(sound) << SHIFT) | next_sound, row
                used += 1
    return used


@lru_cache(maxsize=20_000)
def _query_keys(name: Name) -> tuple[int, ...]:
    """The keys a name is looked up by."""
    brand = name.brand
    if not brand:
        return ()
    if not has_han(brand) and (sounds := _cut(brand)):
        return _sound_keys([_syllables()[one] for one in sounds])
    pairs = [brand[at : at + 2] for at in range(len(brand) - 1)] or [brand]
    found = dict.fromkeys(_text_key(pair) for pair in pairs)
    for pair in pairs:
        found.update(dict.fromkeys(_text_key(other + pair[1:]) for other in look_alikes(pair[0])))
        if len(pair) > 1:
            found.update(dict.fromkeys(_text_key(pair[0] + other) for other in look_alikes(pair[1])))
    known = _syllables()
    found.update(dict.fromkeys(_sound_keys([known.get(reading(char), 0) for char in brand])))
    if len(brand) > 2:  # one character of three changed, left out or swapped: the others meet as a pair
        found.update(dict.fromkeys(_text_key(brand[at] + brand[at + 2]) for at in range(len(brand) - 2)))
        found.update(dict.fromkeys(_text_key(pair[::-1]) for pair in pairs))
    return tuple(found)[:MOST_KEYS]


def _text_key(pair: str) -> int:
    return (ord(pair[0]) << SHIFT) | (ord(pair[1]) if len(pair) > 1 else 0)


def _sound_keys(numbers: list[int]) -> tuple[int, ...]:
    if len(numbers) == 1:
        return (int(SOUND) | (numbers[0] << SHIFT),) if numbers[0] else ()
    return tuple(int(SOUND) | (a << SHIFT) | b for a, b in pairwise(numbers) if a and b)


def _cut(latin: str) -> list[str]:
    """Letters cut into syllables, longest first; an empty list when they are none."""
    known = _syllables()

    def rest(at: int) -> list[str] | None:
        if at == len(latin):
            return []
        for end in range(min(at + 6, len(latin)), at, -1):
            if latin[at:end] in known and (more := rest(end)) is not None:
                return [latin[at:end], *more]
        return None

    return rest(0) or [] if len(latin) <= 40 else []


# -- the shortlist -----------------------------------------------------------------------------------------------------------------


@numba.njit(cache=True, nogil=True)
def _best(
    wanted: Array,
    keys: Array,
    begins: Array,
    rows: Array,
    alive: Array,
    parts: Array,
    trades: Array,
    place: Array,
    bits: int,
    scores: Array,
    touched: Array,
) -> Array:
    """The rows that share the rarest keys, those of the same place and trade first. `scores` is zero before and after."""
    count = 0
    for key in wanted:
        slot = np.searchsorted(keys, key)
        if slot >= len(keys) or keys[slot] != key:
            continue
        begin, end = begins[slot], min(begins[slot + 1], begins[slot] + MOST_POSTINGS)
        weight = np.float32(np.log(1.0 + len(trades) / (begins[slot + 1] - begin)))
        for at in range(begin, end):
            row = rows[at]
            if scores[row] == 0:
                touched[count] = row
                count += 1
            scores[row] += weight
    found, marks = np.zeros(SHORTLIST, np.int32), np.zeros(SHORTLIST, np.float32)
    held = 0
    for at in range(count):
        row = touched[at]
        mark = scores[row] + _nearness(parts[row], trades[row], place, bits)
        scores[row] = 0
        if alive[row] and (held < SHORTLIST or mark > marks[held - 1]):
            held = _insert(found, marks, held, row, mark)
    return found[:held]


@numba.njit(cache=True, nogil=True)
def _nearness(part: Array, trade: int, place: Array, bits: int) -> float:
    near = 0.0
    for level, column in enumerate((PROV, TOWN, CNTY)):
        if place[level] > 0 and part[column] > 0:
            near += 2.0 if place[level] == part[column] else -8.0
    if bits != 0 and trade != 0:
        near += 3.0 if bits & trade else -4.0
    # the shorter of two that hold the same pairs is the nearer: 金鼎 before 金鼎泰
    return float(near - 0.1 * (part[BRAND_END] - part[BRAND]) - 0.01 * (part[LENGTH] - part[TRADE_END]))


@numba.njit(cache=True, nogil=True)
def _insert(found: Array, marks: Array, held: int, row: int, mark: float) -> int:
    """Keep the best few in order."""
    at = min(held, SHORTLIST - 1)
    while at > 0 and marks[at - 1] < mark:
        found[at], marks[at] = found[at - 1], marks[at - 1]
        at -= 1
    found[at], marks[at] = row, mark
    return int(min(held + 1, SHORTLIST))
