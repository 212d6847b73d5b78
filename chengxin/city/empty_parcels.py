"""F2 empty parcels and forged scans: trade that never happened, dressed with waybills. The buyers are strangers to each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chengxin.city.quantiles import Ints
from chengxin.city.sizes import DAY
from chengxin.city.trade import ELSEWHERE, FAKE, GENUINE_PRAISE, ONE_HAND, SAME_SECOND, TOO_FAST, TOO_SHORT, USUAL, Trades, browsing
from chengxin.city.world import Cause, World


@dataclass(frozen=True)
class Profile:
    """How a level forges. flags: (scan flag, share of parcels that show it); the rest as for brushing."""

    days: float
    fresh: float
    heft: tuple[float, float]
    bundle: int
    flags: tuple[tuple[int, float], ...]


LEVELS = (
    Profile(1, 1.0, (-10, -10), 5, ((SAME_SECOND, 1.0), (ELSEWHERE, 0.7), (ONE_HAND, 1.0))),
    Profile(3, 1.0, (-50, -15), 1, ((TOO_FAST, 0.95), (ELSEWHERE, 0.5), (ONE_HAND, 0.9))),
    Profile(7, 0.4, (0.04, 0.15), 1, ((TOO_FAST, 0.6), (ELSEWHERE, 0.2), (ONE_HAND, 0.8))),
    Profile(14, 0.1, (0.15, 0.4), 1, ((TOO_SHORT, 0.5), (TOO_FAST, 0.2), (ONE_HAND, 0.5))),
    Profile(21, 0.0, (0.4, 0.75), 1, ((TOO_SHORT, 0.1), (ONE_HAND, 0.2))),
)


def forge(world: World, shops: list[int], level: int) -> Cause:
    """One campaign: each shop books false orders and buys waybills for them."""
    profile = LEVELS[level]
    cause = world.cause("campaign", "F2", shops, level=level, behaviour="B07", also=("B01",))
    rng = world.recipe.stream("forge", cause.number)
    day = world.start_day(rng, int(np.ceil(profile.days)))
    for shop in shops:
        world.plant(cause, _orders(world, rng, cause, shop=shop, day=day, profile=profile))
    return cause


def _orders(world: World, rng: np.random.Generator, cause: Cause, *, shop: int, day: int, profile: Profile) -> Trades:
    n = int(rng.integers(40, 111))
    platform = int(world.shops.platform[shop])
    fresh = world.people.join(rng, np.full(round(n * profile.fresh), platform), world.where)
    accounts: Ints = np.concatenate([fresh, world.residents(rng, platform, n - len(fresh))]).astype(np.int64)
    n = len(accounts)
    flags = np.zeros(n, dtype=np.int64)
    for flag, share in profile.flags:
        flags |= np.where(rng.random(n) < share, flag, 0)
    at = day * DAY + 9 * 3600 + rng.integers(0, 12 * 3600, n) if profile.days <= 1 else world.times(rng, day, profile.days, n)
    return Trades.of(
        account=accounts,
        item=rng.choice(world.popular(shop, 4), n),
        at=at,
        browse=browsing(rng, n),
        heft=rng.uniform(*profile.heft, n),
        bundle=cause.number * 4096 + np.arange(n) // profile.bundle if profile.bundle > 1 else -1,
        scans=flags,
        praise=np.where(rng.random(n) < 0.5, GENUINE_PRAISE, USUAL),
        role=FAKE,
    )
