"""F9 personal data leaked or sold: strangers who know the order call its buyer, and some of the buyers complain to the platform.

The buyers are victims and no members. A leaking shop's complaints mostly name the order that leaked; a cautious buyer of data waits, calls
few, and some of those who are called name another order of theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from chengxin.city.cash_out import give
from chengxin.city.fulfilment import claims, draw_buyers, mark, orders_of, start_day
from chengxin.city.quantiles import Ints
from chengxin.city.sizes import DAY
from chengxin.city.trade import Trades
from chengxin.city.world import Cause, World


@dataclass(frozen=True)
class Leak:
    """share: of the shop's buyers of these days who are called and complain; days; wait: fewest and most days from order to complaint;
    named: share of the complaints that name the order that leaked; more: buyers the shop draws in these days."""

    share: float
    days: int
    wait: tuple[float, float]
    named: float
    more: tuple[int, int]


LEAKS = (
    Leak(0.5, 15, (1, 4), 1.0, (25, 50)),
    Leak(0.35, 25, (1, 6), 0.9, (25, 50)),
    Leak(0.22, 40, (2, 10), 0.75, (25, 50)),
    Leak(0.15, 60, (2, 15), 0.6, (25, 50)),
    Leak(0.1, 90, (3, 25), 0.45, (40, 70)),
)


def plant(world: World, shops: list[int], levels: Iterator[int]) -> None:
    for shop in shops:
        leak(world, shop, next(levels))


def leak(world: World, shop: int, level: int) -> Cause:
    """One shop whose buyers' data get out."""
    profile, cause = LEAKS[level], world.cause("campaign", "F9", [shop], level=level, behaviour="B17")
    rng = world.recipe.stream("leak", cause.number)
    day = start_day(world, rng, profile.days)
    draw_buyers(world, rng, shop, day, days=profile.days, n=int(rng.integers(*profile.more)))
    for part in world.parts:
        mine = orders_of(world, part, shop, day * DAY, (day + profile.days) * DAY)
        mine = mine[rng.random(len(mine)) < profile.share]
        wait = (rng.uniform(*profile.wait, len(mine)) * DAY).astype(np.int64)
        elsewhere = rng.random(len(mine)) >= profile.named
        for row, seconds, other in zip(mine.tolist(), wait.tolist(), elsewhere.tolist(), strict=True):
            _call(world, part, row, seconds, other, cause)
    return cause


def _call(world: World, part: Trades, row: int, wait: int, elsewhere: bool, cause: Cause) -> None:
    """The complaint about one call: it names the order that leaked, or another recent one of the same buyer where there is any."""
    called_at = int(part["at"][row]) + wait
    book = world.parts[0]
    if elsewhere:
        same = np.flatnonzero((book["account"] == part["account"][row]) & (book["at"] < called_at) & (book["at"] > called_at - 40 * DAY))
        others = same if book is not part else same[same != row]
        if len(others):
            part, row = book, int(others[-1])
    part.columns["called"][row] = called_at - int(part["at"][row])
    mark(part, np.array([row]), cause)


# -- honest life ---------------------------------------------------------------------------------------------------------------

CALLED = 0.0015  # orders whose buyer complains of a call that has nothing to do with them
NEWS_DAYS, NEWS_TIMES = 7, 12  # after a report on television for a week twelve times as many complain
PLATFORM_DAYS, PLATFORM_CALLED = 20, 0.06  # a platform's own leak: so many of its orders of so many days, whatever the shop


def ordinary_calls(world: World, trades: Trades) -> None:
    """Calls that nobody's leak explains, a week after the news, and one platform that leaks as a whole."""
    rng, c, n = world.recipe.stream("ordinary calls"), trades.columns, len(trades)
    at, platform = c["at"], world.shops.platform[world.goods.shop[c["item"]]]
    day = int(rng.integers(21, world.recipe.days - 30))
    chance = np.where((at >= day * DAY) & (at < (day + NEWS_DAYS) * DAY), NEWS_TIMES * CALLED, CALLED)
    day = int(rng.integers(21, world.recipe.days - 30))
    leaking = platform == int(rng.integers(0, platform.max() + 1))
    chance = np.where(leaking & (at >= day * DAY) & (at < (day + PLATFORM_DAYS) * DAY), PLATFORM_CALLED, chance)
    called = (c["called"] == 0) & (c["role"] == 0) & (rng.random(n) < chance)
    c["called"][called] = (np.minimum(rng.lognormal(np.log(9), 0.8, n), 60) * DAY)[called]


def big_shop(world: World, rng: np.random.Generator, shop: int) -> None:
    """Many buyers, and therefore many of everything."""
    cause = world.cause("lookalike", "big_shop", [shop])
    buyers = world.residents(rng, int(world.shops.platform[shop]), 1200)
    at = world.times(rng, 1, world.recipe.days - 2, len(buyers))
    world.plant(cause, Trades.of(account=buyers, item=rng.choice(world.popular(shop, 6), len(buyers)), at=at))


def bad_service(world: World, rng: np.random.Generator, shop: int) -> None:
    """A shop many complain of, for other reasons; one in two hundred of its buyers was called by somebody."""
    world.cause("lookalike", "bad_service", [shop])
    for part in world.parts:
        mine = orders_of(world, part, shop, 0, world.recipe.end)
        part.columns["claim"][mine] = claims(rng, len(mine), 0.0, 0.0, 0.2)
        called = mine[rng.random(len(mine)) < 0.005]
        part.columns["called"][called] = (rng.uniform(2, 30, len(called)) * DAY).astype(np.int64)


LOOKALIKES: tuple[Callable[[World, np.random.Generator, int], None], ...] = (big_shop, bad_service)
SHARE = 0.004
SAYS = (
    "刚下单没几天就有人打电话说订单异常要退款，能报出我买了什么",
    "陌生电话准确说出我的收货地址和商品，冒充客服让我下载软件",
    "有人加我微信说快递丢了要理赔，订单号都说得一字不差",
    "买完东西之后骚扰电话不断，对方知道我的姓名和订单",
    "自称商家客服来电，商品金额全对，要我提供验证码，怀疑信息泄露",
    "诈骗电话知道我在这里买过什么，请查一查谁把资料卖了",
)


def add_honest(world: World, free: list[int]) -> list[int]:
    return give(world, free, LOOKALIKES, SHARE)


def says(rng: np.random.Generator, n: int) -> Ints:
    """Which of SAYS each complaint says."""
    return rng.integers(0, len(SAYS), n)
