"""Empirical nulls for dense blocks: the same accounts, shops and times, meeting at random. Slower than surprise.py, without a model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from .blocks import dense_blocks

if TYPE_CHECKING:
    from .graph import Edges


def shuffle_pairs(edges: Edges, seed: int) -> Edges:
    """The degrees stay, the meetings are drawn again (a random permutation of the shops' ends); each shop's times stay its own."""
    order = np.random.default_rng(seed).permutation(len(edges))
    return _sorted(replace(edges, rows=edges.rows[order]))


def shuffle_times(edges: Edges, seed: int) -> Edges:
    """Who met whom stays, the times are dealt again: what is left of a block was not locked in time."""
    if edges.at is None:
        return edges
    return _sorted(replace(edges, at=edges.at[np.random.default_rng(seed).permutation(len(edges))]))


def null_surprise(edges: Edges, *, rounds: int = 5, seed: int = 1, shuffle: Any = shuffle_pairs, **options: Any) -> list[float]:
    """The greatest surprise per member that `dense_blocks` finds in each of `rounds` shuffled copies (minus infinity for none)."""
    out = []
    for turn in range(rounds):
        found = dense_blocks(shuffle(edges, seed + turn), least_surprise=float("-inf"), **options)
        out.append(max((block.per_member for block in found), default=float("-inf")))
    return out


def _sorted(edges: Edges) -> Edges:
    at = np.zeros(len(edges), np.int64) if edges.at is None else edges.at
    order = np.lexsort((at, edges.cols, edges.rows))
    return replace(edges, rows=edges.rows[order], cols=edges.cols[order], at=None if edges.at is None else edges.at[order])
