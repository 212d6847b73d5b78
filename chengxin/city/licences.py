"""F18 goods sold without the licence they need, F19 licences that are not the shop's own; and the checks of everybody's licences.

Only a city that asks for one of them has reports of licences. Every registered shop shows its business licence, every shop of food a food
licence or, as a grower, a declaration; the last platform reports none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from chengxin.city.fulfilment import orders_of
from chengxin.city.identifiers import usccs
from chengxin.city.quantiles import Ints, Mask
from chengxin.city.rows import ABSENT, Ids, Rows, code, pick
from chengxin.city.sizes import DAY
from chengxin.city.trade import Trades
from chengxin.city.words import CATEGORIES, PLATFORMS
from chengxin.city.world import Cause, World

FOOD = tuple(place for place, one in enumerate(CATEGORIES) if one.path.startswith("食品"))
GROWERS = 0.25  # share of the shops of dried goods that sell what they grow
STATES = ("valid", "expired", "suspended", "revoked", "cancelled")


@dataclass(frozen=True)
class Licence:
    """One look at a licence: seconds; until ABSENT where it has no term; cause 0 for honest ones."""

    shop: int
    number: str
    kind: str
    at: int
    until: int = ABSENT
    exemption: str = ""
    credit: str = ""
    image: str = ""
    matches: bool = True
    state: str = "valid"
    cause: int = 0


def silent_platform(world: World) -> int:
    """The platform that reports no licences."""
    return min(len(PLATFORMS) - 1, int(world.shops.platform.max()))


def able(world: World, shop: int) -> bool:
    """Whether a shop can be one of F18: food, on a platform that reports."""
    return int(world.shops.category[shop]) in FOOD and int(world.shops.platform[shop]) != silent_platform(world)


def prepare(world: World) -> None:
    """Everybody's licences, once."""
    if world.licences:
        return
    rng = world.recipe.stream("licences")
    n = len(world.shops)
    credit = usccs(["91"] * n, 100_000_000 + world.shops.subject).to_pylist()
    images = rng.integers(0, 1 << 62, (n, 2)).tolist()
    grower, first, term = rng.random(n) < GROWERS, rng.integers(0, 10 * DAY, n), rng.integers(30, 1500, n)
    for shop in range(n):
        if int(world.shops.platform[shop]) == silent_platform(world):
            world.licences[shop] = []
            continue
        at, holder, subject = int(first[shop]), credit[shop], int(world.shops.subject[shop])
        shown = [Licence(shop, holder, "BL", at, credit=holder, image=f"{images[subject % n][0]:032x}")]
        if int(world.shops.category[shop]) in FOOD:
            if int(world.shops.category[shop]) == FOOD[0] and grower[shop]:
                shown.append(Licence(shop, f"SM{shop:010d}", "", at, exemption="E1"))
            else:
                until = world.recipe.end + int(term[shop]) * DAY
                shown.append(
                    Licence(shop, f"JY1230499{subject:07d}", "FB", at, until, credit=holder, image=f"{images[subject % n][1]:032x}")
                )
        world.licences[shop] = shown


def unlicensed(world: World, shop: int, level: int) -> Cause:
    """F18: none at all, run out long ago, of another kind, revoked, or run out weeks ago; sales go on."""
    cause = world.cause("campaign", "F18", [shop], level=level, behaviour="B20")
    end, own = world.recipe.end, world.licences[shop][0]
    mine = Licence(
        shop, f"JY2230499{shop:07d}", "FB", own.at, end + 400 * DAY, credit=own.credit, image=own.image[::-1], cause=cause.number
    )
    shown = {
        0: [],
        1: [replace(mine, until=end - 90 * DAY)],
        2: [replace(mine, kind="CO", number=f"CO2230499{shop:07d}")],
        3: [mine, replace(mine, at=end - 45 * DAY, state="revoked")],
        4: [replace(mine, until=end - 25 * DAY)],
    }[level]
    world.licences[shop] = [own, *shown]
    return cause


def lend(world: World, shop: int, level: int) -> Cause:
    """F19: one licence of several owners, one image with several numbers, a code that cannot be, a borrowed licence."""
    mates = [shop, *(world.spare.pop() for _ in range(min(len(world.spare), (5, 3, 2, 0, 1)[level])))]
    cause = world.cause("campaign", "F19", mates, level=level, behaviour="B19")
    rng = world.recipe.stream("lend", cause.number)
    image, number = f"{int(rng.integers(0, 1 << 62)):032x}", f"JY3230499{cause.number:07d}"
    for turn, mate in enumerate(mates):
        own = usccs(["91"], np.array([700_000_000 + mate])).to_pylist()[0]
        at = int(rng.integers(0, 10 * DAY))
        if level in (0, 1):
            shown = Licence(mate, number, "FB", at, credit=own, image=image, cause=cause.number)
        elif level == 2:
            shown = Licence(mate, f"{number}{turn}", "FB", at, credit=own, image=image, cause=cause.number)
        elif level == 3:
            shown = Licence(mate, number, "BL", at, credit=_cannot_be(own), image=image, matches=False, cause=cause.number)
        else:
            lender = usccs(["91"], np.array([700_000_000 + mates[0]])).to_pylist()[0]
            shown = Licence(
                mate, number, "FB", at, credit=lender, image=image if turn else image[::-1], matches=turn == 0, cause=cause.number
            )
        world.licences[mate] = [one for one in world.licences[mate] if one.kind != shown.kind] + [shown]
    return cause


def _cannot_be(credit: str) -> str:
    return credit[:-1] + ("0" if credit[-1] != "0" else "1")


# -- honest ------------------------------------------------------------------------------------------------------------------------

SHARE = 0.006  # of all shops, per class
PLACEHOLDER_SHOPS = 14


def add_unlicensed_lookalikes(world: World, free: Ints) -> None:
    """Shops of food whose licence was renewed late, has just run out, or has run out after the last sale."""
    prepare(world)
    queue = [int(shop) for shop in free if able(world, int(shop)) and world.licences[int(shop)][-1].kind == "FB"]
    end = world.recipe.end
    for kind in ("renewed_late", "just_run_out", "stopped_in_time"):
        for _ in range(max(1, round(world.recipe.shops * SHARE))):
            if not queue:
                return
            shop = queue.pop()
            world.cause("lookalike", kind, [shop])
            own = world.licences[shop][-1]
            run_out = replace(own, until=end - {"renewed_late": 60, "just_run_out": 6, "stopped_in_time": 50}[kind] * DAY)
            again = [replace(own, at=end - 40 * DAY)] if kind == "renewed_late" else []
            world.licences[shop] = [world.licences[shop][0], run_out, *again]
            if kind == "stopped_in_time":
                world.parts[:] = [part.where(_before(world, part, shop, end - 51 * DAY)) for part in world.parts]


def _before(world: World, part: Trades, shop: int, until: int) -> Mask:
    keep = np.ones(len(part), dtype=bool)
    keep[orders_of(world, part, shop, until, 1 << 40)] = False
    return keep


def add_shared_lookalikes(world: World, free: Ints) -> None:
    """A placeholder in place of every image, numbers typed wrongly once, a firm that changed its name."""
    prepare(world)
    queue = [int(shop) for shop in free if world.licences[int(shop)]]
    each = max(1, round(world.recipe.shops * SHARE))
    if len(queue) > 3 * PLACEHOLDER_SHOPS + 2 * each:
        shops = [queue.pop() for _ in range(PLACEHOLDER_SHOPS)]
        world.cause("lookalike", "placeholder_image", shops)
        for shop in shops:
            world.licences[shop] = [replace(one, image="0" * 32) for one in world.licences[shop]]
    for kind in ("typed_wrongly", "renamed_firm"):
        for shop in [queue.pop() for _ in range(min(each, len(queue)))]:
            world.cause("lookalike", kind, [shop])
            own = world.licences[shop][0]
            if kind == "typed_wrongly":
                wrong = replace(own, number=_cannot_be(own.credit), credit=_cannot_be(own.credit))
                world.licences[shop] = [wrong, replace(own, at=own.at + DAY), *world.licences[shop][1:]]
                continue
            for sister in np.flatnonzero(world.shops.subject == world.shops.subject[shop]).tolist():
                world.licences[sister] = [replace(one, matches=False) for one in world.licences[sister]]
    world.spare = queue


# -- on the way out ----------------------------------------------------------------------------------------------------------------


def licence_rows(world: World, ids: Ids, since: int, until: int) -> Rows | None:
    """The checks between two instants; None in a city that has no such reports."""
    if not world.licences:
        return None
    rows = [one for shop in sorted(world.licences) for one in world.licences[shop] if since <= one.at < until]
    shop, at = (np.array([getattr(one, name) for one in rows], np.int64) for name in ("shop", "at"))
    text = {
        name: pa.array([getattr(one, name) or None for one in rows], pa.string())
        for name in ("number", "kind", "exemption", "credit", "image")
    }
    columns = {
        "shop_id": pick(ids.shop, shop),
        "licence_no": text["number"],
        "licence_type": text["kind"],
        "exemption": text["exemption"],
        "credit_code": text["credit"],
        "image_hash": text["image"],
        "holder_matches": pa.array([one.matches for one in rows], pa.bool_()),
        "status": code(STATES, np.array([STATES.index(one.state) for one in rows], np.int64)),
        "valid_until": ids.time(np.array([one.until for one in rows], np.int64)),
        "checked_at": ids.time(at),
    }
    cause = np.array([one.cause for one in rows], np.int64)
    return Rows("licence", columns, world.shops.platform[shop], at, cause, ("shop_id", "licence_no", "checked_at"))
