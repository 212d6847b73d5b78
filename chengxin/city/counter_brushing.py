"""F13 counter-brushing: one group orders in mass at a rival's shop, leaves half unpaid and sends the rest back at the rival's cost.

The shop is the victim; members of a campaign are the shop and the group's accounts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from chengxin.city.cash_out import give, on_devices
from chengxin.city.fulfilment import start_day
from chengxin.city.goods import LAWFUL
from chengxin.city.sizes import DAY
from chengxin.city.trade import BACK_SAME_WAY, COVER, FAKE, GROUP, LIVE, NEVER_PAID, UNSENT, USUAL, Trades, browsing
from chengxin.city.world import Cause, World


@dataclass(frozen=True)
class Raid:
    """accounts: fewest and most; each: most orders of one; days; fresh: share of new accounts; per_device: accounts that share
    one (0 = own); unpaid, back: shares of the orders; cover: ordinary purchases per planted one."""

    accounts: tuple[int, int]
    each: int
    days: int
    fresh: float
    per_device: int
    unpaid: float
    back: float
    cover: float


RAIDS = (
    Raid((40, 70), 2, 2, 1.0, 999, 0.5, 0.5, 0.0),
    Raid((35, 60), 2, 4, 0.8, 6, 0.4, 0.55, 0.1),
    Raid((30, 50), 2, 8, 0.5, 3, 0.3, 0.5, 0.3),
    Raid((22, 40), 3, 14, 0.2, 2, 0.25, 0.4, 0.6),
    Raid((15, 30), 3, 21, 0.0, 0, 0.2, 0.35, 1.0),
)


def plant(world: World, shops: list[int], levels: Iterator[int]) -> None:
    for shop in shops:
        raid(world, shop, next(levels))


def raid(world: World, shop: int, level: int) -> Cause:
    """One group against one shop."""
    profile, cause = RAIDS[level], world.cause("campaign", "F13", [shop], level=level, behaviour="B08", also=("B01",))
    rng, platform = world.recipe.stream("raid", cause.number), int(world.shops.platform[shop])
    people = int(rng.integers(*profile.accounts))
    fresh = world.people.join(rng, np.full(round(people * profile.fresh), platform), world.where)
    aged = world.residents(rng, platform, people - len(fresh), world.people.bought[: world.honest_people] >= 1)
    crew = rng.permutation(np.concatenate([fresh, aged]))
    who = np.repeat(np.arange(len(crew)), rng.integers(1, profile.each + 1, len(crew)))
    device, ip = on_devices(world, who, profile.per_device)
    drawn, n, day = rng.random(len(who)), len(who), start_day(world, rng, profile.days)
    money = np.where(drawn < profile.unpaid, NEVER_PAID, np.where(drawn < profile.unpaid + profile.back, BACK_SAME_WAY, USUAL))
    at = world.times(rng, day, profile.days, n)
    item = rng.choice(world.popular(shop, 4), n)
    orders = Trades.of(account=crew[who], item=item, at=at, browse=browsing(rng, n), device=device, ip=ip, money=money, role=FAKE)
    world.plant(cause, orders)
    elsewhere = crew[rng.integers(0, len(crew), round(n * profile.cover))]
    if len(elsewhere):
        item = world.market.on_platform(world.people.platform[elsewhere], np.full(len(elsewhere), -1), rng.random(len(elsewhere)))
        cover = Trades.of(account=elsewhere, item=item, at=world.times(rng, max(1, day - 14), 40, len(elsewhere)), role=COVER)
        world.plant(cause, cover.where(world.goods.born[item] <= cover["at"]))
    return cause


# -- honest life ---------------------------------------------------------------------------------------------------------------


def flash_returns(world: World, rng: np.random.Generator, shop: int) -> None:
    """A streamer's crowd buys on impulse; half send it back, some never pay."""
    cause = world.cause("lookalike", "flash_returns", [shop])
    item, at = int(world.popular(shop, 1)[0]), start_day(world, rng, 1) * DAY + 20 * 3600
    shown = int(world.goods.shown[item, world.goods.week(np.array([item]), np.array([at]))[0]] * 0.7) // 10 * 10
    world.episodes.add(item=item, since=at, until=at + 7200, shown=max(10, shown), promo=at // DAY + 1, rule=LAWFUL)
    fans = world.residents(rng, int(world.shops.platform[shop]), int(rng.integers(60, 110)))
    drawn = rng.random(len(fans))
    money = np.where(drawn < 0.15, NEVER_PAID, np.where(drawn < 0.6, BACK_SAME_WAY, USUAL))
    when = at + np.minimum(rng.exponential(420, len(fans)), 7000).astype(np.int64)
    world.plant(cause, Trades.of(account=fans, item=item, at=when, channel=LIVE, browse=10, visits=3, money=money))


def group_withdrawn(world: World, rng: np.random.Generator, shop: int) -> None:
    """Neighbours order together to one pick-up point, and call it off: before it leaves, or at the door."""
    cause = world.cause("lookalike", "group_withdrawn", [shop])
    home = int(world.people.new_homes(rng, 1, world.where)[0])
    members = world.residents(rng, int(world.shops.platform[shop]), 40)
    n = len(members)
    at = world.times(rng, start_day(world, rng, 2), 2, n)
    delay = np.where(rng.random(n) < 0.6, UNSENT, 0)
    item = rng.choice(world.popular(shop, 2), n)
    world.plant(cause, Trades.of(account=members, item=item, at=at, channel=GROUP, home=home, delay=delay, money=BACK_SAME_WAY))


def wrong_price(world: World, rng: np.random.Generator, shop: int) -> None:
    """A decimal point in the wrong place: people order again and again for some hours, and the shop calls it all off."""
    cause = world.cause("lookalike", "wrong_price", [shop])
    item, at = int(world.popular(shop, 1)[0]), start_day(world, rng, 1) * DAY + 13 * 3600
    shown = int(world.goods.shown[item, world.goods.week(np.array([item]), np.array([at]))[0]] * 0.1) // 10 * 10
    world.episodes.add(item=item, since=at, until=at + 4 * 3600, shown=max(10, shown), promo=0)
    buyers = world.residents(rng, int(world.shops.platform[shop]), 40)
    who = np.repeat(buyers, rng.integers(1, 4, len(buyers)))
    money = np.where(rng.random(len(who)) < 0.15, NEVER_PAID, BACK_SAME_WAY)
    when = at + rng.integers(0, 4 * 3600, len(who))
    world.plant(cause, Trades.of(account=who, item=item, at=when, browse=30, delay=UNSENT, money=money))


LOOKALIKES: tuple[Callable[[World, np.random.Generator, int], None], ...] = (flash_returns, group_withdrawn, wrong_price)
SHARE = 0.006


def add_honest(world: World, free: list[int]) -> list[int]:
    return give(world, free, LOOKALIKES, SHARE)
