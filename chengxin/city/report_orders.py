"""Reports of one stretch of days: orders, the payments for them and the refunds of them. Other papers follow the same orders' story."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from chengxin.city import cash_praise, review_rings, subsidies
from chengxin.city.identifiers import days, digits, letters, texts
from chengxin.city.quantiles import Ints
from chengxin.city.rhythm import daytime
from chengxin.city.rows import ABSENT, Ids, Rows, code, fen, pick, running
from chengxin.city.sizes import DAY
from chengxin.city.trade import (
    BACK_OTHER_WAY,
    BACK_SAME_WAY,
    CHANNELS,
    CLAIMS,
    DEFECT,
    FAKE,
    FAKE_GOODS,
    NEVER_PAID,
    OTHER_GOODS,
    REPAID,
    SAME_SECOND,
    TOO_FAST,
    UNREPORTED,
    UNSENT,
    UNSET,
    USUAL,
    Trades,
)
from chengxin.city.words import PAYMENT_FIRMS, UNLICENSED_FIRMS
from chengxin.city.world import World

UNPAID, UNSEEN = 0.025, 0.05
METHODS = ("balance", "bank_card", "credit", "wallet")
REASONS = ("quality", "fake", "not_as_described", "no_reason", "not_received", "other")


@dataclass
class Stretch:
    """The orders of some days and what happens to them. Times are seconds; ABSENT where a thing does not happen.

    "head": position of the order that carries the parcel of its bundle (its own when alone).
    """

    world: World
    ids: Ids
    number: int
    trades: Trades
    counters: dict[str, Ints]
    columns: dict[str, Ints] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.trades)

    def __getitem__(self, name: str) -> Ints:
        return self.columns[name] if name in self.columns else self.trades[name]

    def rng(self, *names: str) -> np.random.Generator:
        return self.world.recipe.stream(*names, self.number)

    def rows(self, kind: str, columns: dict[str, object], at: Ints, which: Ints, key: tuple[str, ...]) -> Rows:
        """Rows about these orders."""
        cause = np.where(self["role"] == FAKE, self["cause"], 0)[which]
        return Rows(kind, columns, self["platform"][which], at, cause, key)


def stretch(world: World, ids: Ids, number: int, trades: Trades, counters: dict[str, Ints]) -> Stretch:
    """Draw what happens to the orders of one chunk of days."""
    made = Stretch(world, ids, number, trades, counters)
    rng, n, c = made.rng("story"), len(trades), made.columns
    item = trades["item"].astype(np.int64)
    c["item"], c["at"] = item, trades["at"].astype(np.int64)
    c["shop"] = world.goods.shop[item]
    c["platform"] = world.shops.platform[c["shop"]]
    c["place"] = world.people.home_place[trades["home"]]
    c["paid_at"] = c["at"] + np.minimum(rng.lognormal(2.9, 0.9, n), 1500).astype(np.int64)
    c["paid_at"][(rng.random(n) < UNPAID) | (made["money"] == NEVER_PAID)] = ABSENT
    c["head"] = _bundles(made)
    _journey(made)
    review_rings.papers(made)
    cash_praise.papers(made)
    return made


def _bundles(made: Stretch) -> Ints:
    """Orders that go in one parcel: by plan, and those of one buyer at one shop on one day."""
    n, given = len(made), made["bundle"].astype(np.int64)
    natural = ((made["account"].astype(np.int64) << 24) ^ made["shop"]) * 512 + made["at"] // DAY
    key = np.where(given >= 0, -1 - given, natural)
    key = np.where(made["paid_at"] == ABSENT, (1 << 61) + np.arange(n), key)
    _, position, inverse = np.unique(key[::-1], return_index=True, return_inverse=True)
    return np.asarray(n - 1 - position[inverse][::-1])  # the last order of a bundle carries it: nothing leaves before all are ordered


def _journey(made: Stretch) -> None:
    """When each parcel is picked up and signed for."""
    rng, n, c, world = made.rng("journey"), len(made), made.columns, made.world
    scans, head = made["scans"], c["head"]
    ready = c["paid_at"] + rng.lognormal(np.log(11 * 3600), 0.8, n).astype(np.int64)
    ready += np.where(made["delay"] <= UNREPORTED, 0, np.maximum(made["delay"], (c["paid_at"] + 1800) - ready))
    picked = daytime(ready, 9, 20, rng.random(n))
    km, remote = world.where.km[c["place"]], world.where.remote[c["place"]]
    hours = (14 + km / 48 * rng.lognormal(0, 0.12, n) + rng.lognormal(1.2, 0.7, n)) * (1 + 0.6 * remote) + remote * rng.uniform(24, 110, n)
    signed = daytime(picked + (hours * 3600).astype(np.int64), 8, 21, rng.random(n))
    rushed = picked + (np.maximum(0.4, km / rng.uniform(280, 900, n)) * 3600).astype(np.int64)
    signed = np.where(scans & TOO_FAST > 0, rushed, signed)
    together = picked // 3600 * 3600 + 3600
    instant = scans & SAME_SECOND > 0
    picked = np.where(instant, together, picked)
    signed = np.where(instant, picked, signed)
    lost = rng.random(n) < 0.007
    c["km"] = km.astype(np.int64)
    never = (c["paid_at"] == ABSENT) | (made["delay"] == UNSENT)
    c["collected_at"] = np.where(never[head], ABSENT, picked[head])
    c["signed_at"] = np.where((c["collected_at"] == ABSENT) | lost[head], ABSENT, signed[head])
    c["signed_at"] = np.where(c["signed_at"] >= world.recipe.end, ABSENT, c["signed_at"])


def order_rows(made: Stretch) -> Rows:
    """The orders. Also fixes their numbers for the other papers."""
    world, ids, rng, n = made.world, made.ids, made.rng("order"), len(made)
    number = running(made.counters, "order", made["platform"], 12, 1)
    made.columns["number"] = number
    item, at = made["item"], made["at"]
    ended = np.where(made["signed_at"] == ABSENT, ABSENT, made["signed_at"] + rng.integers(DAY, 10 * DAY, n))
    ended = np.where(made["paid_at"] == ABSENT, at + 1800, ended)
    viewed = np.where(rng.random(n) < UNSEEN, ABSENT, at - made["browse"])
    columns = {
        "order_no": order_numbers(made),
        "line_no": fen(np.ones(n, np.int64)),
        "shop_id": pick(ids.shop, made["shop"]),
        "buyer": pick(ids.account, made["account"]),
        "sku": pick(ids.sku, item),
        "gtin": pick(ids.gtin, np.where(ids.has_gtin[item], item, -1)),
        "title": pick(ids.title, item),
        "category": pick(ids.category, world.shops.category[made["shop"]]),
        "qty": fen(made["qty"]),
        "list_price_fen": fen(made["list_price"]),
        "paid_fen": fen(made["paid"]),
        "coupon_fen": fen(made["coupon"]),
        "ordered_at": ids.time(at),
        "paid_at": ids.time(made["paid_at"]),
        "closed_at": ids.time(np.where(ended >= world.recipe.end, ABSENT, ended)),
        "viewed_at": ids.time(viewed),
        "dest_division": pick(ids.place, made["place"]),
        "address": pick(ids.home, made["home"]),
        "device": pick(ids.device, made["device"]),
        "ip": pick(ids.ip, made["ip"]),
        "channel": code(CHANNELS, made["channel"]),
        "promo": ids.promotion(item, world.goods.words, made["promo"]),
        **subsidies.drawn(made),
    }
    return made.rows("order", columns, at, np.arange(n), ("order_no", "line_no"))


def order_numbers(made: Stretch, which: Ints | None = None) -> object:
    """T, the day, and a running number of the platform, of these orders."""
    rows = np.arange(len(made)) if which is None else which
    return texts(letters(["T"], np.zeros(len(rows), np.int64)), days(made["at"][rows], made.ids.start), digits(made["number"][rows], 10))


def _papers(made: Stretch, mark: str, kind: str, at: Ints, which: Ints) -> object:
    """Numbers of payments and refunds: a letter, the day, and a running number by platform in order of time."""
    order = np.argsort(at, kind="stable")
    number = np.empty(len(at), np.int64)
    number[order] = running(made.counters, kind, made["platform"][which][order], 12, ord(mark))
    return texts(letters([mark], np.zeros(len(at), np.int64)), days(np.maximum(at, 0), made.ids.start), digits(number, 10))


def payment_rows(made: Stretch) -> Rows:
    """One payment per paid order, by the buyer or somebody who pays for him, to the shop's settlement account."""
    rng, ids = made.rng("payment"), made.ids
    which = np.flatnonzero(made["paid_at"] != ABSENT)
    n, at = len(which), made["paid_at"][which]
    payer = made["payer"][which].astype(np.int64)
    helped = (rng.random(n) < 0.03) & (payer == made["account"][which])  # relatives and friends pay
    payer = np.where(helped, rng.integers(0, made.world.honest_people, n), payer)
    shop = made["shop"][which]
    other = rng.random(n) < 0.15
    institution = np.where(other, rng.integers(0, len(PAYMENT_FIRMS), n), made.world.shops.institution[shop])
    institution = np.where(made["firm"][which] == UNSET, institution, made["firm"][which])
    columns = {
        "payment_no": _papers(made, "P", "payment", at, which),
        "order_no": order_numbers(made, which),
        "payer": pick(ids.account, payer),
        "payee": _collected_by(made, which),
        "institution": code((*(name for name, _ in PAYMENT_FIRMS), *UNLICENSED_FIRMS), institution),
        "method": code(METHODS, rng.choice(len(METHODS), n, p=np.array([0.38, 0.27, 0.15, 0.2]))),
        "amount_fen": fen(made["paid"][which]),
        "paid_at": ids.time(at),
    }
    return made.rows("payment", columns, at, which, ("payment_no",))


def _collected_by(made: Stretch, which: Ints) -> pa.Array:
    """The shops' settlement accounts, or the account that collects in their place."""
    own = pick(made.ids.shop, made.world.settles[made["shop"][which]])
    other = made["collects"][which].astype(np.int64)
    return own if (other == UNSET).all() else pc.if_else(pa.array(other == UNSET), own, pick(made.ids.account, np.maximum(other, -1)))


def refund_rows(made: Stretch) -> Rows:
    """Returns by the shop's custom and for faults, and money that goes back for orders that were none."""
    rng, world, ids, n = made.rng("refund"), made.world, made.ids, len(made)
    back = (made["money"] == BACK_SAME_WAY) | (made["money"] == BACK_OTHER_WAY)
    chance = np.where(made["praise"] == DEFECT, 0.7, world.shops.refunds[made["shop"]])
    demanded = made["asked_back"] != ABSENT
    usual = (made["money"] == USUAL) & (rng.random(n) < chance) & (made["ring_rated"] == ABSENT) & (made["delay"] != UNSENT)
    claimed = made["claim"] & CLAIMS > 0
    received = np.where(made["signed_at"] == ABSENT, made["paid_at"] + 4 * DAY, made["signed_at"])
    asked = np.where(back, made["paid_at"] + rng.integers(2 * 3600, 60 * 3600, n), received + rng.integers(3600, 6 * DAY, n))
    asked = np.where(demanded, made["asked_back"], _asked(made, asked))
    which = np.flatnonzero((back | usual | demanded | claimed) & (made["paid_at"] != ABSENT) & (asked < world.recipe.end))
    n, at, returned = len(which), asked[which], back[which]
    made.columns["refunded"] = np.isin(np.arange(len(made)), which).astype(np.int64)
    done = at + rng.lognormal(np.log(20 * 3600), 0.9, n).astype(np.int64)
    made.columns["money_back_at"] = np.full(len(made), ABSENT)
    made.columns["money_back_at"][which] = done
    share = np.where(returned | demanded[which] | (rng.random(n) < 0.85), 1.0, rng.uniform(0.1, 0.9, n))
    faulty = (made["praise"][which] == DEFECT) | demanded[which]
    usual_reason = np.where(faulty, 0, rng.choice(len(REASONS), n, p=np.array([0.17, 0.02, 0.16, 0.46, 0.05, 0.14])))
    refused = claimed[which] & (made["claim"][which] & REPAID == 0)
    usual_reason = _claimed_reason(made, which, usual_reason)
    share = np.where(claimed[which], 1.0, share)
    columns = {
        "refund_no": _papers(made, "R", "refund", at, which),
        "order_no": order_numbers(made, which),
        "payee": pick(ids.account, np.where(made["returns"][which] == UNSET, made["payer"][which], made["returns"][which])),
        "amount_fen": fen((made["paid"][which] * share).astype(np.int64)),
        "requested_at": ids.time(at),
        "refunded_at": ids.time(np.where(refused | (done >= world.recipe.end), ABSENT, done)),
        "reason": code(REASONS, np.where(returned, rng.choice(np.array([3, 3, 5, 4]), n), usual_reason)),
        "channel": code(
            ("original", "other"), np.where(returned, made["money"][which] == BACK_OTHER_WAY, rng.random(n) < 0.03).astype(np.int64)
        ),
        **subsidies.returned(made, which, share),
    }
    return _with_small_sums(made, made.rows("refund", columns, at, which, ("refund_no",)))


def _with_small_sums(made: Stretch, rows: Rows) -> Rows:
    """The refunds and the small sums paid back beside them, where no refund is."""
    which = np.flatnonzero((made["cash_at"] != ABSENT) & (made["cash_at"] < made.world.recipe.end) & (made["refunded"] == 0))
    if not len(which):
        return rows
    rng, ids, n, at = made.rng("small sums"), made.ids, len(which), made["cash_at"][which]
    columns = {
        "refund_no": _papers(made, "R", "refund", at, which),
        "order_no": order_numbers(made, which),
        "payee": pick(ids.account, made["payer"][which]),
        "amount_fen": fen(np.minimum(made["cash"][which], made["paid"][which])),
        "requested_at": ids.time(at),
        "refunded_at": ids.time(at + rng.integers(60, 7200, n)),
        "reason": code(REASONS, np.where(rng.random(n) < 0.7, 5, 3)),
        "channel": code(("original", "other"), (rng.random(n) < 0.03).astype(np.int64)),
        **subsidies.returned(made, which, np.zeros(n)),
    }
    more = made.rows("refund", columns, at, which, ("refund_no",))
    both = {name: pa.concat_arrays([column, more.columns[name]]) for name, column in rows.columns.items()}
    joined = [np.concatenate([getattr(rows, name), getattr(more, name)]) for name in ("platform", "at", "cause")]
    return Rows("refund", both, joined[0], joined[1], joined[2], rows.key)


def _asked(made: Stretch, asked: Ints) -> Ints:
    """Whose parcel does not come asks for the money some days later still; a draw of its own, and only where it happens."""
    waits = (made["claim"] & CLAIMS > 0) & (made["delay"] == UNSENT)
    if not waits.any():
        return asked
    return np.where(waits, asked + made.rng("asked").integers(0, 9 * DAY, len(made)), asked)


def _claimed_reason(made: Stretch, which: Ints, reason: Ints) -> Ints:
    """Six in seven name what is wrong; the rest say quality or choose as others do."""
    claimed = made["claim"][which] & CLAIMS > 0
    if not claimed.any():
        return reason
    goods, repaid = made["goods"][which], made["claim"][which] & REPAID > 0
    called_off = (made["delay"][which] == UNSENT) & repaid & (made["role"][which] != FAKE)
    named = np.select([goods == FAKE_GOODS, goods == OTHER_GOODS, called_off], [1, 2, 3], 4)
    rng = made.rng("claimed")
    says, other = rng.random(len(which)) < 0.85, rng.integers(0, 2, len(which)) * 5
    return np.where(claimed, np.where(says, named, other), reason)
