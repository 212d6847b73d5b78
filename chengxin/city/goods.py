"""What is sold: items with their demand, weight and weekly prices, and the episodes in which a price leaves its weekly path."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from chengxin.city import quantiles
from chengxin.city.quantiles import Floats, Ints
from chengxin.city.register import Shops
from chengxin.city.sizes import DAY, Recipe
from chengxin.city.words import CATEGORIES

WEEK = 7 * DAY
BASIS = ("none", "detailed", "msrp")
NONE, DETAILED, MSRP = 0, 1, 2
# What settles an episode's struck price once the deals are known: nothing, the honest rule, a multiple (in thousandths) of the lowest deal
# of the seven days before or of the highest deal ever, or as given.
NO_STRUCK, LAWFUL, TIMES_LOWEST, TIMES_HIGHEST, AS_GIVEN = range(5)
MEAN_DEGREE = 11.0  # orders per item of the city: with it, items that sell at all have the published degrees
EPISODE = ("item", "since", "until", "shown", "struck", "basis", "promo", "cause", "rule")


@dataclass
class Episodes:
    """Stretches in which an item's price is set apart from its weekly path: flash sales, clearance steps, repricing, planted games.

    One row each: item, since, until (seconds), shown and struck (fen, struck 0 = none), basis, promo (name number, 0 = none), cause.
    struck may be filled in after the deals are known. Rows of one item do not overlap.
    """

    columns: dict[str, Ints] = field(default_factory=lambda: {name: np.zeros(0, np.int64) for name in EPISODE})
    added: list[dict[str, Ints]] = field(default_factory=list)

    def add(self, **rows: Ints | int) -> None:
        """Append rows, in force once settled; a scalar fills its column, a column not given is 0."""
        n = len(np.atleast_1d(np.asarray(rows["item"])))
        self.added.append({name: np.broadcast_to(np.asarray(rows.get(name, 0), dtype=np.int64), (n,)) for name in EPISODE})

    def settle(self) -> None:
        """Sort by item and time, and drop what would overlap an earlier row of the same item."""
        self.columns = {name: np.concatenate([self.columns[name], *(rows[name] for rows in self.added)]) for name in EPISODE}
        self.added.clear()
        order = np.lexsort((self.columns["since"], self.columns["item"]))
        for name in EPISODE:
            self.columns[name] = self.columns[name][order]
        item, since, until = (self.columns[name] for name in ("item", "since", "until"))
        keep = np.ones(len(item), dtype=bool)
        keep[1:] = (item[1:] != item[:-1]) | (since[1:] >= until[:-1])
        for name in EPISODE:
            self.columns[name] = self.columns[name][keep]

    def row(self, items: Ints, at: Ints) -> Ints:
        """The row in force for an item at an instant, -1 for none."""
        if not len(self.columns["item"]):
            return np.full(len(items), -1)
        keys = self.columns["item"] * (1 << 32) + self.columns["since"]
        found = np.searchsorted(keys, items * (1 << 32) + at, side="right") - 1
        safe = np.maximum(found, 0)
        inside = (found >= 0) & (self.columns["item"][safe] == items) & (at < self.columns["until"][safe])
        return np.where(inside, found, -1)


@dataclass
class Goods:
    """Items, contiguous by shop, and their weekly prices (item, week) in fen."""

    shop: Ints
    first: Ints  # (shops + 1,) where each shop's items begin
    want: Floats
    weight_g: Ints
    born: Ints
    phase: Ints
    words: Ints
    base: Ints
    shown: Ints
    struck: Ints
    promo: Ints
    msrp: Ints
    episodes: Episodes

    def __len__(self) -> int:
        return len(self.shop)

    def week(self, items: Ints, at: Ints) -> Ints:
        """The item's own price week of an instant."""
        return (at + self.phase[items]) // WEEK

    def promo_day(self, items: Ints, started: Ints) -> Ints:
        """1 + the day a weekly promotion began (0 = none), given 1 + its first week."""
        return np.where(started > 0, np.maximum(0, ((started - 1) * WEEK - self.phase[items]) // DAY) + 1, 0)

    def quote(self, items: Ints, at: Ints) -> dict[str, Ints]:
        """What the page shows for items at instants: base (marked) price, shown, struck (0 = none), basis, promo (0 = none), cause."""
        week = self.week(items, at)
        given: dict[str, Ints] = {
            "base": self.base[items, week].astype(np.int64),
            "shown": self.shown[items, week].astype(np.int64),
            "struck": self.struck[items, week].astype(np.int64),
            "promo": self.promo_day(items, self.promo[items, week].astype(np.int64)),
            "cause": np.zeros(len(items), np.int64),
        }
        given["basis"] = np.where(
            given["struck"] == 0, NONE, np.where(self.msrp[items] > 0, MSRP, np.where(self.words[items] % 5 < 2, NONE, DETAILED))
        )
        rows = self.episodes.row(items, at)
        inside = rows >= 0
        for name in ("shown", "struck", "promo", "basis", "cause"):
            given[name] = np.where(
                inside, self.episodes.columns[name][np.maximum(rows, 0)] if len(rows) and inside.any() else 0, given[name]
            )
        given["base"] = np.maximum(given["base"], given["shown"])
        return given


def stock(recipe: Recipe, shops: Shops, orders: int) -> Goods:
    """The items of every shop. `orders`: how many purchases the city will see, which sets the number of items."""
    rng, n_shops = recipe.stream("goods"), len(shops)
    count = 1 + rng.poisson(np.maximum(0.1, (orders / MEAN_DEGREE / n_shops - 1)) * rng.lognormal(-0.32, 0.8, n_shops))
    shop = np.repeat(np.arange(n_shops), count)
    n, category = len(shop), shops.category[np.repeat(np.arange(n_shops), count)]
    want = quantiles.degrees(rng.random(n))
    base = _base_prices(rng, category)
    goods = Goods(
        shop=shop,
        first=np.concatenate([[0], np.cumsum(count)]),
        want=want,
        weight_g=_weights(rng, category),
        born=np.where(
            shops.opens[shop] > 0, shops.opens[shop], np.where(rng.random(n) < 0.12, rng.integers(0, recipe.days - 7, n) * DAY, 0)
        ),
        phase=rng.integers(0, WEEK // 3600, n) * 3600,
        words=rng.integers(0, 1 << 40, n),
        base=_base_path(rng, base, recipe.weeks),
        shown=np.zeros((0, 0), np.int64),
        struck=np.zeros((n, recipe.weeks), np.int64),
        promo=np.zeros((0, 0), np.int64),
        msrp=np.zeros(n, np.int64),
        episodes=Episodes(),
    )
    goods.shown, goods.promo = _promotions(rng, goods.base)
    goods.msrp = np.where(rng.random(n) < 0.12, _priced(goods.base.max(axis=1) * rng.uniform(1.02, 1.35, n)), 0)
    return goods


def _base_prices(rng: np.random.Generator, category: Ints) -> Floats:
    medians = np.array([one.price for one in CATEGORIES])[category]
    return np.asarray(112.0 * medians**0.8 * rng.lognormal(0, 0.78, len(category)))


def _weights(rng: np.random.Generator, category: Ints) -> Ints:
    score = np.log([one.weight for one in CATEGORIES])[category] + rng.normal(0, 0.8, len(category))
    return np.maximum(5, quantiles.weights(quantiles.ranks(score))).astype(np.int64)


def _priced(yuan: Floats) -> Ints:
    """Fen of a shop's price: whole yuan with .9 or .8 at the end above 20 yuan, tenths below."""
    whole = np.where(
        yuan >= 20, np.maximum(1, np.rint(yuan)) * 100 - np.where(np.rint(yuan) % 3 == 0, 20, 10), np.maximum(1, np.rint(yuan * 10)) * 10
    )
    return np.asarray(whole.astype(np.int64))


def _base_path(rng: np.random.Generator, first: Floats, weeks: int) -> Ints:
    """Weekly marked prices in fen: 4.5 % of the steps are rises of more than a fifth, most of which come down again."""
    path = np.empty((len(first), weeks), dtype=np.int64)
    level = np.zeros(len(first))
    for week in range(weeks):
        path[:, week] = _priced(first * np.exp(level))
        up = rng.random(len(first)) < quantiles.BASE_UP_20 * 1.02
        down = ~up & (rng.random(len(first)) < np.where(level > 0.1, 0.28, 0.02))
        level = level + up * np.log(rng.uniform(1.22, 1.5, len(first))) - down * rng.uniform(0.08, 0.28, len(first))
        level = np.where(level > 0.8, level - 0.5, level)
    return path


def _promotions(rng: np.random.Generator, base: Ints) -> tuple[Ints, Ints]:
    """Shown prices and promotion numbers (week of its start + 1, 0 = none): on half of the time, three weeks on average."""
    n, weeks = base.shape
    shown, promo = base.copy(), np.zeros((n, weeks), dtype=np.int64)
    on, depth, started = rng.random(n) < 0.5, _depth(rng, n), np.ones(n, np.int64)
    for week in range(weeks):
        turn = rng.random(n) < 1 / 3
        begins = turn & ~on
        on = on ^ turn
        depth = np.where(begins, _depth(rng, n), depth)
        started = np.where(begins, week + 1, started)
        shown[:, week] = np.where(on, _priced(base[:, week] / 100 * (1 - depth)), base[:, week])
        promo[:, week] = np.where(on, started, 0)
    return shown, promo


def _depth(rng: np.random.Generator, n: int) -> Floats:
    return np.clip(0.24 * rng.lognormal(0, np.log(46 / 24) / 1.2816, n), 0.03, 0.75)
