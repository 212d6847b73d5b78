"""Trades as the lake has them: orders, their payments and their parcels, in files of one batch each.

4,500 shops, 400,000 buyers, some rings.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

BATCH = 10_000
KINDS = ("order", "payment", "parcel")
START = np.datetime64("2026-11-20T00:00:00", "us")
STEP = np.timedelta64(150_000, "us")  # between two trades: 4 million of them fill a week
STAMP = pa.timestamp("us", tz="UTC")


def token(domain: int, numbers: np.ndarray) -> pa.Array:
    """63-bit tokens, spread as keyed hashes are."""
    mixed = (numbers.astype(np.uint64) + np.uint64(domain << 40)) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(31)
    return pa.array((mixed * np.uint64(0xC2B2AE3D27D4EB4F) & np.uint64((1 << 63) - 1)).astype(np.int64))


def batch(kind: str, number: int, size: int = BATCH) -> pa.Table:
    """The batch of this number: trades number × size onwards, one fact of each of a kind."""
    random = np.random.default_rng((7, number))
    trade = np.arange(number * size, (number + 1) * size)
    buyer, shop = random.integers(0, 400_000, size), np.minimum(random.zipf(1.3, size), 4_500)
    ring = random.random(size) < 0.002
    buyer, shop = np.where(ring, random.integers(0, 200, size), buyer), np.where(ring, 4_000 + buyer % 20, shop)
    at = START + trade * STEP
    plain = {"order": token(1, trade)}
    if kind == "payment":
        payer = token(3, np.where(ring, buyer // 10, buyer))
        return pa.table(plain | {"payer": payer, "paid_at": pa.array(at + np.timedelta64(40, "s"), STAMP)})
    division = pa.array(np.where(random.random(size) < 0.5, "230402", "230405").tolist())
    if kind == "parcel":
        times = {"collected_at": pa.array(at + np.timedelta64(9, "h"), STAMP), "signed_at": pa.array(at + np.timedelta64(40, "h"), STAMP)}
        away = {"origin_division": pa.array(["230402"] * size), "dest_division": division}
        return pa.table(
            plain | {"shop": token(2, shop), "parcel": token(6, trade), "weight_g": random.integers(60, 3_000, size)} | away | times
        )
    looked = np.where(ring | (random.random(size) < 0.01), 9, random.integers(40, 4_000, size)).astype("timedelta64[s]")
    held = {
        "device": token(4, np.where(ring, buyer // 8, buyer)),
        "address": token(5, np.where(random.random(size) < 0.1, buyer % 900, buyer)),
    }
    times = {"ordered_at": pa.array(at, STAMP), "viewed_at": pa.array(at - looked, STAMP)}
    channel = pa.array(np.where(random.random(size) < 0.2, "live", "app").tolist())
    return pa.table(plain | {"shop": token(2, shop), "buyer": token(3, buyer)} | held | times | {"channel": channel})


def write(folder: Path, events: int) -> list[tuple[str, Path]]:
    """Batches of so many events in all, kind by kind in turn; made once."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for number in range(events // BATCH // len(KINDS) + 1):
        for kind in KINDS:
            path = folder / f"{number:05d}-{kind}.parquet"
            if not path.exists():
                pq.write_table(batch(kind, number), path, compression="none", use_dictionary=False)
            made.append((kind, path))
    return made[: events // BATCH]
