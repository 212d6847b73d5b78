"""F8 payment fraud: cash-out by orders that are none, and accounts that collect for several shops without a licence.

Cash-out: accounts that were bought or lent order on credit at one shop, nothing leaves, and the money goes back to somebody else.
Unlicensed settlement: for some weeks the payments of several shops go to a few personal accounts, past every licensed institution.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from chengxin.city.fulfilment import draw_buyers, mark, orders_of, start_day
from chengxin.city.lookalikes import neighbours
from chengxin.city.quantiles import Ints
from chengxin.city.trade import BACK_OTHER_WAY, BACK_SAME_WAY, FAKE, NO_FIRM, UNSENT, UNSET, Trades, browsing
from chengxin.city.words import PAYMENT_FIRMS, UNLICENSED_FIRMS
from chengxin.city.world import Cause, World


@dataclass(frozen=True)
class CashOut:
    """orders: fewest and most; days; fresh: share of new accounts; per_device: accounts that share one (0 = own); third: share of the money
    that goes to another account; collectors: accounts that get it; sent: share with a real small parcel."""

    orders: tuple[int, int]
    days: int
    fresh: float
    per_device: int
    third: float
    collectors: int
    sent: float


CASH_OUTS = (
    CashOut((30, 60), 2, 1.0, 999, 1.0, 1, 0.0),
    CashOut((30, 60), 5, 0.8, 6, 0.9, 2, 0.1),
    CashOut((28, 55), 10, 0.5, 3, 0.7, 4, 0.25),
    CashOut((26, 50), 16, 0.2, 2, 0.5, 8, 0.4),
    CashOut((24, 48), 24, 0.0, 0, 0.3, 14, 0.6),
)


@dataclass(frozen=True)
class Collecting:
    """share: of the shops' payments that go elsewhere; accounts: that collect, in turn; days; masked: share that a licensed institution
    books all the same."""

    share: float
    accounts: int
    days: int
    masked: float


COLLECTIONS = (
    Collecting(1.0, 1, 30, 0.0),
    Collecting(0.9, 1, 40, 0.0),
    Collecting(0.7, 2, 50, 0.2),
    Collecting(0.5, 3, 60, 0.4),
    Collecting(0.3, 5, 80, 0.6),
)
COLLECTED_SHOPS = 3  # that one collector serves
NAMED = 0.4  # of the payments past the licensed ones, those booked by a firm that is on no list; the rest name nobody


def plant(world: World, shops: list[int], levels: Iterator[int]) -> None:
    """In turn one shop that cashes out, and some shops of one platform whose payments are collected elsewhere."""
    queue = list(shops)
    while queue:
        cash_out(world, queue.pop(), next(levels))
        mates, rest = neighbours(world, queue, COLLECTED_SHOPS)
        if len(mates) > 1:
            queue = rest
            collect(world, mates, next(levels))


def cash_out(world: World, shop: int, level: int) -> Cause:
    """Orders paid and repaid to others."""
    profile, cause = CASH_OUTS[level], world.cause("campaign", "F8", [shop], level=level, behaviour="B21", also=("B01", "B15"))
    rng, platform = world.recipe.stream("cash out", cause.number), int(world.shops.platform[shop])
    n = int(rng.integers(*profile.orders))
    fresh = world.people.join(rng, np.full(round(n * profile.fresh), platform), world.where)
    lent = world.residents(rng, platform, n - len(fresh), world.people.bought[: world.honest_people] >= 1)
    crew = rng.permutation(np.concatenate([fresh, lent]))
    collectors = world.people.join(rng, np.full(profile.collectors, platform), world.where)
    sent = rng.random(len(crew)) < profile.sent
    device, ip = on_devices(world, np.arange(len(crew)), profile.per_device)
    orders = Trades.of(
        account=crew,
        item=rng.choice(_dearest(world, shop), len(crew)),
        at=world.times(rng, start_day(world, rng, profile.days), profile.days, len(crew)),
        browse=browsing(rng, len(crew)),
        device=device,
        ip=ip,
        qty=1,
        delay=np.where(sent, 0, UNSENT),
        money=BACK_OTHER_WAY,
        returns=np.where(rng.random(len(crew)) < profile.third, rng.choice(collectors, len(crew)), UNSET),
        heft=np.where(sent, -60.0, 1.0),
        role=FAKE,
    )
    world.plant(cause, orders)
    return cause


def collect(world: World, shops: list[int], level: int) -> Cause:
    """The buyers are honest and no members; what is planted is where their money went."""
    profile, cause = COLLECTIONS[level], world.cause("campaign", "F8", shops, level=level, behaviour="B21")
    rng = world.recipe.stream("collect", cause.number)
    accounts = world.people.join(rng, np.full(profile.accounts, int(world.shops.platform[shops[0]])), world.where)
    day = start_day(world, rng, profile.days)
    for shop in shops:
        draw_buyers(world, rng, shop, day, days=profile.days, n=int(rng.integers(15, 40)))
        for part in world.parts:
            mine = orders_of(world, part, shop, day * 86_400, (day + profile.days) * 86_400)
            mine = mine[rng.random(len(mine)) < profile.share]
            outside = np.where(
                rng.random(len(mine)) < NAMED, len(PAYMENT_FIRMS) + rng.integers(0, len(UNLICENSED_FIRMS), len(mine)), NO_FIRM
            )
            part.columns["collects"][mine] = rng.choice(accounts, len(mine))
            part.columns["firm"][mine] = np.where(rng.random(len(mine)) < profile.masked, UNSET, outside)
            mark(part, mine, cause)
    return cause


def on_devices(world: World, who: Ints, per_device: int) -> tuple[Ints | int, Ints | int]:
    """Devices and networks for the numbers of a crew: one for so many of them, everybody's own for 0."""
    if not per_device:
        return UNSET, UNSET
    place = who // per_device
    devices, ips = world.people.new_devices(int(place.max(initial=0)) + 1)
    return devices[place], ips[place]


def _dearest(world: World, shop: int) -> Ints:
    """Half of the shop's goods, the dear ones: cash-out wants large sums."""
    items = world.items_of(shop)
    return items[np.argsort(-world.goods.base[items].max(axis=1), kind="stable")][: max(1, len(items) // 2)]


# -- honest life ---------------------------------------------------------------------------------------------------------------

UNNAMED, TO_RELATIVES = 0.008, 0.012  # payments whose institution is not named; orders that would be repaid to somebody else
ONE_ACCOUNT = 0.5  # owners of several shops who use one settlement account


def share_accounts(world: World) -> None:
    """Half of those who own several shops on a platform settle them on one account."""
    rng, shops = world.recipe.stream("settles"), world.shops
    owner = shops.subject * 64 + shops.platform
    first = np.unique(owner, return_index=True, return_inverse=True)
    same = rng.random(len(first[1])) < ONE_ACCOUNT
    world.settles = np.where(same[first[2]], first[1][first[2]], world.settles)


def ordinary_money(world: World, trades: Trades) -> None:
    """What is untidy about honest money: unnamed institutions, refunds to a relative."""
    rng, c, n = world.recipe.stream("ordinary money"), trades.columns, len(trades)
    free = (c["role"] == 0) & (c["firm"] == UNSET)
    c["firm"][free & (rng.random(n) < UNNAMED)] = NO_FIRM
    moved = free & (c["returns"] == UNSET) & (rng.random(n) < TO_RELATIVES)
    c["returns"][moved] = rng.integers(0, world.honest_people, n)[moved]


def family_pay(world: World, rng: np.random.Generator, shop: int) -> None:
    """Parents pay, children order and send back, and the money goes to whoever of the family has a card."""
    cause = world.cause("lookalike", "family_pay", [shop])
    world.shops.refunds[shop] = 0.3
    buyers = world.residents(rng, int(world.shops.platform[shop]), 55, world.people.family[: world.honest_people] == 1)
    orders = _honest(world, rng, shop, buyers)
    head = buyers - buyers % 4
    orders.columns["payer"][:] = head
    orders.columns["returns"][:] = np.where(rng.random(len(buyers)) < 0.6, np.minimum(head + 2, world.honest_people - 1), UNSET)
    world.plant(cause, orders)


def company_gift(world: World, rng: np.random.Generator, shop: int) -> None:
    """A company pays for its people's festival goods; what they send back is repaid to the company."""
    cause = world.cause("lookalike", "company_gift", [shop])
    staff = world.residents(rng, int(world.shops.platform[shop]), 50)
    orders = _honest(world, rng, shop, staff, days=4)
    orders.columns["payer"][:] = staff[0]
    world.plant(cause, orders)


def leader_refund(world: World, rng: np.random.Generator, shop: int) -> None:
    """A group purchase called off before anything leaves; the leader had paid for all and gets all back."""
    cause = world.cause("lookalike", "leader_refund", [shop])
    members = world.residents(rng, int(world.shops.platform[shop]), 35)
    orders = _honest(world, rng, shop, members, days=2)
    orders.columns |= {"payer": np.full(len(members), members[0], np.int32)}
    orders.columns["delay"][:], orders.columns["money"][:] = UNSENT, BACK_SAME_WAY
    world.plant(cause, orders)


def closed_card(world: World, rng: np.random.Generator, shop: int) -> None:
    """Old people's goods: many returns, and a quarter of the money goes to a son's or daughter's account."""
    cause = world.cause("lookalike", "closed_card", [shop])
    world.shops.refunds[shop] = 0.3
    buyers = world.residents(rng, int(world.shops.platform[shop]), 50)
    orders = _honest(world, rng, shop, buyers)
    orders.columns["returns"][:] = np.where(rng.random(len(buyers)) < 0.25, rng.integers(0, world.honest_people, len(buyers)), UNSET)
    world.plant(cause, orders)


def called_off(world: World, rng: np.random.Generator, shop: int) -> None:
    """A batch that the shop cannot send: everything goes back the way it came."""
    cause = world.cause("lookalike", "called_off", [shop])
    orders = _honest(world, rng, shop, world.residents(rng, int(world.shops.platform[shop]), 40), days=5)
    orders.columns["delay"][:], orders.columns["money"][:] = UNSENT, BACK_SAME_WAY
    world.plant(cause, orders)


def mall_account(world: World, shops: list[int]) -> None:
    """A mall that collects for its shops, through a licensed institution."""
    world.cause("lookalike", "mall_account", shops)
    world.settles[shops] = shops[0]


def _honest(world: World, rng: np.random.Generator, shop: int, buyers: Ints, days: int = 0) -> Trades:
    span = days or world.recipe.days - 40
    day = start_day(world, rng, days) if days else 1
    return Trades.of(account=buyers, item=rng.choice(world.popular(shop, 6), len(buyers)), at=world.times(rng, day, span, len(buyers)))


LOOKALIKES: tuple[Callable[[World, np.random.Generator, int], None], ...] = (
    family_pay,
    company_gift,
    leader_refund,
    closed_card,
    called_off,
)
SHARE, MALL_SHOPS = 0.006, 5  # of all shops, per class


def add_honest(world: World, free: list[int]) -> list[int]:
    """The look-alikes on free shops; returns the shops that are left."""
    for _ in range(max(at_least(world), world.recipe.shops // 400)):
        mates, free = neighbours(world, free, MALL_SHOPS)
        if mates:
            mall_account(world, mates)
    return give(world, free, LOOKALIKES, SHARE)


def at_least(world: World) -> int:
    """One of each class, but none in a hamlet of fewer than a hundred shops, which would be nothing but odd shops."""
    return int(world.recipe.shops >= 100)


def give(world: World, free: list[int], makers: tuple[Callable[[World, np.random.Generator, int], None], ...], share: float) -> list[int]:
    """Every class its shops among `free`; returns those that are left."""
    queue = list(free)
    for make in makers:
        for turn in range(max(at_least(world), round(world.recipe.shops * share))):
            if queue:
                make(world, world.recipe.stream(make.__name__, turn), queue.pop())
    return queue
