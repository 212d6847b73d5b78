"""Durable intake, end to end: validate, quarantine, dedupe, fsync, manifest, audit leaf, signed receipt. Peers do part of the work.

    python bench/intake/run.py [--events 1000000] [--runs 3]

Prints events per second, peak memory and ratio for batches of 10,000, 50,000 and 250,000 order rows (22 columns, 19 filled, 0.1 % bad) as
NDJSON and Parquet, with one sender and with two at once, beside:
  pydantic     row validation alone: no dedupe, no file, no receipt
  duckdb       read_json with try_cast, anti-join against known keys, Parquet file with fsync: loses broken lines, no reasons, no receipt
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT)]
SIZES = (10_000, 50_000, 250_000)
FORMATS = ("ndjson", "parquet")


def make(folder: Path, events: int) -> None:
    """The batches as files: <format>-<size>-<number>."""
    import rows

    for size in SIZES:
        for number in range(max(events // size, 2)):
            table = rows.orders(size, first=number * size)
            (folder / f"parquet-{size}-{number:04d}").write_bytes(rows.as_parquet(table))
            lines = rows.as_ndjson(table).split(b"\n")
            for place in range(0, size, 1000):
                lines[place] = lines[place].replace(b'"qty":', b'"qty":-')
            (folder / f"ndjson-{size}-{number:04d}").write_bytes(b"\n".join(lines))


def ours(folder: Path, format: str, size: int, senders: int) -> dict[str, float]:
    """accept_batch over all batches of a size, in a data directory of its own."""
    import django

    django.setup()
    from django.core.management import call_command

    from chengxin.facts.actions import accept_batch
    from chengxin.subjects.models import Platform

    call_command("migrate", verbosity=0)
    platform = Platform.objects.create(code="bench", name="bench")
    from django.db import transaction

    from chengxin.subjects.actions import note_shops_seen

    # Shops register before they trade (e-commerce law 27); a shop that nobody registered costs its first batch 0.3 ms.
    with transaction.atomic():
        note_shops_seen(platform, [f"S{number:06d}" for number in range(1, 4501)])
    paths = sorted(folder.glob(f"{format}-{size}-*"))
    bodies = [path.read_bytes() for path in paths]
    warm = sorted(folder.glob(f"{format}-10000-*"))[0].read_bytes()
    other = Platform.objects.create(code="warm", name="warm")
    accept_batch(other, "order", warm, format, "system:bench")

    def send(body: bytes) -> float:
        began = time.perf_counter()
        receipt = accept_batch(platform, "order", body, format, "system:bench")
        assert receipt.accepted + receipt.quarantined == size, receipt.document
        return time.perf_counter() - began

    started, cpu = time.perf_counter(), _cpu()
    with ThreadPoolExecutor(senders) as pool:
        waits = list(pool.map(send, bodies))
    took = time.perf_counter() - started
    events = size * len(bodies)
    return _line(events, took, _cpu() - cpu, statistics.median(waits))


def _cpu() -> float:
    return sum(resource.getrusage(resource.RUSAGE_SELF)[:2])


def _line(events: int, took: float, cpu: float, wait: float) -> dict[str, float]:
    status = Path("/proc/self/status").read_text()
    peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
    return {"rate": events / took, "cpu_us": 1e6 * cpu / events, "peak_mb": peak, "batch_ms": 1e3 * wait}


def pydantic_peer(folder: Path, size: int) -> dict[str, float]:
    """A model per row, errors collected; nothing else."""
    from datetime import datetime
    from decimal import Decimal

    from pydantic import BaseModel, Field, ValidationError

    class Order(BaseModel):
        order_no: str = Field(max_length=64)
        line_no: int = Field(1, ge=1, le=9999)
        shop_id: str = Field(max_length=64)
        buyer: str = Field(max_length=128)
        sku: str = Field(max_length=128)
        title: str | None = None
        category: str | None = None
        qty: int = Field(ge=1, le=1_000_000)
        list_price: Decimal | None = Field(None, ge=0, decimal_places=2)
        paid: Decimal = Field(ge=0, decimal_places=2)
        coupon: Decimal | None = Field(None, ge=0, decimal_places=2)
        ordered_at: datetime
        paid_at: datetime | None = None
        viewed_at: datetime | None = None
        dest_division: str | None = Field(None, pattern="^[0-9]{6}$")
        address: str | None = None
        device: str | None = None
        ip: str | None = None
        channel: str | None = Field(None, pattern="^(app|web|live|group|store)$")

    bodies = [path.read_bytes() for path in sorted(folder.glob(f"ndjson-{size}-*"))[:1]]
    started, cpu, bad = time.perf_counter(), _cpu(), 0
    for body in bodies:
        for line in body.split(b"\n"):
            try:
                Order.model_validate_json(line)
            except ValidationError:
                bad += 1
    took = time.perf_counter() - started
    assert bad == size // 1000 * len(bodies)
    return _line(size * len(bodies), took, _cpu() - cpu, took / len(bodies))


DUCK_READ = """
CREATE OR REPLACE TEMP TABLE batch AS SELECT order_no, try_cast(line_no AS BIGINT) AS line_no, shop_id, buyer, sku, title, category,
  try_cast(qty AS BIGINT) AS qty, try_cast(list_price AS DECIMAL(18, 2)) AS list_price, try_cast(paid AS DECIMAL(18, 2)) AS paid,
  try_cast(coupon AS DECIMAL(18, 2)) AS coupon, try_cast(ordered_at AS TIMESTAMPTZ) AS ordered_at,
  try_cast(paid_at AS TIMESTAMPTZ) AS paid_at, try_cast(viewed_at AS TIMESTAMPTZ) AS viewed_at, dest_division, address, device, ip, channel
FROM read_json('{path}', format = 'newline_delimited', ignore_errors = true, columns = {{{columns}}})
"""


def duckdb_peer(folder: Path, size: int) -> dict[str, float]:
    """Cast, anti-join, COPY to Parquet, fsync."""
    import duckdb

    words = DUCK_READ.replace(",", " ").replace("(", " ").split()
    known = "order_no line_no shop_id buyer sku title category qty list_price paid coupon ordered_at paid_at viewed_at dest_division"
    names = [*known.split(), "address", "device", "ip", "channel"]
    assert set(names) <= set(words)
    columns = ", ".join(f"{name}: 'VARCHAR'" for name in names)
    lake = duckdb.connect(str(Path(tempfile.mkdtemp()) / "keys.duckdb"), config={"threads": 2})
    lake.execute("CREATE TABLE known (order_no VARCHAR, line_no BIGINT)")
    out = Path(tempfile.mkdtemp())
    paths = sorted(folder.glob(f"ndjson-{size}-*"))
    started, cpu = time.perf_counter(), _cpu()
    for number, path in enumerate(paths):
        lake.execute(DUCK_READ.format(path=path, columns=columns))
        lake.execute("CREATE OR REPLACE TEMP TABLE fresh AS FROM batch WHERE qty >= 1 AND paid >= 0 AND ordered_at IS NOT NULL")
        lake.execute("CREATE OR REPLACE TEMP TABLE fresh2 AS SELECT f.* FROM fresh f ANTI JOIN known k USING (order_no, line_no)")
        target = out / f"{number}.parquet"
        lake.execute(f"COPY fresh2 TO '{target}' (COMPRESSION zstd)")
        lake.execute("INSERT INTO known SELECT order_no, line_no FROM fresh2")
        descriptor = os.open(target, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
    took = time.perf_counter() - started
    return _line(size * len(paths), took, _cpu() - cpu, took / len(paths))


def one(folder: Path, what: list[str]) -> dict[str, float]:
    """One measurement in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-intake-") as data:
        environment = {**os.environ, "CHENGXIN_DATA": data, "DJANGO_SETTINGS_MODULE": "chengxin.settings", "CHENGXIN_DEMO": "1"}
        command = [sys.executable, str(Path(__file__)), "--folder", str(folder), "--one", *what]
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr[-3000:])
        return json.loads(done.stdout.splitlines()[-1])


def median(folder: Path, what: list[str], runs: int) -> dict[str, float]:
    """The run of median rate."""
    found = sorted((one(folder, what) for _ in range(runs)), key=lambda line: line["rate"])
    return found[len(found) // 2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--one", nargs="+")
    given = parser.parse_args()
    if given.one:
        what, *rest = given.one
        measures = {"ours": lambda: ours(given.folder, rest[0], int(rest[1]), int(rest[2]))}
        measures |= {
            "pydantic": lambda: pydantic_peer(given.folder, int(rest[0])),
            "duckdb": lambda: duckdb_peer(given.folder, int(rest[0])),
        }
        print(json.dumps(measures[what]()))
        return
    with tempfile.TemporaryDirectory(prefix="bench-rows-") as name:
        folder = Path(name)
        make(folder, given.events)
        table(folder, given.runs)


def table(folder: Path, runs: int) -> None:
    """Measure all and print as each size is done."""
    print(f"{'what':34} {'batch':>8} {'events/s':>10} {'µs CPU':>7} {'ms/batch':>9} {'peak MB':>8} {'ratio':>6}")
    for size in SIZES:
        todo = {"pydantic (validation only)": ["pydantic", str(size)], "duckdb (no reasons, no receipt)": ["duckdb", str(size)]}
        for format in FORMATS:
            todo |= {f"ours, {format}, {senders} at once": ["ours", format, str(size), str(senders)] for senders in (1, 2)}
        lines = {name: median(folder, what, runs) for name, what in todo.items()}
        floor = lines["pydantic (validation only)"]["rate"]
        for name, line in lines.items():
            numbers = f"{line['rate']:10,.0f} {line['cpu_us']:7.2f} {line['batch_ms']:9.1f} {line['peak_mb']:8,.0f}"
            print(f"{name:34} {size:8,} {numbers} {line['rate'] / floor:6.2f}", flush=True)


if __name__ == "__main__":
    main()
