"""F20 platforms that fail their duties: payments left out or other than the orders say, complaints left open, nights that fall silent;
and the honest disorder of everybody's reports.

No shop and no buyer is a member of such a campaign. Only a city that asks for F20 has any of it, and the gates' city does not ask: what a
platform leaves out changes what every other detector can see.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from chengxin.city.outlet_breaches import kept
from chengxin.city.quantiles import Floats, Ints, Mask
from chengxin.city.rows import Rows
from chengxin.city.sizes import DAY
from chengxin.city.trade import Trades
from chengxin.city.world import World

if TYPE_CHECKING:
    from chengxin.city.report_orders import Stretch


@dataclass(frozen=True)
class Duty:
    """What a platform does: shares of payments left out and of payments that differ, of complaints left open, of weeks with silent nights;
    days from and to."""

    unbooked: float
    differs: float
    open: float
    nights: float
    since: int = 0
    until: int = 1 << 40


LEVELS = (
    Duty(0.5, 0.3, 0.7, 0.8),
    Duty(0.3, 0.2, 0.5, 0.6),
    Duty(0.15, 0.1, 0.35, 0.45),
    Duty(0.08, 0.05, 0.25, 0.35),
    Duty(0.04, 0.025, 0.18, 0.25),
)
SIDES = ((1, 0, 1, 0), (0, 1, 0, 1), (1, 1, 0, 0), (0, 0, 1, 1))  # which of the four a platform does, in turn
PER_CITY = 2  # platforms that fail, at any prevalence
UNBOOKED, DIFFERS, OPEN = 0.006, 0.003, 0.05  # shares at an honest platform, which differs from platform to platform


def plant(world: World, levels: object) -> None:
    """The platforms that fail and the honest ones in disorder: a week's payments lost, complaints of two weeks undone after a sale."""
    rng = world.recipe.stream("duties")
    platforms = rng.permutation(int(world.shops.platform.max()) + 1).tolist()
    for _ in range(PER_CITY if world.recipe.prevalence else 0):
        level, platform = next(levels), platforms.pop()  # type: ignore[call-overload]
        cause = world.cause("campaign", "F20", [], level=level, behaviour="B24")
        sides = SIDES[int(rng.integers(0, len(SIDES)))]
        world.duties[platform] = Duty(*(share * does for share, does in zip(_shares(LEVELS[level]), sides, strict=True)))
        cause.platforms = [platform]
    for name, duty in (("lost_week", Duty(1.0, 0, 0, 0)), ("late_after_sale", Duty(0, 0, 0.8, 0))):
        if platforms:
            platform, since = platforms.pop(), int(rng.integers(20, max(21, world.recipe.days - 50))) * DAY
            length = 8 if name == "lost_week" else 12
            world.duties[platform] = Duty(duty.unbooked, duty.differs, duty.open, 0, since, since + length * DAY)
            world.cause("lookalike", name, []).platforms = [platform]


def _shares(duty: Duty) -> tuple[float, float, float, float]:
    return duty.unbooked, duty.differs, duty.open, duty.nights


def _per(made: Stretch, platform: Ints, at: Ints, field: str, usual: float) -> Floats:
    """A field of each row's platform where it is in force, beside what every platform does."""
    found = usual * made.world.recipe.stream("untidy", field).lognormal(-0.1, 0.4, 32)[platform]
    for number, duty in made.world.duties.items():
        here = (platform == number) & (at >= duty.since) & (at < duty.until)
        found[here] = np.maximum(found[here], getattr(duty, field))
    return np.asarray(found)


def booked(made: Stretch, rows: Rows) -> Rows:
    """The payments that are reported, some with other sums."""
    if "F20" not in made.world.recipe.types:
        return rows
    rng, n = made.rng("booked"), len(rows.at)
    differs = rng.random(n) < _per(made, rows.platform, rows.at, "differs", DIFFERS)
    amount = rows.columns["amount_fen"].to_numpy()
    rows.columns["amount_fen"] = pa.array(np.where(differs, amount * rng.integers(60, 95, n) // 100, amount))
    return kept(rows, rng.random(n) >= _per(made, rows.platform, rows.at, "unbooked", UNBOOKED))


def closed(made: Stretch, which: Ints, filed: Ints, at: Ints) -> Ints:
    """When complaints are closed: some never."""
    if "F20" not in made.world.recipe.types:
        return at
    never = made.rng("closed").random(len(which)) < _per(made, made["platform"][which], filed, "open", OPEN)
    return np.where(never, made.world.recipe.end, at)  # at the end or later is not seen any more


def awake(world: World, trades: Trades) -> Mask:
    """Which orders are reported: silent nights lose those between midnight and six, in the weeks that are silent."""
    keep = np.ones(len(trades), dtype=bool)
    platform, at = world.shops.platform[world.goods.shop[trades["item"]]], trades["at"].astype(np.int64)
    for number, duty in world.duties.items():
        silent = world.recipe.stream("silent", number).random(world.recipe.weeks) < duty.nights
        keep &= ~((platform == number) & silent[at // (7 * DAY)] & (at % DAY < 6 * 3600))
    return keep
