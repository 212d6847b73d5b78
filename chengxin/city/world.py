"""The city under construction: its tables, and the causes (campaigns and look-alikes) that mark orders for the truth."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from chengxin.city.goods import Episodes, Goods, stock
from chengxin.city.page_views import Views
from chengxin.city.people import People, populate
from chengxin.city.quantiles import Ints, Mask
from chengxin.city.register import Places, Shops, open_shops, places, platform_count
from chengxin.city.review_chain import Hiding
from chengxin.city.rhythm import Rhythm
from chengxin.city.sizes import DAY, Recipe
from chengxin.city.trade import Market, Trades, honest

if TYPE_CHECKING:
    from chengxin.city.brushing import Profile as Brushing
    from chengxin.city.false_ads import Ad
    from chengxin.city.licences import Licence
    from chengxin.city.outlet_breaches import Profile
    from chengxin.city.social_posts import Post

ORDERS_PER_EVENT = 1 / 14.8  # rows of all kinds that follow from one order, prices and listings of its items included
HONEST_SHARE = 0.90  # of all orders; the rest are the look-alikes' and the campaigns'


@dataclass
class Cause:
    """A campaign or an honest look-alike. Members are numbers of shops and accounts; `also` names behaviours it shows on the way."""

    number: int
    kind: str
    type: str
    level: int
    shops: list[int]
    behaviour: str = ""
    also: tuple[str, ...] = ()
    studio: int = -1
    accounts: list[int] = field(default_factory=list)
    outlets: list[int] = field(default_factory=list)  # of courier firms


@dataclass
class World:
    """Everything the writers need."""

    recipe: Recipe
    where: Places
    shops: Shops
    goods: Goods
    people: People
    market: Market
    rhythm: Rhythm
    parts: list[Trades]
    honest_people: int
    causes: list[Cause] = field(default_factory=list)
    brushing: tuple[Brushing, ...] = ()  # how each level brushes, when not as brushing.LEVELS says
    views: list[Views] = field(default_factory=list)  # visits beyond those that follow from orders
    raised: Episodes = field(default_factory=Episodes)  # when a price is raised only to be cut; few buy then
    promised_hours: Ints = field(default_factory=lambda: np.zeros(0, np.int64))  # per shop, hours to dispatch its pages state, 0 = none
    gtin_code: Ints = field(default_factory=lambda: np.zeros(0, np.int64))  # per item, the running digits of its GTIN
    resellers: Ints = field(default_factory=lambda: np.zeros(0, np.int64))  # honest shops that may sell product lines
    lines: list[int] = field(default_factory=list)  # GTIN digits of the product lines
    settles: Ints = field(default_factory=lambda: np.zeros(0, np.int64))  # per shop, the shop whose settlement account it uses
    measures: list[tuple[int, int, str]] = field(default_factory=list)  # shop, second, code: what platforms did to shops
    pools: dict[int, tuple[Ints, Ints]] = field(default_factory=dict)
    licences: dict[int, list[Licence]] = field(default_factory=dict)  # per shop, what it shows; empty where nobody reports any
    spare: list[int] = field(default_factory=list)  # shops that are part of nothing yet
    outlets: dict[int, Profile] = field(default_factory=dict)  # outlets of couriers that do not work as usual
    ads: list[Ad] = field(default_factory=list)  # pages that say something else than usual
    posts: list[Post] = field(default_factory=list)  # public posts; empty where nobody reports any
    spare_accounts: list[int] = field(default_factory=list)  # accounts that post nothing but their own
    hiding: dict[int, Hiding] = field(default_factory=dict)  # shops whose reviews disappear

    @classmethod
    def honest(cls, recipe: Recipe) -> World:
        """The honest layer alone, before look-alikes and campaigns."""
        orders = max(1500, int(recipe.events * ORDERS_PER_EVENT))
        where, shops, rhythm = places(), open_shops(recipe), Rhythm(recipe)
        goods = stock(recipe, shops, orders)
        market = Market(goods, shops, platform_count(recipe))
        people = populate(recipe, market.platform_share, int(orders * HONEST_SHARE), where)
        trades = honest(recipe, people, market, rhythm)
        return cls(
            recipe,
            where,
            shops,
            goods,
            people,
            market,
            rhythm,
            [trades],
            len(people),
            promised_hours=np.zeros(len(shops), np.int64),
            gtin_code=np.arange(len(goods)),
            settles=np.arange(len(shops)),
        )

    @property
    def episodes(self) -> Episodes:
        return self.goods.episodes

    def cause(self, kind: str, type_: str, shops: Ints | list[int], *, level: int = -1, **more: object) -> Cause:
        """Open a campaign or look-alike."""
        made = Cause(len(self.causes) + 1, kind, type_, level, [int(shop) for shop in shops], **more)  # type: ignore[arg-type]
        self.causes.append(made)
        return made

    def plant(self, cause: Cause, trades: Trades) -> None:
        """Add orders of a cause; their buyers become its members."""
        if len(trades) == 0:
            return
        trades.columns["cause"][:] = cause.number
        cause.accounts = sorted({*cause.accounts, *np.unique(trades["account"]).tolist()})
        self.parts.append(trades)

    def residents(self, rng: np.random.Generator, platform: int, n: int, among: Mask | None = None) -> Ints:
        """Up to n distinct honest accounts of a platform, optionally among a mask; who buys much is met more often."""
        pool, weight = self._pool(platform)
        if among is not None:
            pool = pool[among[pool]]
            weight = np.cumsum(self.people.bought[pool])
        if len(pool) <= 4 * n:
            key = rng.random(len(pool)) ** (1 / np.maximum(1, self.people.bought[pool]))
            return pool[np.argsort(-key, kind="stable")][:n]
        drawn = np.searchsorted(weight, rng.random(4 * n) * weight[-1], side="right")
        first = np.sort(np.unique(drawn, return_index=True)[1])[:n]
        chosen: Ints = pool[drawn[first]]
        return chosen

    def _pool(self, platform: int) -> tuple[Ints, Ints]:
        """The honest accounts of a platform and their purchases, summed up."""
        if platform not in self.pools:
            pool = np.flatnonzero(self.people.platform[: self.honest_people] == platform)
            self.pools[platform] = (pool, np.cumsum(np.maximum(1, self.people.bought[pool])))
        return self.pools[platform]

    def items_of(self, shop: int) -> Ints:
        """Numbers of a shop's items."""
        return np.arange(self.goods.first[shop], self.goods.first[shop + 1])

    def popular(self, shop: int, n: int) -> Ints:
        """The shop's items with the most demand, those on sale from the start first."""
        items = self.items_of(shop)
        old = items[self.goods.born[items] == self.shops.opens[shop]]
        items = old if len(old) else items
        return items[np.argsort(-self.goods.want[items], kind="stable")][:n]

    def start_day(self, rng: np.random.Generator, span: int) -> int:
        """A day from which `span` days fit with room before (a history) and after (refunds, reviews)."""
        return int(rng.integers(21, max(22, self.recipe.days - span - 14)))

    def times(self, rng: np.random.Generator, day: int, span: float, n: int) -> Ints:
        """n instants within `span` days from a day's midnight, in the city's rhythm."""
        return self.rhythm.between(rng.random(n), day * DAY, min(self.recipe.end - 1, int((day + span) * DAY)))
