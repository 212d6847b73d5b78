"""Small graphs for the engine's tests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass
class Planted:
    """A random graph with a block: rows and cols of every edge, and the block's members."""

    rows: np.ndarray
    cols: np.ndarray
    at: np.ndarray
    ring_rows: set[int]
    ring_cols: set[int]


def planted(
    seed: int, *, n_rows: int = 600, n_cols: int = 300, edges: int = 3000, size: tuple[int, int] = (30, 20), p: float = 0.6
) -> Planted:
    """Heavy-tailed background over 100 days, and a block of new accounts inside three of them (size (0, 0): none)."""
    rng = np.random.default_rng(seed)
    rows = (n_rows * rng.random(edges) ** 1.7).astype(np.int64)
    cols = (n_cols * rng.random(edges) ** 2.5).astype(np.int64)
    at = rng.integers(0, 100 * 86_400, edges)
    ring_rows = np.arange(n_rows, n_rows + size[0])
    ring_cols = rng.choice(np.arange(n_cols // 2, n_cols), size[1], replace=False)
    i, j = np.nonzero(rng.random(size) < p)
    when = 40 * 86_400 + rng.integers(0, 3 * 86_400, len(i))
    return Planted(
        np.concatenate([rows, ring_rows[i]]),
        np.concatenate([cols, ring_cols[j]]),
        np.concatenate([at, when]),
        set(ring_rows.tolist()),
        set(ring_cols.tolist()),
    )
