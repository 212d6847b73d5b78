"""Reports of what pages saw and showed: visits, prices and listings."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from chengxin.city import false_ads
from chengxin.city.goods import BASIS, WEEK
from chengxin.city.identifiers import days, digits, letters, shuffled, texts
from chengxin.city.page_views import SOURCES, USUAL_SOURCES, Views
from chengxin.city.people import UNKNOWN_DEVICE, UNKNOWN_IP
from chengxin.city.quantiles import Ints
from chengxin.city.report_orders import Stretch
from chengxin.city.rows import TIME, Ids, Rows, code, fen, nulls, pick, running
from chengxin.city.sizes import DAY
from chengxin.city.trade import FAKE
from chengxin.city.world import World

STRAY_VISITS = 1.1  # visits without any order, per order


def visit_rows(made: Stretch, since: int, until: int) -> Rows:
    """Visits on the way to an order, earlier visits of the same buyer, and visits that lead to nothing, between two instants.

    The last are strangers passing by, honest crowds, and what a farm was paid for.
    """
    rng, world, ids = made.rng("visit"), made.world, made.ids
    which, at, bought, long = _of_buyers(made, rng)
    stray = int(len(made) * STRAY_VISITS)
    visitor = rng.integers(0, len(world.people), stray)
    item = world.market.on_platform(world.people.platform[visitor], np.full(stray, -1), rng.random(stray))
    account = np.concatenate([made["account"][which].astype(np.int64), visitor])
    goods = np.concatenate([made["item"][which], item])
    at = np.concatenate([at, world.rhythm.between(rng.random(stray), since, until)])
    more = Views.joined(world.views)
    more = more.where((more["at"] >= since) & (more["at"] < until))
    device = np.concatenate([made["device"][which], _unknown(rng, world.people.device[visitor], UNKNOWN_DEVICE)])
    ip = np.concatenate([made["ip"][which], _unknown(rng, world.people.ip[visitor], UNKNOWN_IP)])
    cause = np.concatenate([np.where(made["role"] == FAKE, made["cause"], 0)[which], np.zeros(stray, np.int64)])
    n = len(at)
    seconds = np.minimum(rng.lognormal(np.log(65), 1.0, n), np.concatenate([long, np.full(stray, 7200)])).astype(np.int64)
    pages = 1 + np.minimum(40, seconds // 30 + rng.poisson(0.6, n))
    source = rng.choice(len(SOURCES), n, p=USUAL_SOURCES)
    account, goods, at, device, ip, cause = (
        np.concatenate([column, more[name]])
        for name, column in (("account", account), ("item", goods), ("at", at), ("device", device), ("ip", ip), ("cause", cause))
    )
    platform = world.shops.platform[world.goods.shop[goods]]
    columns = {
        "visit_no": _numbers(made, platform, at),
        "shop_id": pick(ids.shop, world.goods.shop[goods]),
        "visitor": pick(ids.account, account),
        "sku": pick(ids.sku, goods),
        "entered_at": ids.time(at),
        "seconds": fen(np.concatenate([np.maximum(1, seconds), more["seconds"]])),
        "pages": fen(np.concatenate([pages, more["pages"]])),
        "source": code(SOURCES, np.concatenate([source, more["source"]])),
        "device": pick(ids.device, device),
        "ip": pick(ids.ip, ip),
        "ordered": pa.array(np.concatenate([bought, np.zeros(stray + len(more), bool)])),
    }
    return Rows("visit", columns, platform, at, cause, ("visit_no",))


def _of_buyers(made: Stretch, rng: np.random.Generator) -> tuple[Ints, Ints, Ints, Ints]:
    """(order, instant, whether it ended in the order, longest stay) of visits by people who bought."""
    n, at, browse = len(made), made["at"], made["browse"].astype(np.int64)
    seen = np.flatnonzero(rng.random(n) < 0.92)
    quick = browse[seen] < 7200
    last = np.where(quick, at[seen] - browse[seen], at[seen] - rng.integers(10, 400, len(seen)))
    slow = seen[~quick]
    earlier = np.repeat(np.arange(n), rng.poisson(made["visits"] / 10))
    before = at[earlier] - rng.integers(1800, 10 * DAY, len(earlier))
    which = np.concatenate([seen, slow, earlier])
    when = np.maximum(0, np.concatenate([last, at[slow] - browse[slow], before]))
    bought = np.concatenate([np.ones(len(seen), bool), np.zeros(len(slow) + len(earlier), bool)])
    long = np.concatenate([np.where(quick, browse[seen], 400), np.full(len(slow) + len(earlier), 7200)])
    return which, when, bought, long


def _unknown(rng: np.random.Generator, numbers: Ints, share: float) -> Ints:
    return np.where(rng.random(len(numbers)) < share, -1, numbers)


def _numbers(made: Stretch, platform: Ints, at: Ints) -> pa.Array:
    order = np.argsort(at, kind="stable")
    number = np.empty(len(at), np.int64)
    number[order] = running(made.counters, "visit", platform[order], 12, 8)
    return texts(letters(["V"], np.zeros(len(at), np.int64)), days(at, made.ids.start), digits(number, 11))


def price_rows(world: World, ids: Ids, since: int, until: int) -> Rows:
    """What each item's page showed: weekly, when it goes on sale, and whenever an episode begins or ends."""
    item, at = _observations(world, since, until)
    quoted = world.goods.quote(item, at)
    struck = quoted["struck"]
    columns = {
        "shop_id": pick(ids.shop, world.goods.shop[item]),
        "sku": pick(ids.sku, item),
        "observed_at": ids.time(at),
        "shown_fen": fen(quoted["shown"]),
        "struck_fen": pa.array(struck, mask=struck == 0),
        "basis": code(BASIS, quoted["basis"]),
        "promo": ids.promotion(item, world.goods.words, quoted["promo"]),
        "page_hash": nulls(len(item)),
    }
    return Rows("price", columns, world.shops.platform[world.goods.shop[item]], at, quoted["cause"], ("shop_id", "sku", "observed_at"))


def _observations(world: World, since: int, until: int) -> tuple[Ints, Ints]:
    goods, n = world.goods, len(world.goods)
    weeks = np.arange(since // WEEK, until // WEEK + 2)
    weekly = (weeks[None, :] * WEEK - goods.phase[:, None]).ravel()
    ends = world.episodes.columns["until"]
    item = np.concatenate(
        [np.repeat(np.arange(n), len(weeks)), np.arange(n), world.episodes.columns["item"], world.episodes.columns["item"]]
    )
    at = np.concatenate([weekly, goods.born, world.episodes.columns["since"], ends])
    known = (at >= since) & (at < until) & (at >= goods.born[item])
    pairs = np.unique(item[known] * (1 << 32) + at[known])
    return pairs >> 32, pairs & ((1 << 32) - 1)


def listing_rows(world: World, ids: Ids, since: int, until: int, number: int) -> Rows:
    """When goods went on sale (old goods with the first report), and the few that were described anew."""
    rng, goods, n = world.recipe.stream("listing", number), world.goods, len(world.goods)
    old = goods.born == 0
    first = np.where(old, -1 - (goods.words >> 3) % (400 * DAY), goods.born)
    begins = np.flatnonzero(old if since == 0 else (~old & (goods.born >= since) & (goods.born < until)))
    begins = np.union1d(begins, np.flatnonzero(~old & (goods.born >= since) & (goods.born < until)))
    changed = np.flatnonzero((rng.random(n) < 0.04) & (goods.born < since))
    put_up, put_up_at = false_ads.changes(world, since, until)
    item = np.concatenate([begins, changed, put_up])
    at = np.concatenate([first[begins], rng.integers(since, until, len(changed)), put_up_at])
    shown = goods.quote(item, np.maximum(at, 0))["shown"]
    weight = (goods.weight_g[item] * rng.uniform(0.92, 1.1, len(item))).astype(np.int64)
    columns = {
        "shop_id": pick(ids.shop, goods.shop[item]),
        "sku": pick(ids.sku, item),
        "title": pick(ids.title, item),
        "gtin": pick(ids.gtin, np.where(ids.has_gtin[item], item, -1)),
        "brand": pick(ids.brand, item),
        "category": pick(ids.category, world.shops.category[goods.shop[item]]),
        "shown_fen": fen(shown),
        "weight_g": pa.array(weight, mask=goods.words[item] % 10 < 3),
        "image_hash": nulls(len(item)),
        "attributes": _promises(world, item),
        "status": code(("on", "off"), np.zeros(len(item), np.int64)),
        "changed_at": ids.time(at),
    }
    cause = false_ads.worded(world, columns, item, at)
    return Rows("listing", columns, world.shops.platform[goods.shop[item]], at, cause, ("shop_id", "sku", "changed_at"))


def _promises(world: World, item: Ints) -> pa.Array:
    """Attributes of the page: what it promises about dispatch, where it does."""
    hours = world.promised_hours[world.goods.shop[item]]
    return pa.array([f"产地=黑龙江;发货={one}小时" if one else None for one in hours.tolist()], pa.string())


MEASURE_REASONS = {
    "W1": "违反平台规则，予以警示",
    "W3": "商品信息违规，限制流量",
    "W4": "商品违规，下架处理",
    "W6": "投诉集中且拒不整改，关闭店铺",
}


def measure_rows(world: World, ids: Ids, since: int, until: int) -> Rows:
    """What platforms did to shops in these days."""
    mine = sorted((at, shop, action) for shop, at, action in world.measures if since <= at < until)
    at, shop = (np.array([row[place] for row in mine], dtype=np.int64) for place in (0, 1))
    n, actions = len(mine), pa.array([row[2] for row in mine], pa.string())
    columns = {
        "measure_no": texts(letters(["M"], np.zeros(n, np.int64)), days(at, ids.start), digits(shuffled(shop, 30, 31), 10)),
        "shop_id": pick(ids.shop, shop),
        "action": actions,
        "behaviour": nulls(n),
        "reason": pa.array([MEASURE_REASONS[row[2]] for row in mine], pa.string()),
        "basis": nulls(n),
        "decided_at": ids.time(at),
        "starts_at": ids.time(at),
        "ends_at": nulls(n, TIME),
        "statement": nulls(n),
    }
    return Rows("measure", columns, world.shops.platform[shop], at, np.zeros(n, np.int64), ("measure_no",))
