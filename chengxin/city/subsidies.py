"""F14 subsidy fraud: orders that are none, made to draw the subsidy on trade-ins and large purchases; and the subsidies of honest trade.

Only a city that asks for F14 has subsidies: some shops of three categories take part in the scheme, half of the dearer orders there draw
it, each with the serial number of the piece sold, and a refund returns it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from chengxin.city.cash_out import give, on_devices
from chengxin.city.fulfilment import start_day
from chengxin.city.identifiers import digits, letters, shuffled, texts
from chengxin.city.quantiles import Floats, Ints
from chengxin.city.rows import fen
from chengxin.city.sizes import DAY
from chengxin.city.trade import BACK_OTHER_WAY, CLAIMS, FAKE, GROUP, KEPT, REPAID, STORE, UNREPORTED, UNSENT, UNSET, Trades, browsing
from chengxin.city.words import CATEGORIES
from chengxin.city.world import Cause, World

if TYPE_CHECKING:
    from chengxin.city.report_orders import Stretch

ELIGIBLE = tuple(number for number, one in enumerate(CATEGORIES) if one.path.split("/")[0] in ("家居", "数码", "家电"))
RATES = (150, 200)  # thousandths of the price: ordinary goods, and those of the best energy class


@dataclass(frozen=True)
class Profile:
    """orders: fewest and most; days; fresh: share of new accounts; together: buyers on one device and at one address (0 = own); raised: the
    price in thousandths of the usual one; again: share of orders whose serial number had drawn a subsidy before; sent: share with a real
    small parcel; repaid: share whose own money goes back while the subsidy stays."""

    orders: tuple[int, int]
    days: int
    fresh: float
    together: int
    raised: int
    again: float
    sent: float
    repaid: float


LEVELS = (
    Profile((40, 70), 4, 1.0, 999, 1300, 0.6, 0.0, 0.5),
    Profile((40, 70), 8, 0.8, 6, 1200, 0.45, 0.15, 0.4),
    Profile((36, 60), 14, 0.5, 3, 1120, 0.3, 0.3, 0.3),
    Profile((32, 56), 24, 0.2, 2, 1060, 0.18, 0.5, 0.2),
    Profile((28, 50), 36, 0.0, 0, 1000, 0.1, 0.7, 0.12),
)
PIECES = 20_000  # serial numbers kept for each cause
FIRST_OWN = 1_000_000_000  # those of honest trade lie below


def able(world: World, shop: int) -> bool:
    """Whether the shop sells what the scheme pays for."""
    return int(world.shops.category[shop]) in ELIGIBLE


def draw(world: World, shop: int, level: int) -> Cause:
    """One shop whose friends order, draw the subsidy, and get little or nothing sent."""
    profile, cause = LEVELS[level], world.cause("campaign", "F14", [shop], level=level, behaviour="B28", also=("B01", "B21"))
    rng, platform = world.recipe.stream("subsidy", cause.number), int(world.shops.platform[shop])
    n = int(rng.integers(*profile.orders))
    fresh = world.people.join(rng, np.full(round(n * profile.fresh), platform), world.where)
    crew = rng.permutation(np.concatenate([fresh, world.residents(rng, platform, n - len(fresh))]))
    n, day = len(crew), start_day(world, rng, profile.days)
    sent, repaid = rng.random(n) < profile.sent, rng.random(n) < profile.repaid
    device, ip = on_devices(world, np.arange(n), profile.together)
    item = rng.choice(_dear(world, shop), n)
    orders = Trades.of(
        account=crew,
        item=item,
        at=world.times(rng, day, profile.days, n),
        browse=browsing(rng, n),
        device=device,
        ip=ip,
        home=_homes(world, rng, n, profile.together),
        qty=1,
        delay=np.where(sent, 0, UNSENT),
        money=np.where(repaid, BACK_OTHER_WAY, KEPT),
        heft=np.where(sent, -80.0, 1.0),
        subsidy=rng.choice(RATES, n),
        serial=_serials(rng, cause, n, profile.again),
        role=FAKE,
    )
    world.plant(cause, orders)
    if profile.raised > 1000:
        _raise(world, np.unique(item), day, profile)
    return cause


def _raise(world: World, items: Ints, day: int, profile: Profile) -> None:
    """The price goes up before the subsidised orders come and down after them."""
    for item in items.tolist():
        usual = int(world.goods.base[item, int(world.goods.week(np.array([item]), np.array([day * DAY]))[0])])
        until = min(world.recipe.end, (day + profile.days + 1) * DAY)
        world.episodes.add(item=item, since=(day - 2) * DAY, until=until, shown=usual * profile.raised // 10_000 * 10)


def _dear(world: World, shop: int) -> Ints:
    items = world.items_of(shop)
    return items[np.argsort(-world.goods.base[items].max(axis=1), kind="stable")][:3]


def _homes(world: World, rng: np.random.Generator, n: int, together: int) -> Ints | int:
    if not together:
        return UNSET
    place = np.arange(n) // together
    return world.people.new_homes(rng, int(place.max(initial=0)) + 1, world.where)[place]


def _serials(rng: np.random.Generator, cause: Cause, n: int, again: float) -> Ints:
    """A number for each, of which a share repeats those of others."""
    own = FIRST_OWN + cause.number * PIECES + np.arange(n)
    few = own[: max(1, n // 8)]
    return np.where(rng.random(n) < again, rng.choice(few, n), own)


# -- honest life ---------------------------------------------------------------------------------------------------------------

JOINED = 0.6  # of the shops that could take part
CLAIMED = 0.5  # of their orders above the least price
LEAST = 5_000  # fen
MISTYPED = 0.004  # serial numbers that are the shelf label's: the same for all of the item
FORGOTTEN = 0.02  # refunds at which the subsidy was not returned at once


def ordinary_subsidies(world: World, trades: Trades) -> None:
    """Subsidies of honest orders, each with its own serial number."""
    rng, c, n = world.recipe.stream("ordinary subsidies"), trades.columns, len(trades)
    shop = world.goods.shop[c["item"]]
    joined = np.isin(world.shops.category, ELIGIBLE) & (rng.random(len(world.shops)) < JOINED)
    dear = world.goods.base[c["item"]].max(axis=1) >= LEAST
    draws = joined[shop] & dear & (rng.random(n) < CLAIMED) & (c["serial"] == 0) & (c["role"] == 0)
    c["subsidy"][draws] = rng.choice(RATES, n)[draws]
    c["serial"][draws] = (1 + np.arange(n))[draws]
    label = (c["subsidy"] > 0) & (c["role"] == 0) & (rng.random(n) < MISTYPED)
    c["serial"][label] = FIRST_OWN - 1 - c["item"][label]


def drawn(made: Stretch) -> dict[str, pa.Array]:
    """The orders' columns on subsidies; none in a city without F14."""
    if "F14" not in made.world.recipe.types:
        return {}
    number = made["serial"].astype(np.int64)
    serial = texts(letters(["SN"], np.zeros(len(made), np.int64)), digits(shuffled(number, 31, 37), 10))
    return {"subsidy_fen": fen(made["borne"]), "serial": pc.if_else(pa.array(number == 0), pa.scalar(None, pa.string()), serial)}


def returned(made: Stretch, which: Ints, share: Floats) -> dict[str, pa.Array]:
    """The refunds' column on subsidies: a whole refund returns it, unless it was never meant to be."""
    if "F14" not in made.world.recipe.types:
        return {}
    whole = (share >= 1.0) & (made.rng("subsidy back").random(len(which)) >= FORGOTTEN)
    return {"subsidy_back_fen": fen(np.where(whole & (made["role"][which] != FAKE), made["borne"][which], 0))}


def own_van(world: World, rng: np.random.Generator, shop: int) -> None:
    """Large goods that the shop brings itself: no parcel is ever reported."""
    cause = world.cause("lookalike", "own_van", [shop])
    world.plant(cause, _honest(world, rng, cause, shop, n=50, delay=UNREPORTED))


def clerk(world: World, rng: np.random.Generator, shop: int) -> None:
    """Old people order at the counter, on the clerk's phone, and carry it home."""
    cause = world.cause("lookalike", "clerk", [shop])
    device, ip = world.people.new_devices(1)
    world.plant(cause, _honest(world, rng, cause, shop, n=45, delay=UNREPORTED, channel=STORE, device=device[0], ip=ip[0]))


def village_van(world: World, rng: np.random.Generator, shop: int) -> None:
    """A village orders together; the shop's van brings all of it to one yard."""
    cause = world.cause("lookalike", "village_van", [shop])
    home = world.people.new_homes(rng, 1, world.where)[0]
    world.plant(cause, _honest(world, rng, cause, shop, n=40, days=5, delay=UNREPORTED, channel=GROUP, home=home))


def subsidy_day(world: World, rng: np.random.Generator, shop: int) -> None:
    """The day the scheme opens: a crowd, everybody with a parcel of their own."""
    cause = world.cause("lookalike", "subsidy_day", [shop])
    world.plant(cause, _honest(world, rng, cause, shop, n=90, days=2))


def resold(world: World, rng: np.random.Generator, shop: int) -> None:
    """What comes back is sold again with its serial number, after the subsidy was returned."""
    cause = world.cause("lookalike", "resold", [shop])
    first = _honest(world, rng, cause, shop, n=24, days=40)
    first.columns["claim"][:], first.columns["money"][:] = CLAIMS | REPAID, 0
    second = _honest(world, rng, cause, shop, n=24, days=40)
    n = min(len(first), len(second))
    first, second = first.where(slice(0, n)), second.where(slice(0, n))
    second.columns["at"][:] = np.minimum(first["at"] + rng.integers(28, 45, n) * DAY, world.recipe.end - 1)
    second.columns["item"][:], second.columns["serial"][:] = first["item"], first["serial"]
    world.plant(cause, Trades.joined([first, second]))


def office(world: World, rng: np.random.Generator, shop: int) -> None:
    """Colleagues order from the office's computer to the office's address; parcels come."""
    cause = world.cause("lookalike", "office", [shop])
    device, ip = world.people.new_devices(1)
    home = world.people.new_homes(rng, 1, world.where)[0]
    world.plant(cause, _honest(world, rng, cause, shop, n=40, days=20, device=device[0], ip=ip[0], home=home))


def _honest(world: World, rng: np.random.Generator, cause: Cause, shop: int, *, n: int, days: int = 60, **more: int) -> Trades:
    """Subsidised orders of honest people."""
    buyers = world.residents(rng, int(world.shops.platform[shop]), n)
    n, days = len(buyers), min(days, world.recipe.days - 52)
    at = world.times(rng, start_day(world, rng, days), days, n)
    serial = FIRST_OWN + cause.number * PIECES + np.arange(n)
    rate, item = rng.choice(RATES, n), rng.choice(_dear(world, shop), n)
    return Trades.of(account=buyers, item=item, at=at, qty=1, subsidy=rate, serial=serial, **more)


LOOKALIKES: tuple[Callable[[World, np.random.Generator, int], None], ...] = (own_van, clerk, village_van, subsidy_day, resold, office)
SHARE = 0.004  # of all shops, per class


def add_honest(world: World, free: Ints) -> None:
    """The look-alikes on shops that sell what the scheme pays for."""
    give(world, [int(shop) for shop in free if able(world, int(shop))], LOOKALIKES, SHARE)
