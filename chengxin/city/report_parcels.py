"""Reports of parcels and of the scans along their way."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from chengxin.city import outlet_breaches
from chengxin.city.identifiers import digits, letters, shuffled, texts
from chengxin.city.quantiles import Floats, Ints
from chengxin.city.register import OPERATORS, OUTLETS
from chengxin.city.report_orders import Stretch, order_numbers
from chengxin.city.rows import ABSENT, Rows, code, fen, pick, running
from chengxin.city.trade import ELSEWHERE, ONE_HAND, SAME_SECOND, TOO_SHORT, UNREPORTED
from chengxin.city.words import CATEGORIES, COURIERS

SIGNS = ("self", "agent", "locker", "station")
STATUSES = ("PICKED", "SORTED", "TRANSIT", "ARRIVED", "OUT", "SIGNED", "RETURNED")
PICKED, SORTED, TRANSIT, ARRIVED, OUT, SIGNED, RETURNED = range(7)
SOURCES = ("pda", "auto", "locker")
# Ways of a parcel: (status, share of the journey done, where: 0 origin, 1 between, 2 destination).
LOCAL = ((PICKED, 0.0, 0), (SORTED, 0.3, 0), (OUT, 0.75, 2), (SIGNED, 1.0, 2))
FAR = ((PICKED, 0.0, 0), (SORTED, 0.1, 0), (TRANSIT, 0.45, 1), (ARRIVED, 0.8, 2), (OUT, 0.93, 2), (SIGNED, 1.0, 2))
REMOTE = (
    (PICKED, 0.0, 0),
    (SORTED, 0.05, 0),
    (TRANSIT, 0.2, 1),
    (TRANSIT, 0.38, 1),
    (TRANSIT, 0.6, 2),
    (ARRIVED, 0.93, 2),
    (OUT, 0.97, 2),
    (SIGNED, 1.0, 2),
)
SHORT = ((PICKED, 0.0, 0), (OUT, 0.9, 2), (SIGNED, 1.0, 2))
WAYS = (LOCAL, FAR, REMOTE, SHORT)
HUBS = (10, 13, 15, 21, 26, 48)  # sorting centres on the way, indexes into the places
CLERKED, ENTERED_LATER = 12, 0.3  # at one outlet in twelve a clerk enters a share of the parcels later, all scans under his number
MISSED, BAGGED = 0.03, 0.3  # scans that honest couriers miss, and transit scans booked for a whole bag at once


def parcel_rows(made: Stretch) -> Rows:
    """One row per order and waybill: several orders of one parcel name the same waybill."""
    world, ids, rng = made.world, made.ids, made.rng("parcel")
    reported = (made["delay"] > UNREPORTED)[made["head"]]
    which = np.flatnonzero(reported & (made["collected_at"] != ABSENT) & (made["collected_at"] < world.recipe.end))
    made.columns["courier"] = _couriers(made, rng)
    made.columns["waybill"] = _waybills(made, which)
    n, at, shop = len(which), made["collected_at"][which], made["shop"][which]
    sign = np.where(world.people.campus[made["account"][which]] >= 0, 3, rng.choice(len(SIGNS), n, p=np.array([0.3, 0.12, 0.23, 0.35])))
    signed = made["signed_at"][which]
    declared = (world.goods.words[made["item"][which]] >> 12) % 10 + 10 * world.shops.category[shop]
    columns = {
        "waybill_no": waybill_texts(made, which),
        "order_no": order_numbers(made, which),
        "shop_id": pick(ids.shop, shop),
        "courier": code(tuple(name for name, _ in COURIERS), made["courier"][which]),
        "sender": _senders(world.shops.warehouse[shop]),
        "address": pick(ids.home, made["home"][which]),
        "origin_division": pick(ids.place, world.shops.county[shop]),
        "dest_division": pick(ids.place, made["place"][which]),
        "weight_g": pa.array(_weights(made, rng)[which], mask=rng.random(n) < 0.01),
        **outlet_breaches.checks(made, which),
        "declared_item": pick(pa.array([name for one in CATEGORIES for name in one.goods]), declared),
        "collected_at": ids.time(at),
        "signed_at": ids.time(signed),
        "sign_type": code(SIGNS, np.where(signed == ABSENT, -1, sign)),
    }
    return made.rows("parcel", columns, at, which, ("waybill_no", "order_no"))


def _couriers(made: Stretch, rng: np.random.Generator) -> Ints:
    """Four parcels in five go with the shop's usual firm; a bundle goes with one."""
    shops, shop = made.world.shops, made["shop"]
    chosen = np.where(rng.random(len(made)) < 0.8, shops.courier[shop], shops.second_courier[shop])
    return np.asarray(chosen[made["head"]])


def _waybills(made: Stretch, which: Ints) -> Ints:
    """Running numbers of the courier firms, in order of pick-up; every order of a bundle has the same."""
    heads = which[made["head"][which] == which]
    heads = heads[np.argsort(made["collected_at"][heads], kind="stable")]
    number = np.full(len(made), -1)
    number[heads] = running(made.counters, "waybill", made["courier"][heads], len(COURIERS), 77)
    return np.asarray(number[made["head"]])


def waybill_texts(made: Stretch, which: Ints) -> pa.Array:
    """Two letters of the firm and thirteen digits."""
    return texts(
        letters(["SL", "YS", "YL", "SY", "YY", "YF"], made["courier"][which]), digits(made["waybill"][which] + 7_300_000_000_000, 13)
    )


def _senders(warehouse: Ints) -> pa.Array:
    return texts(letters(["W"], np.zeros(len(warehouse), np.int64)), digits(shuffled(warehouse, 41, 23), 13))


def _weights(made: Stretch, rng: np.random.Generator) -> Ints:
    """Grams on the scales, in steps of ten: goods and wrapping, or what a forger put in."""
    n, heft, head = len(made), made["heft"].astype(np.float64), made["head"]
    goods = made.world.goods.weight_g[made["item"]] * made["qty"]
    wrapping = np.minimum(rng.uniform(12, 60, n), 4 + 0.5 * goods)
    real = goods * np.where(heft > 0, heft, 1.0) * rng.normal(1, 0.025, n) + wrapping
    own = np.where(heft < 0, -heft, real)
    together = np.bincount(head, weights=np.where(made["collected_at"] == ABSENT, 0, own), minlength=n)
    return np.asarray(np.maximum(10, np.rint(np.where(heft < 0, own, together)[head] / 10) * 10), dtype=np.int64)


def scan_rows(made: Stretch) -> Rows:
    """The scans of each waybill."""
    world, rng = made.world, made.rng("scan")
    heads = np.flatnonzero((made["waybill"] >= 0) & (made["head"] == np.arange(len(made))) & (made["collected_at"] < world.recipe.end))
    way = np.where(made["km"][heads] < 90, 0, np.where(world.where.remote[made["place"][heads]] == 1, 2, 1))
    way = np.where(made["scans"][heads] & TOO_SHORT > 0, 3, way)
    lengths = np.array([len(one) for one in WAYS])[way]
    parcel = np.repeat(np.arange(len(heads)), lengths)
    step = np.arange(len(parcel)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    table = np.array([[*one, *[one[-1]] * (8 - len(one))] for one in WAYS])
    status, done, side = (table[way[parcel], step, field] for field in range(3))
    at = _instants(made, rng, heads, parcel, done=done, status=status.astype(np.int64))
    known = made["signed_at"][heads][parcel] != ABSENT
    lost = ~known & (status == SIGNED)
    missed = (rng.random(len(parcel)) < MISSED) & (status != PICKED) & (status != SIGNED)
    keep = np.flatnonzero(~missed & ~(lost & (rng.random(len(parcel)) < 0.5)))
    status = np.where(lost, RETURNED, status)
    return _scan_table(
        made, rng, heads[parcel[keep]], step=step[keep], status=status[keep].astype(np.int64), side=side[keep].astype(np.int64), at=at[keep]
    )


def _instants(made: Stretch, rng: np.random.Generator, heads: Ints, parcel: Ints, *, done: Floats, status: Ints) -> Ints:
    """When each scan is booked; whole bags in transit are booked on the ten minutes."""
    begin = made["collected_at"][heads][parcel]
    end = made["signed_at"][heads][parcel]
    end = np.where(end == ABSENT, begin + (30 + made["km"][heads][parcel] // 40) * 3600, end)
    wobble = np.where((done > 0) & (done < 1), rng.uniform(-0.02, 0.02, len(parcel)), 0)
    at = begin + ((end - begin) * np.clip(done + wobble, 0, 1)).astype(np.int64)
    bagged = (status == TRANSIT) & (rng.random(len(parcel)) < BAGGED)
    same = made["scans"][heads][parcel] & SAME_SECOND > 0
    return np.where(same, begin, np.where(bagged, at // 600 * 600, at))


def _scan_table(made: Stretch, rng: np.random.Generator, which: Ints, *, step: Ints, status: Ints, side: Ints, at: Ints) -> Rows:
    ids, flags = made.ids, made["scans"][which]
    n, origin = len(which), made.world.shops.county[made["shop"][which]]
    hub = np.array(HUBS)[(made["waybill"][which] + made["place"][which] + step) % len(HUBS)]
    place = np.choose(side, [origin, hub, made["place"][which]])
    away = (made["place"][which] + 7 + made["waybill"][which] % 23) % len(ids.place)
    place = np.where((flags & ELSEWHERE > 0) & (side == 2), away, place)
    outlet = np.where(side == 0, made.world.shops.outlet[made["shop"][which]], rng.integers(0, OUTLETS, n))
    station = (made["courier"][which] * len(ids.place) + place) * OUTLETS + outlet
    home_station = (made["courier"][which] * len(ids.place) + origin) * OUTLETS + made.world.shops.outlet[made["shop"][which]]
    office = (shuffled(home_station, 20, 37) % CLERKED == 0) & (made["waybill"][which] % 100 < ENTERED_LATER * 100)
    one = (flags & ONE_HAND > 0) | office
    operator = np.where(one, home_station * OPERATORS, station * OPERATORS + rng.integers(0, OPERATORS, n))
    columns = {
        "waybill_no": waybill_texts(made, which),
        "seq": fen(step + 1),
        "status": code(STATUSES, status),
        "at": ids.time(at),
        "division": pick(ids.place, place),
        "outlet": outlet_breaches.names(station),
        "operator": texts(letters(["E"], np.zeros(n, np.int64)), digits(shuffled(operator, 24, 31), 8)),
        "source": code(SOURCES, np.where(status == SORTED, rng.integers(0, 2, n), 0)),
    }
    keep = outlet_breaches.left_out(made, which, station, status, at, picked=PICKED, signed=SIGNED, out=OUT)
    return outlet_breaches.kept(made.rows("scan", columns, at, which, ("waybill_no", "seq")), keep)
