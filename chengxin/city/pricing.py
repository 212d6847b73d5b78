"""What was paid, and the struck prices that follow from it. An honest shop crosses out only what it really sold at."""

from __future__ import annotations

import numpy as np

from chengxin.city.goods import AS_GIVEN, LAWFUL, TIMES_HIGHEST, TIMES_LOWEST, WEEK
from chengxin.city.quantiles import Ints
from chengxin.city.sizes import DAY
from chengxin.city.trade import Trades
from chengxin.city.world import World

COUPONED, SHOWS_STRUCK = 0.2, 0.6  # shares of orders with a coupon, of goods that show a crossed-out price on sale
BOUGHT_WHILE_RAISED = 0.15  # of the usual orders, on the days a price is raised only to be cut
NO_DEAL = 0


def price(world: World, trades: Trades) -> Trades:
    """Orders with list_price, paid, coupon, borne (a subsidy) and promo (fen; promo a number, 0 = none), and every struck price settled."""
    world.episodes.settle()
    trades = _fewer_while_raised(world, trades)
    rng, columns = world.recipe.stream("price"), trades.columns
    np.minimum.at(world.goods.born, trades["item"], (trades["at"] // DAY * DAY).astype(np.int64))
    quoted = world.goods.quote(trades["item"].astype(np.int64), trades["at"].astype(np.int64))
    gross = quoted["shown"] * trades["qty"]
    used = rng.random(len(trades)) < COUPONED
    coupon = np.where(used, (gross * rng.uniform(0.03, 0.12, len(trades))).astype(np.int64) // 10 * 10, 0)
    borne = gross * columns["subsidy"] // 10_000 * 10
    paid = gross - coupon - borne
    columns |= {"list_price": quoted["base"], "paid": paid, "coupon": coupon, "borne": borne, "promo": quoted["promo"]}
    deals = Deals(trades)
    _weekly(world, deals)
    _episodes(world, deals)
    return trades


def _fewer_while_raised(world: World, trades: Trades) -> Trades:
    rng = world.recipe.stream("raised")
    world.raised.settle()
    raised = world.raised.row(trades["item"].astype(np.int64), trades["at"].astype(np.int64)) >= 0
    return trades.where(~raised | (rng.random(len(trades)) < BOUGHT_WHILE_RAISED))


class Deals:
    """Deal prices per piece (fen, net of coupons), for questions about an item before an instant."""

    def __init__(self, trades: Trades) -> None:
        order = np.lexsort((trades["at"], trades["item"]))
        self.key = trades["item"][order].astype(np.int64) * (1 << 32) + trades["at"][order]
        self.unit = (trades["paid"] // trades["qty"])[order]

    def reference(self, items: Ints, at: Ints) -> Ints:
        """The lowest deal of the seven calendar days before `at`, else the last deal before it, else NO_DEAL (0).

        Basis: the rule on price fraud by which a crossed-out price is compared with the lowest deal of the seven days before a sale.
        """
        base = items.astype(np.int64) * (1 << 32)
        low = np.searchsorted(self.key, base + np.maximum(0, (at // DAY - 7) * DAY))
        high = np.searchsorted(self.key, base + at)
        lowest = _minimum_between(self.unit, low, high)
        last = np.maximum(high - 1, 0)
        has_last = (high > 0) & (self.key[last] >= base)
        return np.where(high > low, lowest, np.where(has_last, self.unit[last], NO_DEAL))

    def highest(self, items: Ints, at: Ints) -> Ints:
        """The highest deal ever made before `at`, NO_DEAL (0) when there was none."""
        base = items.astype(np.int64) * (1 << 32)
        low, high = np.searchsorted(self.key, base), np.searchsorted(self.key, base + at)
        return np.where(high > low, -_minimum_between(-self.unit, low, high), NO_DEAL)


def _minimum_between(values: Ints, low: Ints, high: Ints) -> Ints:
    """Minimum of values[low:high] per pair; a pair with nothing between gives some value (the caller looks)."""
    padded = np.append(values, np.iinfo(np.int64).max)
    bounds = np.stack([low, np.maximum(high, low + 1)], axis=1).ravel()
    return np.asarray(np.minimum.reduceat(padded, np.minimum(bounds, len(values)))[::2])


def _weekly(world: World, deals: Deals) -> None:
    """Struck prices of the weekly promotions: settled on the first day, kept to the end, shown only while they are a saving."""
    goods = world.goods
    shows = (goods.words >> 8) % 1000 < SHOWS_STRUCK * 1000
    running = np.zeros(len(goods), np.int64)
    for week in range(1, world.recipe.weeks):
        begins = goods.promo[:, week] == week + 1
        items = np.flatnonzero(begins)
        at = week * WEEK - goods.phase[items]
        reference = deals.reference(items, at)
        running[items] = np.where(reference > goods.shown[items, week], reference, 0)  # no saving on the first day: nothing is struck later
        on = (goods.promo[:, week] > 0) & shows & (running > goods.shown[:, week])
        goods.struck[:, week] = np.where(on & (goods.promo[:, week] > 1), running, 0)
    advised = goods.msrp > 0
    goods.struck[advised] = goods.msrp[advised, None]


def _episodes(world: World, deals: Deals) -> None:
    columns = world.episodes.columns
    reference = deals.reference(columns["item"], columns["since"])
    shown, rule, given = columns["shown"], columns["rule"], columns["struck"]
    measure = np.where(rule == TIMES_HIGHEST, deals.highest(columns["item"], columns["since"]), reference)
    times = np.maximum(np.where(measure > 0, measure, shown) * given // 1000, shown * 105 // 100) // 10 * 10
    multiple = (rule == TIMES_LOWEST) | (rule == TIMES_HIGHEST)
    struck = np.where(multiple, times, np.where(rule == AS_GIVEN, given, np.where(rule == LAWFUL, reference, 0)))
    lawful = (rule == LAWFUL) & (struck > shown)
    columns["struck"] = np.where(multiple | (rule == AS_GIVEN) | lawful, struck, 0)
    columns["basis"] = np.where(lawful, 1, columns["basis"])
