"""The whole detector suite on lakes of n orders: time, memory, and how fast each detector's cost grows.

    python bench/suite/run.py --orders 100000 1000000            # 10000000 by hand, on a quiet machine

A lake is a fictional city of size M, written again and again under other pseudonyms: shops stay as large as they are, and there are more of
them. Each lake is searched in a process of its own by every detector in turn. Printed per detector and for all: wall and processor seconds
at each size, and the exponent of processor time between the smallest and the largest (1 = in proportion); events, findings and the
process's peak memory below. Processor time is the figure to compare on a machine that others use. `--keep FOLDER` keeps the lakes.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / "bench/city"), str(ROOT)]

STIR = 0x2545F4914F6CDD1D  # times the number of the copy: a mask under which no two copies share a pseudonym
TOKENS = (1 << 63) - 1


def main() -> int:
    given = _arguments()
    if given.one:
        print(json.dumps(_search(Path(given.one), given.detectors, given.memory)))
        return 0
    with tempfile.TemporaryDirectory() as data:
        import run

        run._prepare(Path(data))
        home = given.keep or Path(data)
        source, about = _city(home / "city", given.size)
        told = {}
        for orders in sorted(given.orders):
            copies = max(1, round(orders / about))
            lake = _copied(source, home / f"lake-{copies}", copies)
            told[copies * about] = _in_a_process(lake, given)
            if given.keep is None:
                subprocess.run(["rm", "-r", str(lake)], check=True)
        print(table(told))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, nargs="*", default=[100_000, 1_000_000])
    parser.add_argument("--size", default="M", choices=["S", "M"], help="of the city that is copied")
    parser.add_argument("--detectors", nargs="*", default=[], help="all when none is named")
    parser.add_argument("--memory", type=int, default=2048, help="DuckDB's limit in MB")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    return parser.parse_args()


def _city(folder: Path, size: str) -> tuple[Path, int]:
    """(plain lake of one city with every type at prevalence 0.05, its orders)."""
    import duckdb
    from cells import TOGETHER

    from chengxin import city
    from chengxin.facts import plain as reports

    lake = folder / "lake"
    if not lake.exists():
        types = tuple(type_ for types in TOGETHER for type_ in types)
        made = city.write(folder / "written", recipe=city.Recipe.of(size, seed=1, prevalence=0.05, types=types))
        reports.make(made.folder / "reports", lake)
    (count,) = duckdb.execute(f"SELECT count(DISTINCT \"order\") FROM '{lake}/order/*.parquet'").fetchall()[0]
    return lake, count


def _copied(source: Path, lake: Path, copies: int) -> Path:
    """The lake that holds the source so many times, each time under other pseudonyms."""
    import duckdb

    from chengxin.facts.kinds import REFERENCES, kinds

    if lake.exists():
        return lake
    with duckdb.connect() as connection:
        for name, kind in kinds().items():
            if not (source / name).exists():
                continue
            (lake / name).mkdir(parents=True)
            columns = {"fact", *(one.name for one in kind.columns if one.domain), *(REFERENCES.get(one.name) for one in kind.columns)} - {
                None
            }
            for copy in range(copies):
                mask = copy * STIR & TOKENS
                there = {row[0] for row in connection.execute(f"DESCRIBE FROM '{source}/{name}/*.parquet'").fetchall()}
                masked = ", ".join(f'xor("{one}", {mask}) AS "{one}"' for one in sorted(columns & there))
                rows = f"SELECT * REPLACE ({masked}) FROM '{source}/{name}/*.parquet'"
                connection.execute(f"COPY ({rows}) TO '{lake}/{name}/{copy:04d}.parquet' (COMPRESSION zstd, COMPRESSION_LEVEL 1)")
    return lake


def _in_a_process(lake: Path, given: argparse.Namespace) -> dict[str, Any]:
    command = [sys.executable, __file__, "--one", str(lake), "--memory", str(given.memory), "--detectors", *given.detectors]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, env=os.environ).stdout)


def _search(lake: Path, names: list[str], memory: int) -> dict[str, Any]:
    """Seconds of every detector, findings by hash, and the peak memory of this process."""
    import cells

    from chengxin.detection import grouping, plain, search

    _warm()
    told: dict[str, Any] = {}
    with plain.opened(lake, memory) as (connection, seen):
        window = search.window(seen.first, seen.last, None, None)
        (events,) = zip(*(connection.execute(f'SELECT count(*) FROM "{kind}"').fetchone() for kind in seen.files), strict=True)
        for one in search.choose(names):
            wall, processor = time.monotonic(), time.process_time()
            found, stopped = cells.looked(connection, [one], window)
            told[one.name] = {
                "wall": time.monotonic() - wall,
                "processor": time.process_time() - processor,
                "findings": len(found),
                "root": cells.root(grouping.digest(finding) for finding in found),
                "stopped": bool(stopped),
            }
            print(one.name, {name: value for name, value in told[one.name].items() if name != "root"}, file=sys.stderr, flush=True)
    return {"detectors": told, "events": sum(events), "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}


def _warm() -> None:
    """Load what is compiled, so that the smallest lake does not pay for it."""
    import cells

    from chengxin import city
    from chengxin.detection import search
    from chengxin.facts import plain as reports

    with tempfile.TemporaryDirectory() as folder:
        types = tuple(type_ for types in cells.TOGETHER for type_ in types)
        made = city.write(Path(folder, "city"), recipe=city.Recipe(events=24_000, days=60, chunks=1, seed=2, prevalence=0.1, types=types))
        reports.make(made.folder / "reports", Path(folder, "lake"))
        with cells.opened(Path(folder, "lake")) as (lake, window):
            cells.looked(lake, search.choose(()), window)


def table(told: dict[int, dict[str, Any]]) -> str:
    """Markdown: a line per detector, the dearest first, and one for all of them."""
    sizes = sorted(told)
    head = ["detector", *(f"{orders:,} orders: wall, processor s" for orders in sizes), "exponent", "findings"]
    names = sorted(told[sizes[-1]]["detectors"], key=lambda name: -told[sizes[-1]]["detectors"][name]["processor"])
    lines = [
        f"| {' | '.join(head)} |",
        f"|---{'|--:' * (len(head) - 1)}|",
        _line("all", [_sum(told[orders]["detectors"]) for orders in sizes], sizes),
    ]
    lines += [_line(name, [told[orders]["detectors"][name] for orders in sizes], sizes) for name in names]
    below = [f"{orders:,} orders: {told[orders]['events']:,} events, peak {told[orders]['peak_mb']:,} MB" for orders in sizes]
    return "\n".join([*lines, "", *below])


def _sum(detectors: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {name: sum(one[name] for one in detectors.values()) for name in ("wall", "processor", "findings")} | {"stopped": False}


def _line(name: str, runs: list[dict[str, Any]], sizes: list[int]) -> str:
    shown = [f"{one['wall']:.2f}, {one['processor']:.2f}" for one in runs]
    findings = f"{runs[-1]['findings']:,}{' (stopped)' if runs[-1]['stopped'] else ''}"
    return f"| {name} | {' | '.join(shown)} | {exponent(runs, sizes)} | {findings} |"


def exponent(runs: list[dict[str, Any]], sizes: list[int]) -> str:
    """b of processor time = a × orders^b, between the smallest and the largest lake."""
    least, most = runs[0]["processor"], runs[-1]["processor"]
    return "–" if len(sizes) < 2 or not least else f"{math.log(most / least) / math.log(sizes[-1] / sizes[0]):.2f}"


if __name__ == "__main__":
    sys.exit(main())
