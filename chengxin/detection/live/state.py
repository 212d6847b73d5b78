"""The memory of the last days' trades: it grows by doubling, forgets what is old, and is written down as plain columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from chengxin.detection.live import kernels, looks
from chengxin.detection.live.kernels import ACCOUNTS, HELD, HOURS, SHOPS, THINGS, TIES, TRADES, Memory, Rules

Ints = NDArray[np.int64]
PART = 250_000
LEAST_ROOM = 16_384
NAMES = ("device", "address", "payer", "waybill", "stamp")
# Which arrays grow with which number of Memory.sizes; the rest of their shape, what they hold.
_GROWING: dict[int, dict[str, tuple[tuple[int, ...], type]]] = {
    TRADES: {
        "order_tokens": ((), np.int64),
        "trade": ((kernels.WIDTH,), np.int32),
    },
    SHOPS: {
        "shop_tokens": ((), np.int64), "last_at_shop": ((), np.int32), "hours": ((HOURS,), np.int32), "hours_until": ((), np.int32),
        "signed": ((), np.int32), "patience": ((), np.int32),
        "shop_mark": ((), np.int64), "shop_count": ((), np.int32), "shop_said": ((), np.int32),
    },
    ACCOUNTS: {"account_tokens": ((), np.int64), "last_of_account": ((), np.int32), "account_mark": ((), np.int64)},
    THINGS: {"thing_tokens": ((), np.int64), "thing": ((4,), np.int32)},
    TIES: {"tie_account": ((), np.int32), "next_tie": ((), np.int32)},
}  # fmt: skip
_SLOTS = {TRADES: "order", SHOPS: "shop", ACCOUNTS: "account", THINGS: "thing"}


@dataclass(frozen=True)
class Rows:
    """Rows of trades, each saying some of it: tokens (0: not said), the minute since 1970 UTC, and flags of kernels.py."""

    order: Ints
    minute: NDArray[np.int32]
    flags: NDArray[np.uint8]
    shop: Ints
    account: Ints
    held: Ints  # [rows, 5]: device, address, payer, waybill, stamp

    def __len__(self) -> int:
        return len(self.order)

    def parts(self) -> Iterator[Rows]:
        """The same rows, some at a time: room is made for what a part may bring at most."""
        for start in range(0, len(self), PART):
            some = slice(start, start + PART)
            yield Rows(self.order[some], self.minute[some], self.flags[some], self.shop[some], self.account[some], self.held[some])


class State:
    """What is remembered. Not safe for two threads at once: keeping.py holds the lock.

    limits: what makes a sign (`oldest` is set by the memory itself); hours: how far back it looks from the newest minute fed; most_trades:
    beyond so many the oldest half goes, whatever the hours say.
    """

    def __init__(self, limits: Rules, hours: int = HOURS, most_trades: int = 2_000_000) -> None:
        self.limits, self.hours, self.most_trades = limits, hours, most_trades
        self.newest, self.floor = 0, 0
        self._serial = 1
        self._clear()

    def _clear(self) -> None:
        arrays: dict[str, Any] = {name: np.empty((0, *rest), kind) for some in _GROWING.values() for name, (rest, kind) in some.items()}
        slots = {f"{name}_slots": np.full(2, -1, np.int32) for name in _SLOTS.values()}
        self.memory = Memory(sizes=np.zeros(5, np.int64), **arrays, **slots)

    # -- feeding

    def feed(self, rows: Rows) -> NDArray[np.int32]:
        """Take rows in; the numbers of the shops worth a look. Feeding the same rows twice changes nothing that is counted."""
        if not len(rows):
            return np.zeros(0, np.int32)
        if self.trades + len(rows) > self.most_trades:
            self.forget()
        self.newest = max(self.newest, int(rows.minute.max()))
        return self._merge(rows)

    def _merge(self, rows: Rows) -> NDArray[np.int32]:
        self._room_for(rows)
        given = (rows.order, rows.minute, rows.flags, rows.shop, rows.account, rows.held)
        ripe: NDArray[np.int32] = kernels.merge(self.memory, *given, self.rules, self._numbers(1))
        return ripe

    @property
    def oldest(self) -> int:
        """Minutes up to this one are forgotten."""
        return max(self.newest - 60 * self.hours, self.floor)

    @property
    def rules(self) -> Rules:
        """The limits as of now."""
        return self.limits._replace(oldest=self.oldest)

    @property
    def trades(self) -> int:
        return int(self.memory.sizes[TRADES])

    @property
    def bytes(self) -> int:
        """Memory of all arrays."""
        return sum(array.nbytes for array in self.memory)

    def forget(self) -> None:
        """Drop what is too old to count, and the oldest half when that leaves too much; the rest is built anew."""
        minutes = self.memory.trade[: self.trades, kernels.MINUTE]
        alive = minutes[minutes > self.oldest]
        if len(alive) > self.most_trades // 2:
            self.floor = int(np.partition(alive, len(alive) // 2)[len(alive) // 2])
        rows = self.rows()
        self._clear()
        for part in rows.parts():
            self._merge(part)

    def _numbers(self, count: int) -> int:
        """The first of `count` serial numbers that no scratch mark bears."""
        first, self._serial = self._serial, self._serial + count
        return first

    def expect(self, trades: int) -> None:
        """Make room for so many trades and what they hold before they come: growing by and by copies everything several times."""
        many = min(trades, self.most_trades)
        self._make_room({TRADES: many, THINGS: 3 * many, TIES: 2 * many})

    def _room_for(self, rows: Rows) -> None:
        """Room for what the rows may bring at most."""
        n = len(rows)
        most = {TRADES: n, SHOPS: n, ACCOUNTS: n, THINGS: 5 * n, TIES: 4 * n}
        if self._lacks(SHOPS, n):
            most[SHOPS] = len(np.unique(rows.shop))  # a shop's week is large, so it is worth counting
        self._make_room(most)

    def _lacks(self, which: int, more: int) -> bool:
        there = len(getattr(self.memory, next(iter(_GROWING[which]))))
        return int(self.memory.sizes[which]) + more > there

    def _make_room(self, most: dict[int, int]) -> None:
        """most: how many of each may come."""
        m, changed = self.memory, dict[str, Any]()
        for which, more in most.items():
            if not self._lacks(which, more):
                continue
            arrays, used = _GROWING[which], int(m.sizes[which])
            need = used + more
            room = max(need + need // 4, LEAST_ROOM)
            changed |= {name: _grown(getattr(m, name), used, room, kind) for name, (_, kind) in arrays.items()}
            if which in _SLOTS:
                name = _SLOTS[which]
                slots = np.empty(1 << (2 * room - 1).bit_length(), np.int32)
                if len(slots) > len(getattr(m, f"{name}_slots")):
                    kernels.fill_slots(slots, changed[f"{name}_tokens"], used)
                    changed[f"{name}_slots"] = slots
        if changed:
            self.memory = m._replace(**changed)

    # -- looking

    def look(self, shops: NDArray[np.int32]) -> Ints:
        """int64[shops, kernels.COUNTS]: what is remembered about shops, by number."""
        counts: Ints = looks.look(self.memory, shops, self.rules, self._numbers(len(shops)))
        return counts

    def wait(self, shops: NDArray[np.int32], signs: Ints) -> None:
        """These shops were looked at and are not worth a look before so many more signs have come."""
        self.memory.signed[shops], self.memory.patience[shops] = 0, signs

    def ring(self, shop: int, most: int = 500) -> tuple[Ints, int]:
        """(tokens of the shops of the doubtful trades of accounts tied to this shop's, itself first; how many accounts these are)."""
        shops, accounts = looks.ring(self.memory, shop, self.rules, most, self._numbers(1))
        return self.memory.shop_tokens[shops], int(accounts)

    # -- writing down

    def rows(self) -> Rows:
        """Everything remembered that still counts, in the order it came."""
        m, sides = self.memory, self.memory.trade[: self.trades]
        kept = np.flatnonzero(sides[:, kernels.MINUTE] > self.oldest)
        sides = sides[kept]
        things = [_tokens(m.thing_tokens, sides[:, kernels.FIRST_HELD + what]) for what in HELD]
        shop, account = _tokens(m.shop_tokens, sides[:, kernels.SHOP]), _tokens(m.account_tokens, sides[:, kernels.ACCOUNT])
        minute, flags = sides[:, kernels.MINUTE].copy(), sides[:, kernels.FLAGS].astype(np.uint8)
        return Rows(m.order_tokens[kept], minute, flags, shop, account, np.column_stack(things))

    def table(self) -> pa.Table:
        """`rows` as Arrow columns: what a snapshot holds."""
        rows = self.rows()
        plain = {"order": rows.order, "minute": rows.minute, "flags": rows.flags, "shop": rows.shop, "account": rows.account}
        return pa.table(plain | {name: np.ascontiguousarray(rows.held[:, what]) for what, name in enumerate(NAMES)})

    def take(self, table: pa.Table) -> None:
        """Feed what `table` wrote down."""
        plain = {name: table[name].to_numpy() for name in ("order", "minute", "flags", "shop", "account")}
        for part in Rows(**plain, held=np.column_stack([table[name].to_numpy() for name in NAMES])).parts():
            self.feed(part)


def rehearse(limits: Rules) -> None:
    """Have the kernels compiled by a trade that nobody remembers: the first time on a machine this takes many seconds, and whoever fed the
    first batch in a transaction would hold the database's lock as long."""
    one, state = np.ones(1, np.int64), State(limits)
    shops = state.feed(Rows(one, np.ones(1, np.int32), np.zeros(1, np.uint8), one, one, np.ones((1, 5), np.int64)))
    state.look(np.zeros(1, np.int32) if not len(shops) else shops)
    state.ring(0)


def _grown(array: Any, used: int, room: int, kind: type) -> Any:
    """A larger array that begins with what is in use; the system gives memory only where something is written."""
    grown = np.zeros((room, *array.shape[1:]), kind)
    grown[:used] = array[:used]
    return grown


def _tokens(tokens: Ints, numbers: NDArray[np.int32]) -> Ints:
    """The tokens of dense numbers, 0 for -1."""
    if not len(tokens):
        return np.zeros(len(numbers), np.int64)
    found: Ints = np.where(numbers >= 0, tokens[np.maximum(numbers, 0)], 0)
    return found
