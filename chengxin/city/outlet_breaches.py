"""F17 breaches at courier outlets: senders unnamed, parcels unopened, scans left out, sign-offs nobody delivered; and honest disorder.

An outlet (`station`) belongs to one courier firm in one place. No shop and no buyer is a member of such a campaign. Only a city that asks
for F17 has the columns on checks at pick-up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from chengxin.city.identifiers import digits, letters, shuffled, texts
from chengxin.city.quantiles import Floats, Ints, Mask
from chengxin.city.register import OUTLETS
from chengxin.city.rows import ABSENT, Rows
from chengxin.city.sizes import DAY
from chengxin.city.trade import COMPLAINS
from chengxin.city.words import COURIERS
from chengxin.city.world import Cause, World

if TYPE_CHECKING:
    from chengxin.city.report_orders import Stretch


@dataclass(frozen=True)
class Profile:
    """Shares of an outlet's parcels: senders unnamed, unopened, scans on the way left out, signed for without a delivery; and of the last,
    whose buyers complain. days: from and to, in which it happens; cause: 0 for honest disorder."""

    unnamed: float
    unopened: float
    skipped: float
    undelivered: float
    told: float
    since: int = 0
    until: int = 1 << 40
    cause: int = 0


LEVELS = (
    Profile(0.7, 0.8, 0.6, 0.7, 0.25),
    Profile(0.45, 0.5, 0.4, 0.45, 0.15),
    Profile(0.25, 0.3, 0.2, 0.3, 0.1),
    Profile(0.15, 0.18, 0.1, 0.2, 0.06),
    Profile(0.09, 0.11, 0.05, 0.12, 0.04),
)
SIDES = ((1, 1, 1, 0), (0, 0, 0, 1), (1, 1, 0, 1))  # which of the four an outlet does, in turn
UNNAMED, UNOPENED = 0.02, 0.04  # shares of an honest outlet's parcels, which differs from outlet to outlet
SILENT_FIRM = len(COURIERS) - 1  # reports no checks at all: its system has no such field
PER_LEVEL = 2  # outlets per level in a city, at any prevalence


def breach(world: World, stations: Ints, level: int, turn: int) -> Cause:
    """One outlet that does this the whole time."""
    cause = world.cause("campaign", "F17", [], level=level, behaviour="B22")
    station, profile = int(stations[turn]), LEVELS[level]
    a, b, c, d = (share * does for share, does in zip(_shares(profile), SIDES[turn % len(SIDES)], strict=True))
    world.outlets[station] = Profile(a, b, c, d, profile.told, cause=cause.number)
    cause.outlets = [station]
    return cause


def _shares(profile: Profile) -> tuple[float, float, float, float]:
    return profile.unnamed, profile.unopened, profile.skipped, profile.undelivered


def plant(world: World) -> None:
    """The cheating outlets and the honest ones in disorder, among those where some shop usually sends."""
    rng = world.recipe.stream("outlets")
    shops = world.shops
    stations = rng.permutation(np.unique((shops.courier * len(world.where.code) + shops.county) * OUTLETS + shops.outlet))
    stations = stations[stations // OUTLETS // len(world.where.code) != SILENT_FIRM]
    cheating = [level for level in world.recipe.levels for _ in range(PER_LEVEL)] if world.recipe.prevalence else []
    for turn, level in enumerate(cheating):
        breach(world, stations, level, turn)
    rest = stations[len(cheating) :]
    for station in rest[:4].tolist():  # handhelds that fail for five days: nothing on the way is scanned
        since = int(rng.integers(14, world.recipe.days - 14)) * DAY
        world.outlets[station] = Profile(0.0, 0.0, 0.9, 0.9, 0.0, since, since + 5 * DAY)
        world.cause("lookalike", "handhelds_failed", []).outlets = [station]


# -- on the way out --------------------------------------------------------------------------------------------------------------


def names(stations: Ints) -> pa.Array:
    """Codes of outlets."""
    return texts(letters(["N"], np.zeros(len(stations), np.int64)), digits(shuffled(stations, 20, 29), 7))


def checks(made: Stretch, which: Ints) -> dict[str, pa.Array]:
    """Columns on the checks at pick-up; none in a city without F17."""
    world = made.world
    if "F17" not in world.recipe.types:
        return {}
    rng, n, shop = made.rng("checks"), len(which), made["shop"][which]
    station = (made["courier"][which] * len(world.where.code) + world.shops.county[shop]) * OUTLETS + world.shops.outlet[shop]
    sloppy = world.recipe.stream("sloppy").lognormal(-0.1, 0.35, int(station.max(initial=0)) + 1)[station]
    columns = {}
    for name, usual, field in (("real_name_checked", UNNAMED, "unnamed"), ("opened_for_check", UNOPENED, "unopened")):
        missing = rng.random(n) < np.maximum(np.minimum(0.3, usual * sloppy), _per(made, station, made["at"][which], field))
        columns[name] = pa.array(~missing, mask=made["courier"][which] == SILENT_FIRM)
    return columns


def _per(made: Stretch, station: Ints, at: Ints, field: str) -> Floats:
    """A field of each row's outlet's profile where it is in force, else 0."""
    found = np.zeros(len(station))
    for number, profile in made.world.outlets.items():
        found[(station == number) & (at >= profile.since) & (at < profile.until)] = getattr(profile, field)
    return found


def left_out(made: Stretch, which: Ints, station: Ints, status: Ints, at: Ints, *, picked: int, signed: int, out: int) -> Mask:
    """Which scans (each of the order `which`) are kept: outlets leave out scans on the way, or the delivery before a sign-off."""
    if not made.world.outlets:
        return np.ones(len(which), bool)
    rng, n = made.rng("left out"), len(made)
    skipped, hurried = np.zeros(n, bool), np.zeros(n, bool)
    first, last = status == picked, status == signed
    skipped[which[first]] = rng.random(int(first.sum())) < _per(made, station[first], at[first], "skipped")
    hurried[which[last]] = rng.random(int(last.sum())) < _per(made, station[last], at[last], "undelivered")
    told = np.zeros(n)
    told[which[last]] = _per(made, station[last], at[last], "told")
    complains = hurried & (rng.random(n) < told)
    made.columns["claim"] = made["claim"] | np.where(complains[made["head"]] & (made["signed_at"] != ABSENT), COMPLAINS, 0).astype(np.int8)
    on_the_way = (status != picked) & (status != signed)
    kept: Mask = ~(on_the_way & skipped[which]) & ~((status == out) & hurried[which])
    return kept


def kept(rows: Rows, keep: Mask) -> Rows:
    """The rows that were scanned after all."""
    if keep.all():
        return rows
    take = np.flatnonzero(keep)
    columns = {name: column.take(pa.array(take)) for name, column in rows.columns.items()}
    return replace(rows, columns=columns, platform=rows.platform[take], at=rows.at[take], cause=rows.cause[take])
