"""Brushing on DuckDB and on Spark side by side: wall time, peak memory, processor time, ratios, and whether the findings are equal.

    python bench/spark/run.py --events 100000 300000 1000000

Each run is a process of its own. Memory is the sum over its processes of the most each held, processor time the sum of what each used, both
read from /proc ten times a second (Spark's Java is a child). Needs Linux, the extra `spark` and Java 17.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--events", type=int, nargs="+", default=[100_000, 300_000, 1_000_000])
    asked.add_argument("--detector", default="brushing")
    asked.add_argument("--memory", type=int, default=4096, metavar="MB")
    given = asked.parse_args()
    print("| events | engine | wall s | processor s | peak MB | findings | wall ratio | memory ratio | equal |")
    print("|--:|---|--:|--:|--:|--:|--:|--:|---|")
    for events in given.events:
        with tempfile.TemporaryDirectory(prefix="chengxin-bench-") as folder:
            lake = _lake(Path(folder), events)
            duck, spark = (_run(lake, engine, given.detector, given.memory) for engine in ("duckdb", "spark"))
        for name, one in (("DuckDB", duck), ("Spark local", spark)):
            ratios = f"{one['wall'] / duck['wall']:.1f} | {one['peak'] / duck['peak']:.1f}"
            equal = "yes" if one["hash"] == duck["hash"] else "NO"
            figures = f"{one['wall']:.1f} | {one['processor']:.1f} | {one['peak']:.0f} | {one['findings']}"
            print(f"| {events} | {name} | {figures} | {ratios} | {equal} |", flush=True)


def _lake(folder: Path, events: int) -> Path:
    """The fictional city's reports as a plain folder."""
    make = f"""import os; os.environ['CHENGXIN_DATA'] = {str(folder / "data")!r}; os.environ['CHENGXIN_DEMO'] = '1'
os.environ['DJANGO_SETTINGS_MODULE'] = 'chengxin.settings'
from pathlib import Path
from chengxin import city
from chengxin.city.sizes import Recipe
from chengxin.facts import plain
Path({str(folder / "data")!r}).mkdir()
made = city.write(Path({str(folder / "city")!r}), recipe=Recipe(events={events}, seed=1, prevalence=0.02, levels=(0, 1), chunks=1))
plain.make(made.folder / "reports", Path({str(folder / "lake")!r}))"""
    subprocess.run([sys.executable, "-c", make], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    return folder / "lake"


def _run(lake: Path, engine: str, detector: str, memory: int) -> dict[str, float | str]:
    """One run by the command line; start and shut-down count."""
    out = lake.parent / f"{engine}.parquet"
    words = ["detect", "--lake", str(lake), "--detector", detector, "--engine", engine, "--out", str(out), "--memory", str(memory)]
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "chengxin.cli", *words], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    most: dict[int, tuple[int, float]] = {}
    watch = threading.Thread(target=_watch, args=(process, most), daemon=True)
    watch.start()
    if process.wait():
        sys.exit(f"{engine} failed: python -m chengxin.cli {' '.join(words)}")
    watch.join()
    (rows,) = duckdb.sql(f"SELECT count(*) FROM '{out}'").fetchall()
    return {
        "wall": time.perf_counter() - begun,
        "processor": sum(used for _, used in most.values()),
        "peak": sum(held for held, _ in most.values()) / 1024,
        "findings": rows[0],
        "hash": hashlib.sha256(out.read_bytes()).hexdigest(),
    }


def _watch(process: subprocess.Popen[bytes], most: dict[int, tuple[int, float]]) -> None:
    """(the most it ever held in KB, seconds of processor time) of each process of the run."""
    while process.poll() is None:
        for pid in _family(process.pid):
            try:
                status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
                ticks = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            except OSError:
                continue
            held = [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")]
            used = (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")
            most[pid] = (max([most.get(pid, (0, 0.0))[0], *held]), used)
        time.sleep(0.1)


def _family(pid: int) -> list[int]:
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        try:
            waiting += map(int, Path(f"/proc/{found[-1]}/task/{found[-1]}/children").read_text(encoding="utf-8").split())
        except OSError:
            continue
    return found


if __name__ == "__main__":
    main()
