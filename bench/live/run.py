"""From a batch to a stored alert, beside the same bookkeeping done with upserts in DuckDB; and the memory built anew from Parquet.

    python bench/live/run.py [--events 1000000] [--batches 60] [--rate 20000] [--rebuild 1000000 10000000]

    flow      the product's road: accept_batch at --rate events/s (10,000 orders a batch) in one thread, the live path in another; the time
              from the acknowledged batch to the committed alerts, and the live path's own part of it (read, remember, look, commit)
    ours      the same files as DuckDB gets, read, remembered, looked at, and alerts committed durably, after --events events
    duckdb    the same in a DuckDB file: trades, ties and hours upserted, touched shops counted, alerts inserted, commit
    rebuild   the whole memory from Parquet files of 10,000 rows
Each in a process of its own. Peak: resident memory of the process with libraries.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT)]


def peak_mb() -> float:
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024


def told(times: list[float], **more: Any) -> dict[str, Any]:
    """Median and 99th percentile of seconds, in milliseconds."""
    ordered = sorted(times)
    return {"p50": 1e3 * statistics.median(ordered), "p99": 1e3 * ordered[int(0.99 * (len(ordered) - 1))], "peak": peak_mb()} | more


# -- the same bookkeeping, two ways ---------------------------------------------------------------------------------------------


def ours(folder: Path, events: int, batches: int) -> dict[str, Any]:
    """Files → memory → alerts in SQLite, synchronous=FULL."""
    import rows

    from chengxin.detection.live import kernels, reading
    from chengxin.detection.live.state import State
    from chengxin.detection.live.thresholds import watch

    card, files = watch(), rows.write(folder, events + batches * rows.BATCH)
    memory = State(card.limits, card.window_hours, card.most_trades)
    out = sqlite3.connect(Path(tempfile.mkdtemp(dir=folder)) / "alerts.sqlite3")
    out.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE alert (batch, shop, code, n)")
    times, stored = [], 0
    for number, (kind, path) in enumerate(files):
        began = time.perf_counter()
        shops = memory.feed(reading.read(kind, path, card.measures))
        counts = memory.look(shops)
        memory.wait(shops, card.patience(counts, kernels.COUNTS))
        found = card.crossed(shops, counts, kernels.COUNTS)
        out.executemany(
            "INSERT INTO alert VALUES (?, ?, ?, ?)", [(number, one.shop, one.threshold.code, one.numbers["n"]) for one in found]
        )
        out.commit()
        times.append(time.perf_counter() - began)
        stored += len(found)
    return told(times[-batches:], alerts=stored, state=memory.bytes / 1e6, trades=memory.trades)


SCHEMA = """
CREATE TABLE trade ("order" BIGINT PRIMARY KEY, minute INTEGER, ordered BOOLEAN, shop BIGINT, buyer BIGINT, device BIGINT, address BIGINT,
    payer BIGINT, waybill BIGINT, fast BOOLEAN, light BOOLEAN);
CREATE TABLE tie (thing BIGINT, buyer BIGINT, PRIMARY KEY (thing, buyer));
CREATE TABLE hour (shop BIGINT, hour INTEGER, n BIGINT, PRIMARY KEY (shop, hour));
CREATE TABLE alert (batch INTEGER, shop BIGINT, code VARCHAR, n BIGINT);
"""
UPSERTS = {
    "order": """
        INSERT INTO trade ("order", minute, ordered, shop, buyer, device, address, fast)
        SELECT "order", epoch(ordered_at)::BIGINT // 60, true, shop, buyer, device, address,
            epoch(ordered_at) - epoch(viewed_at) < 30 AND channel <> 'live' FROM batch
        ON CONFLICT DO UPDATE SET minute = excluded.minute, ordered = true, shop = excluded.shop, buyer = excluded.buyer,
            device = excluded.device, address = excluded.address, fast = excluded.fast;
        INSERT INTO hour SELECT shop, epoch(ordered_at)::BIGINT // 3600, count(*) FROM batch WHERE channel <> 'live' GROUP BY ALL
        ON CONFLICT DO UPDATE SET n = n + excluded.n;
        INSERT INTO tie SELECT DISTINCT device, buyer FROM batch ON CONFLICT DO NOTHING;
        INSERT INTO tie SELECT DISTINCT address, buyer FROM batch ON CONFLICT DO NOTHING
        """,
    "payment": """
        INSERT INTO trade ("order", minute, payer) SELECT "order", epoch(paid_at)::BIGINT // 60, payer FROM batch
        ON CONFLICT DO UPDATE SET payer = excluded.payer;
        INSERT INTO tie SELECT DISTINCT b.payer, t.buyer FROM batch b JOIN trade t USING ("order") WHERE t.buyer IS NOT NULL
        ON CONFLICT DO NOTHING
        """,
    "parcel": """
        INSERT INTO trade ("order", minute, shop, waybill, light)
        SELECT "order", epoch(collected_at)::BIGINT // 60, shop, parcel, weight_g < 50 FROM batch
        ON CONFLICT DO UPDATE SET waybill = excluded.waybill, light = excluded.light;
        INSERT INTO tie SELECT DISTINCT b.parcel, t.buyer FROM batch b JOIN trade t USING ("order") WHERE t.buyer IS NOT NULL
        ON CONFLICT DO NOTHING
        """,
}
LOOK = """
    INSERT INTO alert
    WITH touched AS (SELECT DISTINCT t.shop FROM batch b JOIN trade t USING ("order")),
    near AS (SELECT t.* FROM trade t SEMI JOIN touched USING (shop)),
    degree AS (SELECT thing, count(*) AS n FROM tie
        SEMI JOIN (SELECT device AS thing FROM near UNION SELECT address FROM near UNION SELECT payer FROM near) USING (thing)
        GROUP BY thing HAVING count(*) BETWEEN 3 AND 40),
    counted AS (SELECT shop, count(*) AS trades, sum(fast::INT) AS fast, count(d.n) AS device, count(a.n) AS address, count(p.n) AS payer,
        sum(((coalesce(fast, false) OR p.n IS NOT NULL) AND coalesce(fast, false)::INT + (d.n IS NOT NULL OR a.n IS NOT NULL)::INT
            + (p.n IS NOT NULL)::INT >= 2)::INT) AS doubtful
        FROM near LEFT JOIN degree d ON d.thing = device LEFT JOIN degree a ON a.thing = address LEFT JOIN degree p ON p.thing = payer
        GROUP BY shop)
    SELECT $number, shop, 'doubtful', doubtful FROM counted WHERE doubtful >= 5 AND doubtful >= 0.05 * trades
"""


def duckdb_peer(folder: Path, events: int, batches: int) -> dict[str, Any]:
    """The same files upserted into a DuckDB file; what the memory counts beyond this look (meetings, waybills, hours) is left out of it."""
    import duckdb
    import rows

    files = rows.write(folder, events + batches * rows.BATCH)
    store = duckdb.connect(str(Path(tempfile.mkdtemp(dir=folder)) / "live.duckdb"), config={"threads": 2, "memory_limit": "4GB"})
    store.execute(SCHEMA)
    times = []
    for number, (kind, path) in enumerate(files):
        began = time.perf_counter()
        store.execute("BEGIN")
        store.execute(f"CREATE OR REPLACE TEMP TABLE batch AS FROM read_parquet('{path}')")
        for statement in UPSERTS[kind].split(";\n"):
            store.execute(statement)
        if number >= len(files) - batches:
            store.execute(LOOK, {"number": number})
        store.execute("COMMIT")
        times.append(time.perf_counter() - began)
    return told(times[-batches:], alerts=store.execute("SELECT count(*) FROM alert").fetchone()[0])


def rebuild(folder: Path, events: int) -> dict[str, Any]:
    """Every file, read and remembered."""
    import rows

    from chengxin.detection.live import reading
    from chengxin.detection.live.state import State
    from chengxin.detection.live.thresholds import watch

    card, files = watch(), rows.write(folder, events)
    State(card.limits).feed(reading.read(*files[0], card.measures))  # compiled code is loaded
    began, before, memory = time.perf_counter(), time.process_time(), State(card.limits, card.window_hours, 20_000_000)
    memory.expect(rows.BATCH * sum(kind == "order" for kind, _ in files))
    for read in reading.ahead(files, card.measures):
        memory.feed(read)
    took, spent = time.perf_counter() - began, time.process_time() - before
    began = time.perf_counter()
    table = memory.table()
    return {
        "seconds": took,
        "processor_s": spent,
        "write_s": time.perf_counter() - began,
        "peak": peak_mb(),
        "state": memory.bytes / 1e6,
        "trades": table.num_rows,
    }


# -- the product's road ---------------------------------------------------------------------------------------------------------


def flow(folder: Path, events: int, batches: int, rate: int) -> dict[str, Any]:
    """accept_batch at a rate beside the live path, in one process as in `chengxin serve`'s worker; every batch's orders are new."""
    import django

    django.setup()
    import rows
    from django.core.management import call_command
    from django.db import connections, transaction

    from chengxin.detection.live import alerts, keeping, reading
    from chengxin.detection.live.thresholds import watch
    from chengxin.facts.actions import accept_batch
    from chengxin.subjects.models import Platform

    call_command("migrate", verbosity=0)
    platform = Platform.objects.create(code="bench", name="bench")
    sent = _reports(batches)
    with keeping.LOCK:
        kept = keeping.current()
        for kind, path in rows.write(folder, events):
            kept.state.feed(reading.read(kind, path, watch().measures))
    waiting: list[tuple[str, float]] = []
    accepted, latency, own = threading.Semaphore(0), [], []

    def watching() -> None:
        for number in range(batches):
            accepted.acquire()
            receipt, at = waiting[number]
            began = time.perf_counter()
            with transaction.atomic():
                alerts.take(receipt)
            done = time.perf_counter()
            latency.append(done - at)
            own.append(done - began)
        connections.close_all()

    watcher = threading.Thread(target=watching)
    watcher.start()
    intake, start = [], time.perf_counter()
    for number, body in enumerate(sent):
        time.sleep(max(0.0, start + number * 10_000 / rate - time.perf_counter()))
        began = time.perf_counter()
        receipt = accept_batch(platform, "order", body, "table", "system:bench")
        now = time.perf_counter()
        intake.append(now - began)
        waiting.append((str(receipt.id), now))
        accepted.release()
    watcher.join()
    reached = 10_000 * batches / (time.perf_counter() - start)
    from chengxin.detection.models import LiveAlert

    own_p50 = 1e3 * statistics.median(own[2:])
    return told(latency[2:], own_p50=own_p50, intake_p50=1e3 * statistics.median(intake), alerts=LiveAlert.objects.count(), rate=reached)


def _reports(batches: int) -> list[Any]:
    """Order reports as platforms send them, later than the files of rows.py; one order in 200 is of a ring."""
    import datetime
    from importlib.util import module_from_spec, spec_from_file_location

    import numpy as np
    import pyarrow as pa

    spec = spec_from_file_location("intake_rows", ROOT / "bench" / "intake" / "rows.py")
    reports = module_from_spec(spec)
    spec.loader.exec_module(reports)
    reports.START = datetime.datetime(2026, 11, 27, tzinfo=datetime.UTC)
    made = []
    for number in range(batches):
        table = reports.orders(10_000, first=number * 10_000)
        ring = np.random.default_rng(number).random(10_000) < 0.005
        for name, many in (("device", 20), ("shop_id", 8)):
            values = table[name].to_pylist()
            for place in np.flatnonzero(ring).tolist():
                values[place] = f"{name}-ring-{place % many}"
            table = table.set_column(table.column_names.index(name), name, pa.array(values, pa.string()))
        viewed = table["viewed_at"].to_numpy().copy()
        viewed[ring] = table["ordered_at"].to_numpy()[ring] - np.timedelta64(9, "s")
        made.append(table.set_column(table.column_names.index("viewed_at"), "viewed_at", pa.array(viewed, pa.timestamp("us", tz="UTC"))))
    return made


# -- printing -------------------------------------------------------------------------------------------------------------------


def one(folder: Path, *what: object) -> dict[str, Any]:
    """One measurement in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-live-") as data:
        environment = {**os.environ, "CHENGXIN_DATA": data, "DJANGO_SETTINGS_MODULE": "chengxin.settings", "CHENGXIN_DEMO": "1"}
        command = [sys.executable, str(Path(__file__)), "--folder", str(folder), "--one", *map(str, what)]
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr[-3000:])
        return json.loads(done.stdout.splitlines()[-1])


MEASURES: dict[str, Callable[..., dict[str, Any]]] = {"ours": ours, "duckdb": duckdb_peer, "rebuild": rebuild, "flow": flow}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--batches", type=int, default=60)
    parser.add_argument("--rate", type=int, default=20_000)
    parser.add_argument("--rebuild", type=int, nargs="*", default=[1_000_000, 10_000_000])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--one", nargs="+")
    given = parser.parse_args()
    if given.one:
        print(json.dumps(MEASURES[given.one[0]](given.folder, *map(int, given.one[1:]))))
        return
    with tempfile.TemporaryDirectory(prefix="bench-live-rows-") as name:
        table(given.folder or Path(name), given)


def table(folder: Path, given: argparse.Namespace) -> None:
    """Measure all and print each as it is done."""
    line = one(folder, "flow", given.events, given.batches, given.rate)
    print(f"accepted batch → stored alerts, {line['rate']:,.0f} events/s beside: p50 {line['p50']:.1f} ms, p99 {line['p99']:.1f} ms")
    print(f"  the live path's own part p50 {line['own_p50']:.1f} ms; intake p50 {line['intake_p50']:.1f} ms; {line['alerts']} alerts")
    print(f"  peak {line['peak']:,.0f} MB", flush=True)
    lines = {name: one(folder, name, given.events, given.batches) for name in ("ours", "duckdb")}
    for name, found in lines.items():
        ratio = lines["duckdb"]["p50"] / found["p50"]
        print(f"{name:8} a batch: p50 {found['p50']:.1f} ms, p99 {found['p99']:.1f} ms, peak {found['peak']:,.0f} MB, ratio {ratio:.1f}")
    print(f"  ours holds {lines['ours']['trades']:,} trades in {lines['ours']['state']:,.0f} MB", flush=True)
    for events in given.rebuild:
        made = one(folder, "rebuild", events)
        took = f"{made['seconds']:.2f} s, {made['processor_s']:.2f} s of processors"
        numbers = f"{took}, {made['trades']:,} trades in {made['state']:,.0f} MB, peak {made['peak']:,.0f} MB"
        print(f"rebuilt from {events:,} events: {numbers}; columns for a snapshot in {made['write_s']:.2f} s", flush=True)


if __name__ == "__main__":
    main()
