"""Reports of reviews, follow-up reviews and complaints."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from chengxin.city import cash_praise, data_leaks, review_chain, review_rings, review_texts
from chengxin.city.identifiers import days, digits, letters, texts
from chengxin.city.quantiles import Ints
from chengxin.city.report_orders import Stretch, order_numbers
from chengxin.city.rows import ABSENT, Rows, code, fen, pick, running
from chengxin.city.sizes import DAY
from chengxin.city.trade import COMPLAINS, DEFECT, FAKE_GOODS, FAST_PRAISE, GENUINE_PRAISE, OTHER_GOODS, USUAL

BY_DEFAULT = "系统默认好评"
STARS = np.array([0.05, 0.03, 0.06, 0.13, 0.73])  # one to five
FOLLOWED, COMPLAINED = 0.04, 0.004
SHARED_TEXTS = (6, 10, 20)  # texts a low-level campaign hands out, by level
COMPLAINTS = ("quality", "fake", "not_as_described", "not_received", "service", "price", "privacy")
PRIVACY = COMPLAINTS.index("privacy")
OUTCOMES = ("refunded", "replaced", "compensated", "rejected", "withdrawn")


def review_rows(made: Stretch) -> Rows:
    """Reviews by buyers, good ones booked by default after fifteen days, and praise that was paid for."""
    rng, ids = made.rng("review"), made.ids
    which, at, stars, by_default = _who_and_when(made, rng)
    number = np.empty(len(which), np.int64)
    order = np.argsort(at, kind="stable")
    number[order] = running(made.counters, "review", made["platform"][which][order], 12, 5)
    names = texts(letters(["C"], np.zeros(len(which), np.int64)), days(at, ids.start), digits(number, 10))
    fate = review_chain.fates(made, which, stars)
    prev_hash, own_hash = review_chain.chained(made, made["shop"][which], number, names, fate)
    columns = {
        "review_no": names,
        "order_no": order_numbers(made, which),
        "shop_id": pick(ids.shop, made["shop"][which]),
        "sku": pick(ids.sku, made["item"][which]),
        "rater": pick(ids.account, made["account"][which]),
        "rater_role": code(("buyer",), np.zeros(len(which), np.int64)),
        "stars": fen(stars),
        "text": _texts(made, rng, which, stars, by_default),
        "images": fen(np.where(by_default, 0, rng.poisson(0.5, len(which)))),
        "reviewed_at": ids.time(at),
        "prev_hash": prev_hash,
        "hash": own_hash,
    }
    rows = made.rows("review", columns, at, which, ("review_no",))
    return _as_reported(made, rows, which, fate)


def _as_reported(made: Stretch, rows: Rows, which: Ints, fate: Ints) -> Rows:
    """The rows without those that were never reported; reviews that the chain passes over belong to the act of hiding them."""
    keep = np.flatnonzero(review_chain.reported(fate))
    made.columns["rated"] = which[keep]  # positions of the orders of the reported reviews, for what follows from a review
    passed = fate == review_chain.PASSED_OVER
    hidden_by = np.zeros(len(made.world.shops), np.int64)
    hidden_by[list(made.world.hiding)] = [one.cause for one in made.world.hiding.values()]
    cause = np.where(passed, hidden_by[made["shop"][which]], rows.cause)
    columns = {name: column.take(pa.array(keep)) for name, column in rows.columns.items()}
    return Rows(rows.kind, columns, rows.platform[keep], rows.at[keep], cause[keep], rows.key)


def _who_and_when(made: Stretch, rng: np.random.Generator) -> tuple[Ints, Ints, Ints, Ints]:
    n, shop, praise, shops = len(made), made["shop"], made["praise"], made.world.shops
    paid_for = (praise == FAST_PRAISE) | (praise == GENUINE_PRAISE)
    speaks = rng.random(n) < np.where(praise == DEFECT, 0.95, shops.reviewed[shop])
    silent = (praise == USUAL) & ~speaks & (rng.random(n) < shops.praised_by_default[shop])
    later = np.where(praise == FAST_PRAISE, rng.uniform(300, 20 * 3600, n), np.minimum(rng.lognormal(np.log(34 * 3600), 1.0, n), 14 * DAY))
    at = made["signed_at"] + np.where(silent, 15 * DAY, later).astype(np.int64)
    drawn = 1 + rng.choice(5, n, p=STARS)
    refunded = made["refunded"] == 1
    drawn = np.where((praise == DEFECT) & (rng.random(n) < 0.9), 1, np.where(refunded & (rng.random(n) < 0.5), np.minimum(drawn, 3), drawn))
    stars = np.where(paid_for | silent, 5, drawn)
    ring = made["ring_rated"] != ABSENT
    at, stars, silent = np.where(ring, made["ring_rated"], at), np.where(ring, made["ring_stars"], stars), silent & ~ring
    which = np.flatnonzero((made["signed_at"] != ABSENT) & (paid_for | speaks | silent | ring) & (at < made.world.recipe.end))
    return which, at[which], stars[which], silent[which]


def _texts(made: Stretch, rng: np.random.Generator, which: Ints, stars: Ints, by_default: Ints) -> pa.Array:
    goods = (made.world.goods.words[made["item"][which]] >> 12) % 10 + 10 * made.world.shops.category[made["shop"][which]]
    written = review_rings.copied_texts(made, which, review_texts.write(rng, stars, goods))
    handed, cause, level = _handed_out(made, which)
    if handed.any():
        pool, first = _pools(made, cause)
        size = np.array(SHARED_TEXTS)[np.clip(level, 0, 2)]
        place = first[cause] + rng.integers(0, 1 << 30, len(which)) % size
        written = pa.concat_arrays([written, pool]).take(pa.array(np.where(handed, len(which) + place, np.arange(len(which)))))
    return pa.concat_arrays([written, pa.array([BY_DEFAULT])]).take(pa.array(np.where(by_default, len(written), np.arange(len(which)))))


def _handed_out(made: Stretch, which: Ints) -> tuple[Ints, Ints, Ints]:
    """Which reviews use a text the campaign handed out, the campaign, and its level."""
    levels = np.array([-1, *(cause.level for cause in made.world.causes)])
    handed = made["praise"][which] == FAST_PRAISE
    cause = np.where(handed, made["cause"][which], 0).astype(np.int64)
    return handed, cause, levels[cause]


def _pools(made: Stretch, cause: Ints) -> tuple[pa.Array, Ints]:
    """The texts of the campaigns that hand out any, and where each campaign's begin. The same in every stretch of days."""
    first, parts, length = np.zeros(len(made.world.causes) + 1, np.int64), [], 0
    for number in np.unique(cause[cause > 0]).tolist():
        rng = made.world.recipe.stream("handed out", number)
        item = int(made.world.popular(made.world.causes[number - 1].shops[0], 1)[0])
        kind = (made.world.goods.words[item] >> 12) % 10 + 10 * made.world.shops.category[made.world.goods.shop[item]]
        first[number] = length
        parts.append(review_texts.write(rng, np.full(max(SHARED_TEXTS), 5), np.full(max(SHARED_TEXTS), kind)))
        length += max(SHARED_TEXTS)
    return pa.concat_arrays(parts), first


def followup_rows(made: Stretch, reviews: Rows) -> Rows:
    """What some buyers add weeks later."""
    rng, n, rated = made.rng("followup"), len(reviews.at), made["rated"]
    at = reviews.at + rng.integers(3 * DAY, 60 * DAY, n)
    turns = (made["turns"][rated] == 1) & (made["money_back_at"][rated] != ABSENT)
    at = np.where(turns, made["money_back_at"][rated] + made["turned_after"][rated], at)
    rows = np.flatnonzero(((rng.random(n) < FOLLOWED) | turns) & (at < made.world.recipe.end))
    take = pa.array(rows)
    before = reviews.columns["stars"].to_numpy()[rows]
    stars = np.clip(before + rng.choice(np.array([-2, -1, 0, 0, 0, 1]), len(rows)), 1, 5)
    stars = np.where(turns[rows], 5, stars)
    columns = {
        "review_no": reviews.columns["review_no"].take(take),
        "seq": fen(np.ones(len(rows), np.int64)),
        "shop_id": reviews.columns["shop_id"].take(take),
        "rater": reviews.columns["rater"].take(take),
        "stars": fen(stars),
        "text": review_texts.write(rng, stars, rng.integers(0, len(review_texts.GOODS), len(rows))),
        "reviewed_at": made.ids.time(at[rows]),
    }
    return Rows("followup", columns, reviews.platform[rows], at[rows], np.where(turns[rows], reviews.cause[rows], 0), ("review_no", "seq"))


def complaint_rows(made: Stretch) -> Rows:
    """The few that complain to the platform."""
    rng, ids, n = made.rng("complaint"), made.ids, len(made)
    start = np.where(made["signed_at"] == ABSENT, made["at"] + 5 * DAY, made["signed_at"])
    at = start + rng.integers(3600, 10 * DAY, n)
    chance = np.where(made["praise"] == DEFECT, 0.1, COMPLAINED)
    called = made["called"] > 0
    at = np.where(called, made["at"] + made["called"], at)
    complains = (made["claim"] & COMPLAINS > 0) | called
    which = np.flatnonzero((made["paid_at"] != ABSENT) & ((rng.random(n) < chance) | complains) & (at < made.world.recipe.end))
    at, n = at[which], len(which)
    at_order = np.argsort(at, kind="stable")
    number = np.empty(n, np.int64)
    number[at_order] = running(made.counters, "complaint", made["platform"][which][at_order], 12, 19)
    closed = at + rng.integers(DAY, 12 * DAY, n)
    goods = (made.world.goods.words[made["item"][which]] >> 12) % 10 + 10 * made.world.shops.category[made["shop"][which]]
    columns = {
        "complaint_no": texts(letters(["G"], np.zeros(n, np.int64)), days(at, ids.start), digits(number, 10)),
        "order_no": order_numbers(made, which),
        "shop_id": pick(ids.shop, made["shop"][which]),
        "complainant": pick(ids.account, made["account"][which]),
        "reason": code(COMPLAINTS, _complaint_reason(made, which, rng.integers(0, 4, n))),
        "text": cash_praise.told(made, which, _complaint_texts(made, which, review_texts.write(rng, np.ones(n, np.int64), goods))),
        "filed_at": ids.time(at),
        "closed_at": ids.time(np.where(closed >= made.world.recipe.end, ABSENT, closed)),
        "outcome": code(OUTCOMES, np.where(closed >= made.world.recipe.end, -1, rng.integers(0, len(OUTCOMES), n))),
    }
    return made.rows("complaint", columns, at, which, ("complaint_no",))


def _complaint_texts(made: Stretch, which: Ints, written: pa.Array) -> pa.Array:
    """The texts, where somebody was called with what is said of that."""
    called = made["called"][which] > 0
    if not called.any():
        return written
    told = data_leaks.says(made.rng("called"), len(which))
    return pa.concat_arrays([written, pa.array(data_leaks.SAYS)]).take(pa.array(np.where(called, len(which) + told, np.arange(len(which)))))


def _complaint_reason(made: Stretch, which: Ints, reason: Ints) -> Ints:
    """Who complains of what did not come, or came otherwise, names it in nine cases of ten."""
    reason = np.where(made["called"][which] > 0, PRIVACY, reason)
    complains = (made["claim"][which] & COMPLAINS > 0) & (made["called"][which] == 0)
    if not complains.any():
        return reason
    told = made["cash_for"][which] != 0
    named = np.select([made["goods"][which] == FAKE_GOODS, made["goods"][which] == OTHER_GOODS, told], [1, 2, 4], 3)
    return np.where(complains & (made.rng("complains").random(len(which)) < 0.9), named, reason)
