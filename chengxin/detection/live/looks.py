"""Compiled looks into the memory of trades: what it holds about shops, and who is tied to a shop. Nothing is changed but scratch."""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numba
import numpy as np

from chengxin.detection.live.kernels import (
    ACCOUNT,
    BEFORE_AT_SHOP,
    BEFORE_OF_ACCOUNT,
    COUNTS,
    DOUBTFUL,
    FIRST_HELD,
    FIRST_TIE,
    FOLLOWED,
    HOURS,
    LOOKED,
    MANY,
    MET,
    MINUTE,
    PEAK,
    SHOP,
    USUAL,
    shared,
    signs_of,
)


@numba.njit(cache=True, nogil=True)
def look(m, shops, rules, serial):  # pragma: no cover - compiled
    """int64[shops, COUNTS] of what the memory holds about shops. serial: the first of len(shops) numbers no call used before."""
    out, signs = np.zeros((len(shops), len(COUNTS)), np.int64), np.zeros(10, np.int64)
    facts, kinds, thing_tokens, account_tokens = m.trade, m.thing, m.thing_tokens, m.account_tokens
    account_mark, last_at_shop = m.account_mark, m.last_at_shop
    people = np.empty(LOOKED, np.int32)
    for place in range(len(shops)):
        mark, n, steps = serial + place, 0, 0
        trade = last_at_shop[shops[place]]
        while trade >= 0 and steps < LOOKED:
            steps += 1
            if facts[trade, MINUTE] > rules.oldest:
                out[place, 0] += 1
                doubtful = signs_of(facts, kinds, thing_tokens, account_tokens, trade, rules, signs)
                for column in range(1, 10):
                    out[place, column] += signs[column]
                account = facts[trade, ACCOUNT]
                if doubtful:
                    out[place, DOUBTFUL] += 1
                if doubtful and account >= 0 and account_mark[account] != mark:
                    account_mark[account] = mark
                    people[n] = account
                    n += 1
            trade = facts[trade, BEFORE_AT_SHOP]
        out[place, MANY] = n
        out[place, MET] = _met(m, people[:n], shops[place], rules, mark)
        _rhythm(m, shops[place], rules.oldest, out[place])
    return out


@numba.njit(cache=True, nogil=True)
def _met(m, people, home, rules, mark):  # pragma: no cover - compiled
    """The most of these accounts that made doubtful trades at one and the same other shop."""
    facts, kinds, thing_tokens, account_tokens = m.trade, m.thing, m.thing_tokens, m.account_tokens
    shop_mark, shop_count, shop_said = m.shop_mark, m.shop_count, m.shop_said
    signs, most = np.zeros(10, np.int64), 0
    for account in people:
        trade, steps = m.last_of_account[account], 0
        while trade >= 0 and steps < FOLLOWED:
            steps += 1
            shop = facts[trade, SHOP]
            away = shop >= 0 and shop != home and facts[trade, MINUTE] > rules.oldest
            if away and signs_of(facts, kinds, thing_tokens, account_tokens, trade, rules, signs):
                if shop_mark[shop] != mark:
                    shop_mark[shop], shop_count[shop], shop_said[shop] = mark, 0, -1
                if shop_said[shop] != account:
                    shop_said[shop] = account
                    shop_count[shop] += 1
                    most = max(most, shop_count[shop])
            trade = facts[trade, BEFORE_OF_ACCOUNT]
    return most


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
    facts, kinds, thing_tokens, account_tokens = m.trade, m.thing, m.thing_tokens, m.account_tokens
    signs = np.zeros(10, np.int64)
    n, shops = 0, 1
    found[0], m.shop_mark[shop] = shop, serial
    trade, steps = m.last_at_shop[shop], 0
    while trade >= 0 and steps < LOOKED:
        account = facts[trade, ACCOUNT]
        steps += 1
        new = account >= 0 and n < most and m.account_mark[account] != serial and facts[trade, MINUTE] > rules.oldest
        if new and signs_of(facts, kinds, thing_tokens, account_tokens, trade, rules, signs):
            m.account_mark[account] = serial
            queue[n] = account
            n += 1
        trade = facts[trade, BEFORE_AT_SHOP]
    done = 0
    while done < n:
        trade, steps = m.last_of_account[queue[done]], 0
        done += 1
        while trade >= 0 and steps < FOLLOWED:
            steps += 1
            place = facts[trade, SHOP]
            there = place >= 0 and facts[trade, MINUTE] > rules.oldest
            if there and signs_of(facts, kinds, thing_tokens, account_tokens, trade, rules, signs):
                if m.shop_mark[place] != serial:
                    m.shop_mark[place] = serial
                    found[shops] = place
                    shops += 1
                for what in range(3):
                    n = _follow(m, trade, what, rules, queue, n, serial)
            trade = facts[trade, BEFORE_OF_ACCOUNT]
    return found[:shops], n


@numba.njit(cache=True, nogil=True)
def _follow(m, trade, what, rules, queue, n, serial):  # pragma: no cover - compiled
    """Put the accounts that share a thing with a trade into the queue; how many it has then."""
    if not shared(m.thing, m.trade[trade, FIRST_HELD + what], 2, rules.crowd):
        return n
    tie = m.thing[m.trade[trade, FIRST_HELD + what], FIRST_TIE]
    while tie >= 0 and n < len(queue):
        account = m.tie_account[tie]
        if m.account_mark[account] != serial:
            m.account_mark[account] = serial
            queue[n] = account
            n += 1
        tie = m.next_tie[tie]
    return n
