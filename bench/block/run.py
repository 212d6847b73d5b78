"""Exact densest block: ours in memory and out of core beside the public Python FRAUDAR, each in a process of its own.

    python bench/block/run.py [--sizes 1e5 1e6 1e7] [--runs 3] [--peer PYTHON | --install-peer]

`--peer` names an interpreter with `rgmining-fraudar` (GPL-3, so never in our own environment); `--install-peer` makes one in a
temporary folder. Seconds are from edges in memory (or a closed Parquet file) to the block; the peer's from its sparse matrix. Medians
of `--runs` runs; processor seconds beside wall seconds tell how busy the machine was. Memory: peak resident size, and in brackets what
lies above the loaded libraries.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from math import log
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIMIT_MB = {True: 300, False: 3000}  # 300 MB up to ten million edges, 3 GB above


def main() -> int:
    given = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        peer = given.peer or (_install(Path(folder)) if given.install_peer else None)
        print(
            "| edges | what | seconds | cpu s | peak MB (above libraries) | score | block | times the peer, wall (cpu) |\n"
            "|--:|---|--:|--:|--:|--:|---|--:|"
        )
        seconds = {}
        for size in given.sizes:
            n = int(float(size))
            subprocess.run([sys.executable, str(HERE / "graph.py"), str(n), f"{folder}/{n}"], check=True)
            seconds[n] = _size(given, n, Path(folder, str(n)), peer)
        _exponents(seconds)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="*", default=["1e5", "1e6", "1e7"])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peer")
    parser.add_argument("--install-peer", action="store_true")
    parser.add_argument("--peer-up-to", type=float, default=1e7)
    parser.add_argument("--sql-up-to", type=float, default=1e7)
    return parser.parse_args()


def _install(folder: Path) -> str:
    venv.create(folder / "peer", with_pip=True)
    python = str(folder / "peer" / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "-q", "rgmining-fraudar"], check=True)
    return python


def _size(given: argparse.Namespace, n: int, folder: Path, peer: str | None) -> dict[str, float]:
    rival = _peer(peer, folder) if peer and n <= given.peer_up_to else None
    if rival:
        _row(n, "public FRAUDAR", rival, None)
    medians = {}
    limit = LIMIT_MB[n <= 20_000_000]
    for form, name in (("memory", "ours in memory"), ("stream", f"ours out of core, {limit} MB"), ("sql", f"ours in SQL, {limit} MB")):
        if form == "sql" and n > given.sql_up_to:
            continue
        told = [_ours(form, folder, limit) for _ in range(given.runs)]
        middle = told[0] | {key: statistics.median(one[key] for one in told) for key in ("seconds", "cpu", "peak_mb", "base_mb")}
        medians[form] = middle["seconds"]
        _row(n, name, middle, rival)
        if rival and abs(middle["score"] - rival["score"]) > 1e-6:
            print(f"SCORES DIFFER: {middle['score']!r} and the peer's {rival['score']!r}")
            sys.exit(1)
    return medians


def _ours(form: str, folder: Path, limit: int) -> dict:
    done = subprocess.run(
        [sys.executable, str(HERE / "ours.py"), form, str(folder), str(limit)], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def _peer(python: str, folder: Path) -> dict:
    answer = folder / "peer.npz"
    process = subprocess.Popen([python, str(HERE / "peer.py"), str(folder / "edges.npy"), str(answer)], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError("the peer failed; does its interpreter have rgmining-fraudar?")
    read = (
        "import json, numpy; a = numpy.load({!r}); "
        "print(json.dumps([len(a['rows']), len(a['cols']), *(float(a[name]) for name in ('score', 'seconds', 'cpu'))]))"
    )
    told = subprocess.run([python, "-c", read.format(str(answer))], check=True, capture_output=True, text=True)
    names = ("rows", "cols", "score", "seconds", "cpu")
    return dict(zip(names, json.loads(told.stdout), strict=True)) | {"peak_mb": usage.ru_maxrss / 1024, "base_mb": 0.0}


def _row(n: int, name: str, told: dict, rival: dict | None) -> None:
    times = f"{rival['seconds'] / told['seconds']:.0f} ({rival['cpu'] / told['cpu']:.0f})" if rival else "–"
    above = f" ({told['peak_mb'] - told['base_mb']:.0f})" if told["base_mb"] else ""
    print(
        f"| {n:.0e} | {name} | {told['seconds']:.2f} | {told['cpu']:.2f} | {told['peak_mb']:.0f}{above} | {told['score']:.9f} "
        f"| {told['rows']} × {told['cols']} | {times} |",
        flush=True,
    )


def _exponents(seconds: dict[int, dict[str, float]]) -> None:
    sizes = sorted(seconds)
    if len(sizes) < 2:
        return
    small, large = sizes[-2], sizes[-1]
    for form in seconds[large]:
        if form in seconds[small]:
            power = log(seconds[large][form] / seconds[small][form]) / log(large / small)
            print(f"\n{form}: time grows as n^{power:.2f} from {small:.0e} to {large:.0e}")
    print(f"\n{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    sys.exit(main())
