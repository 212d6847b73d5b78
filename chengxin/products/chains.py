"""What does not fit along supply chains: gaps, too much out of a node, time running backwards, serials that live twice. Pure arithmetic.

Everything is arrays: one row per event and thing it moves. Amounts are whole base units (milligrams, microlitres, thousandths of a piece),
times microseconds UTC, so sums are exact. A finding is a clue with the events that show it; it says nothing of whose fault it is.

The rules, after the one-step-up, one-step-down duty (food safety law arts. 50, 53) and the arithmetic of a store:
1. what a party hands on, uses up or sells never exceeds what it made or received, at any time (a clock may be wrong by `skew`);
2. what leaves one party for another arrives there, all but a tolerated loss, once `wait` has passed; what arrives has left;
3. a transformation gives no more than its inputs times the yield of what is made;
4. a thing with a serial comes to be once, is sold once unless it came back, and is not seen after it was used up or destroyed.
One cause is told once: 4 hides 1 and 2 of the same thing, and a shortage that goods under way explain is told as goods that did not arrive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

MAKE, IN, BACK, OUT, USE, END, SOLD = range(1, 8)
PLUS = (MAKE, IN, BACK)
NOBODY, OUTSIDE = -1, -2  # a party that the report does not name; everybody who buys

NO_RECEIPT, NO_DISPATCH, HOLE, OVER, YIELD, REVERSAL, TWICE, AFTER_END = KINDS = (
    "no_receipt",
    "no_dispatch",
    "hole",
    "over",
    "yield",
    "reversal",
    "twice",
    "after_end",
)
SHOWN = 40  # events kept as proof of one finding; their count is of all


@dataclass(frozen=True)
class Moves:
    """Columns of equal length. other: to whom (OUT) or from whom (IN), NOBODY where not said; made_of: the yield of a MAKE in
    thousandths; measure: dimension of the amount (0 unknown, 1 mass, 2 volume, 3 pieces); serial: the thing is a single one."""

    event: Ints
    item: Ints
    party: Ints
    other: Ints
    act: Ints
    amount: Ints
    measure: Ints
    made_of: Ints
    at: Ints
    serial: Flags

    def __len__(self) -> int:
        return len(self.event)

    def take(self, which: Ints | Flags) -> Moves:
        return Moves(**{name: column[which] for name, column in vars(self).items()})


@dataclass(frozen=True)
class Limits:
    """as_of, wait, skew in microseconds; loss: thousandths of what was sent that may go missing on the way or in a store."""

    as_of: int
    wait: int
    skew: int
    loss: int


@dataclass(frozen=True)
class Finding:
    """item, party, other: as in Moves; amount: how much too much or too little, base units; at: when it shows; events: proof."""

    kind: str
    item: int
    party: int
    other: int
    amount: int
    at: int
    events: tuple[int, ...] = field(compare=False, default=())


@dataclass(frozen=True)
class Report:
    """findings by kind, item and party; unplaced: rows without a party; not_comparable: transformations of unlike measures."""

    findings: tuple[Finding, ...]
    rows: int
    unplaced: int
    not_comparable: int


def check(moves: Moves, limits: Limits) -> Report:
    """Everything that does not fit. O(n log n); the order of the rows does not matter."""
    moves = moves.take(np.lexsort((moves.event, moves.act, moves.item)))
    single, odd = _singles(moves, limits)
    whole = ~np.isin(moves.item, np.array(sorted(odd), dtype=np.int64))
    rest = _as_comparable(moves.take(whole))
    links, pending = _links(rest, limits)
    stores = _stores(rest, limits, pending)
    yields, mixed = _yields(rest, limits)
    found = sorted([*single, *links, *stores, *yields], key=lambda one: (KINDS.index(one.kind), one.item, one.party, one.other))
    return Report(tuple(found), len(moves), int(np.sum(moves.party == NOBODY)), mixed)


def _as_comparable(moves: Moves) -> Moves:
    """Without items whose amounts come in unlike measures: nobody can add pieces to kilograms."""
    low, high = (_of_item(moves, extreme) for extreme in (np.minimum, np.maximum))
    return moves.take(low == high)


def _of_item(moves: Moves, extreme: np.ufunc) -> Ints:
    """The extreme of `measure` over the rows of each item, given back to every row; rows are sorted by item."""
    if not len(moves):
        return moves.measure
    starts = np.flatnonzero(np.r_[True, moves.item[1:] != moves.item[:-1]])
    lengths = np.diff(np.r_[starts, len(moves)])
    found: Ints = np.repeat(extreme.reduceat(moves.measure, starts), lengths)
    return found


# ---- 4 single things


def _singles(moves: Moves, limits: Limits) -> tuple[list[Finding], set[int]]:
    """Findings of single things, and the things they are about."""
    mine = moves.take(moves.serial)
    found = [*_twice(mine), *_after_end(mine, limits)]
    kept: dict[int, Finding] = {}
    for one in found:
        kept.setdefault(one.item, one)  # twice comes first
    return list(kept.values()), set(kept)


def _twice(mine: Moves) -> Iterator[Finding]:
    """Come to be twice, or sold again without having come back."""
    made = mine.take(mine.act == MAKE)
    for group in _groups_where(lambda starts: np.add.reduceat(_first(made.event, starts), starts) > 1, made, made.item):
        yield _finding(TWICE, made, group, amount=len(group) - 1)
    sales = mine.take(np.isin(mine.act, (SOLD, BACK)))
    sales = sales.take(np.lexsort((sales.act == SOLD, sales.at, sales.item)))
    signed = np.where(sales.act == SOLD, 1, -1).astype(np.int64)
    for group in _groups_where(lambda starts: np.maximum.reduceat(_running(signed, starts), starts) > 1, sales, sales.item):
        out = np.cumsum(signed[group])
        yield _finding(TWICE, sales, group, amount=int(out.max()) - 1, at=int(sales.at[group][out.argmax()]))


def _first(values: Ints, starts: Ints) -> Ints:
    """1 where a value differs from the one before it in its group, rows of equal value standing together."""
    change = np.ones(len(values), dtype=np.int64)
    change[1:] = values[1:] != values[:-1]
    change[starts] = 1
    return change


def _after_end(mine: Moves, limits: Limits) -> Iterator[Finding]:
    """Seen after it was used up or destroyed."""
    gone = mine.take(np.isin(mine.act, (USE, END)))
    if not len(gone):
        return
    first = gone.take(np.lexsort((gone.at, gone.item)))
    items, where = np.unique(first.item, return_index=True)
    place = np.searchsorted(items, mine.item).clip(max=len(items) - 1)
    ended = np.where(items[place] == mine.item, first.at[where][place], np.iinfo(np.int64).max - limits.skew)
    late = mine.at > ended + limits.skew
    late |= (mine.at >= ended) & np.isin(mine.act, (USE, END)) & (mine.event != first.event[where][place])
    seen = mine.take(np.isin(mine.item, mine.item[late]) & (late | np.isin(mine.act, (USE, END))))
    flags = late[np.isin(mine.item, mine.item[late]) & (late | np.isin(mine.act, (USE, END)))]
    for group in _groups_where(lambda starts: np.ones(len(starts), dtype=bool), seen, seen.item):
        first_late = group[flags[group]][0]
        yield _finding(
            AFTER_END, seen, group, amount=int(flags[group].sum()), at=int(seen.at[first_late]), party=int(seen.party[first_late])
        )


# ---- 2 what leaves arrives, what arrives has left


def _links(moves: Moves, limits: Limits) -> tuple[list[Finding], dict[tuple[int, int], int]]:
    """Findings between two parties, and (item, party) → what is under way to it or was lost from sight."""
    sent = moves.take(np.isin(moves.act, (OUT, IN)) & (moves.party != NOBODY))
    out = sent.act == OUT
    giver, taker = np.where(out, sent.party, sent.other), np.where(out, sent.other, sent.party)
    giver = np.where(_any_in(giver == NOBODY, sent.item, taker), NOBODY, giver)
    taker = np.where(_any_in(taker == NOBODY, sent.item, giver), NOBODY, taker)
    order = np.lexsort((~out, np.where(out, sent.at - limits.skew, sent.at), taker, giver, sent.item))
    sent, out, giver, taker = sent.take(order), out[order], giver[order], taker[order]
    starts = _starts(sent.item, giver, taker)
    if not len(starts):
        return [], {}
    signed = np.where(out, sent.amount, -sent.amount)
    left, lowest = np.add.reduceat(signed, starts), np.minimum.reduceat(_running(signed, starts), starts)
    overdue = np.add.reduceat(np.where(out & (sent.at > limits.as_of - limits.wait), 0, signed), starts)
    allowed = np.add.reduceat(np.where(out, sent.amount, 0), starts) * limits.loss // 1000
    ends = np.r_[starts[1:], len(sent)]
    found = [
        _link(sent, np.arange(starts[one], ends[one]), out, int(giver[starts[one]]), int(taker[starts[one]]), limits)
        for one in np.flatnonzero((lowest < 0) | (overdue > allowed))
    ]
    return found, _pending(sent.item[starts], taker[starts], left)


def _pending(item: Ints, taker: Ints, left: Ints) -> dict[tuple[int, int], int]:
    known: dict[tuple[int, int], int] = {}
    open_ = left > 0
    for key in zip(item[open_].tolist(), taker[open_].tolist(), left[open_].tolist(), strict=True):
        known[key[:2]] = known.get(key[:2], 0) + key[2]
    return known


def _link(sent: Moves, group: Ints, sent_out: Flags, giver: int, taker: int, limits: Limits) -> Finding:
    """What two parties' reports of the same goods have against each other."""
    out = sent_out[group]
    amount = np.where(out, sent.amount[group], -sent.amount[group])
    running = np.cumsum(amount)
    if running[-1] < 0:
        return _finding(NO_DISPATCH, sent, group, amount=-int(running[-1]), party=giver, other=taker, at=int(sent.at[group[~out]].max()))
    if running.min() < 0:
        at = int(sent.at[group[running.argmin()]])
        return _finding(REVERSAL, sent, group, amount=-int(running.min()), party=giver, other=taker, at=at)
    due = ~out | (sent.at[group] <= limits.as_of - limits.wait)
    return _finding(
        NO_RECEIPT, sent, group, amount=int(amount[due].sum()), party=giver, other=taker, at=int(sent.at[group[out & due]].max())
    )


def _any_in(flag: Flags, *keys: Ints) -> Flags:
    """Whether any row of the same keys has the flag."""
    if not len(flag):
        return flag
    _unique, inverse = np.unique(np.stack(keys, axis=1), axis=0, return_inverse=True)
    inverse = inverse.reshape(-1)
    seen = np.zeros(inverse.max() + 1, dtype=bool)
    seen[inverse[flag]] = True
    return np.asarray(seen[inverse], dtype=np.bool_)


# ---- 1 the arithmetic of a store


def _stores(moves: Moves, limits: Limits, pending: dict[tuple[int, int], int]) -> list[Finding]:
    """Where more went out than had come in. Those who buy are one store too: nobody gives back what was never sold."""
    rows = _with_buyers(moves.take(moves.party != NOBODY))
    plus = np.isin(rows.act, PLUS)
    signed = np.where(plus, rows.amount, -rows.amount)
    order = np.lexsort((~plus, np.where(plus, rows.at - limits.skew, rows.at), rows.party, rows.item))
    rows, plus, signed = rows.take(order), plus[order], signed[order]
    starts = _starts(rows.item, rows.party)
    if not len(starts):
        return []
    lowest = np.minimum.reduceat(_running(signed, starts), starts)
    return [
        found
        for start, end in zip(starts[lowest < 0], np.r_[starts[1:], len(rows)][lowest < 0], strict=True)
        if (found := _store(rows, np.arange(start, end), signed, plus, pending))
    ]


def _store(rows: Moves, group: Ints, signed: Ints, plus: Flags, pending: dict[tuple[int, int], int]) -> Finding | None:
    item, party = int(rows.item[group[0]]), int(rows.party[group[0]])
    running = np.cumsum(signed[group])
    short, came = -int(running[-1]), int(signed[group][plus[group]].sum())
    if -int(running.min()) <= pending.get((item, party), 0):
        return None  # what is under way to it, and is told as such once it is overdue
    if short <= 0:
        return _finding(REVERSAL, rows, group, amount=-int(running.min()), at=int(rows.at[group[running.argmin()]]))
    return _finding(OVER if came else HOLE, rows, group, amount=short, at=int(rows.at[group[running.argmin()]]))


def _with_buyers(moves: Moves) -> Moves:
    """The rows and, for each sale and each return by a buyer, the buyers' side of it."""
    traded = moves.take(np.isin(moves.act, (SOLD, BACK)))
    mirrored = replace(
        traded, party=np.full(len(traded), OUTSIDE, dtype=np.int64), act=np.where(traded.act == SOLD, IN, OUT).astype(np.int64)
    )
    return Moves(**{name: np.concatenate([column, getattr(mirrored, name)]) for name, column in vars(moves).items()})


# ---- 3 transformations


def _yields(moves: Moves, limits: Limits) -> tuple[list[Finding], int]:
    """Transformations that gave more than their inputs can, and how many could not be compared."""
    inside = moves.take(np.isin(moves.act, (USE, MAKE)))
    inside = inside.take(np.lexsort((inside.act, inside.event)))
    starts = _starts(inside.event)
    if not len(starts):
        return [], 0
    made = inside.act == MAKE
    # what of inputs the outputs need at least, exact: output · 1000 / yield rounded down once for each row
    need = np.where(made, inside.amount * 1000 // np.maximum(inside.made_of, 1), 0)
    uses = np.where(made, 0, inside.amount)
    needs, used = np.add.reduceat(need, starts), np.add.reduceat(uses, starts)
    both = np.logical_and(np.logical_or.reduceat(made, starts), np.logical_or.reduceat(~made, starts))
    low, high = np.minimum.reduceat(inside.measure, starts), np.maximum.reduceat(inside.measure, starts)
    alike = (low == high) & (low > 0)
    over = both & alike & (needs * 1000 > used * (1000 + limits.loss))
    ends = np.r_[starts[1:], len(inside)]
    found = []
    for number in np.flatnonzero(over):
        group = np.arange(starts[number], ends[number])
        outputs = group[made[group]]
        found.append(_finding(YIELD, inside, outputs, amount=int(needs[number] - used[number]), shown=group))
    return found, int(np.sum(both & ~alike))


# ---- groups of sorted rows


def _starts(*keys: Ints) -> Ints:
    """Where a new group begins, for rows sorted by the keys."""
    if not len(keys[0]):
        return np.zeros(0, dtype=np.int64)
    change = np.zeros(len(keys[0]), dtype=bool)
    change[0] = True
    for key in keys:
        change[1:] |= key[1:] != key[:-1]
    return np.flatnonzero(change).astype(np.int64)


def _running(signed: Ints, starts: Ints) -> Ints:
    """The running sum within each group."""
    running = np.cumsum(signed)
    if not len(starts):
        return running
    before = np.r_[0, running[starts[1:] - 1]]
    return np.asarray(running - np.repeat(before, np.diff(np.r_[starts, len(signed)])), dtype=np.int64)


def _groups_where(wanted: Callable[[Ints], Flags], rows: Moves, *keys: Ints) -> Iterator[Ints]:
    """The row numbers of the groups that `wanted` (starts → one flag a group) picks; the rows are sorted by the keys."""
    starts = _starts(*keys)
    if not len(starts):
        return
    ends = np.r_[starts[1:], len(rows)]
    for one in np.flatnonzero(wanted(starts)):
        yield np.arange(starts[one], ends[one])


def _finding(
    kind: str,
    rows: Moves,
    group: Ints,
    *,
    amount: int,
    at: int | None = None,
    party: int | None = None,
    other: int = NOBODY,
    shown: Ints | None = None,
) -> Finding:
    first = group[0]
    events = dict.fromkeys(int(one) for one in rows.event[group if shown is None else shown])
    return Finding(
        kind,
        int(rows.item[first]),
        int(rows.party[first]) if party is None else party,
        other,
        amount,
        int(rows.at[group].max()) if at is None else at,
        tuple(events)[:SHOWN],
    )
