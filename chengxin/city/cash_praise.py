"""F16 cash for praise: small sums that come back after five stars, and the small sums of honest trade.

The buyers are ordinary people who were promised a few yuan for five stars; no buyer is a member of a campaign. `cash` of an order is the
sum in fen, `cash_for` what it is paid for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from chengxin.city.fulfilment import draw_buyers, mark, orders_of, start_day
from chengxin.city.quantiles import Ints
from chengxin.city.rows import ABSENT
from chengxin.city.sizes import DAY
from chengxin.city.trade import COMPLAINS
from chengxin.city.world import Cause, World

if TYPE_CHECKING:
    from chengxin.city.report_orders import Stretch

FOR_PRAISE, FOR_NOTHING, FOR_BLAME, FOR_ANY_REVIEW = range(1, 5)
TOLD = (
    "包裹里有卡片，说五星好评返现，评了又不给", "客服让我先给好评再发红包，感觉被套路", "给了五星晒图，答应的返现一直没到账",
    "好评返现要求带图十五字，不改评价就不返", "卡片上写好评加客服领红包，这不是买评价吗", "五星才给三块钱红包，差评就天天打电话",
)  # fmt: skip
OTHER_TALK = ("平台红包用不了，客服也不解释", "优惠券说返现实际没有减", "拼手气红包抢了不能抵扣", "会员卡片寄错了人")


@dataclass(frozen=True)
class Profile:
    """share: of the orders that praise and are paid; sums: fen, one of them each (none = odd sums); hours: within which; told: of the
    praising who complain; decoys: share of other orders that get a small sum too."""

    share: float
    sums: tuple[int, ...]
    hours: float
    told: float
    decoys: float


LEVELS = (
    Profile(0.8, (300,), 12, 0.08, 0.0),
    Profile(0.6, (500,), 24, 0.05, 0.0),
    Profile(0.45, (200, 500), 48, 0.03, 0.0),
    Profile(0.3, (200, 300, 500), 72, 0.02, 0.02),
    Profile(0.2, (), 120, 0.02, 0.06),
)


def pay_for_praise(world: World, shop: int, level: int) -> Cause:
    """Two months in which a card in the parcel promises a few yuan for five stars."""
    profile, days = LEVELS[level], 60
    cause = world.cause("campaign", "F16", [shop], level=level, behaviour="B03")
    rng = world.recipe.stream("pay for praise", cause.number)
    day = start_day(world, rng, days)
    draw_buyers(world, rng, shop, day, days=days, n=int(rng.integers(50, 90)))
    for part in world.parts:
        mine = orders_of(world, part, shop, day * DAY, (day + days) * DAY)
        praising = rng.random(len(mine)) < profile.share
        paid, other = mine[praising], mine[~praising]
        odd = rng.integers(120, 600, len(paid))
        part.columns["cash"][paid] = rng.choice(np.array(profile.sums), len(paid)) if profile.sums else odd
        part.columns["cash_for"][paid] = FOR_PRAISE
        part.columns["claim"][paid] = np.where(rng.random(len(paid)) < profile.told, COMPLAINS, 0)
        decoy = other[rng.random(len(other)) < profile.decoys]
        part.columns["cash"][decoy], part.columns["cash_for"][decoy] = rng.integers(120, 600, len(decoy)), FOR_NOTHING
        mark(part, paid, cause)
    return cause


# kind: (what it is paid for, share of the orders, fewest and most fen, whether all get the same sum)
HONEST = {
    "price_protection": (FOR_NOTHING, 0.25, 150, 1500, False),
    "freight_insurance": (FOR_NOTHING, 0.3, 800, 1200, True),
    "rebate_to_all": (FOR_NOTHING, 0.6, 200, 500, True),
    "small_goodwill": (FOR_BLAME, 0.3, 300, 1500, False),
    "gift_for_any_review": (FOR_ANY_REVIEW, 0.5, 200, 300, True),
}
SHARE = 0.008  # of all shops, per class
ODD_SUM = 0.01  # of all honest orders: a small sum for some reason


def add_honest(world: World, free: Ints) -> None:
    """The look-alikes on shops that are nothing else, and the small sums that every shop pays now and then."""
    queue, rng = [int(shop) for shop in free], world.recipe.stream("small sums")
    for part in world.parts:
        odd = np.flatnonzero((part["role"] == 0) & (rng.random(len(part)) < ODD_SUM))
        part.columns["cash"][odd] = rng.integers(100, 1500, len(odd))
        part.columns["cash_for"][odd] = FOR_NOTHING
    for kind, (what, share, least, most, same) in HONEST.items():
        for _ in range(max(1, round(world.recipe.shops * SHARE))):
            if not queue:
                return
            shop = queue.pop()
            world.cause("lookalike", kind, [shop])
            sum_ = int(rng.integers(least // 100, most // 100 + 1)) * 100
            draw_buyers(world, rng, shop, start_day(world, rng, 60), days=60, n=40)
            for part in world.parts:
                mine = orders_of(world, part, shop, 0, world.recipe.end)
                mine = mine[rng.random(len(mine)) < share]
                part.columns["cash"][mine] = sum_ if same else rng.integers(least, most, len(mine))
                part.columns["cash_for"][mine] = what
    for _ in range(min(len(queue), max(1, round(world.recipe.shops * SHARE)))):
        _talk_of_coupons(world, rng, queue.pop())


def _talk_of_coupons(world: World, rng: np.random.Generator, shop: int) -> None:
    """Buyers complain of the platform's own red packets and coupons."""
    world.cause("lookalike", "talk_of_coupons", [shop])
    for part in world.parts:
        mine = orders_of(world, part, shop, 0, world.recipe.end)
        mine = mine[rng.random(len(mine)) < 0.08]
        part.columns["claim"][mine] = COMPLAINS
        part.columns["cash_for"][mine] = -1


# -- on the way out --------------------------------------------------------------------------------------------------------------


def papers(made: Stretch) -> None:
    """When those who are paid for it review, and when each small sum is asked for; a random stream of its own."""
    what = made["cash_for"]
    made.columns["cash_at"] = np.full(len(made), ABSENT)
    if not what.any():
        return
    rng, n, signed = made.rng("cash"), len(made), made["signed_at"]
    by_review = np.isin(what, (FOR_PRAISE, FOR_BLAME, FOR_ANY_REVIEW)) & (signed != ABSENT)
    rated = signed + np.minimum(rng.lognormal(np.log(30 * 3600), 0.9, n), 14 * DAY).astype(np.int64)
    stars = np.select(
        [what == FOR_PRAISE, what == FOR_BLAME], [5, rng.integers(1, 3, n)], 1 + rng.choice(5, n, p=(0.05, 0.03, 0.06, 0.13, 0.73))
    )
    levels = np.array([0, *(max(0, cause.level) for cause in made.world.causes)])[made["cause"].astype(np.int64)]
    hours = np.where(what == FOR_PRAISE, np.array([one.hours for one in LEVELS])[levels], 48.0)
    soon = (rng.uniform(0.1, 1.0, n) * hours * 3600).astype(np.int64)
    any_time = np.where(signed == ABSENT, made["at"], signed) + rng.integers(3600, 15 * DAY, n)
    made.columns["ring_rated"] = np.where(by_review, rated, made["ring_rated"])
    made.columns["ring_stars"] = np.where(by_review, stars, made["ring_stars"])
    when = np.where(by_review, rated + soon, any_time)
    made.columns["cash_at"] = np.where((made["cash"] > 0) & (made["paid_at"] != ABSENT) & (by_review | (what == FOR_NOTHING)), when, ABSENT)


def told(made: Stretch, which: Ints, texts: pa.Array) -> pa.Array:
    """Complaints with the words of those who were promised cash, or who speak of other coupons."""
    what = made["cash_for"][which]
    complains = made["claim"][which] & COMPLAINS > 0
    rows = complains & ((what == FOR_PRAISE) | (what == -1))
    if not rows.any():
        return texts
    rng = made.rng("told")
    pool, n = pa.array([*TOLD, *OTHER_TALK]), len(which)
    drawn = np.where(what == FOR_PRAISE, rng.integers(0, len(TOLD), n), len(TOLD) + rng.integers(0, len(OTHER_TALK), n))
    return pa.concat_arrays([texts, pool]).take(pa.array(np.where(rows, n + drawn, np.arange(n))))
