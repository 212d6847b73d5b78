"""The orders of the city as plain columns. The honest layer: who buys what, when and how they came to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chengxin.city import quantiles
from chengxin.city.goods import Goods
from chengxin.city.people import MOBILE, UNKNOWN_DEVICE, UNKNOWN_IP, People
from chengxin.city.quantiles import Floats, Ints, Mask
from chengxin.city.register import Shops
from chengxin.city.rhythm import Rhythm
from chengxin.city.sizes import DAY, Recipe
from chengxin.city.words import CATEGORIES

UNSET = -2  # fill in from the account
CHANNELS = ("app", "web", "live", "group", "store")
APP, WEB, LIVE, GROUP, STORE = range(5)
HONEST, FAKE, COVER = 0, 1, 2  # what an order is: real, planted, or a planted account's ordinary purchase
FAVOURITE, SAME_SHOP = 0.5, 0.22  # shares of purchases in one's favourite category, and in the shop one bought from last

# Flags of a parcel's scans; several may be set.
SAME_SECOND, TOO_FAST, ELSEWHERE, TOO_SHORT, ONE_HAND = 1, 2, 4, 8, 16
# How money and praise follow an order.
USUAL, BACK_SAME_WAY, BACK_OTHER_WAY, KEPT, NEVER_PAID = range(5)
NO_FIRM = -1
# What came of an order: seconds of delay or never, other goods, and what the buyer does about it (bits).
UNSENT, UNREPORTED = -(1 << 30), -(1 << 29)
AS_DESCRIBED, OTHER_GOODS, FAKE_GOODS = range(3)
CLAIMS, REPAID, COMPLAINS = 1, 2, 4
FAST_PRAISE, DEFECT, SILENT, GENUINE_PRAISE, EXTORTION, PAID_PRAISE, GOODWILL = range(1, 8)

# column: (type, default). heft: share of the item's real weight, or grams when negative; bundle: orders on one waybill; cause: 0 or the
# number of the campaign or look-alike the order belongs to; visits: earlier visits of the buyer to the shop, on average, in tenths;
# subsidy: thousandths of the price that the state bears; serial: number of the piece with which it is drawn, 0 for none;
# cash: fen of a small sum paid back beside all else, cash_for: what for (cash_praise);
# delay: seconds that dispatch takes longer, UNSENT for never, UNREPORTED for goods that came though no parcel is reported;
# returns: account that a refund goes to, else the payer's; collects: account that the payment goes to, else the shop's; firm: who books
# it, NO_FIRM for nobody named; called: seconds after the order at which its buyer complains of a call by somebody who knew of it, else 0.
COLUMNS: dict[str, tuple[type, float]] = {
    "account": (np.int32, 0),
    "item": (np.int32, 0),
    "at": (np.int32, 0),
    "qty": (np.int16, UNSET),
    "channel": (np.int8, UNSET),
    "browse": (np.int32, UNSET),
    "device": (np.int32, UNSET),
    "ip": (np.int32, UNSET),
    "home": (np.int32, UNSET),
    "payer": (np.int32, UNSET),
    "heft": (np.float32, 1.0),
    "bundle": (np.int32, -1),
    "scans": (np.int8, 0),
    "money": (np.int8, USUAL),
    "praise": (np.int8, USUAL),
    "visits": (np.int16, 8),
    "delay": (np.int32, 0),
    "goods": (np.int8, AS_DESCRIBED),
    "claim": (np.int8, 0),
    "returns": (np.int32, UNSET),
    "collects": (np.int32, UNSET),
    "firm": (np.int8, UNSET),
    "called": (np.int32, 0),
    "cash": (np.int32, 0),
    "cash_for": (np.int8, 0),
    "subsidy": (np.int16, 0),
    "serial": (np.int32, 0),
    "role": (np.int8, HONEST),
    "cause": (np.int16, 0),
}


@dataclass
class Trades:
    """Orders as columns of equal length; see COLUMNS."""

    columns: dict[str, Ints]

    @classmethod
    def of(cls, **given: Ints | Floats | int) -> Trades:
        """Orders with these columns; a scalar fills its column, the rest take their defaults."""
        n = max(len(np.atleast_1d(np.asarray(value))) for value in given.values())
        return cls(
            {name: np.array(np.broadcast_to(given.get(name, default), (n,)), dtype=kind) for name, (kind, default) in COLUMNS.items()}
        )

    def __len__(self) -> int:
        return len(self.columns["account"])

    def __getitem__(self, name: str) -> Ints:
        return self.columns[name]

    def where(self, rows: Ints | Mask | slice) -> Trades:
        """These rows, by mask or by position."""
        return Trades({name: column[rows] for name, column in self.columns.items()})

    @classmethod
    def joined(cls, parts: list[Trades]) -> Trades:
        return cls({name: np.concatenate([part.columns[name] for part in parts]) for name in COLUMNS})


class Market:
    """Draws items by demand: over a platform, within one of its categories, or within a shop."""

    def __init__(self, goods: Goods, shops: Shops, platforms: int) -> None:
        self.goods, self.shops = goods, shops
        group = shops.platform[goods.shop] * len(CATEGORIES) + shops.category[goods.shop]
        self.order = np.argsort(group, kind="stable")
        self.by_group = np.concatenate([[0.0], np.cumsum(goods.want[self.order])])
        self.bounds = np.searchsorted(group[self.order], np.arange(platforms * len(CATEGORIES) + 1))
        self.by_shop = np.concatenate([[0.0], np.cumsum(goods.want)])
        self.platform_share = np.diff(self.by_group[self.bounds[:: len(CATEGORIES)]])

    def on_platform(self, platform: Ints, category: Ints, uniforms: Floats) -> Ints:
        """An item of the platform; category -1 for any. A platform without that category falls back to any."""
        low = self.bounds[platform * len(CATEGORIES) + np.maximum(category, 0)]
        high = self.bounds[platform * len(CATEGORIES) + np.maximum(category, 0) + 1]
        anywhere = (category < 0) | (low == high)
        low = np.where(anywhere, self.bounds[platform * len(CATEGORIES)], low)
        high = np.where(anywhere, self.bounds[(platform + 1) * len(CATEGORIES)], high)
        drawn = self.by_group[low] + uniforms * (self.by_group[high] - self.by_group[low])
        return np.asarray(self.order[np.clip(np.searchsorted(self.by_group, drawn, side="right") - 1, low, high - 1)])

    def in_shop(self, shop: Ints, uniforms: Floats) -> Ints:
        """An item of the shop."""
        low, high = self.goods.first[shop], self.goods.first[shop + 1]
        drawn = self.by_shop[low] + uniforms * (self.by_shop[high] - self.by_shop[low])
        return np.asarray(np.clip(np.searchsorted(self.by_shop, drawn, side="right") - 1, low, high - 1))


def honest(recipe: Recipe, people: People, market: Market, rhythm: Rhythm) -> Trades:
    """Purchases of everybody over the window."""
    rng = recipe.stream("trade")
    account = np.repeat(np.arange(len(people)), people.bought)
    at = rhythm.at(_shares(rng, people.bought, account, recipe.days))
    order = np.lexsort((at, account))
    account, at = account[order], at[order]
    favourite = np.where(rng.random(len(at)) < FAVOURITE, rng.integers(0, len(CATEGORIES), len(people))[account], -1)
    item = market.on_platform(people.platform[account], favourite, rng.random(len(at)))
    item = _loyal(rng, market, account, item)
    item = _only_open(rng, market, people.platform[account], item, at)
    return Trades.of(account=account, item=item, at=at)


def _shares(rng: np.random.Generator, bought: Ints, account: Ints, days: int) -> Floats:
    """Each purchase's place in the window in [0, 1): a chain of published gaps, shrunk where the window is too short for it."""
    gaps = quantiles.gap_days(rng.random(len(account)), days) / days
    ends = np.cumsum(bought)
    firsts = ends - bought
    gaps[firsts] = 0.0  # nothing lies before the first purchase
    run = np.cumsum(gaps)
    length = run[ends - 1] - run[firsts]
    shrink = np.minimum(1.0, rng.uniform(0.75, 1.0, len(bought)) / np.maximum(length, 1e-9))
    start = rng.random(len(bought)) * (1 - length * shrink)
    return np.asarray(start[account] + (run - run[firsts][account]) * shrink[account])


def _loyal(rng: np.random.Generator, market: Market, account: Ints, item: Ints) -> Ints:
    """Some purchases go to the shop of the purchase before (rows are sorted by account and time)."""
    again = rng.random(len(item)) < SAME_SHOP
    again &= np.concatenate([[False], account[1:] == account[:-1]])
    source = np.maximum.accumulate(np.where(again, 0, np.arange(len(item))))
    return np.where(again, market.in_shop(market.goods.shop[item[source]], rng.random(len(item))), item)


def _only_open(rng: np.random.Generator, market: Market, platform: Ints, item: Ints, at: Ints) -> Ints:
    """Purchases of items not yet on sale go to others; after four draws to the platform's oldest."""
    for _ in range(4):
        early = np.flatnonzero(market.goods.born[item] > at)
        item[early] = market.on_platform(platform[early], np.full(len(early), -1), rng.random(len(early)))
    early = np.flatnonzero(market.goods.born[item] > at)
    market.goods.born[item[early]] = 0
    return item


def _channels(rng: np.random.Generator, n: int) -> Ints:
    return rng.choice(len(CHANNELS), n, p=np.array([0.66, 0.16, 0.09, 0.05, 0.04])).astype(np.int64)


def _quantities(rng: np.random.Generator, n: int) -> Ints:
    """One piece for five orders in six."""
    return np.minimum(12, 1 + (rng.random(n) < 0.17) * rng.geometric(0.6, n))


def filled(recipe: Recipe, trades: Trades, people: People) -> Trades:
    """Orders in time order, with what a scenario left open filled in: device, network, home, payer, browsing, quantity and channel.

    What is unknown is unknown for honest and planted orders alike: the same share of devices and networks is missing.
    """
    rng, n = recipe.stream("filled"), len(trades)
    order = np.lexsort((rng.random(n), trades["at"]))
    trades = trades.where(order)
    account, columns = trades["account"], trades.columns
    phone = rng.random(n) < MOBILE
    usual = {
        "device": people.device[account],
        "ip": np.where(phone, rng.integers(0, people.mobile, n), people.ip[account]),
        "home": people.home[account],
        "payer": account,
        "browse": browsing(rng, n),
        "qty": _quantities(rng, n),
        "channel": _channels(rng, n),
    }
    for name, value in usual.items():
        columns[name] = np.where(columns[name] == UNSET, value, columns[name]).astype(COLUMNS[name][0])
    columns["device"][rng.random(n) < UNKNOWN_DEVICE] = -1
    columns["ip"][rng.random(n) < UNKNOWN_IP] = -1
    return trades


def browsing(rng: np.random.Generator, n: int) -> Ints:
    """Seconds from first view to order: minutes for most, days for one in eight."""
    minutes = rng.lognormal(np.log(210), 1.15, n)
    days = rng.uniform(0.5, 9.0, n) * DAY
    return np.where(rng.random(n) < 0.125, days, np.clip(minutes, 6, 7200)).astype(np.int64)
