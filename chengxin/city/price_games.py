"""F6 price fraud: struck prices above the lowest deal of seven days, prices raised to be cut, originals at which nothing sold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chengxin.city.goods import AS_GIVEN, DETAILED, NONE, TIMES_HIGHEST, TIMES_LOWEST
from chengxin.city.sizes import DAY
from chengxin.city.trade import Trades
from chengxin.city.world import Cause, World

ABOVE_LOWEST, RAISED_THEN_CUT, NEVER_SOLD = range(3)


@dataclass(frozen=True)
class Profile:
    """How a level plays.

    goods: share of the shop's goods; factor: struck price as a multiple of the true one; days of the sale; stated: share of the sales that
    state a basis for the struck price. Unstated, the lowest deal of seven days is the measure, and the struck price lies above it; a stated
    basis may be older, so there the struck price lies above every deal there ever was.
    """

    goods: float
    factor: tuple[float, float]
    days: int
    stated: float


LEVELS = (
    Profile(1.0, (2.0, 3.0), 14, 0.0),
    Profile(0.8, (1.6, 2.0), 14, 0.0),
    Profile(0.6, (1.35, 1.6), 10, 0.5),
    Profile(0.4, (1.2, 1.35), 10, 0.5),
    Profile(0.3, (1.08, 1.2), 21, 0.5),
)


def mislead(world: World, shop: int, level: int) -> Cause:
    """One campaign of one shop: a sale whose crossed-out prices are not what they say."""
    profile = LEVELS[level]
    cause = world.cause("campaign", "F6", [shop], level=level, behaviour="B13")
    rng = world.recipe.stream("mislead", cause.number)
    day = world.start_day(rng, profile.days)
    items = world.popular(shop, max(2, round(profile.goods * len(world.items_of(shop)))))
    for item in items:
        game = int(rng.choice(3, p=[0.5, 0.3, 0.2]))
        start = (day + int(rng.integers(0, 3))) * DAY + int(rng.integers(0, 12)) * 3600
        _sale(world, rng, cause, item=int(item), start=start, game=game, profile=profile)
        world.goods.msrp[item] = 0
        world.goods.born[item] = min(world.goods.born[item], max(0, day - 14) * DAY)
    return cause


def _sale(world: World, rng: np.random.Generator, cause: Cause, *, item: int, start: int, game: int, profile: Profile) -> None:
    """A sale, and before it the days at a raised price when that is the game: few buy then."""
    _customers(world, rng, item, start, profile)
    week = int(world.goods.week(np.array([item]), np.array([start]))[0])
    usual = int(world.goods.base[item, week])
    factor, stated = rng.uniform(*profile.factor), rng.random() < profile.stated
    if game == RAISED_THEN_CUT:
        raised, stated = int(usual * factor) // 10 * 10, False
        since = start - int(rng.integers(1, 4)) * DAY
        world.episodes.add(item=item, since=since, until=start, shown=raised, cause=cause.number)
        world.raised.add(item=item, since=since, until=start)
        struck, rule = raised, AS_GIVEN
    else:
        struck, rule = int(factor * 1000), TIMES_HIGHEST if stated or game == NEVER_SOLD else TIMES_LOWEST
    shown = max(10, int(usual * rng.uniform(0.8, 0.97)) // 10 * 10)
    until = min(world.recipe.end, start + profile.days * DAY)
    promo = start // DAY + 1
    world.episodes.add(
        item=item,
        since=start,
        until=until,
        shown=shown,
        struck=struck,
        basis=DETAILED if stated else NONE,
        promo=promo,
        cause=cause.number,
        rule=rule,
    )


def _customers(world: World, rng: np.random.Generator, item: int, start: int, profile: Profile) -> None:
    """Honest people who buy the goods in the week before and, more of them, during the sale: such sales are run on goods that sell."""
    platform = int(world.shops.platform[world.goods.shop[item]])
    before, during = int(rng.integers(2, 6)), int(rng.integers(5, 12))
    buyers = world.residents(rng, platform, before + during)
    day = start // DAY
    at = np.concatenate([world.times(rng, day - 7, 7, before), world.times(rng, day, profile.days, during)])[: len(buyers)]
    world.parts.append(Trades.of(account=buyers, item=item, at=at))
