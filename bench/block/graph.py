"""The bench's graphs: heavy-tailed, `n` distinct pairs (about), n/5 accounts, n/50 shops, with a 500 × 500 block of density 0.3 in them.

    python graph.py N FOLDER      writes edges.npy (int32 [2, n], random order) and edges.parquet (columns r, c, same order)

Degrees follow power laws (account rank u^2, shop rank u^3 of uniform u), so that most accounts touch a few shops, a few shops are touched
by many, and the block is far below the degrees of popular shops: it cannot be read off the degrees.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

BLOCK, DENSITY = 500, 0.3


def make(n: int, seed: int = 20) -> np.ndarray:
    """int32 [2, n'], n' close to n + 75,000."""
    rng = np.random.default_rng(seed)
    n_rows, n_cols = n // 5, n // 50
    size = min(BLOCK, n_cols // 4)
    key = np.empty(0, np.int64)
    for part in np.array_split(np.arange(n), max(1, n // 20_000_000)):
        rows = (n_rows * rng.random(len(part)) ** 2).astype(np.int64)
        key = np.concatenate([key, rows * n_cols + (n_cols * rng.random(len(part)) ** 3).astype(np.int64)])
    i, j = np.nonzero(rng.random((size, size)) < DENSITY)
    ring = rng.choice(n_rows, size, replace=False)[i] * n_cols + rng.choice(n_cols, size, replace=False)[j]
    key = np.concatenate([key, ring])
    key.sort()
    key = key[np.append(True, key[1:] != key[:-1])]
    rng.shuffle(key)
    return np.stack([key // n_cols, key % n_cols]).astype(np.int32)


def write(n: int, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    edges = make(n)
    np.save(folder / "edges.npy", edges)
    table = pa.table({"r": edges[0], "c": edges[1]})
    pq.write_table(table, folder / "edges.parquet", compression="zstd", row_group_size=245_760)


if __name__ == "__main__":
    write(int(float(sys.argv[1])), Path(sys.argv[2]))
