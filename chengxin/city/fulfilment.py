"""What was promised and what came: F21 no delivery, F22 late dispatch, F23 not as described, F7 counterfeits.

The buyers are honest people and never members of a campaign; what is planted is what the shop did with their orders. Only a city that asks
for one of these types has them, and with them the ordinary untidiness of dispatch (see `ordinary_life`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chengxin.city.quantiles import Ints, Mask
from chengxin.city.sizes import DAY
from chengxin.city.trade import CLAIMS, COMPLAINS, FAKE, OTHER_GOODS, REPAID, UNREPORTED, UNSENT, Trades
from chengxin.city.world import Cause, World

RIPE = 30  # days left after a campaign, so that what did not come is overdue by the end


@dataclass(frozen=True)
class Unsent:
    """A shop that takes money. share: of its orders that are never sent; more: extra orders it draws; days; claim: buyers who ask for their
    money; repaid: of those who ask; complain: of all; silent: the shop stops afterwards."""

    share: float
    more: tuple[int, int]
    days: int
    claim: float
    repaid: float
    complain: float
    silent: bool


UNSENT_LEVELS = (
    Unsent(1.0, (80, 150), 7, 0.6, 0.0, 0.35, True),
    Unsent(0.9, (60, 120), 14, 0.6, 0.05, 0.3, True),
    Unsent(0.7, (50, 100), 21, 0.55, 0.2, 0.2, True),
    Unsent(0.45, (40, 80), 30, 0.5, 0.4, 0.12, False),
    Unsent(0.25, (30, 70), 45, 0.5, 0.5, 0.08, False),
)


@dataclass(frozen=True)
class Late:
    """A shop that sends late. share: of its orders; late: extra days before it hands over; days: how long; complain: of the late."""

    share: float
    late: tuple[float, float]
    days: int
    complain: float


LATE_LEVELS = (
    Late(0.9, (4.0, 12.0), 50, 0.2),
    Late(0.7, (3.0, 9.0), 60, 0.12),
    Late(0.5, (2.5, 7.0), 70, 0.08),
    Late(0.35, (2.0, 5.0), 80, 0.05),
    Late(0.22, (1.8, 4.0), 90, 0.03),
)


@dataclass(frozen=True)
class Different:
    """Goods that are other than described. claim, complain: shares of the buyers; heft: share of the listed weight that comes."""

    claim: float
    complain: float
    heft: tuple[float, float]
    more: tuple[int, int]


DIFFERENT_LEVELS = (
    Different(0.7, 0.3, (0.15, 0.3), (50, 90)),
    Different(0.5, 0.2, (0.3, 0.45), (50, 90)),
    Different(0.35, 0.12, (0.4, 0.6), (50, 90)),
    Different(0.25, 0.08, (0.55, 0.75), (50, 90)),
    Different(0.17, 0.05, (0.75, 0.95), (50, 90)),
)


def keep_money(world: World, shop: int, level: int) -> Cause:
    """F21: more orders than ever, few or no parcels, little money back, and in the low levels silence afterwards."""
    profile = UNSENT_LEVELS[level]
    cause = world.cause("campaign", "F21", [shop], level=level, behaviour="B15", also=("B14",))
    rng = world.recipe.stream("keep money", cause.number)
    day = start_day(world, rng, profile.days)
    until = day + profile.days
    draw_buyers(world, rng, shop, day, days=profile.days, n=int(rng.integers(*profile.more)), rising=True)
    for part in world.parts:
        mine = orders_of(world, part, shop, day * DAY, until * DAY)
        mine = mine[rng.random(len(mine)) < profile.share]
        part.columns["delay"][mine] = UNSENT
        part.columns["claim"][mine] = claims(rng, len(mine), profile.claim, profile.repaid, profile.complain)
        mark(part, mine, cause)
    if profile.silent:
        world.parts[:] = [part.where(_open(world, part, shop, until * DAY)) for part in world.parts]
    return cause


def send_late(world: World, shop: int, level: int) -> Cause:
    """F22: weeks in which a large share of the orders leaves days after the promised time; every second shop promises a day."""
    profile = LATE_LEVELS[level]
    cause = world.cause("campaign", "F22", [shop], level=level, behaviour="B14")
    rng = world.recipe.stream("send late", cause.number)
    day = start_day(world, rng, profile.days)
    world.promised_hours[shop] = 24 if rng.random() < 0.5 else 0
    draw_buyers(world, rng, shop, day, days=profile.days, n=int(rng.integers(30, 60)))
    for part in world.parts:
        mine = orders_of(world, part, shop, day * DAY, (day + profile.days) * DAY)
        mine = mine[rng.random(len(mine)) < profile.share]
        part.columns["delay"][mine] = (rng.uniform(*profile.late, len(mine)) * DAY).astype(np.int64)
        part.columns["claim"][mine] = np.where(rng.random(len(mine)) < profile.complain, COMPLAINS, 0)
        mark(part, mine, cause)
    return cause


def send_other_goods(world: World, shop: int, level: int) -> Cause:
    """F23: two of the shop's goods are not what the page says."""
    profile = DIFFERENT_LEVELS[level]
    cause = world.cause("campaign", "F23", [shop], level=level, behaviour="B11", also=("B10",))
    rng = world.recipe.stream("other goods", cause.number)
    days = 60
    day = start_day(world, rng, days)
    items = world.popular(shop, 2)
    draw_buyers(world, rng, shop, day, days=days, n=int(rng.integers(*profile.more)), items=items)
    for part in world.parts:
        mine = orders_of(world, part, shop, day * DAY, (day + days) * DAY)
        mine = mine[np.isin(part["item"][mine], items)]
        part.columns["heft"][mine] = rng.uniform(*profile.heft, len(mine))
        part.columns["goods"][mine] = OTHER_GOODS
        part.columns["claim"][mine] = claims(rng, len(mine), profile.claim, 0.85, profile.complain)
        mark(part, mine, cause)
    return cause


def start_day(world: World, rng: np.random.Generator, span: int) -> int:
    return int(rng.integers(21, max(22, world.recipe.days - span - RIPE)))


def draw_buyers(
    world: World, rng: np.random.Generator, shop: int, day: int, *, days: int, n: int, items: Ints | None = None, rising: bool = False
) -> None:
    """Honest people who buy there in these days, more of them towards the end when the trade is rising."""
    buyers = world.residents(rng, int(world.shops.platform[shop]), n)
    goods = rng.choice(world.popular(shop, 6) if items is None else items, len(buyers))
    at = world.times(rng, day, days, len(buyers))
    if rising:
        at = np.maximum(at, world.times(rng, day, days, len(buyers)))
    world.parts.append(Trades.of(account=buyers, item=goods, at=at))


def orders_of(world: World, part: Trades, shop: int, since: int, until: int) -> Ints:
    items = world.items_of(shop)
    inside = (part["item"] >= items[0]) & (part["item"] <= items[-1])
    return np.flatnonzero(inside & (part["at"] >= since) & (part["at"] < until))


def _open(world: World, part: Trades, shop: int, until: int) -> Mask:
    items = world.items_of(shop)
    return np.asarray((part["item"] < items[0]) | (part["item"] > items[-1]) | (part["at"] < until))


def mark(part: Trades, rows: Ints, cause: Cause) -> None:
    part.columns["role"][rows] = FAKE
    part.columns["cause"][rows] = cause.number


def claims(rng: np.random.Generator, n: int, claim: float, repaid: float, complain: float) -> Ints:
    """What buyers do: ask for their money, get it, complain (bits of the claim column)."""
    asks = rng.random(n) < claim
    paid = asks & (rng.random(n) < repaid)
    return np.asarray(asks * CLAIMS + paid * REPAID + (rng.random(n) < complain) * COMPLAINS, dtype=np.int64)


# -- honest life ---------------------------------------------------------------------------------------------------------------

STORE = 4  # channel code of a purchase fetched in the shop
CANCELLED, FORGOTTEN, OUT_OF_STOCK = 0.012, 0.0015, 0.015  # shares of honest orders: called off and repaid, unsent by mistake, sent later
ODD_CLAIM = 0.01  # buyers who say that nothing came although it did
PROMISES = ((24, 0.05), (48, 0.12), (72, 0.06))  # hours an honest page promises, and the share of shops that do


def promise(world: World) -> None:
    """Some honest pages state hours to dispatch."""
    rng = world.recipe.stream("promise")
    drawn = rng.random(len(world.shops))
    begin = 0.0
    for hours, share in PROMISES:
        world.promised_hours[(drawn >= begin) & (drawn < begin + share)] = hours
        begin += share


def ordinary_life(world: World, trades: Trades) -> None:
    """Honest orders that are called off, fetched, late for a reason or forgotten; a city's backlog; days a platform did not report."""
    rng, n, c = world.recipe.stream("ordinary life"), len(trades), trades.columns
    free = (c["role"] == 0) & (c["delay"] == 0)
    shop = world.goods.shop[c["item"]]
    drawn = rng.random(n)
    sloppy = np.minimum(6.0, rng.lognormal(-0.3, 0.9, len(world.shops)))[shop]  # shops differ in how well they keep their stock
    stores = free & (c["channel"] == STORE)
    called_off = free & (drawn < CANCELLED)
    forgotten = free & (drawn >= CANCELLED) & (drawn < CANCELLED + FORGOTTEN * sloppy)
    short = free & (drawn > 1 - OUT_OF_STOCK * sloppy)
    keen = free & (world.promised_hours[shop] == 24)
    c["delay"][keen] = -6 * 3600
    c["delay"][short] = (rng.uniform(1, 6, n) * DAY)[short]
    days, settled = world.recipe.days, min(30, world.recipe.days // 3)
    start = int(rng.integers(settled, max(settled + 1, days - 20))) * DAY
    backlog = free & (c["at"] >= start) & (c["at"] < start + 4 * DAY) & (rng.random(n) < 0.5)
    c["delay"][backlog] = (rng.uniform(1, 4, n) * DAY)[backlog]
    silent = int(rng.integers(0, world.shops.platform.max() + 1))
    gap = int(rng.integers(settled, max(settled + 1, days - 40))) * DAY
    unreported = free & (world.shops.platform[shop] == silent) & (c["at"] >= gap) & (c["at"] < gap + 3 * DAY) & (rng.random(n) < 0.6)
    c["delay"][called_off | forgotten] = UNSENT
    c["delay"][stores | unreported] = UNREPORTED
    c["claim"][called_off] = CLAIMS | REPAID
    c["claim"][forgotten] = claims(rng, int(forgotten.sum()), 0.5, 0.7, 0.08)
    c["claim"][unreported | stores] = np.where(rng.random(int((unreported | stores).sum())) < ODD_CLAIM, COMPLAINS, 0)


def preorder(world: World, rng: np.random.Generator, shop: int) -> None:
    """Made to order: the page says twenty days, and the parcels leave after ten to nineteen."""
    world.cause("lookalike", "preorder", [shop])
    world.promised_hours[shop] = 480
    _delay_all(world, rng, shop, (9.0, 18.5))


def virtual_goods(world: World, rng: np.random.Generator, shop: int) -> None:
    """Vouchers and codes: nothing is ever sent and nobody misses it."""
    world.cause("lookalike", "virtual_goods", [shop])
    for part in world.parts:
        mine = orders_of(world, part, shop, 0, world.recipe.end)
        part.columns["delay"][mine] = UNREPORTED
        part.columns["claim"][mine] = np.where(rng.random(len(mine)) < ODD_CLAIM, COMPLAINS, 0)


def sold_out(world: World, rng: np.random.Generator, shop: int) -> None:
    """A sale that sells more than there is: half of the orders of ten days are called off and repaid."""
    world.cause("lookalike", "sold_out", [shop])
    day = start_day(world, rng, 10)
    draw_buyers(world, rng, shop, day, days=10, n=60)
    for part in world.parts:
        mine = orders_of(world, part, shop, day * DAY, (day + 10) * DAY)
        mine = mine[rng.random(len(mine)) < 0.5]
        part.columns["delay"][mine] = UNSENT
        part.columns["claim"][mine] = CLAIMS | REPAID


def gross_weight(world: World, rng: np.random.Generator, shop: int) -> None:
    """The page states the weight with its carton: parcels weigh half of what is listed, and nobody minds."""
    world.cause("lookalike", "gross_weight", [shop])
    for part in world.parts:
        mine = orders_of(world, part, shop, 0, world.recipe.end)
        part.columns["heft"][mine] = rng.uniform(0.45, 0.55, len(mine))


def courier_strike(world: World, rng: np.random.Generator, shops: Ints) -> None:
    """For a week the couriers of one firm in one county fetch nothing: all of its shops send days late."""
    first = int(shops[0])
    same = (world.shops.county == world.shops.county[first]) & (world.shops.courier == world.shops.courier[first])
    hit = [int(shop) for shop in shops if same[shop]]
    world.cause("lookalike", "courier_strike", hit)
    day = start_day(world, rng, 7)
    for part in world.parts:
        mine = np.isin(world.goods.shop[part["item"]], hit) & (part["at"] >= day * DAY) & (part["at"] < (day + 7) * DAY)
        mine &= part["role"] == 0
        part.columns["delay"][mine] = (rng.uniform(2, 8, int(mine.sum())) * DAY).astype(np.int64)


def _delay_all(world: World, rng: np.random.Generator, shop: int, days: tuple[float, float]) -> None:
    for part in world.parts:
        mine = orders_of(world, part, shop, 0, world.recipe.end)
        part.columns["delay"][mine] = (rng.uniform(*days, len(mine)) * DAY).astype(np.int64)


def other_courier(world: World, rng: np.random.Generator, shop: int) -> None:
    """A third of the parcels go with a firm that does not report: the goods come, and nobody misses them."""
    world.cause("lookalike", "other_courier", [shop])
    for part in world.parts:
        mine = orders_of(world, part, shop, 0, world.recipe.end)
        mine = mine[rng.random(len(mine)) < 0.35]
        part.columns["delay"][mine] = UNREPORTED
        part.columns["claim"][mine] = np.where(rng.random(len(mine)) < ODD_CLAIM, COMPLAINS, 0)


def careless(world: World, rng: np.random.Generator, shop: int) -> None:
    """Forgets one order in thirty; four in five of those who ask get their money."""
    world.cause("lookalike", "careless", [shop])
    for part in world.parts:
        mine = orders_of(world, part, shop, 0, world.recipe.end)
        mine = mine[rng.random(len(mine)) < 0.033]
        part.columns["delay"][mine] = UNSENT
        part.columns["claim"][mine] = claims(rng, len(mine), 0.6, 0.8, 0.1)


LOOKALIKES = (preorder, virtual_goods, sold_out, gross_weight, other_courier, careless)
SHARE = 0.006  # of all shops, per class


def add_honest(world: World, free: Ints) -> None:
    """The look-alikes of these types on shops that are nothing else; the strike first, as it hits a neighbourhood."""
    queue = [int(shop) for shop in free]
    if queue:
        courier_strike(world, world.recipe.stream("courier_strike"), np.array(queue))
        hit = set(world.causes[-1].shops)
        queue = [shop for shop in queue if shop not in hit]
    for make in LOOKALIKES:
        for turn in range(max(1, round(world.recipe.shops * SHARE))):
            if queue:
                make(world, world.recipe.stream(make.__name__, turn), queue.pop())
