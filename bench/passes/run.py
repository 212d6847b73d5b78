"""Two passes over edges in memory beside scipy: connected components, and the fixed point of the rating score.

    python bench/passes/run.py [--sizes 1e5 1e6 1e7 1e8] [--runs 3]

The graph is that of bench/block (heavy-tailed, n distinct pairs, n/5 accounts, n/50 shops), in row order; what is timed begins with dense
int32 codes and with scipy's CSR matrix. Components: our union-find beside `connected_components`; the parts must be the same. Ratings:
one to five stars on each edge, our whole-number rounds beside the same rounds as products of CSR matrices in float32 (the peer keeps both
orientations); scores must agree to a thousandth of a star. Medians of `--runs`; processor seconds tell how busy the machine was; the last
lines give the exponent of our processor time from the smallest to the largest size.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "bench" / "block")]

Passes = dict[str, tuple[Callable[[], Any], Callable[[], Any], Callable[[Any, Any], bool]]]


def passes(n: int) -> Passes:
    """Name → (ours, scipy's, whether both say the same) for about n edges."""
    import graph
    from scipy.sparse import csr_matrix

    edges = graph.make(n)
    rows, cols = edges[:, np.argsort(edges[0], kind="stable")]
    shape = int(rows.max()) + 1, int(cols.max()) + 1
    ends = np.searchsorted(rows, np.arange(shape[0] + 1))
    stars = np.random.default_rng(21).integers(1, 6, len(rows)).astype(np.float32)
    matrix = csr_matrix((stars, cols, ends), shape=shape)
    return {"components": of_components(rows, cols, matrix), "ratings": of_ratings(rows, cols, stars, matrix)}


def of_components(rows: np.ndarray, cols: np.ndarray, matrix: Any) -> tuple[Callable[[], Any], Callable[[], Any], Callable[..., bool]]:
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    from chengxin.detection.engine.components import roots

    size = sum(matrix.shape)
    right = (cols + matrix.shape[0]).astype(np.int32)
    ends = np.append(matrix.indptr, np.full(matrix.shape[1], matrix.indptr[-1]))
    square = csr_matrix((np.ones(len(right), np.int8), right, ends), shape=(size, size))

    def same(ours: np.ndarray, theirs: tuple[int, np.ndarray]) -> bool:
        count, parts = theirs
        pairs = np.unique(ours.astype(np.int64) * count + parts)
        return len(pairs) == count == len(np.unique(ours))

    return lambda: roots(rows, right, size), lambda: connected_components(square, directed=False), same


def of_ratings(
    rows: np.ndarray, cols: np.ndarray, stars: np.ndarray, matrix: Any
) -> tuple[Callable[[], Any], Callable[[], Any], Callable[..., bool]]:
    from chengxin.evaluation import filtering as ratings

    rules, (raters, shops) = ratings.Filtering(), matrix.shape
    value, given = (stars * ratings.STAR).astype(np.int32), np.full(len(stars), ratings.TRUST, np.int32)
    middle = int(value.sum()) // len(value)

    def ours() -> tuple[np.ndarray, int]:
        score, _, _, rounds = ratings._filter(cols, rows, value, given, shops, raters, middle, rules)
        return score / ratings.STAR, rounds

    def same(mine: tuple[np.ndarray, int], theirs: np.ndarray) -> bool:
        return bool(np.abs(mine[0] - theirs).max() < 0.005)

    return ours, lambda: scipy_ratings(matrix, middle / ratings.STAR, rules), same


def scipy_ratings(given: Any, middle: float, rules: Any) -> np.ndarray:
    """The same rounds as products: squared distance per rater = Σ r² − 2 Σ r·s + Σ s², with s the scores of the shops rated."""
    ones, squares = given.copy(), given.copy()
    ones.data = np.ones_like(given.data)
    squares.data = given.data**2
    there, many = given.T.tocsr(), ones.T.tocsr()
    written = np.diff(given.indptr)
    record, own_squares = written / (written + rules.few), squares @ np.ones(given.shape[1])
    score = np.full(given.shape[1], middle)
    for _ in range(rules.rounds):
        square = np.maximum(own_squares - 2 * (given @ score) + ones @ score**2, 0)
        usual = square.sum() / len(given.data)
        own = (rules.usual * usual + square) / (rules.usual + written)
        trust = record * np.minimum(1, usual / own) ** rules.sharp
        prior = rules.prior * float(trust @ written) / len(given.data)
        before, score = score, (there @ trust + prior * middle) / (many @ trust + prior)
        if np.abs(score - before).max() < 1e-3:
            break
    return score


def timed(work: Callable[[], Any]) -> tuple[float, float, Any]:
    began, before = time.perf_counter(), time.process_time()
    made = work()
    return time.perf_counter() - began, time.process_time() - before, made


def measure(n: int, runs: int) -> list[dict[str, Any]]:
    lines = []
    for name, (ours, theirs, same) in passes(n).items():
        if not same(ours(), theirs()):  # also compiles
            raise SystemExit(f"{name}: the two do not say the same")
        mine, peers = [timed(ours) for _ in range(runs)], [timed(theirs) for _ in range(runs)]
        wall, spent, peer_wall, peer_spent = (statistics.median(each[at] for each in some) for some in (mine, peers) for at in (0, 1))
        more = f", {mine[0][2][1]} rounds" if name == "ratings" else ""
        lines.append({"pass": name + more, "n": n, "wall": wall, "spent": spent, "peer_wall": peer_wall, "peer_spent": peer_spent})
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=float, nargs="+", default=[1e5, 1e6, 1e7, 1e8])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--one", type=int)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measure(given.one, given.runs)))
        return
    print("| pass | edges | ours: wall s, processor s | scipy: wall s, processor s | ratio of processor time |\n|---|--:|--:|--:|--:|")
    found: dict[str, list[dict[str, Any]]] = {}
    for size in map(int, given.sizes):
        command = [sys.executable, __file__, "--one", str(size), "--runs", str(given.runs)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr[-2000:])
        for line in json.loads(done.stdout):
            found.setdefault(line["pass"].partition(",")[0], []).append(line)
            ours, peer = f"{line['wall']:.3f}, {line['spent']:.3f}", f"{line['peer_wall']:.3f}, {line['peer_spent']:.3f}"
            print(f"| {line['pass']} | {line['n']:,} | {ours} | {peer} | {line['peer_spent'] / line['spent']:.1f} |", flush=True)
    for name, lines in found.items():
        if len(lines) > 1:
            first, last = lines[0], lines[-1]
            print(f"{name}: exponent {math.log(last['spent'] / first['spent']) / math.log(last['n'] / first['n']):.2f}")


if __name__ == "__main__":
    main()
