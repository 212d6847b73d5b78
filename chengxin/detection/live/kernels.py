"""Compiled memory of trades. A trade is all that was reported about one order number, whichever report came first.

Everything kept is a fact of a trade, set once; everything counted is counted anew from the trades of a shop when it is looked at. So
feeding a batch twice changes nothing, the order of batches changes nothing, and what has grown old stops counting without being subtracted.
Tokens become dense numbers by open addressing: they are keyed hashes, so their low bits are as good as any hash.
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from typing import Any, NamedTuple

import numba
import numpy as np

DAY = 24 * 60  # minutes
HOURS = 168  # a shop's rhythm is a week's
TRADES, SHOPS, ACCOUNTS, THINGS, TIES = range(5)
DEVICE, ADDRESS, PAYER, WAYBILL, STAMP = HELD = range(5)  # things that a trade holds; accounts are tied by all but the stamp
ORDERED, STEADY, FAST, BACK, LIGHT, SHORT = (1 << bit for bit in range(6))  # steady: ordered neither in a live stream nor by a group's link
# A trade's and a thing's numbers lie side by side, one cache line a trade: what costs time here is waiting for memory.
MINUTE, FLAGS, SHOP, ACCOUNT, FIRST_HELD, BEFORE_AT_SHOP, BEFORE_OF_ACCOUNT = 0, 1, 2, 3, 4, 9, 10
WIDTH = 16
DEGREE, USES, FIRST_TIE = range(3)
COUNTS = (
    "trades", "fast", "device", "address", "payer", "back", "light", "short", "copied", "waybill",
    "doubtful", "accounts", "peak", "usual", "met",
)  # fmt: skip
DOUBTFUL, MANY, PEAK, USUAL, MET = range(10, 15)
BUSY = 40  # steady orders in one hour that are worth a look, and again at each doubling
LOOKED = 1_000  # newest trades of a shop that are looked at, so that a giant shop costs as little as any
FOLLOWED = 32  # newest trades of an account that are looked at


class Memory(NamedTuple):
    """Arrays with room to grow; `sizes` says how much of each is in use. Absent: -1. Minutes count from 1970 UTC."""

    sizes: Any  # int64[5]
    order_slots: Any  # int32[2^k]: open addressing, token → number
    order_tokens: Any  # int64 per trade
    shop_slots: Any
    shop_tokens: Any
    account_slots: Any
    account_tokens: Any
    thing_slots: Any
    thing_tokens: Any
    trade: Any  # int32[trades, WIDTH]: minute it was ordered (else the first moment known of it), flags, shop, account, the five things
    # it holds, and the trades of the same shop and of the same account that came in before
    last_at_shop: Any  # int32 per shop
    hours: Any  # int32[shops, HOURS]: steady orders per hour of the week up to hours_until
    hours_until: Any  # int32 per shop
    last_of_account: Any  # int32 per account
    thing: Any  # int32[things, 4]: different accounts (counted up to one more than a crowd), trades that hold it, its first tie
    tie_account: Any  # int32 per tie
    next_tie: Any
    account_mark: Any  # int64 per account; this and shop_mark, shop_count, shop_said: scratch
    signed: Any  # int32 per shop: doubtful signs that came since it was looked at
    patience: Any  # int32 per shop: before so many have come, no threshold can be crossed
    shop_mark: Any
    shop_count: Any
    shop_said: Any


class Rules(NamedTuple):
    """Limits of one look. crowd: more accounts than this on one thing are a campus or an office and tie nobody."""

    oldest: int
    crowd: int
    device: int
    address: int
    payer: int
    waybill: int
    copied: int


@numba.njit(cache=True, nogil=True)
def _number(slots, tokens, sizes, which, token):  # pragma: no cover - compiled
    """The dense number of a token, a new one when it is new."""
    mask = len(slots) - 1
    slot = token & mask
    while slots[slot] >= 0:
        if tokens[slots[slot]] == token:
            return slots[slot]
        slot = (slot + 1) & mask
    number = sizes[which]
    sizes[which] += 1
    slots[slot] = number
    tokens[number] = token
    return np.int32(number)


@numba.njit(cache=True, nogil=True)
def find(slots, tokens, token):  # pragma: no cover - compiled
    """The dense number of a token, -1 when there is none."""
    mask = len(slots) - 1
    slot = token & mask
    while slots[slot] >= 0:
        if tokens[slots[slot]] == token:
            return slots[slot]
        slot = (slot + 1) & mask
    return np.int32(-1)


@numba.njit(cache=True, nogil=True)
def fill_slots(slots, tokens, n):  # pragma: no cover - compiled
    """Slots made anew, larger, for the first n tokens."""
    _clear(slots, 0, len(slots), -1)
    mask = len(slots) - 1
    for number in range(n):
        slot = tokens[number] & mask
        while slots[slot] >= 0:
            slot = (slot + 1) & mask
        slots[slot] = number


# Loops unpack what they need of Memory and hand plain arrays on: a call that takes Memory whole counts the references of all its arrays up
# and down, which costs 1.5 µs, ten times what the call does.


@numba.njit(cache=True, nogil=True)
def _tie(things, tie_account, next_tie, sizes, thing, account, crowd):  # pragma: no cover - compiled
    """The account uses the thing; known ties and crowds change nothing. How many accounts it has when this one is new, else 0."""
    if things[thing, DEGREE] > crowd:
        return 0
    tie = things[thing, FIRST_TIE]
    while tie >= 0:
        if tie_account[tie] == account:
            return 0
        tie = next_tie[tie]
    tie = sizes[TIES]
    sizes[TIES] += 1
    tie_account[tie] = account
    next_tie[tie] = things[thing, FIRST_TIE]
    things[thing, FIRST_TIE] = tie
    things[thing, DEGREE] += 1
    return things[thing, DEGREE]


@numba.njit(cache=True, nogil=True)
def _hold(facts, kinds, tie_account, next_tie, sizes, trade, things, row, newcomer, rules):  # pragma: no cover - compiled
    """The trade holds the row's things, unless it holds others of the kind. One bit per kind of thing that has just become a sign."""
    turns, turned = (rules.device, rules.address, rules.payer, rules.waybill, rules.copied), 0
    for what in range(5):
        new = things[what, row] >= 0 and facts[trade, FIRST_HELD + what] < 0
        if new:
            facts[trade, FIRST_HELD + what] = things[what, row]
            kinds[things[what, row], USES] += 1
        thing, account, n = facts[trade, FIRST_HELD + what], facts[trade, ACCOUNT], 0
        if what == STAMP:
            n = kinds[thing, USES] if new else 0
        elif thing >= 0 and account >= 0 and (new or newcomer):
            n = _tie(kinds, tie_account, next_tie, sizes, thing, account, rules.crowd)
        if n == turns[what]:
            turned |= 1 << what
    return turned


@numba.njit(cache=True, nogil=True)
def _sign_earlier(m, last, turned):  # pragma: no cover - compiled
    """Things of a trade that have just become a sign are one of the trades that held them before, too."""
    if turned & 1 << STAMP and m.trade[last, SHOP] >= 0:
        m.signed[m.trade[last, SHOP]] += m.thing[m.trade[last, FIRST_HELD + STAMP], USES]
    for what in range(4):
        thing = m.trade[last, FIRST_HELD + what]
        tie = m.thing[thing, FIRST_TIE] if turned & 1 << what else -1
        while tie >= 0:
            trade, steps = m.last_of_account[m.tie_account[tie]], 0
            while trade >= 0 and steps < FOLLOWED:
                if m.trade[trade, FIRST_HELD + what] == thing and m.trade[trade, SHOP] >= 0:
                    m.signed[m.trade[trade, SHOP]] += 1
                trade = m.trade[trade, BEFORE_OF_ACCOUNT]
                steps += 1
            tie = m.next_tie[tie]


@numba.njit(cache=True, nogil=True)
def _busy(orders):  # pragma: no cover - compiled
    """Whether an hour has just reached BUSY orders, twice, four times … as many."""
    times = orders // BUSY
    return orders > 0 and orders % BUSY == 0 and times & (times - 1) == 0


@numba.njit(cache=True, nogil=True)
def _count_hour(hours, hours_until, shop, hour):  # pragma: no cover - compiled
    """One more steady order in an hour; hours that leave the week are emptied, hours before it are ignored. How many the hour has now."""
    until = hours_until[shop]
    if hour <= until - HOURS:
        return 0
    if hour > until:
        for passed in range(max(until + 1, hour - HOURS + 1), hour + 1):
            hours[shop, passed % HOURS] = 0
        hours_until[shop] = hour
    hours[shop, hour % HOURS] += 1
    return hours[shop, hour % HOURS]


@numba.njit(cache=True, nogil=True)
def _numbers(slots, tokens, sizes, which, given, late):  # pragma: no cover - compiled
    """int32 per row: the dense number of its token, -1 for none. A loop of its own, so that many waits for memory overlap."""
    out = np.empty(len(given), np.int32)
    for row in range(len(given)):
        out[row] = -1 if given[row] == 0 or late[row] else _number(slots, tokens, sizes, which, given[row])
    return out


@numba.njit(cache=True, nogil=True)
def _clear(column, first, last, value):  # pragma: no cover - compiled
    """column[first:last] = value, in a loop: an assignment to a slice takes numba half a second each to compile."""
    for place in range(first, last):
        column[place] = value


@numba.njit(cache=True, nogil=True)
def _clear_rows(table, first, last, value):  # pragma: no cover - compiled
    for row in range(first, last):
        for place in range(table.shape[1]):
            table[row, place] = value


@numba.njit(cache=True, nogil=True)
def _trades(m, order, minute, late):  # pragma: no cover - compiled
    known = m.sizes[TRADES]
    trades = _numbers(m.order_slots, m.order_tokens, m.sizes, TRADES, order, late)
    _clear_rows(m.trade, known, m.sizes[TRADES], -1)
    for row in range(len(order)):
        if trades[row] >= known and m.trade[trades[row], MINUTE] < 0:
            m.trade[trades[row], MINUTE], m.trade[trades[row], FLAGS] = minute[row], 0
    return trades


@numba.njit(cache=True, nogil=True)
def _shops(m, tokens, late):  # pragma: no cover - compiled
    known = m.sizes[SHOPS]
    shops = _numbers(m.shop_slots, m.shop_tokens, m.sizes, SHOPS, tokens, late)
    for new in range(known, m.sizes[SHOPS]):
        m.last_at_shop[new], m.hours_until[new], m.shop_mark[new] = -1, -1, 0
        m.signed[new], m.patience[new] = 0, 1
    _clear_rows(m.hours, known, m.sizes[SHOPS], 0)
    return shops


@numba.njit(cache=True, nogil=True)
def _accounts(m, tokens, late):  # pragma: no cover - compiled
    known = m.sizes[ACCOUNTS]
    accounts = _numbers(m.account_slots, m.account_tokens, m.sizes, ACCOUNTS, tokens, late)
    _clear(m.last_of_account, known, m.sizes[ACCOUNTS], -1)
    _clear(m.account_mark, known, m.sizes[ACCOUNTS], 0)
    return accounts


@numba.njit(cache=True, nogil=True)
def _things(m, tokens, late):  # pragma: no cover - compiled
    known = m.sizes[THINGS]
    things = _numbers(m.thing_slots, m.thing_tokens, m.sizes, THINGS, tokens, late)
    _clear_rows(m.thing, known, m.sizes[THINGS], 0)
    for new in range(known, m.sizes[THINGS]):
        m.thing[new, FIRST_TIE] = -1
    return things


@numba.njit(cache=True, nogil=True)
def shared(things, thing, least, crowd):  # pragma: no cover - compiled
    return thing >= 0 and least <= things[thing, DEGREE] <= crowd


@numba.njit(cache=True, nogil=True)
def signs_of(trades, things, thing_tokens, account_tokens, trade, rules, out):  # pragma: no cover - compiled
    """Fill the signs of a trade (1 or 0, columns fast … waybill of COUNTS); whether it is doubtful: a sign that costs money or work to
    avoid, beside one of another family, as in the brushing detector."""
    flags, account = trades[trade, FLAGS], trades[trade, ACCOUNT]
    payer, stamp = trades[trade, FIRST_HELD + PAYER], trades[trade, FIRST_HELD + STAMP]
    paid = shared(things, payer, rules.payer, rules.crowd) and account >= 0 and thing_tokens[payer] != account_tokens[account]
    out[1] = 1 if flags & FAST else 0
    out[2] = 1 if shared(things, trades[trade, FIRST_HELD + DEVICE], rules.device, rules.crowd) else 0
    out[3] = 1 if shared(things, trades[trade, FIRST_HELD + ADDRESS], rules.address, rules.crowd) else 0
    out[4] = 1 if paid else 0
    out[5] = 1 if flags & BACK else 0
    out[6] = 1 if flags & LIGHT else 0
    out[7] = 1 if flags & SHORT else 0
    out[8] = 1 if stamp >= 0 and things[stamp, USES] >= rules.copied else 0
    out[9] = 1 if shared(things, trades[trade, FIRST_HELD + WAYBILL], rules.waybill, rules.crowd + 1) else 0
    money = out[4] | out[5]
    parcel = out[6] | out[7] | out[8] | out[9]
    families = out[1] + (out[2] | out[3]) + money + parcel
    return families >= 2 and (out[1] | money | parcel) == 1


@numba.njit(cache=True, nogil=True)
def merge(m, order, minute, flags, shop, account, held, rules, serial):  # pragma: no cover - compiled
    """Take rows into the memory; the numbers of the touched shops that may have crossed a threshold since they were looked at.

    Rows up to rules.oldest are too late to count. order, shop, account: int64 tokens, 0: not said; minute: int32; flags: uint8; held:
    int64[rows, 5]; serial: a number no call used before.
    """
    late = minute <= rules.oldest
    trades, shops, accounts = _trades(m, order, minute, late), _shops(m, shop, late), _accounts(m, account, late)
    things = np.empty((5, len(order)), np.int32)
    for what in range(5):
        found = _things(m, held[:, what], late)
        for row in range(len(order)):
            things[what, row] = found[row]
    touched, signs = np.empty(min(len(order), len(m.shop_mark)), np.int32), np.zeros(10, np.int64)
    facts, kinds, thing_tokens, account_tokens = m.trade, m.thing, m.thing_tokens, m.account_tokens
    tie_account, next_tie, sizes, last_at_shop, last_of_account = m.tie_account, m.next_tie, m.sizes, m.last_at_shop, m.last_of_account
    hours, hours_until, signed, patience, shop_mark = m.hours, m.hours_until, m.signed, m.patience, m.shop_mark
    n = 0
    for row in range(len(order)):
        trade = trades[row]
        if trade < 0:
            continue
        fresh = flags[row] & ORDERED and not facts[trade, FLAGS] & ORDERED
        if fresh or (not facts[trade, FLAGS] & ORDERED and minute[row] < facts[trade, MINUTE]):
            facts[trade, MINUTE] = minute[row]
        facts[trade, FLAGS] |= flags[row]
        if shops[row] >= 0 and facts[trade, SHOP] < 0:
            facts[trade, SHOP] = shops[row]
            facts[trade, BEFORE_AT_SHOP] = last_at_shop[shops[row]]
            last_at_shop[shops[row]] = trade
        newcomer = accounts[row] >= 0 and facts[trade, ACCOUNT] < 0
        if newcomer:
            facts[trade, ACCOUNT] = accounts[row]
            facts[trade, BEFORE_OF_ACCOUNT] = last_of_account[accounts[row]]
            last_of_account[accounts[row]] = trade
        place = facts[trade, SHOP]
        turned = _hold(facts, kinds, tie_account, next_tie, sizes, trade, things, row, newcomer, rules)
        if turned:
            _sign_earlier(m, trade, turned)
        if place < 0:
            continue
        if fresh and minute[row] // DAY > hours_until[place] // 24:
            patience[place] = 1  # what was usual may have changed since yesterday
        if fresh and flags[row] & STEADY and _busy(_count_hour(hours, hours_until, place, minute[row] // 60)):
            signed[place] += patience[place]
        signs_of(facts, kinds, thing_tokens, account_tokens, trade, rules, signs)
        signs[3] = 0  # an address that several share says nothing alone
        signed[place] += 1 if signs.any() else 0
        if shop_mark[place] != serial:
            shop_mark[place] = serial
            touched[n] = place
            n += 1
    ripe = touched[:n]
    return ripe[signed[ripe] >= patience[ripe]]
