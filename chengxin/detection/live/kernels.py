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

HOURS = 168  # a shop's rhythm is a week's
TRADES, SHOPS, ACCOUNTS, THINGS, TIES = range(5)
DEVICE, ADDRESS, PAYER, WAYBILL, STAMP = HELD = range(5)  # things that a trade holds; accounts are tied by all but the stamp
ORDERED, STEADY, FAST, BACK, LIGHT, SHORT = (1 << bit for bit in range(6))  # steady: ordered neither in a live stream nor by a group's link
COUNTS = (
    "trades", "fast", "device", "address", "payer", "back", "light", "short", "copied", "waybill",
    "doubtful", "accounts", "peak", "usual", "met",
)  # fmt: skip
DOUBTFUL, MANY, PEAK, USUAL, MET = range(10, 15)
LOOKED = 2_000  # newest trades of a shop that are looked at: a giant shop costs 0.1 ms and no more
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
    minute: Any  # int32 per trade: when it was ordered, else the first moment known of it
    flags: Any  # uint8 per trade
    shop: Any  # int32 per trade
    account: Any  # int32 per trade
    held: Any  # int32[trades, 5]: device, address, payer, waybill, stamp
    before_at_shop: Any  # int32 per trade: the trade of the same shop that came in before
    before_of_account: Any
    last_at_shop: Any  # int32 per shop
    hours: Any  # int32[shops, HOURS]: steady orders per hour of the week up to hours_until
    hours_until: Any  # int32 per shop
    last_of_account: Any  # int32 per account
    degree: Any  # int32 per thing: different accounts, counted up to one more than a crowd
    uses: Any  # int32 per thing: trades that hold it
    first_tie: Any  # int32 per thing
    tie_account: Any  # int32 per tie
    next_tie: Any
    account_mark: Any  # int64 per account, shop_mark, shop_count, shop_said: scratch
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
    slots[:] = -1
    mask = len(slots) - 1
    for number in range(n):
        slot = tokens[number] & mask
        while slots[slot] >= 0:
            slot = (slot + 1) & mask
        slots[slot] = number


@numba.njit(cache=True, nogil=True)
def _tie(m, thing, account, crowd):  # pragma: no cover - compiled
    """The account uses the thing; known ties and crowds change nothing."""
    if m.degree[thing] > crowd:
        return
    tie = m.first_tie[thing]
    while tie >= 0:
        if m.tie_account[tie] == account:
            return
        tie = m.next_tie[tie]
    tie = m.sizes[TIES]
    m.sizes[TIES] += 1
    m.tie_account[tie] = account
    m.next_tie[tie] = m.first_tie[thing]
    m.first_tie[thing] = tie
    m.degree[thing] += 1


@numba.njit(cache=True, nogil=True)
def _count_hour(m, shop, hour):  # pragma: no cover - compiled
    """One more steady order in an hour; hours that leave the week are emptied, hours before it are ignored."""
    until = m.hours_until[shop]
    if hour <= until - HOURS:
        return
    if hour > until:
        for passed in range(max(until + 1, hour - HOURS + 1), hour + 1):
            m.hours[shop, passed % HOURS] = 0
        m.hours_until[shop] = hour
    m.hours[shop, hour % HOURS] += 1


@numba.njit(cache=True, nogil=True)
def _trade(m, token, minute):  # pragma: no cover - compiled
    known = m.sizes[TRADES]
    trade = _number(m.order_slots, m.order_tokens, m.sizes, TRADES, token)
    if trade == known:
        m.minute[trade], m.flags[trade], m.shop[trade], m.account[trade] = minute, 0, -1, -1
        for what in range(5):
            m.held[trade, what] = -1
    return trade


@numba.njit(cache=True, nogil=True)
def _set_shop(m, trade, token):  # pragma: no cover - compiled
    if token == 0 or m.shop[trade] >= 0:
        return
    known = m.sizes[SHOPS]
    shop = _number(m.shop_slots, m.shop_tokens, m.sizes, SHOPS, token)
    if shop == known:
        m.last_at_shop[shop], m.hours_until[shop], m.shop_mark[shop] = -1, -1, 0
        m.hours[shop, :] = 0
    m.shop[trade] = shop
    m.before_at_shop[trade] = m.last_at_shop[shop]
    m.last_at_shop[shop] = trade


@numba.njit(cache=True, nogil=True)
def _set_account(m, trade, token, crowd):  # pragma: no cover - compiled
    if token == 0 or m.account[trade] >= 0:
        return
    known = m.sizes[ACCOUNTS]
    account = _number(m.account_slots, m.account_tokens, m.sizes, ACCOUNTS, token)
    if account == known:
        m.last_of_account[account], m.account_mark[account] = -1, 0
    m.account[trade] = account
    m.before_of_account[trade] = m.last_of_account[account]
    m.last_of_account[account] = trade
    for what in range(4):
        if m.held[trade, what] >= 0:
            _tie(m, m.held[trade, what], account, crowd)


@numba.njit(cache=True, nogil=True)
def _set_held(m, trade, what, token, crowd):  # pragma: no cover - compiled
    if token == 0 or m.held[trade, what] >= 0:
        return
    known = m.sizes[THINGS]
    thing = _number(m.thing_slots, m.thing_tokens, m.sizes, THINGS, token)
    if thing == known:
        m.degree[thing], m.uses[thing], m.first_tie[thing] = 0, 0, -1
    m.held[trade, what] = thing
    m.uses[thing] += 1
    if what != STAMP and m.account[trade] >= 0:
        _tie(m, thing, m.account[trade], crowd)


@numba.njit(cache=True, nogil=True)
def merge(m, order, minute, flags, shop, account, held, oldest, crowd, serial):  # pragma: no cover - compiled
    """Take rows into the memory; the numbers of the shops they touched. Rows up to `oldest` are too late to count. Token 0: not said.

    order, shop, account: int64 tokens; minute: int32; flags: uint8; held: int64[rows, 5]; serial: a number no call used before.
    """
    touched = np.empty(min(len(order), len(m.shop_mark)), np.int32)
    n = 0
    for row in range(len(order)):
        if minute[row] <= oldest:
            continue
        trade = _trade(m, order[row], minute[row])
        fresh = flags[row] & ORDERED and not m.flags[trade] & ORDERED
        if fresh or (not m.flags[trade] & ORDERED and minute[row] < m.minute[trade]):
            m.minute[trade] = minute[row]
        m.flags[trade] |= flags[row]
        _set_shop(m, trade, shop[row])
        _set_account(m, trade, account[row], crowd)
        for what in range(5):
            _set_held(m, trade, what, held[row, what], crowd)
        place = m.shop[trade]
        if place < 0:
            continue
        if fresh and flags[row] & STEADY:
            _count_hour(m, place, minute[row] // 60)
        if m.shop_mark[place] != serial:
            m.shop_mark[place] = serial
            touched[n] = place
            n += 1
    return touched[:n]


# -- looking ------------------------------------------------------------------------------------------------------------------


@numba.njit(cache=True, nogil=True)
def _shared(m, trade, what, least, crowd):  # pragma: no cover - compiled
    thing = m.held[trade, what]
    return thing >= 0 and least <= m.degree[thing] <= crowd


@numba.njit(cache=True, nogil=True)
def _signs(m, trade, rules, out):  # pragma: no cover - compiled
    """Fill the signs of a trade (1 or 0, columns fast … waybill of COUNTS); whether it is doubtful: a sign that costs money or work to
    avoid, beside one of another family, as in the brushing detector."""
    flags = m.flags[trade]
    payer, account = m.held[trade, PAYER], m.account[trade]
    other = payer >= 0 and account >= 0 and m.thing_tokens[payer] != m.account_tokens[account]
    stamp = m.held[trade, STAMP]
    out[1] = 1 if flags & FAST else 0
    out[2] = 1 if _shared(m, trade, DEVICE, rules.device, rules.crowd) else 0
    out[3] = 1 if _shared(m, trade, ADDRESS, rules.address, rules.crowd) else 0
    out[4] = 1 if other and _shared(m, trade, PAYER, rules.payer, rules.crowd) else 0
    out[5] = 1 if flags & BACK else 0
    out[6] = 1 if flags & LIGHT else 0
    out[7] = 1 if flags & SHORT else 0
    out[8] = 1 if stamp >= 0 and m.uses[stamp] >= rules.copied else 0
    out[9] = 1 if _shared(m, trade, WAYBILL, rules.waybill, m.sizes[ACCOUNTS]) else 0
    money = out[4] | out[5]
    parcel = out[6] | out[7] | out[8] | out[9]
    families = out[1] + (out[2] | out[3]) + money + parcel
    return families >= 2 and (out[1] | money | parcel) == 1


@numba.njit(cache=True, nogil=True)
def _meet(m, account, home, rules, signs, serial):  # pragma: no cover - compiled
    """Count the account once at each other shop where it made a doubtful trade; the most that one of them has by now."""
    most = 0
    trade, steps = m.last_of_account[account], 0
    while trade >= 0 and steps < FOLLOWED:
        shop = m.shop[trade]
        steps += 1
        if shop >= 0 and shop != home and m.minute[trade] > rules.oldest and _signs(m, trade, rules, signs):
            if m.shop_mark[shop] != serial:
                m.shop_mark[shop], m.shop_count[shop], m.shop_said[shop] = serial, 0, -1
            if m.shop_said[shop] != account:
                m.shop_said[shop] = account
                m.shop_count[shop] += 1
            most = max(most, m.shop_count[shop])
        trade = m.before_of_account[trade]
    return most


@numba.njit(cache=True, nogil=True)
def look(m, shops, rules, serial):  # pragma: no cover - compiled
    """int64[shops, COUNTS] of what the memory holds about shops. serial: the first of len(shops) numbers no call used before."""
    out = np.zeros((len(shops), len(COUNTS)), np.int64)
    signs, aside = np.zeros(10, np.int64), np.zeros(10, np.int64)
    for place in range(len(shops)):
        shop, mark = shops[place], serial + place
        trade, steps = m.last_at_shop[shop], 0
        while trade >= 0 and steps < LOOKED:
            steps += 1
            if m.minute[trade] > rules.oldest:
                out[place, 0] += 1
                doubtful = _signs(m, trade, rules, signs)
                for column in range(1, 10):
                    out[place, column] += signs[column]
                account = m.account[trade]
                if doubtful:
                    out[place, DOUBTFUL] += 1
                if doubtful and account >= 0 and m.account_mark[account] != mark:
                    m.account_mark[account] = mark
                    out[place, MANY] += 1
                    out[place, MET] = max(out[place, MET], _meet(m, account, shop, rules, aside, mark))
            trade = m.before_at_shop[trade]
        _rhythm(m, shop, rules.oldest, out[place])
    return out


@numba.njit(cache=True, nogil=True)
def _rhythm(m, shop, oldest, out):  # pragma: no cover - compiled
    """The busiest hour of a shop's last day, and the mean of its other hours of the week, rounded up."""
    until, total, peak = m.hours_until[shop], 0, 0
    for hour in range(max(until - HOURS + 1, 0), until + 1):
        if hour * 60 > oldest:
            n = m.hours[shop, hour % HOURS]
            total += n
            if hour > until - 24:
                peak = max(peak, n)
    out[PEAK], out[USUAL] = peak, -((peak - total) // (HOURS - 1))


@numba.njit(cache=True, nogil=True)
def ring(m, shop, rules, most, serial):  # pragma: no cover - compiled
    """(numbers of the shops where accounts tied to a shop's doubtful trades made doubtful trades of their own, accounts), itself first.

    Accounts are followed over devices, addresses and payers that several but no crowd of them use; at most `most` accounts.
    """
    queue = np.empty(most, np.int32)
    found = np.empty(len(m.shop_mark), np.int32)
    signs = np.zeros(10, np.int64)
    n, shops = 0, 1
    found[0], m.shop_mark[shop] = shop, serial
    trade, steps = m.last_at_shop[shop], 0
    while trade >= 0 and steps < LOOKED:
        account = m.account[trade]
        steps += 1
        new = account >= 0 and n < most and m.account_mark[account] != serial and m.minute[trade] > rules.oldest
        if new and _signs(m, trade, rules, signs):
            m.account_mark[account] = serial
            queue[n] = account
            n += 1
        trade = m.before_at_shop[trade]
    done = 0
    while done < n:
        trade, steps = m.last_of_account[queue[done]], 0
        done += 1
        while trade >= 0 and steps < FOLLOWED:
            steps += 1
            if m.minute[trade] > rules.oldest and m.shop[trade] >= 0 and _signs(m, trade, rules, signs):
                if m.shop_mark[m.shop[trade]] != serial:
                    m.shop_mark[m.shop[trade]] = serial
                    found[shops] = m.shop[trade]
                    shops += 1
                for what in range(3):
                    n = _follow(m, trade, what, rules, queue, n, serial)
            trade = m.before_of_account[trade]
    return found[:shops], n


@numba.njit(cache=True, nogil=True)
def _follow(m, trade, what, rules, queue, n, serial):  # pragma: no cover - compiled
    """Put the accounts that share a thing with a trade into the queue; how many it has then."""
    if not _shared(m, trade, what, 2, rules.crowd):
        return n
    tie = m.first_tie[m.held[trade, what]]
    while tie >= 0 and n < len(queue):
        account = m.tie_account[tie]
        if m.account_mark[account] != serial:
            m.account_mark[account] = serial
            queue[n] = account
            n += 1
        tie = m.next_tie[tie]
    return n
