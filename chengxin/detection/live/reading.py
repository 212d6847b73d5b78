"""A segment of the lake as rows of trades: its columns are read once, and only those that are remembered."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from chengxin.detection.live import kernels
from chengxin.detection.live.kernels import ADDRESS, DEVICE, PAYER, STAMP, WAYBILL
from chengxin.detection.live.state import Ints, Rows
from chengxin.detection.live.thresholds import Measures

_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))
MINUTE = 60_000_000  # microseconds
AHEAD = 4  # files whose rows wait in memory


def read(kind: str, path: Path, measures: Measures) -> Rows:
    """The rows of a segment of one of KINDS."""
    columns, _ = KINDS[kind]
    with pq.ParquetFile(path) as file:  # not read_table: to look for a data set first costs more than ten thousand rows
        return rows(kind, file.read(list(columns), use_threads=False), measures)


def ahead(files: Iterable[tuple[str, Path]], measures: Measures) -> Iterator[Rows]:
    """The rows of each file (kind, path) in turn, read ahead: reading takes one core while another remembers."""
    with ThreadPoolExecutor(1) as reader:
        coming: deque[Future[Rows]] = deque()
        for kind, path in files:
            coming.append(reader.submit(read, kind, path, measures))
            if len(coming) > AHEAD:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()


def rows(kind: str, table: pa.Table, measures: Measures) -> Rows:
    """A table of a kind's lake columns as rows of trades."""
    _, reader = KINDS[kind]
    return reader(table.combine_chunks(), measures)


def _orders(table: pa.Table, measures: Measures) -> Rows:
    ordered, viewed = _instants(table, "ordered_at"), _instants(table, "viewed_at")
    crowd = pc.fill_null(pc.is_in(table["channel"], pa.array(["live", "group"])), False).to_numpy()
    fast = (viewed > 0) & (ordered // 1_000_000 - viewed // 1_000_000 < measures.fast_seconds) & ~crowd
    flags = kernels.ORDERED + kernels.STEADY * ~crowd + kernels.FAST * fast
    shown = {DEVICE: _whole(table, "device"), ADDRESS: _whole(table, "address")}
    return _rows(table, ordered, flags, shop=_whole(table, "shop"), account=_whole(table, "buyer"), held=shown)


def _payments(table: pa.Table, measures: Measures) -> Rows:
    return _rows(table, _instants(table, "paid_at"), held={PAYER: _whole(table, "payer")})


def _refunds(table: pa.Table, measures: Measures) -> Rows:
    """Money that comes back another way than it went; how soon it comes is judged where the amounts are, by the detector."""
    other = pc.fill_null(pc.equal(table["channel"], "other"), False).to_numpy()
    return _rows(table, _instants(table, "requested_at"), kernels.BACK * other)


def _parcels(table: pa.Table, measures: Measures) -> Rows:
    collected, signed = _instants(table, "collected_at"), _instants(table, "signed_at")
    shop = _whole(table, "shop")
    grams = pc.fill_null(table["weight_g"], measures.light_grams).to_numpy()
    away = pc.fill_null(pc.not_equal(table["origin_division"], table["dest_division"]), False).to_numpy()
    short = away & (signed > 0) & (signed - collected < measures.short_hours * 60 * MINUTE)
    flags = kernels.LIGHT * (grams < measures.light_grams) + kernels.SHORT * short
    stamp = np.where(signed > 0, _stamps(shop, collected, signed), 0)
    return _rows(table, collected, flags, shop=shop, held={WAYBILL: _whole(table, "parcel"), STAMP: stamp})


# kind → (columns that are read, reader)
KINDS: dict[str, tuple[tuple[str, ...], Callable[[pa.Table, Measures], Rows]]] = {
    "order": (("order", "shop", "buyer", "device", "address", "ordered_at", "viewed_at", "channel"), _orders),
    "payment": (("order", "payer", "paid_at"), _payments),
    "refund": (("order", "channel", "requested_at"), _refunds),
    "parcel": (
        ("order", "shop", "parcel", "weight_g", "origin_division", "dest_division", "collected_at", "signed_at"),
        _parcels,
    ),
}


def _rows(
    table: pa.Table,
    at: Ints,
    flags: NDArray[np.int64] | None = None,
    shop: Ints | None = None,
    account: Ints | None = None,
    held: dict[int, Ints] | None = None,
) -> Rows:
    n = table.num_rows
    nothing = np.zeros(n, np.int64)
    things = np.zeros((n, 5), np.int64)
    for what, tokens in (held or {}).items():
        things[:, what] = tokens
    said = nothing if flags is None else flags
    return Rows(
        order=_whole(table, "order"),
        minute=(at // MINUTE).astype(np.int32),
        flags=said.astype(np.uint8),
        shop=nothing if shop is None else shop,
        account=nothing if account is None else account,
        held=things,
    )


def _whole(table: pa.Table, name: str) -> Ints:
    found: Ints = pc.fill_null(table[name], 0).to_numpy()
    return found


def _instants(table: pa.Table, name: str) -> Ints:
    """Microseconds since 1970 UTC, 0 where null."""
    found: Ints = pc.fill_null(table[name].cast(pa.int64()), 0).to_numpy()
    return found


def _stamps(shop: Ints, collected: Ints, signed: Ints) -> Ints:
    """A token of (shop, second of pick-up, second of signature): parcels that share it have the same trail to the second."""
    mixed = shop.astype(np.uint64)
    for part in (collected, signed):
        mixed = (mixed ^ (part // 1_000_000).astype(np.uint64)) * _MIX[0]
        mixed ^= mixed >> np.uint64(29)
        mixed *= _MIX[1]
        mixed ^= mixed >> np.uint64(32)
    token: Ints = (mixed & np.uint64((1 << 63) - 1)).astype(np.int64)
    return token
