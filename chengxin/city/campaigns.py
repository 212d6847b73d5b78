"""Which shops cheat, how, and at what camouflage; which campaigns share a hidden studio; which honest shops are look-alikes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from chengxin.city import (
    cash_out,
    cash_praise,
    counter_brushing,
    counterfeits,
    data_leaks,
    false_ads,
    fulfilment,
    licences,
    outlet_breaches,
    rebirth,
    social_posts,
    subsidies,
)
from chengxin.city.brushing import Studio, brush
from chengxin.city.empty_parcels import forge
from chengxin.city.fake_traffic import drive
from chengxin.city.lookalikes import add_lookalikes, ask_politely
from chengxin.city.price_games import mislead
from chengxin.city.quantiles import Ints
from chengxin.city.review_rings import Circle, extort, hide, invent, praise
from chengxin.city.world import World


@dataclass(frozen=True)
class Planting:
    """How a type is planted: its honest look-alikes among free shops, and one shop that cheats at a level."""

    honest: Callable[[World, Ints], None]
    cheat: Callable[[World, int, int], object]


# Of the cheating shops, in proportion; F17 is no shop's.
SHARES = {
    "F1": 0.5, "F2": 0.25, "F6": 0.25, "F5": 0.25, "F3": 0.5, "F4": 0.5, "F11": 0.25,
    "F7": 0.25, "F21": 0.25, "F22": 0.25, "F23": 0.25, "F12": 0.5,
    "F8": 0.4, "F9": 0.3, "F13": 0.3, "F10": 0.3,
    "F15": 0.25, "F16": 0.25, "F17": 0.0, "F18": 0.25, "F19": 0.25,
    "F14": 0.4, "F20": 0.25,
}  # fmt: skip
FARM_CLIENTS = (1, 3, 2, 4)  # shops that one traffic farm serves, in turn
GOODS_FOR_A_SALE = 3  # who plays with prices has more than a single product
RING_SHOPS = (3, 6)  # fewest and most shops of one brushing campaign
FULFILMENT = {
    "F7": counterfeits.counterfeit,
    "F21": fulfilment.keep_money,
    "F22": fulfilment.send_late,
    "F23": fulfilment.send_other_goods,
}
MONEY: dict[str, Any] = {
    "F8": cash_out,
    "F9": data_leaks,
    "F13": counter_brushing,
    "F10": rebirth,
}  # modules with `add_honest` (look-alikes) and `plant`
WORDS = {
    "F15": Planting(false_ads.add_honest, false_ads.advertise),
    "F16": Planting(cash_praise.add_honest, cash_praise.pay_for_praise),
    "F18": Planting(licences.add_unlicensed_lookalikes, licences.unlicensed),
    "F19": Planting(licences.add_shared_lookalikes, licences.lend),
    "F14": Planting(subsidies.add_honest, subsidies.draw),
    "F20": Planting(social_posts.add_honest, social_posts.sell),
}
SHARED_STUDIOS = (True, True, False)  # two of three consecutive brushing campaigns share a studio


def populate_causes(world: World) -> None:
    """Plant the campaigns and the look-alikes on disjoint shops, in an order that says nothing."""
    rng = world.recipe.stream("causes")
    settled = rng.permutation(np.flatnonzero(world.shops.opens == 0))
    cheating = _cheating(world, settled)
    used = {shop for shops in cheating.values() for shop in shops}
    add_lookalikes(world, np.array([shop for shop in settled if shop not in used]))
    levels = _turns(world.recipe.levels, world.recipe.seed)
    for shops in _pairs(cheating.get("F2", [])):
        forge(world, shops, next(levels["F2"]))
    for shop in cheating.get("F6", []):
        mislead(world, shop, next(levels["F6"]))
    _brushing(world, rng, cheating.get("F1", []), levels["F1"])
    for shops in _farms(world, cheating.get("F5", [])):
        drive(world, shops, next(levels["F5"]))
    _reviewing(world, cheating, levels)
    if world.recipe.fulfilment:
        _fulfilment(world, settled, cheating, levels)
    if world.recipe.money:
        _money(world, settled, cheating, levels)
    if "F17" in world.recipe.types:
        outlet_breaches.plant(world)
    for name, plant in WORDS.items():
        if name in world.recipe.types:
            _wording(world, settled, cheating, levels[name], name, plant)
    if "F12" in world.recipe.types:
        _inventing(world, settled, cheating, levels)


def _inventing(world: World, settled: Ints, cheating: dict[str, list[int]], levels: dict[str, Turns]) -> None:
    """Shops that buy praise from accounts used once, and shops that ask their buyers politely."""
    for shop in cheating.get("F12", []):
        invent(world, shop, next(levels["F12"]))
    used = {shop for shops in cheating.values() for shop in shops} | {shop for cause in world.causes for shop in cause.shops}
    ask_politely(world, [int(shop) for shop in settled if shop not in used])


def _wording(world: World, settled: Ints, cheating: dict[str, list[int]], levels: Turns, name: str, plant: Planting) -> None:
    """What pages and small sums say: the honest look-alikes on shops that are nothing else, then those who cheat."""
    used = {shop for shops in cheating.values() for shop in shops} | {shop for cause in world.causes for shop in cause.shops}
    plant.honest(world, np.array([shop for shop in settled if shop not in used], dtype=np.int64))
    for shop in cheating.get(name, []):
        plant.cheat(world, shop, next(levels))


def _fulfilment(world: World, settled: Ints, cheating: dict[str, list[int]], levels: dict[str, Turns]) -> None:
    """What was promised and what came: first the honest, then the look-alikes, then those who cheat."""
    used = {shop for shops in cheating.values() for shop in shops} | {shop for cause in world.causes for shop in cause.shops}
    fulfilment.promise(world)
    free = np.array([shop for shop in settled if shop not in used], dtype=np.int64)
    if "F7" in world.recipe.types:
        free = counterfeits.add_lines(world, free)
    fulfilment.add_honest(world, free)
    for name, plant in FULFILMENT.items():
        for shop in cheating.get(name, []):
            plant(world, shop, next(levels[name]))


def _money(world: World, settled: Ints, cheating: dict[str, list[int]], levels: dict[str, Turns]) -> None:
    """Where money and data go: first the look-alikes of every wanted type, then those who cheat."""
    used = {shop for shops in cheating.values() for shop in shops} | {shop for cause in world.causes for shop in cause.shops}
    free = [int(shop) for shop in settled if int(shop) not in used]
    wanted = [name for name in MONEY if name in world.recipe.types]
    cash_out.share_accounts(world)
    for name in wanted:
        free = MONEY[name].add_honest(world, free)
    for name in wanted:
        MONEY[name].plant(world, cheating.get(name, []), levels[name])


def _cheating(world: World, settled: Ints) -> dict[str, list[int]]:
    """Shops per type of fraud. With any prevalence above 0 each wanted type has at least one shop."""
    recipe = world.recipe
    if not recipe.prevalence or not recipe.types:
        return {}
    total = recipe.prevalence * recipe.shops
    whole = sum(SHARES[name] for name in recipe.types) or 1.0
    queue, found = [int(shop) for shop in settled], {}
    for name in (one for one in recipe.types if SHARES[one]):
        n = max(1, round(total * SHARES[name] / whole))
        able = [shop for shop in queue if _able(world, name, shop)]
        found[name] = (able or queue)[:n]
        queue = [shop for shop in queue if shop not in set(found[name])]
    return found


def _able(world: World, name: str, shop: int) -> bool:
    if name == "F6":
        return len(world.items_of(shop)) >= GOODS_FOR_A_SALE
    if name == "F14":
        return subsidies.able(world, shop)
    return name != "F18" or licences.able(world, shop)


def _turns(levels: Sequence[int], seed: int) -> dict[str, Turns]:
    return {name: Turns(levels, seed + place) for place, name in enumerate(SHARES)}


class Turns:
    """The levels in turn, starting somewhere that depends on the seed."""

    def __init__(self, levels: Sequence[int], first: int) -> None:
        self.levels, self.place = levels, first

    def __next__(self) -> int:
        self.place += 1
        return self.levels[self.place % len(self.levels)]


def _pairs(shops: list[int]) -> list[list[int]]:
    """Every third forger serves two shops."""
    groups: list[list[int]] = []
    rest = list(shops)
    while rest:
        size = 2 if len(groups) % 3 == 2 else 1
        groups.append(rest[:size])
        rest = rest[size:]
    return groups


def _farms(world: World, shops: list[int]) -> list[list[int]]:
    """The clients of each traffic farm, mostly on one platform."""
    queue = sorted(shops, key=lambda shop: int(world.shops.platform[shop]))
    farms: list[list[int]] = []
    while queue:
        size = FARM_CLIENTS[len(farms) % len(FARM_CLIENTS)]
        farms.append(queue[:size])
        queue = queue[size:]
    return farms


def _brushing(world: World, rng: np.random.Generator, shops: list[int], levels: Turns) -> None:
    """Rings of shops, mostly on one platform, two of three campaigns out of a common studio."""
    rings = _rings(world, rng, shops)
    studio = Studio.open(world, 0)
    for turn, ring in enumerate(rings):
        shared = SHARED_STUDIOS[turn % 3] and len(rings) > 1
        if turn and turn % 3 != 1:
            studio = Studio.open(world, turn)
        brush(world, ring, next(levels), studio, shared)


def _rings(world: World, rng: np.random.Generator, shops: list[int]) -> list[list[int]]:
    """Groups of three to six shops, mostly on one platform."""
    queue, rings = sorted(shops, key=lambda shop: int(world.shops.platform[shop])), []
    while queue:
        size = min(len(queue), int(rng.integers(RING_SHOPS[0], RING_SHOPS[1] + 1)))
        size = len(queue) if len(queue) - size < 2 else size
        rings.append(queue[:size])
        queue = queue[size:]
    return rings


def _reviewing(world: World, cheating: dict[str, list[int]], levels: dict[str, Turns]) -> None:
    """What is done with reviews, after everything else and from a stream of its own: cities without it stay as they were."""
    rng = world.recipe.stream("reviewing")
    circle, studio = Circle(), 1000  # studios of praise are numbered apart from those of brushing
    for turn, shops in enumerate(_rings(world, rng, cheating.get("F3", []))):
        if turn and turn % 3 != 1:
            circle, studio = Circle(), studio + 1
        praise(world, shops, next(levels["F3"]), circle, studio if SHARED_STUDIOS[turn % 3] else -1)
    for shops in _rings(world, rng, cheating.get("F4", [])):
        extort(world, shops, next(levels["F4"]))
    for shop in cheating.get("F11", []):
        hide(world, shop, next(levels["F11"]))
