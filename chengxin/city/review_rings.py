"""F3 rating rings and F4 extortion by bad reviews: the same people go from shop to shop, with texts copied from one another.

F12 invented praise: accounts that are used once, each on its own phone, so that no group holds them together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from chengxin.city import review_texts
from chengxin.city.quantiles import Ints
from chengxin.city.review_chain import Hiding
from chengxin.city.rows import ABSENT
from chengxin.city.sizes import DAY
from chengxin.city.trade import COVER, DEFECT, EXTORTION, FAKE, GOODWILL, PAID_PRAISE, UNSET, Trades, browsing
from chengxin.city.world import Cause, World

if TYPE_CHECKING:
    from chengxin.city.report_orders import Stretch

POOL = 5  # texts a ring writes once and copies
AGAIN = 0.6  # of a rating ring's people, those of the studio's earlier ring


@dataclass(frozen=True)
class Profile:
    """How a level reviews.

    accounts: fewest and most; days: length at one shop; density: share of (account, shop) pairs that review; fresh: share of new accounts;
    per_device: accounts that share one (0 = own); copied: share of the text that is copied; paid: share of victims' orders refunded on
    demand, or of the ring's orders paid back; turned: share of refunded reviewers who then write a good follow-up; soon: reviews within a
    day; stars: most stars of a bad review; cover: ordinary purchases per planted one.
    """

    accounts: tuple[int, int]
    days: float
    density: float
    fresh: float
    per_device: int
    copied: float
    paid: float
    turned: float
    soon: bool
    stars: int
    cover: float


EXTORTIONS = (
    Profile((12, 22), 2, 0.85, 1.0, 999, 1.0, 0.90, 0.9, True, 1, 0.0),
    Profile((12, 24), 4, 0.75, 0.8, 6, 0.85, 0.80, 0.8, True, 1, 0.25),
    Profile((14, 26), 8, 0.60, 0.5, 3, 0.65, 0.65, 0.6, False, 1, 0.5),
    Profile((14, 28), 14, 0.45, 0.2, 2, 0.40, 0.45, 0.45, False, 2, 1.0),
    Profile((16, 30), 21, 0.35, 0.0, 0, 0.0, 0.30, 0.3, False, 3, 2.0),
)
PRAISES = (
    Profile((20, 40), 3, 0.80, 1.0, 999, 1.0, 0.0, 0.0, True, 5, 0.0),
    Profile((22, 45), 6, 0.70, 0.8, 8, 0.85, 0.0, 0.0, True, 5, 0.25),
    Profile((24, 50), 10, 0.55, 0.5, 4, 0.65, 0.0, 0.0, False, 5, 0.5),
    Profile((26, 55), 16, 0.45, 0.2, 2, 0.40, 0.0, 0.0, False, 5, 1.0),
    Profile((28, 60), 24, 0.35, 0.0, 0, 0.0, 0.0, 0.0, False, 5, 2.0),
)
# Per level: fewest and most accounts, days, share of new accounts. How soon they write and how much of a text is copied is as in PRAISES.
INVENTIONS = (((30, 60), 2, 1.0), ((30, 60), 5, 1.0), ((30, 65), 10, 0.8), ((35, 70), 20, 0.5), ((40, 75), 40, 0.0))
GOODWILL_PAID, GOODWILL_TURNED = 0.7, 0.6
DELETED = (0.9, 0.75, 0.6, 0.45, 0.3)  # of the bad reviews, by level
WAYS = ((1.0, 0.0, 0.0), (0.7, 0.3, 0.0), (0.5, 0.5, 0.0), (0.4, 0.4, 0.2), (0.3, 0.2, 0.5))  # dropped, passed over, rewritten


@dataclass
class Circle:
    """The people of a studio that sells praise, by platform: they praise all of its shops."""

    accounts: dict[int, list[int]] = field(default_factory=dict)


def extort(world: World, shops: list[int], level: int) -> Cause:
    """One ring against these shops: buys the cheapest thing, gives one star, asks for its money, and praises when it has it.

    The shops are its victims; the money goes back without goods going back.
    """
    cause = world.cause("campaign", "F4", shops, level=level, behaviour="B04")
    _review(world, cause, EXTORTIONS[level], EXTORTION, Circle())
    return cause


def praise(world: World, shops: list[int], level: int, circle: Circle, studio: int) -> Cause:
    """One ring paid by these shops; its people also praise the other shops of the studio. Orders and parcels are real."""
    cause = world.cause("campaign", "F3", shops, level=level, behaviour="B02", also=("B01",), studio=studio)
    _review(world, cause, PRAISES[level], PAID_PRAISE, circle)
    return cause


def invent(world: World, shop: int, level: int) -> Cause:
    """A shop that buys praise: strangers buy its best-selling goods once, are sent them, and give five stars in words they were given."""
    cause = world.cause("campaign", "F12", [shop], level=level, behaviour="B02", also=("B01",))
    rng, (few_many, days, share) = world.recipe.stream("invent", cause.number), INVENTIONS[level]
    platform, people = int(world.shops.platform[shop]), int(rng.integers(few_many[0], few_many[1] + 1))
    fresh = round(people * share)
    new = world.people.join(rng, np.full(fresh, platform), world.where)
    aged = world.residents(rng, platform, people - fresh, world.people.bought == 1)
    account = rng.permutation(np.unique(np.concatenate([new, aged]).astype(np.int64)))
    at = world.times(rng, world.start_day(rng, days + 10), days, len(account))
    item = rng.choice(world.popular(shop, 2), len(account))
    browse = browsing(rng, len(account))
    world.plant(cause, Trades.of(account=account, item=item, at=at, browse=browse, qty=1, praise=PAID_PRAISE, role=FAKE))
    return cause


def hide(world: World, shop: int, level: int) -> Cause:
    """A shop with a faulty product whose bad reviews disappear."""
    cause = world.cause("campaign", "F11", [shop], level=level, behaviour="B05")
    rng = world.recipe.stream("hide", cause.number)
    buyers = world.residents(rng, int(world.shops.platform[shop]), int(rng.integers(35, 70)))
    at = world.times(rng, 10, world.recipe.days - 30, len(buyers))
    world.parts.append(Trades.of(account=buyers, item=world.popular(shop, 1)[0], at=at, praise=DEFECT))
    world.hiding[shop] = Hiding(cause.number, DELETED[level], WAYS[level])
    return cause


def _review(world: World, cause: Cause, profile: Profile, how: int, circle: Circle) -> None:
    rng = world.recipe.stream("review ring", cause.number)
    people = int(rng.integers(profile.accounts[0], profile.accounts[1] + 1))
    day = world.start_day(rng, int(np.ceil(2 * profile.days)) + 10)
    for platform in sorted({int(world.shops.platform[shop]) for shop in cause.shops}):
        crew = _crew(world, rng, platform, people, profile, circle)
        shops = np.array([shop for shop in cause.shops if world.shops.platform[shop] == platform])
        planted = _orders(world, rng, crew, shops, day=day, profile=profile, how=how)
        world.plant(cause, planted)
        _cover(world, rng, cause, crew, round(len(planted) * profile.cover), day)


def _crew(world: World, rng: np.random.Generator, platform: int, people: int, profile: Profile, circle: Circle) -> Ints:
    known = np.array(circle.accounts.get(platform, []), dtype=np.int64)
    again = rng.permutation(known)[: int(people * AGAIN)]
    fresh = round((people - len(again)) * profile.fresh)
    new = world.people.join(rng, np.full(fresh, platform), world.where)
    aged = world.residents(rng, platform, people - len(again) - fresh, world.people.bought >= 1)
    crew: Ints = np.unique(np.concatenate([again, new, aged]).astype(np.int64))
    circle.accounts[platform] = sorted({*known.tolist(), *crew.tolist()})
    return rng.permutation(crew)


def _orders(world: World, rng: np.random.Generator, crew: Ints, shops: Ints, *, day: int, profile: Profile, how: int) -> Trades:
    """Shop after shop, each within some days; the first shops' days overlap the later ones'."""
    pairs = np.argwhere(rng.random((len(crew), len(shops))) < profile.density)
    n, who = len(pairs), pairs[:, 0]
    goods = np.array([_cheapest(world, int(shop)) if how == EXTORTION else world.popular(int(shop), 1)[0] for shop in shops])
    begins = day + rng.permutation(len(shops)) * profile.days / max(1, len(shops) - 1)
    at = world.times(rng, day, profile.days, n) + ((begins[pairs[:, 1]] - day) * DAY).astype(np.int64)
    device, ip, home = _equipment(world, rng, who, profile)
    return Trades.of(
        account=crew[who],
        item=goods[pairs[:, 1]],
        at=np.minimum(at, world.recipe.end - 1),
        browse=browsing(rng, n),
        device=device,
        ip=ip,
        home=home,
        qty=1,
        praise=how,
        role=FAKE,
    )


def _equipment(world: World, rng: np.random.Generator, who: Ints, profile: Profile) -> tuple[Ints | int, Ints | int, Ints | int]:
    """Devices, networks and homes: one for so many accounts, or everybody's own."""
    if not profile.per_device:
        return UNSET, UNSET, UNSET
    place = who // profile.per_device
    devices, ips = world.people.new_devices(int(place.max(initial=0)) + 1)
    homes = world.people.new_homes(rng, int(place.max(initial=0)) + 1, world.where)
    return devices[place], ips[place], homes[place]


def _cheapest(world: World, shop: int) -> int:
    items = world.items_of(shop)
    old = items[world.goods.born[items] == world.shops.opens[shop]]
    items = old if len(old) else items
    return int(items[np.argmin(world.goods.base[items].min(axis=1))])


def _cover(world: World, rng: np.random.Generator, cause: Cause, crew: Ints, n: int, day: int) -> None:
    """Ordinary purchases of the crew around the ring's days."""
    if not n:
        return
    account = crew[rng.integers(0, len(crew), n)]
    item = world.market.on_platform(world.people.platform[account], np.full(n, -1), rng.random(n))
    since = max(1, day - 14)
    cover = Trades.of(account=account, item=item, at=world.times(rng, since, min(50.0, world.recipe.days - since - 1.0), n), role=COVER)
    world.plant(cause, cover.where(world.goods.born[item] <= cover["at"]))


def papers(made: Stretch) -> None:
    """Draw, for orders of rings and of goodwill, when they review (`ring_rated`), when they ask for their money (`asked_back`), and whether
    they then turn (`turns`). Own random stream: nothing else changes when no such order is there."""
    rng, n, how = made.rng("review rings"), len(made), made["praise"]
    level = levels(made)
    ring = np.isin(how, (EXTORTION, PAID_PRAISE, GOODWILL)) & (made["signed_at"] != ABSENT)
    soon = np.isin(how, (EXTORTION, PAID_PRAISE)) & np.array([one.soon for one in EXTORTIONS])[level]
    later = np.where(soon, rng.uniform(600, 20 * 3600, n), np.minimum(rng.lognormal(np.log(34 * 3600), 1.0, n), 14 * DAY))
    rated = np.where(ring, made["signed_at"] + later.astype(np.int64), ABSENT)
    paid, turned = (np.array([getattr(one, name) for one in EXTORTIONS])[level] for name in ("paid", "turned"))
    asks = ring & np.where(how == EXTORTION, rng.random(n) < paid, (how == GOODWILL) & (rng.random(n) < GOODWILL_PAID))
    made.columns["ring_rated"] = rated
    made.columns["asked_back"] = np.where(asks, rated + rng.integers(1800, 36 * 3600, n), ABSENT)
    made.columns["turns"] = (asks & (rng.random(n) < np.where(how == EXTORTION, turned, GOODWILL_TURNED))).astype(np.int64)
    most = np.array([one.stars for one in EXTORTIONS])[level]
    made.columns["ring_stars"] = np.where(how == PAID_PRAISE, 5, 1 + (rng.random(n) * np.where(how == EXTORTION, most, 2)).astype(np.int64))
    made.columns["turned_after"] = rng.integers(1800, 48 * 3600, n)


def levels(made: Stretch) -> Ints:
    """Each order's campaign's level; 0 for orders of none."""
    of = np.array([0, *(max(0, cause.level) for cause in made.world.causes)])
    return np.asarray(of[made["cause"].astype(np.int64)])


def copied_texts(made: Stretch, which: Ints, written: pa.Array) -> pa.Array:
    """The texts with those of rings replaced: a copied beginning, and the reviewer's own words for the rest."""
    how = made["praise"][which]
    rows = np.flatnonzero(np.isin(how, (EXTORTION, PAID_PRAISE)))
    if not len(rows):
        return written
    cause, level = made["cause"][which][rows].astype(np.int64), levels(made)[which][rows]
    heads, first = _heads(made, np.unique(cause))
    pick = first[cause] + made.rng("ring texts").integers(0, POOL, len(rows))
    own = written.take(pa.array(rows))
    made_of = own.to_pylist()
    for share in {one.copied for one in EXTORTIONS} - {0.0}:
        mine = np.flatnonzero(np.array([one.copied for one in EXTORTIONS])[level] == share)
        tail = pc.utf8_slice_codeunits(own.take(pa.array(mine)), 6, 6 + round((1 - share) * 45))
        head = heads.take(pa.array(pick[mine]))
        for place, text in zip(mine.tolist(), pc.binary_join_element_wise(head, tail, "").to_pylist(), strict=True):
            made_of[place] = text
    taken = np.arange(len(written))
    taken[rows] = len(written) + np.arange(len(rows))
    return pa.concat_arrays([written, pa.array(made_of, pa.string())]).take(pa.array(taken))


def _heads(made: Stretch, causes: Ints) -> tuple[pa.Array, Ints]:
    """The copied part of each ring's few texts, and where each ring's begin. The same in every stretch of days."""
    first, heads = np.zeros(len(made.world.causes) + 1, np.int64), list[str]()
    for number in causes.tolist():
        cause = made.world.causes[number - 1]
        rng = made.world.recipe.stream("ring pool", number)
        item = int(made.world.popular(cause.shops[0], 1)[0])
        kind = (made.world.goods.words[item] >> 12) % 10 + 10 * made.world.shops.category[made.world.goods.shop[item]]
        stars = np.full(4 * POOL, 1 if cause.type == "F4" else 5)
        drafts = sorted(review_texts.write(rng, stars, np.full(4 * POOL, kind)).to_pylist(), key=lambda text: (-len(text), text))
        first[number] = len(heads)
        share = EXTORTIONS[cause.level].copied
        heads += [text[: round(len(text[:90]) * share)] for text in drafts[POOL : 2 * POOL]]
    return pa.array(heads, pa.string()), first
