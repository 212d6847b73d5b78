"""One call for dense blocks: every weighting in every time window, k blocks each, grown, tested, ranked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from math import log
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from . import surprise
from .graph import WHOLE, Edges, TimeWindow
from .prune import densest
from .source import Cut, MemorySource, Source, WindowSpec
from .surprise import Measure
from .weights import ONE, Weighting

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFAULT: tuple[Weighting, ...] = ("log", "sqrt", "rare", "symmetric", "steep", "even")
# Two blocks of one graph are the same finding when they share this much of their members (Jaccard).
SAME = 0.5


@dataclass(frozen=True)
class Block:
    """A dense block. rows and cols are the caller's identifiers (sorted); density is greedy's, in the weighting's own units; surprise
    in nats after the allowance for having looked at many windows and weightings: honest data reach it with chance exp(-surprise)."""

    rows: tuple[int, ...]
    cols: tuple[int, ...]
    density: float
    weighting: Weighting
    window: TimeWindow
    edges: int
    expected: float
    surprise: float
    stats: dict[str, float]

    @property
    def per_member(self) -> float:
        return self.surprise / (len(self.rows) + len(self.cols))


def dense_blocks(
    edges: Edges | Source | tuple[NDArray[Any], ...],
    weightings: Sequence[Weighting] = DEFAULT,
    windows: Sequence[WindowSpec] = (WHOLE,),
    *,
    blocks: int = 1,
    grow: bool = True,
    least_surprise: float = 0.0,
    threads: int = 2,
) -> list[Block]:
    """The densest blocks of every weighting in every window, the most surprising per member first.

    edges: also plain arrays (row ids, column ids[, times]). windows: `WHOLE`, other `TimeWindow`s, or (days, stride) pairs. blocks:
    after each block its edges go and the search repeats.
    grow=False keeps exact greedy's own members. Blocks with surprise <= least_surprise are left out (None of honest data stays;
    pass -inf to see all). Of blocks that share most members the first is kept; `stats["found_by"]` counts how often it was met.
    Deterministic; neither the order of edges nor their numbering shows.
    """
    if isinstance(edges, tuple):
        edges = Edges.from_ids(*edges)
    source: Source = MemorySource(edges) if isinstance(edges, Edges) else edges
    cuts = list(dict.fromkeys(window for spec in windows for window in source.windows(spec)))
    tries = max(len(cuts) * len(weightings) * blocks, 1)
    with ThreadPoolExecutor(min(threads, source.parallel)) as pool:
        parts = pool.map(lambda window: _search(source, window, weightings, blocks, grow, log(tries)), cuts)
        found = [block for part in parts for block in part if block.surprise > least_surprise]
    return _distinct(sorted(found, key=_rank))


def _search(source: Source, window: TimeWindow, weightings: Sequence[Weighting], blocks: int, grow: bool, allowance: float) -> list[Block]:
    found = []
    whole = source.open(window)
    for weighting in weightings:
        cut = whole
        for turn in range(blocks):
            if not cut.edges:
                break
            block, measured = _one(source, cut, whole, weighting, window, grow, allowance, turn)
            found.append(block)
            if turn + 1 < blocks:
                cut = cut.without(measured.rows, measured.cols)
    return found


def _one(
    source: Source, cut: Cut, whole: Cut, weighting: Weighting, window: TimeWindow, grow: bool, allowance: float, turn: int
) -> tuple[Block, Measure]:
    answer, trace = densest(cut.graph(weighting), lambda: cut.graph(weighting))
    measured = (surprise.grow if grow else surprise.measure)(whole, answer.rows, answer.cols)
    stats = {
        "greedy_rows": float(len(answer.rows)),
        "greedy_cols": float(len(answer.cols)),
        "turn": float(turn),
        "passes": float(trace.passes),
        "core_edges": float(trace.core_edges),
        "found_by": 1.0,
        "plain": measured.plain,
    }
    rows = tuple(np.sort(source.row_id(measured.rows)).tolist())
    cols = tuple(np.sort(source.col_id(measured.cols)).tolist())
    density = answer.weight / ONE / max(answer.nodes, 1)
    block = Block(rows, cols, density, weighting, window, measured.edges, measured.expected, measured.surprise - allowance, stats)
    return block, replace(measured, rows=answer.rows, cols=answer.cols)


def _rank(block: Block) -> tuple[float, float, int, str]:
    """The most surprising per member first, in the plainer form (surprise.py); where that says nothing, in the sharper one."""
    plain = max(block.stats["plain"] / (len(block.rows) + len(block.cols)), 0.0)
    return -plain, -block.per_member, block.window.since or 0, block.weighting


def _distinct(ranked: list[Block]) -> list[Block]:
    kept: list[Block] = []
    members: list[set[tuple[str, int]]] = []
    for block in ranked:
        mine = {("r", row) for row in block.rows} | {("c", col) for col in block.cols}
        twin = next((i for i, other in enumerate(members) if len(mine & other) > SAME * len(mine | other)), None)
        if twin is None:
            kept.append(block)
            members.append(mine)
        else:
            stats = kept[twin].stats | {"found_by": kept[twin].stats["found_by"] + 1}
            kept[twin] = replace(kept[twin], stats=stats)
    return kept
