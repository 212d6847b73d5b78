"""Worlds to try detectors on: tables of the lake per kind, and what can be done to them (renamed, shifted, cut, spoilt)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from chengxin import city
from chengxin.city import sizes
from chengxin.detection import plain, search
from chengxin.detectors import Detector, Finding, Window
from chengxin.facts import kinds
from chengxin.facts import plain as reports
from chengxin.facts.connection import limited
from chengxin.facts.kinds import REFERENCES, Kind
from chengxin.kernel import clock

# A bijection of 63-bit tokens that leaves no order in place: an odd factor modulo 2^63, then a mask.
FACTOR, MASK = 0x5851F42D4C957F2D, (1 << 63) - 1
UNDO = pow(FACTOR, -1, 1 << 63)
STIR = 0x2545F4914F6CDD1D


@dataclass(frozen=True, eq=False)
class World:
    """Facts as the lake has them, the window that is looked at, and where it is from. A case holds little but the fraud it is about, so
    how many of its shops are hit says nothing. A world equals itself alone, so that what is made of it can be remembered."""

    name: str
    tables: Mapping[str, pa.Table]
    window: Window
    params: Mapping[str, Any]
    temp: Path
    case: bool = False

    def mapped(self, change: Callable[[Kind, pa.Table], pa.Table], name: str = "") -> World:
        """The world with every table changed."""
        made = {one: change(kinds.kind(one), table) for one, table in self.tables.items()}
        return replace(self, tables=made, name=f"{self.name}, {name}" if name else self.name)

    @property
    def rows(self) -> int:
        return sum(table.num_rows for table in self.tables.values())


@contextmanager
def lake_of(world: World, threads: int = 2):
    """A connection with one table per kind, empty where the world has none. A case's is closed again; a city's is kept, because every
    detector looks at it and loading takes longer than most of them do."""
    lake = _loaded(world) if world.case else _kept(world)
    lake.execute(f"SET threads = {threads}")
    try:
        yield lake
    finally:
        if world.case:
            lake.close()
        else:
            search._clear(lake, search._scratch(lake))  # the views of this window


@lru_cache(maxsize=40)
def _kept(world: World) -> Any:
    return _loaded(world)


def _loaded(world: World) -> Any:
    lake = limited(world.temp)
    for name, kind in kinds.kinds().items():
        schema = pa.schema([field.with_nullable(True) for field in kind.lake_schema])
        table = world.tables.get(name, schema.empty_table())
        lake.register(f"{name}_rows", table)
        lake.execute(f'CREATE TABLE "{name}" AS SELECT * FROM "{name}_rows"')
        lake.unregister(f"{name}_rows")
    return lake


def findings(detector: Detector, world: World, threads: int = 2) -> list[Finding]:
    """What the runner makes of a detector in a world."""
    used = {detector.name: {**detector.params, **world.params}}
    if world.case:
        detector = replace(detector, limits={"shops_share": 1.0, "shops_floor": 10_000})
    with lake_of(world, threads) as lake:
        return search.search(lake, [detector], used, world.window)


def written_city(folder: Path, **recipe: Any) -> World:
    """A generated city through the ordinary checks into the lake's columns, with every type of fraud the generator knows."""
    types = tuple(dict.fromkeys(one for name, value in vars(sizes).items() if name.endswith("TYPES") for one in value))
    made = city.write(folder / "city", recipe=sizes.Recipe(**{"types": types, "levels": (0, 1), "chunks": 1, **recipe}))
    reports.make(made.folder / "reports", folder / "lake")
    with plain.opened(folder / "lake") as (lake, seen):
        tables = {}
        for name, kind in kinds.kinds().items():
            rows = lake.sql(f'SELECT * FROM "{name}" ORDER BY "{kind.time}", fact').to_arrow_table()
            tables[name] = _whole(kind, rows)
        window = plain.window_of(seen, None, None)
    return World("city", tables, window, {}, folder)


def _whole(kind: Kind, rows: pa.Table) -> pa.Table:
    """All of the lake's columns, in its types."""
    for name in ("content", "batch"):
        if name not in rows.column_names:
            rows = rows.append_column(name, pa.nulls(rows.num_rows, kind.lake_schema.field(name).type))
    return rows.select(kind.lake_schema.names).cast(pa.schema([field.with_nullable(True) for field in kind.lake_schema]))


# -- what does not matter -------------------------------------------------------------------------------------------------------


def tokens_of(kind: Kind) -> list[str]:
    """The columns that hold tokens."""
    references = {REFERENCES[column.name] for column in kind.columns if column.name in REFERENCES}
    return ["fact", *(column.name for column in kind.columns if column.domain), *sorted(references)]


@cache
def renamed(world: World) -> World:
    """Every token under another name, the same everywhere."""

    def change(kind: Kind, table: pa.Table) -> pa.Table:
        for name in tokens_of(kind):
            table = with_column(table, name, renamed_tokens(table[name].combine_chunks()))
        return table

    return replace(world.mapped(change, "renamed"), params=renamed_cases(world.params))


def renamed_cases(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """The decided clues that a run hands to a detector hold tokens too."""
    if "cases" not in params:
        return params
    cases = [
        {**one, **{name: renamed_tokens(pa.array(one[name], pa.int64())).to_pylist() for name in ("shops", "accounts")}}
        for one in params["cases"]
    ]
    return {**params, "cases": cases}


def renamed_tokens(column: pa.Array) -> pa.Array:
    values = pc.fill_null(column, 0).to_numpy(zero_copy_only=False).astype(np.uint64)
    stirred = ((values * np.uint64(FACTOR)) & np.uint64(MASK)) ^ np.uint64(STIR)
    return pa.array(stirred.astype(np.int64), mask=column.is_null().to_numpy(zero_copy_only=False))


def true_name(token: int) -> int:
    return ((token ^ STIR) * UNDO) & MASK


@cache
def shuffled(world: World, seed: int = 7) -> World:
    chance = np.random.default_rng(seed)
    return world.mapped(lambda kind, table: table.take(pa.array(chance.permutation(table.num_rows))), "shuffled")


@cache
def shifted(world: World, weeks: int) -> World:
    """Everything happened some weeks later; weekdays and hours stay."""

    def change(kind: Kind, table: pa.Table) -> pa.Table:
        for name in times_of(kind):
            table = with_column(table, name, pc.add(table[name], pa.scalar(timedelta(weeks=weeks), pa.duration("us"))))
        return table

    moved = world.mapped(change, f"{weeks} weeks later")
    window = world.window
    step = timedelta(weeks=weeks)
    return replace(moved, window=Window(window.since + step, window.until + step, window.seed))


# -- the future -----------------------------------------------------------------------------------------------------------------


@cache
def with_future(world: World) -> World:
    """The same and then the same once more, under other numbers, after the window's end."""
    weeks = -(-(world.window.until - world.window.since) // timedelta(weeks=1)) + 1
    later = shifted(world, weeks)

    def change(kind: Kind, table: pa.Table) -> pa.Table:
        after = later.tables[kind.kind]
        after = after.filter(pc.greater_equal(after[kind.time], pa.scalar(world.window.until, pa.timestamp("us", "UTC"))))
        for name in {"fact", "order", "parcel", "review"} & set(table.column_names):
            after = with_column(after, name, renamed_tokens(after[name].combine_chunks()))
        return pa.concat_tables([table, after])

    return world.mapped(change, "and what came after")


@cache
def known_by(world: World, instant: datetime) -> World:
    """What had been reported by an instant, with the window ending there: later facts are not there, later times in a fact are empty."""
    moment = pa.scalar(instant, pa.timestamp("us", "UTC"))

    def change(kind: Kind, table: pa.Table) -> pa.Table:
        table = table.filter(pc.less(table[kind.time], moment))
        for name in times_of(kind):
            if not kind.by_name[name].future:
                kept = pc.if_else(pc.less(table[name], moment), table[name], pa.scalar(None, pa.timestamp("us", "UTC")))
                table = with_column(table, name, kept)
        return table

    return until(world.mapped(change, f"known by {instant:%Y-%m-%d}"), instant)


@cache
def until(world: World, instant: datetime) -> World:
    return replace(world, window=Window(world.window.since, instant, world.window.seed))


# -- without, and spoilt --------------------------------------------------------------------------------------------------------


def without(world: World, evidence: Mapping[str, Iterable[int]]) -> World:
    """The world as if these facts had never been reported."""

    def change(kind: Kind, table: pa.Table) -> pa.Table:
        cited = pa.array(list(evidence.get(kind.kind, ())), pa.int64())
        return table.filter(pc.invert(pc.is_in(table["fact"], value_set=cited)))

    return world.mapped(change, "without the evidence")


def lacking(world: World, *names: str) -> World:
    return replace(world, tables={name: table for name, table in world.tables.items() if name not in names}, name=f"no {', '.join(names)}")


def all_the_same(world: World) -> World:
    """Every fact says what the first of its kind says."""

    def change(kind: Kind, table: pa.Table) -> pa.Table:
        if not table.num_rows:
            return table
        same = table.take(pa.array(np.zeros(table.num_rows, np.int64)))
        return with_column(same, "fact", table["fact"])

    return world.mapped(change, "all the same")


def one_shop(world: World) -> World:
    """All the city's trade in one giant shop."""

    def change(kind: Kind, table: pa.Table) -> pa.Table:
        if "shop" not in table.column_names:
            return table
        return with_column(table, "shop", pa.array(np.full(table.num_rows, 4711, np.int64)))

    return world.mapped(change, "one giant shop")


def backwards(world: World) -> World:
    """Inside each fact time runs backwards: payments before orders, sign-offs before collection, first views after the order."""

    def change(kind: Kind, table: pa.Table) -> pa.Table:
        base = table[kind.time].cast(pa.int64())
        for name in times_of(kind):
            if name != kind.time:
                mirrored = pc.subtract(pc.multiply(base, 2), table[name].cast(pa.int64()))
                table = with_column(table, name, mirrored.cast(pa.timestamp("us", "UTC")))
        return table

    return world.mapped(change, "backwards")


def amounts(world: World, change_of: Callable[[Any], Any], name: str, only: str | None = None) -> World:
    """Money, counts and weights changed, in all kinds or in one."""

    def change(kind: Kind, table: pa.Table) -> pa.Table:
        if only not in (None, kind.kind):
            return table
        for column in kind.columns:
            if column.type == "money" and table.num_rows:
                table = with_column(table, column.name, change_of(table[column.name]))
        return table

    return world.mapped(change, name)


def weights(world: World, kind: str, change_of: Callable[[Any], Any], name: str) -> World:
    def change(of: Kind, table: pa.Table) -> pa.Table:
        return with_column(table, "weight_g", change_of(table["weight_g"])) if of.kind == kind else table

    return world.mapped(change, name)


def negative(column: Any) -> Any:
    return pc.negate(column)


def huge(column: Any) -> Any:
    """A hundred trillion yuan each: sums of a few pass 2^53, sums of a thousand pass 2^63."""
    return pc.if_else(pc.is_null(column), column, pa.scalar(10**16, pa.int64()))


def times_hundred(column: Any) -> Any:
    return pc.multiply(column, 100)


def by_hundred(column: Any) -> Any:
    return pc.divide(column, 100)


def by_thousand(column: Any) -> Any:
    return pc.divide(column, 1000)


def none_of_it(column: Any) -> Any:
    return pa.nulls(len(column), pa.int64())


@cache
def spoilt(world: World) -> list[World]:
    """Every way of spoiling an honest world that the gate tries."""
    made = [lacking(world, name) for name in world.tables if world.tables[name].num_rows]
    made += [lacking(world, *(name for name in world.tables if name != "order")), lacking(world, *world.tables)]
    made += [all_the_same(world), one_shop(world), backwards(world)]
    made += [replace(until(world, world.window.since + timedelta(seconds=1)), name="a window of one second")]
    made += [amounts(world, negative, "negative amounts"), amounts(world, huge, "huge amounts")]
    made += [amounts(world, by_hundred, "prices in yuan", only="price"), amounts(world, times_hundred, "orders times 100", only="order")]
    made += [weights(world, "parcel", by_thousand, "parcels in kilograms"), weights(world, "listing", times_hundred, "listings times 100")]
    made += [weights(world, "parcel", none_of_it, "parcels without weight"), weights(world, "parcel", negative, "negative weights")]
    return made


def differs(world: World, other: World, names: Iterable[str]) -> bool:
    """Whether two worlds are not the same to somebody who reads these kinds only."""
    return world.window != other.window or any(world.tables.get(name) is not other.tables.get(name) for name in names)


# -- small parts ----------------------------------------------------------------------------------------------------------------


def with_column(table: pa.Table, name: str, values: Any) -> pa.Table:
    place = table.schema.get_field_index(name)
    return table.set_column(place, table.schema.field(name), values)


def times_of(kind: Kind) -> list[str]:
    return [column.name for column in kind.columns if column.type == "time"]


def midnight(instant: datetime) -> datetime:
    return instant.astimezone(clock.CITY).replace(hour=0, minute=0, second=0, microsecond=0)
