"""Rolling figures: hash tables (open addressing) from a key to a ring of time slots, and the loops over events that ask and fill them.

All sums are whole numbers, so that the order of summing changes nothing. An event that comes late goes into its own slot while the ring
still holds it; a question about a moment before the key's newest slot sees what the ring still knows of that moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numba
import numpy as np
from numpy.typing import NDArray

from chengxin.rules.rows import COLUMNS, Ints, Rows

NEVER = -(1 << 62)
FIRST_CAPACITY = 1 << 12


def _new(capacity: int, slots: int) -> tuple[Ints, Ints, Ints]:
    """(keys, newest slot, ring) of an empty table."""
    return np.zeros(capacity, np.int64), np.full(capacity, NEVER, np.int64), np.zeros((capacity, slots), np.int64)


@dataclass
class Table:
    """key → ring of `slots` numbers and its newest slot. With slots = 1 the ring is the value and `newest` a time."""

    slots: int
    keys: Ints = field(init=False)
    newest: Ints = field(init=False)
    ring: Ints = field(init=False)
    used: int = 0

    def __post_init__(self) -> None:
        self.keys, self.newest, self.ring = _new(FIRST_CAPACITY, self.slots)

    def has_room(self, more: int) -> bool:
        return (self.used + more) * 2 <= len(self.keys)

    def room_for(self, more: int, oldest: int) -> None:
        """Make room for so many new keys; keys whose newest slot is before `oldest` are dropped when the table has to move anyway."""
        if self.has_room(more):
            return
        alive = int(np.count_nonzero((self.keys != 0) & (self.newest >= oldest)))
        capacity = FIRST_CAPACITY
        while capacity < (alive + more) * 3:
            capacity *= 2
        fresh = _new(capacity, self.slots)
        _move(self.keys, self.newest, self.ring, oldest, *fresh)
        self.keys, self.newest, self.ring = fresh
        self.used = alive


@numba.njit(cache=True, nogil=True, inline="always")
def _mixed(key):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    # the finalizer of splitmix64: neighbouring keys must not lie together
    z = np.uint64(key)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@numba.njit(cache=True, nogil=True, inline="always")
def _place(keys, key):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Where the key is, or where it would go."""
    mask = np.uint64(len(keys) - 1)
    place = _mixed(key) & mask
    while keys[place] != 0 and keys[place] != key:
        place = (place + np.uint64(1)) & mask
    return place


@numba.njit(cache=True, nogil=True)
def _move(keys, newest, ring, oldest, new_keys, new_newest, new_ring):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    for place in range(len(keys)):
        if keys[place] != 0 and newest[place] >= oldest:
            to = _place(new_keys, keys[place])
            new_keys[to] = keys[place]
            new_newest[to] = newest[place]
            for slot in range(ring.shape[1]):
                new_ring[to, slot] = ring[place, slot]


@numba.njit(cache=True, nogil=True, inline="always")
def _advance(newest, ring, place, slot):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    """Bring the ring up to this slot; what leaves the window is cleared."""
    slots = ring.shape[1]
    if slot <= newest[place]:
        return
    first = max(newest[place] + 1, slot - slots + 1)
    for each in range(first, slot + 1):
        ring[place, each % slots] = 0
    newest[place] = slot


@numba.njit(cache=True, nogil=True, inline="always")
def _total(newest, ring, place, slot):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    slots = ring.shape[1]
    first = max(slot - slots + 1, newest[place] - slots + 1)
    total = np.int64(0)
    for each in range(first, min(slot, newest[place]) + 1):
        total += ring[place, each % slots]
    return total


@numba.njit(cache=True, nogil=True)
def _sums(keys, newest, ring, width, key, time, amount, put, out):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    made = 0
    slots = ring.shape[1]
    for row in range(len(key)):
        if key[row] == 0:
            out[row] = np.nan
            continue
        slot = time[row] // width
        place = _place(keys, key[row])
        out[row] = 0.0 if keys[place] == 0 else _total(newest, ring, place, slot)
        if put[row]:
            if keys[place] == 0:
                keys[place] = key[row]
                made += 1
            _advance(newest, ring, place, slot)
            if slot > newest[place] - slots:
                ring[place, slot % slots] += amount[row]
    return made


@numba.njit(cache=True, nogil=True)
def _distincts(  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    keys, newest, ring, pairs, last, width, key, time, value, put, out
):
    """A value counts in the slot in which it was last seen, so that a window's slots add up to its distinct values."""
    made, paired = 0, 0
    slots = ring.shape[1]
    for row in range(len(key)):
        if key[row] == 0:
            out[row] = np.nan
            continue
        slot = time[row] // width
        place = _place(keys, key[row])
        out[row] = 0.0 if keys[place] == 0 else _total(newest, ring, place, slot)
        if not put[row]:
            continue
        if keys[place] == 0:
            keys[place] = key[row]
            made += 1
        _advance(newest, ring, place, slot)
        if slot <= newest[place] - slots:
            continue
        pair = np.int64((_mixed(key[row]) * np.uint64(3) + _mixed(value[row])) & np.uint64(0x7FFFFFFFFFFFFFFF)) | np.int64(1)
        at = _place(pairs, pair)
        if pairs[at] == 0:
            pairs[at] = pair
            paired += 1
        elif slot <= last[at]:
            continue
        elif last[at] > newest[place] - slots:
            ring[place, last[at] % slots] -= 1
        last[at] = slot
        ring[place, slot % slots] += 1
    return made, paired


@numba.njit(cache=True, nogil=True)
def _first_seen(keys, newest, fact, time, fresh):  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    made = 0
    for row in range(len(fact)):
        place = _place(keys, fact[row])
        fresh[row] = keys[place] == 0
        if fresh[row]:
            keys[place] = fact[row]
            newest[place] = time[row]
            made += 1
    return made


@numba.njit(cache=True, nogil=True)
def _of_orders(keys, newest, known, is_order, fresh, order, time, shop, buyer):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Remember each order's shop and buyer; tell them to what comes after and names the order without them."""
    made = 0
    for row in range(len(order)):
        if order[row] == 0:
            continue
        place = _place(keys, order[row])
        if is_order[row]:
            if not fresh[row]:
                continue
            if keys[place] == 0:
                keys[place] = order[row]
                made += 1
            newest[place] = time[row]
            known[place, 0] = shop[row]
            known[place, 1] = buyer[row]
        elif keys[place] != 0:
            if shop[row] == 0:
                shop[row] = known[place, 0]
            if buyer[row] == 0:
                buyer[row] = known[place, 1]
    return made


@numba.njit(cache=True, nogil=True)
def _roll(  # type: ignore[no-untyped-def]  # pragma: no cover - compiled
    keys, newest, ring, pairs, last, asked, columns, kind, time, fresh, out, made
):
    """Ask and fill the windows named by `asked`, one after the other. One call for all: each call lets go of the interpreter's lock, and a
    dozen a request make requests wait for each other."""
    rows = len(time)
    put, ones = np.empty(rows, np.bool_), np.ones(rows, np.int64)
    for at in range(len(asked)):
        of, key, column, where, at_most, distinct, width, one = asked[at]
        value = ones if column < 0 else columns[column]
        for row in range(rows):
            put[row] = fresh[row] and kind[row] == of and (value[row] != 0 if distinct else value[row] >= 0)
            if where >= 0:
                put[row] = put[row] and 0 <= columns[where, row] <= at_most
        if distinct:
            made[at, 0], made[at, 1] = _distincts(
                keys[one], newest[one], ring[one], pairs[one], last[one], width, columns[key], time, value, put, out[at]
            )
        else:
            made[at, 0] = _sums(keys[one], newest[one], ring[one], width, columns[key], time, value, put, out[at])


@dataclass
class Window:
    """Count, sum or number of distinct values over a window per key.

    asked: of which kind; the places among rows.COLUMNS of its key, its value (-1: every row is one) and a column that must not exceed a
    bound (-1: none); the bound; whether values count once.
    """

    slots: int
    width: int
    asked: tuple[int, int, int, int, int, int]
    table: Table = field(init=False)
    pairs: Table = field(init=False)

    def __post_init__(self) -> None:
        self.table, self.pairs = Table(self.slots), Table(1)

    def room_for(self, more: int, earliest: int) -> bool:
        """Make room for so many rows, none before `earliest` (µs); whether a table had to move."""
        if self.table.has_room(more) and self.pairs.has_room(more):
            return False
        oldest = earliest // self.width - self.slots + 1
        self.table.room_for(more, oldest)
        self.pairs.room_for(more, oldest)
        return True


class Windows:
    """All windows together."""

    def __init__(self, windows: Sequence[Window]) -> None:
        self.windows = windows
        self._arrays = self._held()
        self._asked: dict[tuple[int, ...], Ints] = {}

    def look(self, which: tuple[int, ...], rows: Rows, fresh: NDArray[np.bool_]) -> NDArray[np.float64]:
        """float64[which, rows]: each figure before each row (NaN where there is no key); then each row that is new goes in."""
        out, made = np.empty((len(which), len(fresh))), np.zeros((len(which), 2), np.int64)
        earliest = int(rows["time"].min(initial=1 << 62))
        if any([self.windows[each].room_for(len(fresh), earliest) for each in which]):  # a list, so that all are asked
            self._arrays = self._held()
        columns = np.stack([rows[name] for name in COLUMNS])
        _roll(*self._arrays, self._questions(which), columns, rows["kind"], rows["time"], fresh, out, made)  # type: ignore[call-arg]
        for each, (new, paired) in zip(which, made.tolist(), strict=True):
            self.windows[each].table.used += new
            self.windows[each].pairs.used += paired
        return out

    def _questions(self, which: tuple[int, ...]) -> Ints:
        if which not in self._asked:
            asked = [(*self.windows[each].asked, self.windows[each].width, each) for each in which]
            self._asked[which] = np.array(asked, np.int64).reshape(-1, 8)
        return self._asked[which]

    def _held(self) -> tuple[tuple[Ints, ...], ...]:
        tables, pairs = [one.table for one in self.windows], [one.pairs for one in self.windows]
        held = (tuple(one.keys for one in tables), tuple(one.newest for one in tables), tuple(one.ring for one in tables))
        return *held, tuple(one.keys for one in pairs), tuple(one.newest for one in pairs)


class Seen:
    """Which facts went in already: the same order asked about and later reported counts once."""

    def __init__(self, memory_us: int) -> None:
        self.table, self.memory = Table(1), memory_us

    def fresh(self, fact: Ints, time: Ints) -> NDArray[np.bool_]:
        """Per row whether the fact is met for the first time; it is known from now on."""
        out = np.zeros(len(fact), np.bool_)
        self.table.room_for(len(fact), int(time.min(initial=1 << 62)) - self.memory)
        self.table.used += _first_seen(self.table.keys, self.table.newest, fact, time, out)
        return out


class Orders:
    """Order → its shop and buyer, for the payments and refunds that name only the order."""

    def __init__(self, memory_us: int) -> None:
        self.table, self.memory = Table(2), memory_us

    def tell(self, is_order: NDArray[np.bool_], fresh: NDArray[np.bool_], order: Ints, time: Ints, shop: Ints, buyer: Ints) -> None:
        """Fill `shop` and `buyer` in place."""
        one = self.table
        one.room_for(len(order), int(time.min(initial=1 << 62)) - self.memory)
        one.used += _of_orders(one.keys, one.newest, one.ring, is_order, fresh, order, time, shop, buyer)
