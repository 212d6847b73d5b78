"""Isolation Forest (Liu, Ting, Zhou 2008), the score without labels that any model must beat."""

from __future__ import annotations

import numpy as np

TREES, SAMPLE = 100, 256  # as the paper uses them


def score(rows: np.ndarray, seed: int) -> np.ndarray:
    """Isolation Forest: how soon a row stands alone under random cuts; higher is odder."""
    draw = np.random.default_rng(seed)
    depth = np.zeros(len(rows))
    for _ in range(TREES):
        part = draw.choice(len(rows), SAMPLE, replace=False)
        _cut(rows, np.arange(len(rows)), rows[part], 0, depth, draw)
    return -depth


def _cut(rows: np.ndarray, here: np.ndarray, part: np.ndarray, deep: int, depth: np.ndarray, draw: np.random.Generator) -> None:
    spread = np.flatnonzero(np.ptp(part, axis=0)) if len(part) else []
    if deep >= np.log2(SAMPLE) or len(part) < 2 or not len(spread):
        depth[here] += deep + _rest(len(part))
        return
    column = draw.choice(spread)
    at = draw.uniform(part[:, column].min(), part[:, column].max())
    for side in (True, False):
        mine = here[(rows[here, column] < at) == side]
        _cut(rows, mine, part[(part[:, column] < at) == side], deep + 1, depth, draw)


def _rest(n: int) -> float:
    """Mean depth of an unsuccessful search among n."""
    return 0.0 if n < 2 else 2 * (np.log(n - 1) + 0.5772156649) - 2 * (n - 1) / n
