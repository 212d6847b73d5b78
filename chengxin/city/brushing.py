"""F1 brushing: shops pay accounts for orders that are none. Levels 0-4 hide more and more of what gives it away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chengxin.city.identifiers import numbered
from chengxin.city.quantiles import Ints
from chengxin.city.sizes import DAY
from chengxin.city.trade import APP, BACK_OTHER_WAY, BACK_SAME_WAY, COVER, FAKE, FAST_PRAISE, GENUINE_PRAISE, UNSET, USUAL, Trades, browsing
from chengxin.city.world import Cause, World


@dataclass(frozen=True)
class Profile:
    """How a level brushes.

    accounts: fewest and most; days: length; density: share of (account, shop) pairs that trade; fresh: share of new accounts (the others
    are bought or hijacked); per_device, per_home, per_payer: accounts that share one (1 = own); own: share of orders with one's own device
    and home; browse: seconds from view to order (none = as honest people browse); heft: parcel's share of the real weight, or grams when
    negative; bundle: orders on one waybill; back: share of money returned, other: share of that by another way; praise: share reviewed;
    cover: ordinary purchases per planted one; visits: earlier visits in tenths; items: goods brushed per shop.
    """

    accounts: tuple[int, int]
    days: float
    density: float
    fresh: float
    per_device: int
    per_home: int
    per_payer: int
    own: float
    browse: tuple[int, int] | None
    heft: tuple[float, float]
    bundle: int
    back: float
    other: float
    praise: float
    cover: float
    visits: int
    items: int


LEVELS = (
    Profile((25, 55), 1, 0.90, 1.0, 999, 999, 10, 0.0, (4, 22), (-10, -10), 4, 0.95, 0.3, 0.9, 0.0, 0, 1),
    Profile((30, 60), 3, 0.80, 1.0, 6, 8, 5, 0.0, (5, 35), (-45, -10), 1, 0.70, 0.4, 0.85, 0.25, 0, 1),
    Profile((30, 65), 7, 0.65, 0.5, 3, 4, 3, 0.3, (15, 80), (0.08, 0.3), 1, 0.40, 0.6, 0.75, 0.5, 2, 2),
    Profile((35, 70), 14, 0.55, 0.1, 2, 3, 1, 0.7, None, (0.25, 0.6), 1, 0.15, 0.7, 0.65, 1.0, 6, 3),
    Profile((40, 75), 21, 0.45, 0.0, 1, 1, 1, 1.0, None, (0.6, 0.95), 1, 0.03, 0.5, 0.55, 2.0, 10, 4),
)
STUDIO_DEVICES, STUDIO_HOMES = 40, 24
FROM_THE_STUDIO = 0.35  # of a campaign's people, those the studio already used in another campaign


@dataclass
class Studio:
    """The hidden workshop behind several campaigns: its phones, networks, drop addresses, and the accounts it has."""

    number: int
    devices: Ints
    ips: Ints
    homes: Ints
    accounts: dict[int, list[int]]

    @classmethod
    def open(cls, world: World, number: int) -> Studio:
        rng = world.recipe.stream("studio", number)
        devices, ips = world.people.new_devices(STUDIO_DEVICES)
        return cls(number, devices, ips, world.people.new_homes(rng, STUDIO_HOMES, world.where), {})


def brush(world: World, shops: list[int], level: int, studio: Studio, shared: bool) -> Cause:
    """One campaign over these shops. Shops on several platforms are served by the same people with an account on each."""
    also = ("B07", "B02") if level <= 3 else ("B02",)
    cause = world.cause("campaign", "F1", shops, level=level, behaviour="B01", also=also, studio=studio.number if shared else -1)
    shift = _Shift.begin(world, cause, studio)
    for platform in sorted({int(world.shops.platform[shop]) for shop in shops}):
        accounts = shift.crew(platform)
        mine = np.array([shop for shop in shops if world.shops.platform[shop] == platform])
        world.plant(cause, shift.orders(accounts, mine))
        shift.cover(accounts)
    return cause


@dataclass
class _Shift:
    """A campaign at work: its random stream, its first day, how many people it uses and where in the studio they sit."""

    world: World
    cause: Cause
    studio: Studio
    profile: Profile
    rng: np.random.Generator
    day: int
    people: int
    seat: int

    @classmethod
    def begin(cls, world: World, cause: Cause, studio: Studio) -> _Shift:
        profile, rng = (world.brushing or LEVELS)[cause.level], world.recipe.stream("brush", cause.number)
        people = int(rng.integers(profile.accounts[0], profile.accounts[1] + 1))
        day = world.start_day(rng, int(np.ceil(profile.days)))
        return cls(world, cause, studio, profile, rng, day, people, int(rng.integers(0, 1000)))

    def crew(self, platform: int) -> Ints:
        """The campaign's accounts on a platform: some of the studio's, fresh ones, and aged ones taken from honest people."""
        known = np.array(self.studio.accounts.get(platform, []), dtype=np.int64)
        again = self.rng.permutation(known)[: int(self.people * FROM_THE_STUDIO)] if self.profile.own < 1 else known[:0]
        fresh = round((self.people - len(again)) * self.profile.fresh)
        new = self.world.people.join(self.rng, np.full(fresh, platform), self.world.where)
        aged = self.world.residents(self.rng, platform, self.people - len(again) - fresh, self.world.people.bought >= 1)
        crew: Ints = np.unique(np.concatenate([again, new, aged]).astype(np.int64))
        self.studio.accounts[platform] = sorted({*known.tolist(), *crew.tolist()})
        return self.rng.permutation(crew)

    def orders(self, accounts: Ints, shops: Ints) -> Trades:
        """The false orders: a random share of all (account, shop) pairs."""
        profile, rng = self.profile, self.rng
        pairs = np.argwhere(rng.random((len(accounts), len(shops))) < profile.density)
        n, who = len(pairs), pairs[:, 0]
        targets = [rng.permutation(self.world.popular(int(shop), 6))[: profile.items] for shop in shops]
        device, ip, home = self.equipment(who)
        back = rng.random(n) < profile.back
        return Trades.of(
            account=accounts[who],
            item=np.array([rng.choice(targets[shop]) for shop in pairs[:, 1]], dtype=np.int64),
            at=self.when(n),
            browse=rng.integers(*profile.browse, n) if profile.browse else browsing(rng, n),
            device=device,
            ip=ip,
            home=home,
            payer=accounts[who - who % profile.per_payer] if profile.per_payer > 1 else UNSET,
            heft=rng.uniform(*profile.heft, n),
            bundle=self.bundles(shops[pairs[:, 1]]),
            money=np.where(back, np.where(rng.random(n) < profile.other, BACK_OTHER_WAY, BACK_SAME_WAY), USUAL),
            praise=np.where(rng.random(n) < profile.praise, FAST_PRAISE if self.cause.level <= 2 else GENUINE_PRAISE, USUAL),
            visits=profile.visits,
            qty=1 if self.cause.level <= 2 else UNSET,
            channel=APP if self.cause.level == 0 else UNSET,
            role=FAKE,
        )

    def equipment(self, who: Ints) -> tuple[Ints, Ints, Ints]:
        """Devices, networks and homes of orders: the studio's, shared by so many people each, or one's own."""
        place, home = self.seat + who // self.profile.per_device, self.seat + who // self.profile.per_home
        own = self.rng.random(len(who)) < self.profile.own
        own_home = self.rng.random(len(who)) < self.profile.own
        device = np.where(own, UNSET, self.studio.devices[place % STUDIO_DEVICES])
        ip = np.where(own, UNSET, self.studio.ips[place % STUDIO_DEVICES])
        return device, ip, np.where(own_home, UNSET, self.studio.homes[home % STUDIO_HOMES])

    def when(self, n: int) -> Ints:
        """Instants of false orders: one evening, or some days in the city's own rhythm."""
        if self.profile.days <= 1:
            return self.day * DAY + 19 * 3600 + self.rng.integers(0, 4 * 3600, n)
        return self.world.times(self.rng, self.day, self.profile.days, n)

    def bundles(self, shop: Ints) -> Ints | int:
        """Waybill groups: so many orders of one shop share a waybill; -1 when each has its own."""
        if self.profile.bundle <= 1:
            return -1
        place = numbered(shop, np.zeros(len(self.world.shops), np.int64)) // self.profile.bundle
        groups: Ints = np.unique(shop * 4096 + place, return_inverse=True)[1] + self.cause.number * 4096
        return groups

    def cover(self, accounts: Ints) -> None:
        """Ordinary purchases of the crew: goods by their popularity, real parcels, around the campaign's days."""
        world, rng = self.world, self.rng
        n = round(len(accounts) * len(self.cause.shops) * self.profile.density * self.profile.cover)
        if not n:
            return
        who = rng.integers(0, len(accounts), n)
        item = world.market.on_platform(world.people.platform[accounts[who]], np.full(n, -1), rng.random(n))
        device, ip, home = self.equipment(who)
        since = max(1, self.day - 7)
        at = world.times(rng, since, min(world.recipe.days - since - 1.0, self.profile.days + 14.0), n)
        cover = Trades.of(account=accounts[who], item=item, at=at, device=device, ip=ip, home=home, role=COVER)
        world.plant(self.cause, cover.where(world.goods.born[item] <= at))
