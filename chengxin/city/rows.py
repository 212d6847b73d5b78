"""Rows of reports on the way out: Arrow columns, and beside them the reporting platform, the time, and the cause for the truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from chengxin.city.identifiers import digits, gtins, letters, numbered, shuffled, texts
from chengxin.city.people import account_ids, device_ids, home_texts, ip_texts
from chengxin.city.quantiles import Ints
from chengxin.city.register import shop_ids
from chengxin.city.words import BRANDS, CATEGORIES, EXCUSES, QUALITIES
from chengxin.city.world import World

TIME = pa.timestamp("us", tz="UTC")
ABSENT = -(1 << 40)  # an instant that is not known or lies after the end
UTC_OFFSET = 8 * 3600  # the city's clock; China has had no summer time since 1991


@dataclass
class Rows:
    """Rows of one kind. platform: index per row; at: seconds; cause: campaign of the row, 0 for rows that are no part of a planted act.

    key: columns that name a row within its platform.
    """

    kind: str
    columns: dict[str, pa.Array]
    platform: Ints
    at: Ints
    cause: Ints
    key: tuple[str, ...]

    def until(self, end: int) -> Rows:
        """The rows up to an instant, by platform and time."""
        order = np.lexsort((self.at, self.platform))
        order = order[self.at[order] < end]
        taken = {name: column.take(pa.array(order)) for name, column in self.columns.items()}
        return Rows(self.kind, taken, self.platform[order], self.at[order], self.cause[order], self.key)

    def by_platform(self) -> Iterator[tuple[int, pa.Table]]:
        """One table per platform that has rows (rows are sorted by platform)."""
        table = pa.table(self.columns)
        bounds = np.searchsorted(self.platform, np.arange(int(self.platform.max(initial=-1)) + 2))
        for platform, (low, high) in enumerate(pairwise(bounds)):
            if high > low:
                yield platform, table.slice(low, high - low)


class Ids:
    """The strings of everything that has a name, made once and taken by number."""

    def __init__(self, world: World) -> None:
        goods, people = world.goods, world.people
        self.start = world.recipe.start
        self.account = account_ids(np.arange(len(people)))
        self.device = device_ids(np.arange(people.devices))
        self.ip = ip_texts(np.arange(people.ips))
        self.home = home_texts(np.arange(len(people.home_place)), people.home_place, world.where)
        self.shop = shop_ids(np.arange(len(world.shops)))
        self.sku = texts(letters(["K"], np.zeros(len(goods), np.int64)), digits(shuffled(np.arange(len(goods)), 30, 13), 10))
        self.title, self.brand = _titles(world)
        self.gtin = gtins(world.gtin_code)
        self.has_gtin = goods.words % 100 < 45
        self.place = pa.array(world.where.code)
        self.category = pa.array([category.path for category in CATEGORIES])
        self.promo = pa.array([f"{excuse}第{day:03d}期" for day in range(world.recipe.days + 9) for excuse in EXCUSES])
        self.epoch = int(
            (datetime.combine(world.recipe.start, datetime.min.time(), UTC) - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(seconds=1)
        )

    def time(self, seconds: Ints) -> pa.Array:
        """Instants as UTC timestamps; ABSENT is null."""
        micros = (seconds.astype(np.int64) + self.epoch - UTC_OFFSET) * 1_000_000
        return pa.array(micros, mask=seconds == ABSENT).cast(TIME)

    def promotion(self, items: Ints, words: Ints, promo: Ints) -> pa.Array:
        """Names of promotions by their number, null for 0; a shop's goods do not all use the same words."""
        return self.promo.take(pa.array(promo * len(EXCUSES) + words[items] % len(EXCUSES), mask=promo == 0))


def _titles(world: World) -> tuple[pa.Array, pa.Array]:
    words = world.goods.words
    category = world.shops.category[world.goods.shop]
    goods = pa.array([name for one in CATEGORIES for name in one.goods]).take(pa.array(category * 10 + (words >> 12) % 10))
    brand = pa.array(BRANDS).take(pa.array((words >> 16) % len(BRANDS)))
    quality = pa.array(QUALITIES).take(pa.array((words >> 21) % len(QUALITIES)))
    spec = pa.array([text for one in CATEGORIES for text in one.specs]).take(pa.array(category * 5 + (words >> 26) % 5))
    return pc.binary_join_element_wise(brand, quality, goods, spec, " "), brand


def pick(names: pa.Array, numbers: Ints) -> pa.Array:
    """Names by number; -1 is null."""
    return names.take(pa.array(numbers.astype(np.int64), mask=numbers < 0))


def code(words: tuple[str, ...], codes: Ints) -> pa.Array:
    """Words by code; -1 is null."""
    return pick(pa.array(words), codes)


def fen(amounts: Ints) -> pa.Array:
    """Money as int64 fen; 0 struck prices and the like are made null by the caller's mask."""
    return pa.array(amounts.astype(np.int64))


def nulls(n: int, kind: pa.DataType | None = None) -> pa.Array:
    """A column the platform does not fill."""
    return pa.nulls(n, kind or pa.string())


def running(counters: dict[str, Ints], name: str, groups: Ints, n_groups: int, rng_start: int) -> Ints:
    """Running numbers per group, continued from chunk to chunk; the first of a group is the same whatever the chunk."""
    if name not in counters:
        counters[name] = (shuffled(np.arange(n_groups), 24, rng_start) + 1).astype(np.int64)
    return numbered(groups, counters[name])
