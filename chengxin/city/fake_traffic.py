"""F5 fake traffic: a farm is paid to visit shops, so that they look sought after. Nobody buys; from level to level it looks more human."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chengxin.city.page_views import USUAL_SOURCES, Views, depth, own_equipment, partly_unknown, sources, stays
from chengxin.city.quantiles import Floats, Ints
from chengxin.city.sizes import DAY
from chengxin.city.world import Cause, World

DIRECT = (0.0, 0.0, 0.0, 0.0, 1.0, 0.0)
MIXED = (0.2, 0.1, 0.1, 0.0, 0.4, 0.2)
VISITS_PER_ORDER = 2.9  # of the honest layer, strays included


@dataclass(frozen=True)
class Profile:
    """How a level works.

    visits: per shop, and `times` what is usual for the shop in that stretch when that is more; days; accounts, devices and networks of
    the farm; reach: share of its accounts that one client gets; fresh: share of new accounts, the rest are hired from honest people;
    own: share of visits from the account's own phone at home; stay: median seconds and spread, None for what people do; shallow: share
    of visits to a single page; night and clock: shares of visits between one and six in the morning, and around the clock; source:
    share by source.
    """

    visits: tuple[int, int]
    times: float
    days: float
    accounts: tuple[int, int]
    reach: float
    devices: int
    networks: int
    fresh: float
    own: float
    stay: tuple[float, float] | None
    shallow: float
    night: float
    clock: float
    source: tuple[float, ...]


USUAL = tuple(float(share) for share in USUAL_SOURCES)
LEVELS = (
    Profile((300, 600), 6.0, 1, (20, 40), 0.9, 4, 1, 1.0, 0.0, (1.2, 0.3), 1.0, 1.0, 0.0, DIRECT),
    Profile((260, 500), 5.0, 3, (30, 60), 0.9, 14, 3, 1.0, 0.0, (2.5, 0.5), 0.95, 0.4, 0.6, DIRECT),
    Profile((220, 420), 4.0, 7, (40, 80), 0.8, 40, 12, 0.5, 0.2, (9, 0.7), 0.7, 0.15, 0.45, MIXED),
    Profile((180, 320), 3.0, 14, (80, 140), 0.6, 80, 50, 0.1, 0.6, (32, 0.9), 0.2, 0.0, 0.2, USUAL),
    Profile((150, 260), 2.5, 21, (180, 300), 0.4, 0, 0, 0.0, 1.0, None, 0.0, 0.0, 0.0, USUAL),
)


def drive(world: World, shops: list[int], level: int) -> Cause:
    """One farm's campaign for these shops, on whatever platforms they are; the same phones serve all of them."""
    profile = LEVELS[level]
    cause = world.cause("campaign", "F5", shops, level=level, behaviour="B06")
    rng = world.recipe.stream("drive", cause.number)
    farm = world.people.new_devices(max(profile.devices, profile.networks))
    day = world.start_day(rng, int(np.ceil(profile.days)))
    people = int(rng.integers(profile.accounts[0], profile.accounts[1] + 1))
    crews = {platform: _crew(world, rng, platform, people, profile) for platform in sorted({int(world.shops.platform[s]) for s in shops})}
    for shop in shops:
        _visits(world, rng, cause, farm, crews[int(world.shops.platform[shop])], shop, day, profile)
    return cause


def _crew(world: World, rng: np.random.Generator, platform: int, people: int, profile: Profile) -> Ints:
    """The farm's accounts on a platform."""
    fresh = round(people * profile.fresh)
    new = world.people.join(rng, np.full(fresh, platform), world.where)
    return np.concatenate([new, world.residents(rng, platform, people - fresh)]).astype(np.int64)


def _visits(
    world: World,
    rng: np.random.Generator,
    cause: Cause,
    farm: tuple[Ints, Ints],
    crew: Ints,
    shop: int,
    day: int,
    profile: Profile,
) -> None:
    n = max(int(rng.integers(profile.visits[0], profile.visits[1] + 1)), int(profile.times * profile.days * usual_visits(world)[shop]))
    sent = rng.permutation(len(crew))[: max(1, round(profile.reach * len(crew)))]
    seat = rng.choice(sent, n)
    account = crew[seat]
    device, ip = _equipment(world, rng, farm, seat, account, profile)
    seconds = stays(rng, n, *(profile.stay or (65, 1.0)))
    pages = np.where(rng.random(n) < profile.shallow, 1, depth(rng, seconds))
    world.views.append(
        Views.of(
            account=account,
            item=rng.choice(world.popular(shop, 4), n),
            at=_when(world, rng, day, n, profile),
            seconds=seconds,
            pages=pages,
            source=sources(rng, n, np.array(profile.source)),
            device=device,
            ip=ip,
            cause=cause.number,
        )
    )
    cause.accounts = sorted({*cause.accounts, *np.unique(account).tolist()})


def _equipment(
    world: World, rng: np.random.Generator, farm: tuple[Ints, Ints], seat: Ints, account: Ints, profile: Profile
) -> tuple[Ints, Ints]:
    """The farm's phones and networks by seat, or the account's own."""
    device, ip = own_equipment(rng, world.people, account)
    if profile.own < 1:
        own = rng.random(len(seat)) < profile.own
        device = np.where(own, device, farm[0][seat % profile.devices])
        ip = np.where(own, ip, farm[1][seat % profile.networks])
    return partly_unknown(rng, device, ip)


def _when(world: World, rng: np.random.Generator, day: int, n: int, profile: Profile) -> Ints:
    """Instants: by night, around the clock, and for the rest as the city wakes and sleeps."""
    draw, night = rng.random(n), rng.integers(0, int(np.ceil(profile.days)), n)
    by_night = (day + night) * DAY + rng.integers(3600, 6 * 3600, n)
    around = day * DAY + (rng.random(n) * profile.days * DAY).astype(np.int64)
    human = world.times(rng, day, profile.days, n)
    return np.where(draw < profile.night, by_night, np.where(draw < profile.night + profile.clock, around, human))


def usual_visits(world: World) -> Floats:
    """Visits a day that each shop has without anybody's help, about: (shops,)."""
    orders = np.bincount(world.goods.shop[world.parts[0]["item"]], minlength=len(world.shops))
    return np.asarray(orders * VISITS_PER_ORDER / world.recipe.days)
