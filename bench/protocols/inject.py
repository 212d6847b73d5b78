"""The fixed injections P1 and P2. Every random number comes from numpy.random.default_rng(1000 + seed)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from graphs import distinct

CAMOUFLAGE = ("none", "random", "random2x", "biased", "hijacked")
LOCKSTEP_CAMOUFLAGE = ("none", "biased over the year", "biased in the same week")
WEEK = 7 * 86_400


@dataclass
class Injected:
    """Edges with a block in them: its accounts and items are the truth."""

    rows: np.ndarray
    cols: np.ndarray
    at: np.ndarray | None
    accounts: np.ndarray
    items: np.ndarray

    def f1(self, rows, cols) -> float:
        """Joint F1 over the union of accounts and items."""
        hits = len(np.intersect1d(rows, self.accounts)) + len(np.intersect1d(cols, self.items))
        return 2 * hits / (len(rows) + len(cols) + len(self.accounts) + len(self.items))


def p1(rows: np.ndarray, cols: np.ndarray, density: float, camouflage: str, seed: int, size: int = 200) -> Injected:
    """A block of new accounts (hijacked: existing ones) on items of degree 1-20; camouflage in proportion to the block's edges."""
    rng = np.random.default_rng(1000 + seed)
    n_rows, n_cols = int(rows.max()) + 1, int(cols.max()) + 1
    degree = np.bincount(cols, minlength=n_cols)
    items = rng.choice(np.flatnonzero((degree >= 1) & (degree <= 20)), size, replace=False)
    accounts = rng.choice(n_rows, size, replace=False) if camouflage == "hijacked" else np.arange(n_rows, n_rows + size)
    i, j = np.nonzero(rng.random((size, size)) < density)
    left, right = [rows, accounts[i]], [cols, items[j]]
    if camouflage not in ("none", "hijacked"):
        twice = 2 if camouflage == "random2x" else 1
        each = rng.binomial(n_cols, twice * density * size / n_cols, size)
        left.append(np.repeat(accounts, each))
        total = int(each.sum())
        right.append(rng.choice(n_cols, total, p=degree / degree.sum()) if camouflage == "biased" else rng.integers(0, n_cols, total))
    return Injected(*distinct(np.concatenate(left), np.concatenate(right)), None, accounts, items)


def p2(rows: np.ndarray, cols: np.ndarray, at: np.ndarray, density: float, camouflage: str, seed: int, size: tuple[int, int]) -> Injected:
    """A block inside one random week of dated purchases; camouflage over the year or in the same week."""
    rng = np.random.default_rng(1000 + seed)
    n_rows, n_cols = int(rows.max()) + 1, int(cols.max()) + 1
    degree = np.bincount(distinct(rows, cols)[1], minlength=n_cols)
    items = rng.choice(np.flatnonzero((degree >= 1) & (degree <= 20)), size[1], replace=False)
    accounts = np.arange(n_rows, n_rows + size[0])
    i, j = np.nonzero(rng.random(size) < density)
    first, last = int(at.min()), int(at.max())
    start = first + int(rng.integers(0, last - first - WEEK))
    left, right, when = [rows, accounts[i]], [cols, items[j]], [at, start + rng.integers(0, WEEK, len(i))]
    if camouflage != "none":
        each = rng.binomial(n_cols, density * size[1] / n_cols, size[0])
        total = int(each.sum())
        left.append(np.repeat(accounts, each))
        right.append(rng.choice(n_cols, total, p=degree / degree.sum()))
        when.append(start + rng.integers(0, WEEK, total) if "week" in camouflage else first + rng.integers(0, last - first, total))
    return Injected(np.concatenate(left), np.concatenate(right), np.concatenate(when), accounts, items)
