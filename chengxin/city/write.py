"""Write a city: what its platforms report, in batches of days; its register; and, apart from both, the truth."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from chengxin.city import licences, report_orders, report_pages, report_parcels, report_reviews, social_posts
from chengxin.city.brushing import Profile
from chengxin.city.campaigns import populate_causes
from chengxin.city.cash_out import ordinary_money
from chengxin.city.data_leaks import ordinary_calls
from chengxin.city.fulfilment import ordinary_life
from chengxin.city.pricing import price
from chengxin.city.quantiles import Ints
from chengxin.city.register import registers
from chengxin.city.rows import Ids, Rows
from chengxin.city.sizes import DAY, LEVELS, Recipe
from chengxin.city.subsidies import ordinary_subsidies
from chengxin.city.trade import Trades, filled
from chengxin.city.truth import Truth
from chengxin.city.words import PLATFORMS
from chengxin.city.world import World

Format = Literal["parquet", "ndjson"]
VERSION = 2  # goes up whenever the same recipe gives other tables


@dataclass(frozen=True)
class City:
    """What was written. rows: per kind; folder/reports/<day>/<platform>/<kind>.parquet, folder/register, folder/truth."""

    folder: Path
    recipe: Recipe
    rows: dict[str, int]
    campaigns: int

    @property
    def batches(self) -> list[Path]:
        """The reports in the order in which they would arrive: by day, then kind by kind as a city meets them."""
        return batches(self.folder)


KINDS = ("order", "payment", "refund", "parcel", "scan", "review", "followup", "visit", "price", "listing", "complaint", "licence")
ASKED_FOR = ("measure", "post")  # only in cities whose types need them


def batches(folder: Path) -> list[Path]:
    """Report files under a city's folder, in order of arrival; the platform is the parent folder's name, the kind the file's stem."""
    order = (*KINDS, *ASKED_FOR)
    files = [path for path in (folder / "reports").glob("*/*/*") if path.stem in order]
    return sorted(files, key=lambda path: (path.parts[-3], path.parts[-2], order.index(path.stem)))


def build(recipe: Recipe, brushing: Sequence[Profile] = ()) -> tuple[World, Trades]:
    """The whole city as numbers: its tables, and every order with its price, in order of time."""
    world = World.honest(recipe)
    world.brushing = tuple(brushing)
    populate_causes(world)
    trades = filled(recipe, Trades.joined(world.parts), world.people)
    world.parts.clear()
    if recipe.fulfilment:
        ordinary_life(world, trades)
    if recipe.money:
        ordinary_money(world, trades)
    if "F9" in recipe.types:
        ordinary_calls(world, trades)
    if "F14" in recipe.types:
        ordinary_subsidies(world, trades)
    return world, price(world, trades)


def report(world: World, trades: Trades, ids: Ids) -> Iterator[tuple[int, Rows]]:
    """(first day of its stretch, rows) of every kind, stretch after stretch; only one stretch is in memory."""
    counters: dict[str, Ints] = {}
    bounds = np.unique(np.linspace(0, world.recipe.days, world.recipe.chunks + 1).astype(np.int64))
    for number, (first, last) in enumerate(pairwise(bounds)):
        since, until = int(first) * DAY, int(last) * DAY
        low, high = np.searchsorted(trades["at"], [since, until])
        made = report_orders.stretch(world, ids, number, trades.where(slice(low, high)), counters)
        for rows in _papers(made, since, until):
            yield int(first), rows.until(world.recipe.end)


def _papers(made: report_orders.Stretch, since: int, until: int) -> Iterator[Rows]:
    yield report_orders.order_rows(made)
    yield report_orders.payment_rows(made)
    yield report_orders.refund_rows(made)
    yield report_parcels.parcel_rows(made)
    yield report_parcels.scan_rows(made)
    reviews = report_reviews.review_rows(made)
    yield reviews
    yield report_reviews.followup_rows(made, reviews)
    yield report_reviews.complaint_rows(made)
    yield report_pages.visit_rows(made, since, until)
    yield report_pages.price_rows(made.world, made.ids, since, until)
    yield report_pages.listing_rows(made.world, made.ids, since, until, made.number)
    if made.world.measures:
        yield report_pages.measure_rows(made.world, made.ids, since, until)
    shown = licences.licence_rows(made.world, made.ids, since, until)
    if shown:
        yield shown
    posts = social_posts.post_rows(made.world, made.ids, since, until)
    if posts:
        yield posts


def write(
    folder: Path | str,
    size: str = "M",
    seed: int = 1,
    prevalence: float = 0.01,
    levels: tuple[int, ...] = LEVELS,
    *,
    recipe: Recipe | None = None,
    format: Format = "parquet",
    progress: Callable[[str, int], None] | None = None,
    brushing: Sequence[Profile] = (),
) -> City:
    """Generate a city into a folder (made if missing) and say what was written.

    `recipe` overrides size, seed, prevalence and levels. `progress` is told each kind and its rows. `brushing`: how each level brushes, for
    who plays an attacker, else by brushing.LEVELS. The same arguments give byte-identical files. ValueError for an unknown size, level or
    prevalence.
    """
    recipe = recipe or Recipe.of(size, seed=seed, prevalence=prevalence, levels=tuple(levels))
    folder = Path(folder)
    world, trades = build(recipe, brushing)
    ids = Ids(world)
    truth, counts = Truth(world, ids), dict.fromkeys(KINDS, 0)
    for first, rows in report(world, trades, ids):
        day = f"{recipe.start + timedelta(days=first):%Y%m%d}"
        for platform, table in rows.by_platform():
            _save(table, folder / "reports" / day / PLATFORMS[platform][0], rows.kind, format)
        truth.note(rows)
        counts[rows.kind] = counts.get(rows.kind, 0) + len(rows.at)
        if progress:
            progress(rows.kind, len(rows.at))
    for name, table in registers(recipe, world.shops).items():
        _save(table, folder / "register", name, "parquet")
    truth.write(folder / "truth")
    city = City(folder, recipe, counts, sum(cause.kind == "campaign" for cause in world.causes))
    plain = {**asdict(recipe), "start": recipe.start.isoformat()}
    (folder / "city.json").write_text(json.dumps({"version": VERSION, "recipe": plain, "rows": counts}, indent=1), encoding="utf-8")
    return city


def register_tables(
    size: str = "M", seed: int = 1, prevalence: float = 0.01, levels: tuple[int, ...] = LEVELS, *, recipe: Recipe | None = None
) -> dict[str, pa.Table]:
    """The register of the city that `write` makes of the same arguments, without its reports: subjects, platforms, shops, couriers,
    payment_firms. `subjects.kind` is individual, household, enterprise or cooperative; `shops.subject_no` points to `subjects`."""
    world = World.honest(recipe or Recipe.of(size, seed=seed, prevalence=prevalence, levels=tuple(levels)))
    populate_causes(world)
    return registers(world.recipe, world.shops)


def _save(table: pa.Table, folder: Path, name: str, format: Format) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if format == "ndjson":
        from chengxin.city.ndjson import save

        save(table, folder / f"{name}.ndjson")
    else:
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd", compression_level=1)
