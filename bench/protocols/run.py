"""Protocols P1 and P2: joint F1 of the first ranked block, beside the public FRAUDAR and trivial scores.

python bench/protocols/run.py [--only p1-video p1-journey p2] [--peer PYTHON] [--seeds N]
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

import graphs  # noqa: E402
import inject  # noqa: E402
import rivals  # noqa: E402

from chengxin.detection.engine import WHOLE, Edges, dense_blocks  # noqa: E402

WINDOWS = (WHOLE, (14, 7))
HEAD = (
    "| {0} | camouflage | ours, mean | lowest | found by | exact FRAUDAR 1/log | public FRAUDAR | best trivial | s |\n"
    "|---|---|--:|--:|---|--:|--:|---|--:|"
)


def main() -> int:
    given = _arguments()
    tables = {"p1-video": p1_video, "p1-journey": p1_journey, "p2": p2}
    for name in given.only or tables:
        try:
            tables[name](given)
        except graphs.Absent as absent:
            print(f"{name}: skipped, {absent}\n")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", choices=["p1-video", "p1-journey", "p2"])
    parser.add_argument("--peer", help="a Python that has rgmining-fraudar")
    parser.add_argument("--seeds", type=int, help="instead of 5 (Video), 2 (Journey), 3 (P2)")
    parser.add_argument("--first-seed", type=int, default=0)
    return parser.parse_args()


def p1_video(given: argparse.Namespace) -> None:
    rows, cols = graphs.video()
    print(f"## P1, Video graph, 200 × 200\n\n{HEAD.format('density')}")
    for density in (0.05, 0.075, 0.1):
        for camouflage in inject.CAMOUFLAGE:
            _line(f"{density} | {camouflage}", [inject.p1(rows, cols, density, camouflage, seed) for seed in _seeds(given, 5)], given)
    print()


def p1_journey(given: argparse.Namespace) -> None:
    rows, cols = graphs.distinct(*graphs.journey()[:2])
    print(f"## P1, Complete Journey, 200 × 200\n\n{HEAD.format('density')}")
    for density in (0.05, 0.1, 0.2):
        for camouflage in inject.CAMOUFLAGE:
            _line(f"{density} | {camouflage}", [inject.p1(rows, cols, density, camouflage, seed) for seed in _seeds(given, 2)], given)
    print()


def p2(given: argparse.Namespace) -> None:
    bought = graphs.journey()
    print(f"## P2, Complete Journey in time, windows of 14 days\n\n{HEAD.format('size, density')}")
    for size, densities in (((200, 200), (0.02, 0.03, 0.05)), ((50, 20), (0.2, 0.3))):
        for density in densities:
            for camouflage in inject.LOCKSTEP_CAMOUFLAGE:
                made = [inject.p2(*bought, density, camouflage, seed, size) for seed in _seeds(given, 3)]
                _line(f"{size[0]}×{size[1]}, {density} | {camouflage}", made, given)
    print()


def _seeds(given: argparse.Namespace, usual: int) -> range:
    return range(given.first_seed, given.first_seed + (given.seeds or usual))


def _line(name: str, cases: list, given: argparse.Namespace) -> None:
    found, seconds, by = [], [], []
    for case in cases:
        began = time.perf_counter()
        blocks = dense_blocks(Edges.from_ids(case.rows, case.cols, case.at), windows=windows_of(case))
        seconds.append(time.perf_counter() - began)
        found.append(case.f1(blocks[0].rows, blocks[0].cols) if blocks else 0.0)
        by.append(blocks[0].weighting if blocks else "–")
    exact = np.mean([rivals.plain_fraudar(case) for case in cases])
    public = rivals.public_fraudar(cases[0], given.peer)
    simple = {key: np.mean([rivals.trivial(case)[key] for case in cases]) for key in rivals.trivial(cases[0])}
    best = max(simple, key=lambda key: simple[key])
    peer = "–" if public is None else f"{public:.3f}"
    print(
        f"| {name} | {np.mean(found):.3f} | {min(found):.3f} | {', '.join(sorted(set(by)))} | {exact:.3f} | {peer} "
        f"| {best} {simple[best]:.3f} | {np.median(seconds):.1f} |",
        flush=True,
    )


def windows_of(case) -> tuple:
    return (WHOLE,) if case.at is None else WINDOWS


if __name__ == "__main__":
    sys.exit(main())
