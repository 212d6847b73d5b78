"""F7 counterfeits: a known product at a price no genuine piece has, beside the honest resellers of the same product.

A product line has one title, brand, weight and GTIN, and half a dozen honest shops that sell it at about one price. GTINs of lines begin
with the digits of their brand's firm, as a firm's own prefix does. Lines exist in every city that asks for F7, whether anybody
cheats or not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chengxin.city.fulfilment import claims, draw_buyers, mark, orders_of, start_day
from chengxin.city.quantiles import Ints
from chengxin.city.trade import FAKE_GOODS
from chengxin.city.words import BRANDS
from chengxin.city.world import Cause, World

LINE_CODES, BRAND_CODES = 500_000_000, 1_000_000  # where the running digits of lines begin, and how many each brand has
RESELLERS = (6, 10)
WITH_GTIN = 45  # rows.Ids gives a GTIN to goods whose words fall below this


@dataclass(frozen=True)
class Profile:
    """price: share of the line's price; borrowed: the GTIN is another brand's; claim, complain: shares of buyers that call it a fake."""

    price: tuple[float, float]
    borrowed: bool
    claim: float
    complain: float


LEVELS = (
    Profile((0.15, 0.3), True, 0.5, 0.3),
    Profile((0.25, 0.4), True, 0.35, 0.2),
    Profile((0.35, 0.5), False, 0.2, 0.1),
    Profile((0.45, 0.6), False, 0.12, 0.06),
    Profile((0.6, 0.75), False, 0.06, 0.03),
)


@dataclass(frozen=True)
class Line:
    """One product: the words of its title, its brand's number, GTIN digits, price in fen and weight."""

    words: int
    brand: int
    code: int
    price: float
    weight_g: int


def counterfeit(world: World, shop: int, level: int) -> Cause:
    """One shop sells two lines that are not what they say for two months."""
    profile = LEVELS[level]
    cause = world.cause("campaign", "F7", [shop], level=level, behaviour="B09", also=("B11",))
    rng = world.recipe.stream("counterfeit", cause.number)
    days = 60
    day = start_day(world, rng, days)
    items = world.popular(shop, 2)
    for item in items:
        line = open_line(world, rng, int(world.shops.category[shop]))
        _sell(world, item, line, rng.uniform(*profile.price))
        if profile.borrowed:
            world.gtin_code[item] = _others_code(rng, line.brand)
    draw_buyers(world, rng, shop, day, days=days, n=int(rng.integers(50, 90)), items=items)
    for part in world.parts:
        mine = orders_of(world, part, shop, 0, world.recipe.end)
        mine = mine[np.isin(part["item"][mine], items)]
        part.columns["goods"][mine] = FAKE_GOODS
        part.columns["claim"][mine] = claims(rng, len(mine), profile.claim, 0.85, profile.complain)
        mark(part, mine, cause)
    return cause


def open_line(world: World, rng: np.random.Generator, category: int) -> Line:
    """A new line in the category, put on the shelves of its resellers (honest shops that are no part of any cause)."""
    able = world.resellers[world.shops.category[world.resellers] == category]
    shops = rng.permutation(able)[: int(rng.integers(*RESELLERS))]
    words = int(rng.integers(0, 1 << 40)) // 100 * 100 + int(rng.integers(0, WITH_GTIN))
    brand, number = (words >> 16) % len(BRANDS), len(world.lines)
    first = int(world.popular(int(shops[0]), 1)[0]) if len(shops) else 0
    line = Line(
        words, brand, LINE_CODES + brand * BRAND_CODES + number, float(world.goods.base[first, 0]), int(world.goods.weight_g[first])
    )
    world.lines.append(line.code)
    for shop in shops:
        goods = world.popular(int(shop), 4)
        free = goods[world.gtin_code[goods] < LINE_CODES]
        if len(free):
            _sell(world, int(free[0]), line, rng.lognormal(0, 0.07))
    return line


def _sell(world: World, item: int, line: Line, times: float) -> None:
    """Make an item a piece of the line, its weekly prices scaled to the line's price times a factor."""
    goods = world.goods
    goods.words[item], goods.weight_g[item], goods.msrp[item] = line.words, line.weight_g, 0
    world.gtin_code[item] = line.code
    factor = line.price * times / float(np.median(goods.base[item]))
    for prices in (goods.base, goods.shown):
        prices[item] = np.maximum(10, prices[item] * factor // 10 * 10)


def _others_code(rng: np.random.Generator, brand: int) -> int:
    other = (brand + int(rng.integers(1, len(BRANDS)))) % len(BRANDS)
    return LINE_CODES + other * BRAND_CODES + int(rng.integers(50_000, 60_000))


# -- honest -----------------------------------------------------------------------------------------------------------------


def add_lines(world: World, free: Ints) -> Ints:
    """Honest lines everywhere, and those who look like counterfeiters; returns the shops that are still nothing."""
    queue = [int(shop) for shop in free]
    each = max(1, round(world.recipe.shops * 0.006))
    cheap, wrong = [queue.pop() for _ in range(each)], [queue.pop() for _ in range(each)]
    world.resellers = np.array(queue, dtype=np.int64)
    rng = world.recipe.stream("lines")
    for number in range(max(8, world.recipe.shops // 50)):
        open_line(world, rng, number % int(world.shops.category.max() + 1))
    for shop in cheap:
        _clearance_of_a_brand(world, rng, shop)
    for shop in wrong:
        _wrong_gtin(world, rng, shop)
    return np.array(queue, dtype=np.int64)


def _clearance_of_a_brand(world: World, rng: np.random.Generator, shop: int) -> None:
    """Genuine pieces far below the usual price: last season's, bought from a shop that closed."""
    world.cause("lookalike", "brand_clearance", [shop])
    for item in world.popular(shop, 2):
        _sell(world, int(item), open_line(world, rng, int(world.shops.category[shop])), rng.uniform(0.3, 0.6))
    draw_buyers(world, rng, shop, start_day(world, rng, 60), days=60, n=60, items=world.popular(shop, 2))


def _wrong_gtin(world: World, rng: np.random.Generator, shop: int) -> None:
    """Genuine pieces at the usual price whose GTIN was copied from the wrong row."""
    world.cause("lookalike", "wrong_gtin", [shop])
    item = int(world.popular(shop, 1)[0])
    line = open_line(world, rng, int(world.shops.category[shop]))
    _sell(world, item, line, rng.lognormal(0, 0.07))
    world.gtin_code[item] = _others_code(rng, line.brand)
