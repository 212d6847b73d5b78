"""Honest business that looks like fraud. Each instance is labelled with its class, so that false alarms can be counted by class."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from chengxin.city.crowds import CROWDS, price_comparers
from chengxin.city.goods import LAWFUL, WEEK
from chengxin.city.quantiles import Ints
from chengxin.city.review_chain import Hiding
from chengxin.city.sizes import DAY
from chengxin.city.trade import DEFECT, GENUINE_PRAISE, GOODWILL, GROUP, LIVE, USUAL, Trades
from chengxin.city.words import CATEGORIES, LIGHT_GOODS
from chengxin.city.world import World

SHARE = 0.012  # of all shops, per class that is a property of single shops
FAN_CLUB_SHOPS, COMPARED_SHOPS = 5, 3


def live_flash(world: World, rng: np.random.Generator, shop: int) -> None:
    """A streamer sells one item to a crowd within minutes, at a truly lower price, twice."""
    cause = world.cause("lookalike", "live_flash", [shop])
    item = int(world.popular(shop, 1)[0])
    for _ in range(2):
        at = world.start_day(rng, 1) * DAY + 20 * 3600 + int(rng.integers(0, 3600))
        price = int(world.goods.shown[item, world.goods.week(np.array([item]), np.array([at]))[0]] * rng.uniform(0.6, 0.8)) // 10 * 10
        world.episodes.add(item=item, since=at, until=at + 7200, shown=max(10, price), promo=at // DAY + 1, rule=LAWFUL)
        fans = world.residents(rng, int(world.shops.platform[shop]), int(rng.integers(60, 180)))
        n = len(fans)
        when = at + np.minimum(rng.exponential(420, n), 7000).astype(np.int64)
        world.plant(
            cause, Trades.of(account=fans, item=item, at=when, channel=LIVE, browse=rng.lognormal(3.2, 0.7, n).astype(int) + 3, visits=3)
        )


def group_purchase(world: World, rng: np.random.Generator, shop: int) -> None:
    """Neighbours order together from a link in their group; everything goes to the leader's pick-up point."""
    cause = world.cause("lookalike", "group_purchase", [shop])
    platform, home = int(world.shops.platform[shop]), world.people.new_homes(rng, 1, world.where)
    members = world.residents(rng, platform, 45)
    for _ in range(3):
        buyers = members[rng.random(len(members)) < 0.7]
        day, n = world.start_day(rng, 2), len(buyers)
        item = rng.choice(world.popular(shop, 2), n)
        browse = rng.lognormal(3.5, 0.8, n).astype(int) + 4
        at = world.times(rng, day, 1.5, n)
        world.plant(cause, Trades.of(account=buyers, item=item, at=at, channel=GROUP, browse=browse, home=home[0], visits=3))


def campus(world: World, rng: np.random.Generator, shop: int) -> None:
    """A shop popular with students, who all receive at one campus station."""
    cause = world.cause("lookalike", "campus", [shop])
    students = world.residents(rng, int(world.shops.platform[shop]), 70, world.people.campus >= 0)
    world.plant(cause, _steady(world, rng, shop, students))


def remote_slow(world: World, rng: np.random.Generator, shop: int) -> None:
    """A shop with many buyers in counties where scans come late and in lumps."""
    cause = world.cause("lookalike", "remote_slow", [shop])
    far = world.where.remote[world.people.home_place[world.people.home]] == 1
    world.plant(cause, _steady(world, rng, shop, world.residents(rng, int(world.shops.platform[shop]), 60, far)))


def family_device(world: World, rng: np.random.Generator, shop: int) -> None:
    """Families on one device, several members of which buy at the same shop."""
    cause = world.cause("lookalike", "family_device", [shop])
    world.plant(cause, _steady(world, rng, shop, world.residents(rng, int(world.shops.platform[shop]), 60, world.people.family == 1)))


def office_nat(world: World, rng: np.random.Generator, shop: int) -> None:
    """Colleagues behind one office network who order lunch snacks from the same shop."""
    cause = world.cause("lookalike", "office_nat", [shop])
    world.plant(cause, _steady(world, rng, shop, world.residents(rng, int(world.shops.platform[shop]), 60, world.people.office >= 0)))


def _steady(world: World, rng: np.random.Generator, shop: int, buyers: Ints) -> Trades:
    """Ordinary purchases of these buyers at the shop, spread over the whole window."""
    n = len(buyers)
    return Trades.of(
        account=buyers, item=world.market.in_shop(np.full(n, shop), rng.random(n)), at=world.times(rng, 7, world.recipe.days - 8, n)
    )


def fan_club(world: World, rng: np.random.Generator, shops: list[int]) -> None:
    """Fans of the same small makers who buy every new release of all of them within days."""
    cause = world.cause("lookalike", "fan_club", shops)
    fans = world.residents(rng, int(world.shops.platform[shops[0]]), 40)
    for _ in range(3):
        day = world.start_day(rng, 4)
        pairs = np.argwhere(rng.random((len(fans), len(shops))) < 0.55)
        at = world.times(rng, day, 3, len(pairs))
        item = world.market.in_shop(np.array(shops)[pairs[:, 1]], rng.random(len(pairs)))
        world.plant(cause, Trades.of(account=fans[pairs[:, 0]], item=item, at=at, visits=12))


def default_good(world: World, rng: np.random.Generator, shop: int) -> None:
    """Buyers who say nothing, so that the platform books a good review for them."""
    world.cause("lookalike", "default_good", [shop])
    world.shops.reviewed[shop], world.shops.praised_by_default[shop] = 0.08, 0.95


def defect_wave(world: World, rng: np.random.Generator, shop: int) -> None:
    """A faulty lot: many buyers of one item within ten days, most of whom give one star and return it."""
    cause = world.cause("lookalike", "defect_wave", [shop])
    buyers = world.residents(rng, int(world.shops.platform[shop]), 55)
    n = len(buyers)
    bad = np.where(rng.random(n) < 0.6, DEFECT, USUAL)
    at = world.times(rng, world.start_day(rng, 10), 10, n)
    world.plant(cause, Trades.of(account=buyers, item=world.popular(shop, 1)[0], at=at, praise=bad))


def return_heavy(world: World, rng: np.random.Generator, shop: int) -> None:
    """A category in which people order three sizes and send two back."""
    world.cause("lookalike", "return_heavy", [shop])
    world.shops.refunds[shop] = rng.uniform(0.35, 0.5)


def new_seller(world: World, rng: np.random.Generator, shop: int) -> None:
    """A shop that opens in the middle of the window with an opening sale."""
    cause = world.cause("lookalike", "new_seller", [shop])
    day = world.start_day(rng, 30)
    items = world.items_of(shop)
    world.goods.born[items] = day * DAY
    world.shops.opens[shop] = day * DAY
    part = world.parts[0]  # nobody bought there before it opened
    early = (part["item"] >= items[0]) & (part["item"] <= items[-1]) & (part["at"] < day * DAY)
    part.columns["at"][early] = world.times(rng, day, world.recipe.days - day - 1, int(early.sum()))
    buyers = world.residents(rng, int(world.shops.platform[shop]), 50)
    item = world.market.in_shop(np.full(len(buyers), shop), rng.random(len(buyers)))
    world.plant(cause, Trades.of(account=buyers, item=item, at=world.times(rng, day, 3, len(buyers))))


def light_goods(world: World, rng: np.random.Generator, shop: int) -> None:
    """Stickers and cards: parcels that are truly light."""
    world.cause("lookalike", "light_goods", [shop])
    items = world.items_of(shop)
    world.shops.category[shop] = LIGHT_GOODS
    world.goods.weight_g[items] = rng.integers(6, 40, len(items))
    price = world.goods.shown[items].astype(np.float64).mean()
    factor = min(1.0, 100 * 112 * CATEGORIES[LIGHT_GOODS].price / max(price, 1.0))
    for name in ("base", "shown"):
        prices = getattr(world.goods, name)
        prices[items] = np.maximum(10, prices[items] * factor // 10 * 10)
    world.goods.msrp[items] = 0


def clearance(world: World, rng: np.random.Generator, shop: int) -> None:
    """End of season: the price goes down step by step, each struck price being one at which the shop really sold."""
    cause = world.cause("lookalike", "clearance", [shop])
    for item in world.popular(shop, 4):
        since = np.arange(world.start_day(rng, 60) * DAY, world.recipe.end - DAY, 2 * WEEK)
        first = int(world.goods.base[item].min())
        shown = np.maximum(10, first * 0.82 ** (1 + np.arange(len(since))) // 10 * 10).astype(np.int64)
        until = np.append(since[1:], world.recipe.end)
        world.episodes.add(item=np.full(len(since), item), since=since, until=until, shown=shown, promo=since // DAY + 1, rule=LAWFUL)
        world.goods.msrp[item] = 0
        buyers = world.residents(rng, int(world.shops.platform[shop]), 15)
        at = world.times(rng, int(since[0]) // DAY, (world.recipe.end - since[0]) / DAY - 1, len(buyers))
        world.plant(cause, Trades.of(account=buyers, item=item, at=at))


def repricer(world: World, rng: np.random.Generator, shop: int) -> None:
    """A program changes the price every eight hours by a few per cent; no struck price is shown."""
    world.cause("lookalike", "repricer", [shop])
    for item in world.popular(shop, 3):
        since = np.arange(0, world.recipe.end, 8 * 3600)
        walk = np.clip(np.cumsum(rng.normal(0, 0.03, len(since))), -0.15, 0.15)
        shown = np.maximum(10, world.goods.base[item, 0] * np.exp(walk) // 10 * 10).astype(np.int64)
        world.episodes.add(item=np.full(len(since), item), since=since, until=since + 8 * 3600, shown=shown)
        world.goods.msrp[item] = 0


def goodwill(world: World, rng: np.random.Generator, shop: int) -> None:
    """A faulty lot whose shop pays back everybody who complained in a review, without a return; the buyers thank it in a follow-up."""
    cause = world.cause("lookalike", "goodwill", [shop])
    buyers = world.residents(rng, int(world.shops.platform[shop]), 40)
    n = len(buyers)
    at = world.times(rng, world.start_day(rng, 14), 14, n)
    bad = np.where(rng.random(n) < 0.7, GOODWILL, USUAL)
    world.plant(cause, Trades.of(account=buyers, item=world.popular(shop, 1)[0], at=at, praise=bad))


def fan_praise(world: World, rng: np.random.Generator, shops: list[int]) -> None:
    """Fans of a maker with several shops, who buy at all of them and praise in their own words."""
    cause = world.cause("lookalike", "fan_praise", shops)
    fans = world.residents(rng, int(world.shops.platform[shops[0]]), 40)
    pairs = np.argwhere(rng.random((len(fans), len(shops))) < 0.5)
    at = world.times(rng, world.start_day(rng, 30), 30, len(pairs))
    item = world.market.in_shop(np.array(shops)[pairs[:, 1]], rng.random(len(pairs)))
    world.plant(cause, Trades.of(account=fans[pairs[:, 0]], item=item, at=at, visits=12, praise=GENUINE_PRAISE))


def polite_request(world: World, rng: np.random.Generator, shop: int) -> None:
    """A card in the parcel asks for a review, whatever it says, for nothing: within a month far more of the buyers write than before."""
    cause = world.cause("lookalike", "polite_request", [shop])
    buyers = world.residents(rng, int(world.shops.platform[shop]), int(rng.integers(35, 70)))
    n = len(buyers)
    at = world.times(rng, world.start_day(rng, 30), 30, n)
    kind = np.where(rng.random(n) < 0.85, GENUINE_PRAISE, USUAL)
    world.plant(cause, Trades.of(account=buyers, item=world.market.in_shop(np.full(n, shop), rng.random(n)), at=at, praise=kind))


def lost_rows(world: World, rng: np.random.Generator, shop: int) -> None:
    """A shop of whose reviews the platform's export lost one or two, whatever they said."""
    world.cause("lookalike", "lost_rows", [shop])
    expected = sum(int((world.goods.shop[part["item"]] == shop).sum()) for part in world.parts)
    world.hiding[shop] = Hiding(0, min(0.2, 2.5 / max(1, expected)), (1.0, 0.0, 0.0), bad_only=False)


_MAKERS: tuple[Callable[[World, np.random.Generator, int], None], ...] = (
    live_flash,
    group_purchase,
    campus,
    remote_slow,
    family_device,
    office_nat,
    default_good,
    defect_wave,
    return_heavy,
    new_seller,
    light_goods,
    clearance,
    repricer,
)
BY_SHOP = {make.__name__: make for make in _MAKERS}
CLASSES = (*BY_SHOP, "fan_club")
ABOUT_REVIEWS = {make.__name__: make for make in (goodwill, lost_rows)}  # only where reviews are what the city is about, with fan_praise


def add_lookalikes(world: World, free: Ints) -> None:
    """Give every class its shops among `free` (shuffled), several of a class in a larger city."""
    each = max(1, round(world.recipe.shops * SHARE))
    clubs = max(1, world.recipe.shops // 400)
    queue = list(free)
    crowded = "F5" in world.recipe.types  # only there: other recipes keep their tables
    for club in range(clubs):
        same, queue = neighbours(world, queue, FAN_CLUB_SHOPS)
        fan_club(world, world.recipe.stream("fan_club", club), same)
    for group in range(clubs if crowded else 0):
        same, queue = neighbours(world, queue, COMPARED_SHOPS)
        price_comparers(world, world.recipe.stream("price_comparers", group), same)
    crowds = CROWDS if crowded else {}
    for name, make in (BY_SHOP | crowds).items():
        for turn in range(each):
            if queue:
                make(world, world.recipe.stream(name, turn), int(queue.pop()))
    if world.recipe.about_reviews:
        _about_reviews(world, queue, each)


def ask_politely(world: World, free: list[int]) -> None:
    """Shops that ask for reviews, where praise is what the city is about, and fans who praise at several shops."""
    queue = list(free)
    for turn in range(max(1, round(world.recipe.shops * SHARE))):
        if queue:
            polite_request(world, world.recipe.stream("polite_request", turn), queue.pop())
    if not world.recipe.about_reviews and queue:
        mates, _ = neighbours(world, queue, FAN_CLUB_SHOPS - 1)
        fan_praise(world, world.recipe.stream("fan_praise", 0), mates)


def neighbours(world: World, queue: list[int], n: int) -> tuple[list[int], list[int]]:
    """Up to n shops on the platform of the first in the queue, and the rest of the queue."""
    if not queue:
        return [], []
    same = [shop for shop in queue if world.shops.platform[shop] == world.shops.platform[queue[0]]][:n]
    return [int(shop) for shop in same], [shop for shop in queue if shop not in set(same)]


def _about_reviews(world: World, queue: list[int], each: int) -> None:
    """The classes that only reviews can tell from fraud."""
    for turn in range(max(1, each // 4)):
        mates, queue = neighbours(world, queue, FAN_CLUB_SHOPS - 1)
        fan_praise(world, world.recipe.stream("fan_praise", turn), mates)
    for name, make in ABOUT_REVIEWS.items():
        for turn in range(each):
            if queue:
                make(world, world.recipe.stream(name, turn), int(queue.pop()))
