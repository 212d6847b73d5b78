"""The memory: equal whatever the order, whatever was sent twice, whatever was written down between; bounded; quick with a giant."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from chengxin.detection.live import kernels, state
from chengxin.detection.live.kernels import ADDRESS, BACK, DEVICE, FAST, ORDERED, PAYER, STEADY, WAYBILL
from chengxin.detection.live.state import Rows, State
from chengxin.detection.live.thresholds import watch

pytestmark = pytest.mark.one_database

NOW = 29_600_000  # minutes since 1970: a day in 2026
WEEK = 7 * 24 * 60


def rows(orders: Any, minutes: Any, flags: int = 0, shop: Any = 0, account: Any = 0, **held: Any) -> Rows:
    """Rows of trades; numbers stand for tokens and are spread over 63 bits as keyed hashes are."""
    n = len(orders)
    things = np.zeros((n, 5), np.int64)
    for name, tokens in held.items():
        things[:, state.NAMES.index(name)] = spread(tokens, n)
    minute = np.broadcast_to(np.asarray(minutes, np.int32), n).copy()
    return Rows(spread(orders, n), minute, np.full(n, flags, np.uint8), spread(shop, n), spread(account, n), things)


def spread(numbers: Any, n: int) -> Any:
    wide = np.broadcast_to(np.asarray(numbers, np.uint64), n) * np.uint64(0x9E3779B97F4A7C15)
    return (wide & np.uint64((1 << 63) - 1)).astype(np.int64)


def batches(seed: int = 5, n: int = 400) -> list[Rows]:
    """Orders of 20 shops with shared devices and addresses, their payments, refunds and parcels, each in two batches."""
    random = np.random.default_rng(seed)
    orders, at = np.arange(1, n + 1), NOW - random.integers(0, WEEK - 3_000, n)
    buyer = random.integers(1_000, 1_200, n)
    said = {"shop": random.integers(1, 21, n), "account": buyer}
    said |= {"device": 5_000 + buyer // 4, "address": 9_000 + random.integers(0, 60, n)}
    made = []
    for half in (slice(0, n // 2), slice(n // 2, n)):
        some = {name: values[half] for name, values in said.items()}
        made.append(rows(orders[half], at[half], ORDERED | STEADY | FAST, **some))
        made.append(rows(orders[half], at[half] + 1, payer=random.integers(1_000, 1_040, n // 2)))
        made.append(rows(orders[half][::9], at[half][::9] + 2_000, BACK))
        made.append(
            rows(
                orders[half], at[half] + 500, shop=said["shop"][half], waybill=20_000 + orders[half] // 2, stamp=30_000 + orders[half] // 9
            )
        )
    return made


def fed(some: list[Rows]) -> State:
    made = State(watch().limits)
    for one in some:
        made.feed(one)
    return made


def told(one: State) -> Any:
    """Everything a state says: its trades by order, and its counts by shop, however they are numbered inside."""
    shops = np.arange(one.memory.sizes[kernels.SHOPS], dtype=np.int32)
    counts = one.look(shops)
    tokens = one.memory.shop_tokens[shops]
    seen = {token: line for token, line in zip(tokens.tolist(), counts.tolist(), strict=True) if line[0]}
    return one.newest, one.table().sort_by("order").to_pydict(), seen


def test_the_order_of_batches_does_not_matter() -> None:
    some = batches()
    straight = told(fed(some))
    assert sum(line[kernels.DOUBTFUL] for line in straight[2].values()) > 50 and max(line[kernels.MET] for line in straight[2].values()) > 2
    for shuffled in itertools.islice(itertools.permutations(some), 0, 40_000, 5_003):
        assert told(fed(list(shuffled))) == straight


def test_room_made_by_and_by_or_at_once_remembers_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    some = batches()
    straight, expected = told(fed(some)), State(watch().limits)
    expected.expect(400)
    for one in some:
        expected.feed(one)
    monkeypatch.setattr(state, "LEAST_ROOM", 2)
    assert told(fed(some)) == told(expected) == straight


def test_what_comes_twice_counts_once() -> None:
    some = batches()
    assert told(fed(some + some)) == told(fed(some))


def test_a_snapshot_and_the_rest_replayed_is_the_state_fed_straight() -> None:
    some = batches()
    for cut in range(1, len(some)):
        again = State(watch().limits)
        before = fed(some[:cut])
        again.newest = before.newest
        again.take(before.table())
        for one in some[cut - 1 :]:  # the last one before the snapshot comes again, as it may after a kill
            again.feed(one)
        assert told(again) == told(fed(some))


def test_without_the_replay_something_would_be_missing() -> None:
    some = batches()
    assert told(fed(some[:-1])) != told(fed(some))


def test_old_hours_drop_out_and_late_events_do_not_come_back() -> None:
    memory = fed([rows([1, 2, 3], NOW, ORDERED | STEADY, shop=7, account=[1, 2, 3], device=8)])
    assert counts_of(memory)["device"] == 3
    memory.feed(rows([4], NOW + WEEK, ORDERED | STEADY, shop=7, account=4, device=8))
    assert counts_of(memory)["trades"] == 1 and counts_of(memory)["peak"] == 1
    memory.feed(rows([5], NOW - 10, ORDERED | STEADY, shop=7, account=5, device=8))  # late by more than the window
    assert counts_of(memory)["trades"] == 1
    memory.forget()
    assert memory.trades == 1 and counts_of(memory)["device"] == 0  # three accounts of last week tie nobody this week


def test_time_that_runs_backwards_inside_the_window_counts() -> None:
    forwards = fed([rows([1], NOW, ORDERED | STEADY, shop=7), rows([2], NOW + 300, ORDERED | STEADY, shop=7)])
    backwards = fed([rows([2], NOW + 300, ORDERED | STEADY, shop=7), rows([1], NOW, ORDERED | STEADY, shop=7)])
    assert told(forwards) == told(backwards) and counts_of(backwards)["trades"] == 2


def test_memory_is_bounded_whatever_comes() -> None:
    memory = State(watch().limits, most_trades=20_000)
    for number in range(30):
        orders = np.arange(number * 5_000, (number + 1) * 5_000)
        memory.feed(rows(orders + 1, NOW + number, ORDERED | STEADY, shop=orders % 50, account=orders, device=orders, address=orders))
        assert memory.trades <= 20_000
    assert memory.bytes < 20e6 and memory.oldest > NOW  # younger than the window would ask: the oldest half went
    kept = memory.memory.trade[: memory.trades, kernels.MINUTE]
    assert kept.max() == NOW + 29


def test_a_crowd_on_one_thing_ties_nobody() -> None:
    def at_one_address(people: int) -> dict[str, int]:
        return counts_of(fed([rows(range(1, people + 1), NOW, ORDERED, shop=7, account=range(1, people + 1), address=8)]))

    assert at_one_address(40)["address"] == 40
    assert at_one_address(41)["address"] == 0  # a campus, an office, a pick-up point


def test_one_giant_shop_costs_a_bounded_look() -> None:
    n = 50_000
    memory = fed([rows(range(1, n + 1), NOW, ORDERED | STEADY | FAST, shop=7, account=range(1, n + 1), device=range(1, n + 1))])
    counts = counts_of(memory)
    assert counts["trades"] == kernels.LOOKED and counts["peak"] == n


def test_accounts_that_meet_at_two_shops_are_counted() -> None:
    people = list(range(1, 7))
    tied = {"account": people, "device": 8}
    memory = fed([rows(range(1, 7), NOW, ORDERED | FAST, shop=7, **tied), rows(range(11, 17), NOW, ORDERED | FAST, shop=9, **tied)])
    counts = counts_of(memory)
    assert (counts["doubtful"], counts["accounts"], counts["met"]) == (6, 6, 6)
    ring, accounts = memory.ring(0)
    assert set(ring.tolist()) == set(spread([7, 9], 2).tolist()) and accounts == 6


def test_who_pays_for_oneself_is_not_paid_for() -> None:
    def paid_by(payers: list[int]) -> int:
        bought = rows(range(1, 5), NOW, ORDERED, shop=7, account=[1, 2, 3, 4])
        return counts_of(fed([rows(range(1, 5), NOW, payer=payers), bought]))["payer"]

    assert paid_by([1, 2, 3, 4]) == 0
    assert paid_by([1, 1, 1, 4]) == 2  # the payer's own order does not count, the other two's do


def counts_of(memory: State, shop: int = 0) -> dict[str, int]:
    found = memory.look(np.array([shop], np.int32))[0]
    return dict(zip(kernels.COUNTS, found.tolist(), strict=True))


def test_things_are_named_as_they_are_numbered() -> None:
    assert [state.NAMES[what] for what in (DEVICE, ADDRESS, PAYER, WAYBILL)] == ["device", "address", "payer", "waybill"]
