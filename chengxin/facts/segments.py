"""Segments: one immutable Parquet file per accepted batch and kind, and its row in the manifest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from chengxin.facts import disk
from chengxin.facts.kinds import Kind
from chengxin.facts.models import Segment
from chengxin.facts.oddities import EPOCH
from chengxin.kernel import clock, ids
from chengxin.law import law

ROW_GROUP = 250_000
LEVEL = 1  # zstd 3 saves 4 % of space and costs 60 % more time on these tables


@dataclass(frozen=True)
class Written:
    """A segment's file, not yet published by a row."""

    path: str
    rows: int
    bytes: int
    sha256: str
    first_at: datetime
    last_at: datetime


def write(kind: Kind, table: pa.Table, times: NDArray[np.int64]) -> Written:
    """Write rows (lake columns, any order) as a segment file sorted by time."""
    if len(times) > 1 and (np.diff(times) < 0).any():
        order = np.argsort(times, kind="stable")
        table, times = table.take(pa.array(order)), times[order]
    first, last = instant(int(times[0])), instant(int(times[-1]))
    name = f"{kind.kind}/{clock.city_day(first):%Y-%m}/{ids.new_id()}.parquet"
    with disk.draft(name) as path:
        sha, size = write_parquet(kind, table, path)
    return Written(name, table.num_rows, size, sha, first, last)


def write_parquet(kind: Kind, table: pa.Table, path: Path) -> tuple[str, int]:
    """Write a table in the lake's form; returns (SHA-256 of the file, its size)."""
    options = _options(kind)
    few = [field.name for field in table.schema if pa.types.is_dictionary(field.type)]  # the sender's file had few values of them
    pq.write_table(table, path, **{**options, "use_dictionary": sorted({*options["use_dictionary"], *few})})
    return disk.sha256(path), path.stat().st_size


@cache
def _options(kind: Kind) -> dict[str, Any]:
    """Tokens are random numbers: a dictionary, statistics or compression only cost time on them."""
    schema = kind.lake_schema
    random = {name for name in schema.names if _is_token(kind, name)}
    return {
        "row_group_size": ROW_GROUP,
        "store_schema": False,  # else a column that came as a dictionary would be read as one again, and others not
        "compression": {name: "none" if name in random else "zstd" for name in schema.names},
        "compression_level": {name: LEVEL for name in schema.names if name not in random},
        "use_dictionary": [name for name in schema.names if _repeats(kind, name)],
        "write_statistics": [kind.time, "shop"] if "shop" in schema.names else [kind.time],
    }


def _is_token(kind: Kind, name: str) -> bool:
    column = kind.by_name.get(name)
    return name in ("fact", "content", "order", "parcel", "review") or (column is not None and column.domain is not None)


def _repeats(kind: Kind, name: str) -> bool:
    if name in ("platform", "batch", "shop", "item", "sku"):
        return True
    column = kind.by_name.get(name)
    return column is not None and column.name not in kind.key and column.type in ("code", "division", "text", "gtin") and not column.free


def row_of(kind: Kind, written: Written, *, platform: str, batch: str, correction: bool, now: datetime) -> Segment:
    """The unsaved manifest row of a batch's file."""
    return Segment(
        kind=kind.kind, platform=platform, path=written.path, rows=written.rows, bytes=written.bytes, sha256=written.sha256,
        first_at=written.first_at, last_at=written.last_at, schema_version=kind.version, correction=correction, added_at=now,
        oldest_batch=batch, newest_batch=batch, expires_on=expiry(kind, written.last_at, now),
    )  # fmt: skip


def expiry(kind: Kind, last_at: datetime, added_at: datetime) -> date:
    """The last day that the law's term (e-commerce law art. 31) lets the city keep these facts.

    It runs from the trade, or from the day the city got the report when that is later: a report of an old matter must live long enough to
    be
    examined.
    """
    return law.due(kind.retention, max(clock.city_day(last_at), clock.city_day(added_at)))


def instant(microseconds: int) -> datetime:
    """An aware datetime of microseconds since 1970 UTC."""
    return EPOCH + timedelta(microseconds=microseconds)
