"""F10 credit whitewashing: a shop that was punished or complained of falls silent, and its people open another with the same goods."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from chengxin.city.cash_out import at_least
from chengxin.city.fulfilment import draw_buyers, mark, orders_of
from chengxin.city.lookalikes import neighbours
from chengxin.city.sizes import DAY
from chengxin.city.trade import COMPLAINS
from chengxin.city.world import Cause, World


@dataclass(frozen=True)
class Rebirth:
    """gap: days between the two shops; goods: share of the goods that come along; sender, payee: whether the parcels' sender and the
    settlement account stay; measure: chance that the platform had acted (else only buyers complained)."""

    gap: tuple[int, int]
    goods: float
    sender: bool
    payee: bool
    measure: float


REBIRTHS = (
    Rebirth((2, 6), 1.0, True, True, 1.0),
    Rebirth((3, 10), 0.9, True, True, 0.9),
    Rebirth((5, 18), 0.7, True, True, 0.7),
    Rebirth((8, 28), 0.5, True, False, 0.6),
    Rebirth((10, 40), 0.4, False, True, 0.5),
)
CLOSED, WARNED = "W6", "W1"
LEFT = 35  # days that the second shop has at least
OPENING = (25, 45)  # buyers it draws


def plant(world: World, shops: list[int], levels: Iterator[int]) -> None:
    """Pairs of shops, of one platform where there are any."""
    queue = list(shops)
    while len(queue) > 1:
        (old, *rest), queue = neighbours(world, queue, 2)
        new = rest[0] if rest else queue.pop()
        rebirth(world, old, new, next(levels))


def rebirth(world: World, old: int, new: int, level: int) -> Cause:
    """The old shop ends, the new one begins."""
    profile, cause = REBIRTHS[level], world.cause("campaign", "F10", [old, new], level=level, behaviour="B19")
    rng = world.recipe.stream("rebirth", cause.number)
    gap = int(rng.integers(profile.gap[0], profile.gap[1] + 1))
    day = int(rng.integers(40, max(41, world.recipe.days - LEFT - gap)))
    _trouble(world, rng, old, day, rng.random() < profile.measure)
    close(world, old, day)
    open_again(world, rng, new, min(day + gap, world.recipe.days - 5))
    carry(world, rng, old, new, profile.goods)
    if profile.sender:
        world.shops.warehouse[new] = world.shops.warehouse[old]
    if profile.payee:
        world.settles[new] = world.settles[old]
    for part in world.parts:
        mark(part, orders_of(world, part, new, 0, world.recipe.end), cause)
    return cause


def _trouble(world: World, rng: np.random.Generator, shop: int, day: int, measured: bool) -> None:
    """A quarter of the last weeks' buyers complain; the platform acts or not."""
    draw_buyers(world, rng, shop, day - 30, days=30, n=25)
    for part in world.parts:
        mine = orders_of(world, part, shop, (day - 30) * DAY, day * DAY)
        part.columns["claim"][mine] = np.where(rng.random(len(mine)) < 0.25, COMPLAINS, part.columns["claim"][mine])
    if measured:
        world.measures.append((shop, day * DAY + int(rng.integers(9, 18)) * 3600, CLOSED))


def close(world: World, shop: int, day: int) -> None:
    """Nobody buys there any more."""
    items = world.items_of(shop)
    for place, part in enumerate(world.parts):
        world.parts[place] = part.where((part["item"] < items[0]) | (part["item"] > items[-1]) | (part["at"] < day * DAY))


def open_again(world: World, rng: np.random.Generator, shop: int, day: int) -> None:
    """The shop's life begins on this day: what was bought before is bought later."""
    items = world.items_of(shop)
    world.goods.born[items], world.shops.opens[shop] = day * DAY, day * DAY
    for part in world.parts:
        early = orders_of(world, part, shop, 0, day * DAY)
        part.columns["at"][early] = world.times(rng, day, world.recipe.days - day - 1, len(early))
    draw_buyers(world, rng, shop, day, days=min(25, world.recipe.days - day - 1), n=int(rng.integers(*OPENING)))


def carry(world: World, rng: np.random.Generator, old: int, new: int, share: float) -> None:
    """Goods of the old shop, with their titles, codes and prices, take the place of the new shop's own."""
    goods, there, here = world.goods, world.items_of(old), world.items_of(new)
    n = max(1, round(share * min(len(there), len(here))))
    source, target = rng.permutation(there)[:n], here[:n]
    for name in ("weight_g", "words", "base", "shown", "struck", "promo", "msrp", "phase"):
        column = getattr(goods, name)
        column[target] = column[source]
    world.gtin_code[target] = world.gtin_code[source]
    world.shops.category[new] = world.shops.category[old]


# -- honest life ---------------------------------------------------------------------------------------------------------------


def ordinary_measures(world: World) -> None:
    """Warnings and lesser measures against one shop in thirty, which goes on."""
    rng, n = world.recipe.stream("measures"), len(world.shops)
    hit = np.flatnonzero(rng.random(n) < 1 / 30)
    at = rng.integers(20 * DAY, world.recipe.end - DAY, len(hit))
    action = rng.choice([WARNED, "W3", "W4"], len(hit))
    world.measures += [(int(shop), int(when), str(what)) for shop, when, what in zip(hit, at, action, strict=True)]


def franchise(world: World, rng: np.random.Generator, shops: list[int]) -> None:
    """A chain opens one more branch with the chain's goods; the others go on."""
    world.cause("lookalike", "franchise", shops)
    first, *branches = shops
    for branch in branches:
        carry(world, rng, first, branch, 1.0)
    open_again(world, rng, branches[-1], int(rng.integers(60, max(61, world.recipe.days - 40))))


def takeover(world: World, rng: np.random.Generator, shops: list[int]) -> None:
    """The owner retires in good standing and sells stock and store to another, who settles on an account of his own."""
    world.cause("lookalike", "takeover", shops)
    old, new = shops
    day = int(rng.integers(50, max(51, world.recipe.days - 50)))
    close(world, old, day)
    open_again(world, rng, new, day + int(rng.integers(3, 15)))
    carry(world, rng, old, new, 1.0)
    world.shops.warehouse[new] = world.shops.warehouse[old]


def park_neighbour(world: World, rng: np.random.Generator, shops: list[int]) -> None:
    """A shop is closed by its platform; weeks later a stranger moves into the same warehouse."""
    world.cause("lookalike", "park_neighbour", shops)
    old, new = shops
    day = int(rng.integers(50, max(51, world.recipe.days - 50)))
    _trouble(world, rng, old, day, True)
    close(world, old, day)
    open_again(world, rng, new, day + int(rng.integers(5, 20)))
    world.shops.warehouse[new] = world.shops.warehouse[old]


def maker_goods(world: World, rng: np.random.Generator, shops: list[int]) -> None:
    """A maker's goods at five resellers; one is closed for its own doings, another opens later."""
    world.cause("lookalike", "maker_goods", shops)
    first, *others = shops
    for other in others:
        carry(world, rng, first, other, 0.9)
    day = int(rng.integers(50, max(51, world.recipe.days - 50)))
    _trouble(world, rng, first, day, True)
    close(world, first, day)
    open_again(world, rng, others[-1], day + int(rng.integers(5, 20)))


LOOKALIKES: tuple[tuple[Callable[[World, np.random.Generator, list[int]], None], int], ...] = (
    (franchise, 4),
    (takeover, 2),
    (park_neighbour, 2),
    (maker_goods, 5),
)


def add_honest(world: World, free: list[int]) -> list[int]:
    """The look-alikes, each of several shops of one platform; returns the shops that are left."""
    ordinary_measures(world)
    for make, size in LOOKALIKES:
        for turn in range(max(at_least(world), world.recipe.shops // 300)):
            mates, rest = neighbours(world, free, size)
            if len(mates) == size:
                free = rest
                make(world, world.recipe.stream(make.__name__, turn), mates)
    return free
