"""Honest crowds that look like bought traffic: streams, launches, campaigns, campuses, a link that goes round, nights, comparers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from chengxin.city.page_views import SOURCES, Views, depth, own_equipment, partly_unknown, sources, stays
from chengxin.city.quantiles import Ints
from chengxin.city.sizes import DAY
from chengxin.city.trade import LIVE, UNSET, Trades
from chengxin.city.world import Cause, World


def live_crowd(world: World, rng: np.random.Generator, shop: int) -> None:
    """A streamer shows an item; hundreds look within the hour, one in eight buys."""
    cause = world.cause("lookalike", "live_crowd", [shop])
    fans = _people(world, rng, shop, int(rng.integers(250, 500)))
    at = world.start_day(rng, 1) * DAY + 20 * 3600 + np.minimum(rng.exponential(1300, len(fans)), 3 * 3600).astype(np.int64)
    _look(world, rng, fans, shop, at, stay=(25, 1.0), source="live", sure=0.9)
    _buy(world, rng, cause, shop, fans, at, 0.12, channel=LIVE)


def product_launch(world: World, rng: np.random.Generator, shop: int) -> None:
    """A new product that is talked about: people come, come again, and one in ten buys within four days."""
    cause = world.cause("lookalike", "product_launch", [shop])
    once = _people(world, rng, shop, int(rng.integers(120, 220)))
    people = np.repeat(once, np.minimum(9, rng.geometric(0.45, len(once))))
    at = world.times(rng, world.start_day(rng, 4), 4, len(people))
    _look(world, rng, people, shop, at, stay=(55, 1.0), source="search", sure=0.2)
    _buy(world, rng, cause, shop, people, at, 0.08)


def campaign_day(world: World, rng: np.random.Generator, shop: int) -> None:
    """A paid advertisement: many come once, look briefly, and one in fifty buys."""
    cause = world.cause("lookalike", "campaign_day", [shop])
    people = _people(world, rng, shop, int(rng.integers(250, 500)))
    at = world.times(rng, world.start_day(rng, 2), 1.5, len(people))
    _look(world, rng, people, shop, at, stay=(18, 1.0), source="ad", sure=0.85)
    _buy(world, rng, cause, shop, people, at, 0.02)


def campus_network(world: World, rng: np.random.Generator, shop: int) -> None:
    """Students behind the two addresses of a dormitory's network, late in the evening; one visit in six ends in an order."""
    cause = world.cause("lookalike", "campus_network", [shop])
    students = rng.choice(_people(world, rng, shop, 70), 220)
    day = world.start_day(rng, 21)
    at = (day + rng.integers(0, 21, len(students))) * DAY + (21 * 3600 + rng.integers(0, 5 * 3600, len(students)))
    _, networks = world.people.new_devices(2)
    _look(world, rng, students, shop, at, stay=(60, 1.0), source="search", sure=0.0, ip=rng.choice(networks, len(students)))
    _buy(world, rng, cause, shop, students, at, 0.17, ip=networks)


def viral_link(world: World, rng: np.random.Generator, shop: int) -> None:
    """A picture goes round elsewhere; the curious glance at one page and leave. Hardly anybody buys, everybody is real."""
    cause = world.cause("lookalike", "viral_link", [shop])
    people = _people(world, rng, shop, int(rng.integers(250, 450)))
    at = world.times(rng, world.start_day(rng, 3), 2.5, len(people))
    _look(world, rng, people, shop, at, stay=(10, 0.9), source="external", sure=0.9)
    _buy(world, rng, cause, shop, people, at, 0.004)


def night_trade(world: World, rng: np.random.Generator, shop: int) -> None:
    """Goods for those who work at night: its visitors come between eleven and five all year, and buy as others do."""
    cause = world.cause("lookalike", "night_trade", [shop])
    people = rng.choice(_people(world, rng, shop, 80), 300)
    at = rng.integers(1, world.recipe.days - 2, len(people)) * DAY + 23 * 3600 + rng.integers(0, 6 * 3600, len(people))
    _look(world, rng, people, shop, at, stay=(65, 1.0), source="search", sure=0.0)
    _buy(world, rng, cause, shop, people, at, 0.2)


def price_comparers(world: World, rng: np.random.Generator, shops: list[int]) -> None:
    """People who look at the same goods in several shops for some days, and in the end buy in one of them, or not at all."""
    cause = world.cause("lookalike", "price_comparers", shops)
    people = _people(world, rng, shops[0], int(rng.integers(90, 160)))
    day = world.start_day(rng, 6)
    for shop in shops:
        mine = np.repeat(people, np.minimum(5, rng.geometric(0.5, len(people))) * (rng.random(len(people)) < 0.75))
        at = world.times(rng, day, 5, len(mine))
        _look(world, rng, mine, shop, at, stay=(50, 1.0), source="search", sure=0.4)
        _buy(world, rng, cause, shop, mine, at, 0.08)


_MAKERS: tuple[Callable[[World, np.random.Generator, int], None], ...] = (
    live_crowd,
    product_launch,
    campaign_day,
    campus_network,
    viral_link,
    night_trade,
)
CROWDS = {make.__name__: make for make in _MAKERS}


def _people(world: World, rng: np.random.Generator, shop: int, n: int) -> Ints:
    return world.residents(rng, int(world.shops.platform[shop]), n)


def _look(
    world: World,
    rng: np.random.Generator,
    people: Ints,
    shop: int,
    at: Ints,
    *,
    stay: tuple[float, float],
    source: str,
    sure: float,
    ip: Ints | None = None,
) -> None:
    """Visits of these people on their own phones; `sure` is the share that comes by the named source, the rest as usual."""
    n, seconds = len(people), stays(rng, len(people), *stay)
    device, network = own_equipment(rng, world.people, people)
    device, network = partly_unknown(rng, device, network if ip is None else ip)
    came = np.where(rng.random(n) < sure, SOURCES.index(source), sources(rng, n))
    item = rng.choice(world.popular(shop, 2), n)
    pages = depth(rng, seconds)
    world.views.append(Views.of(account=people, item=item, at=at, seconds=seconds, pages=pages, source=came, device=device, ip=network))


def _buy(
    world: World,
    rng: np.random.Generator,
    cause: Cause,
    shop: int,
    people: Ints,
    at: Ints,
    share: float,
    *,
    channel: int = UNSET,
    ip: Ints | None = None,
) -> None:
    """Some of them order minutes after they looked."""
    bought = np.flatnonzero(rng.random(len(people)) < share)
    if not len(bought):
        return
    wait = rng.lognormal(np.log(240), 0.9, len(bought)).astype(np.int64)
    item = rng.choice(world.popular(shop, 2), len(bought))
    network = UNSET if ip is None else rng.choice(ip, len(bought))
    trades = Trades.of(
        account=people[bought], item=item, at=at[bought] + wait, browse=np.maximum(6, wait - 2), channel=channel, ip=network, visits=2
    )
    world.plant(cause, trades)
