"""Three questions and the chain checks over many captured events: processor time, p95, findings against what was planted.

    python bench/trace/run.py --events 1000000
    DATABASE_URL=postgres://… python bench/trace/run.py --events 1000000

Synthetic chains with planted faults (chengxin/products/tests/synthetic.py) are written into the tables of traceability as capture does.
Printed: rows, then for source, destination, custody and the events of a code the median and p95 in milliseconds of processor time (and of
the clock, for a quiet machine), then the check of everything: missed, invented, seconds of processor, peak memory.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
EVENTS_A_CHAIN = 13
TOGETHER = 20_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--seed", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=os.environ.get("CHENGXIN_BENCH", None)) as folder:
        os.environ |= {"CHENGXIN_DATA": folder, "DJANGO_SETTINGS_MODULE": "chengxin.settings"}
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        return _look(given.events, given.questions, given.seed)


def _look(events: int, questions: int, seed: int) -> int:
    from chengxin.products import chains, reading, routes
    from chengxin.products.tests import synthetic

    world = synthetic.world(events // EVENTS_A_CHAIN, seed, faulty=0.02)
    print(f"{len(world.events):,} events, {len(world.items):,} items, {len(world.parties):,} parties, {world.chains:,} chains")
    _store(world)
    keys = sorted({row["key"] for row in world.items})
    asked = random.Random(seed).sample(keys, questions)
    at = synthetic.AS_OF
    acts: dict[str, Callable[[str], Any]] = {
        "source": lambda key: routes.source([key]),
        "destination": lambda key: routes.destination([key]),
        "events": lambda key: routes.events_of([key]),
        "custody": lambda key: routes.custody([key], at),
    }
    print("question      processor ms: median    p95    clock ms: median    p95")
    for name, act in acts.items():
        _ask(name, act, asked)
    begun = time.process_time()
    day = at.date()
    given = reading.tables()
    given = reading.Tables(**{**vars(given), "packs": world.tables().packs})
    read = time.process_time()
    chain = reading.chain(given, day)
    report = chains.check(chain.moves, reading.limits(at, day))
    done = time.process_time()
    said = {(one.kind, chain.item(one.item), chain.party(one.party), chain.party(one.other)) for one in report.findings}
    missed, invented = len(world.expected - said), len(said - world.expected)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"checks: {len(world.expected)} planted, {missed} missed, {invented} invented")
    print(f"processor: {read - begun:.1f} s reading, {done - read:.1f} s checking")
    print(f"peak {peak} MB")
    return int(bool(missed or invented))


def _ask(name: str, act: Callable[[str], Any], keys: list[str]) -> None:
    taken = []
    for key in keys:
        before, clock = time.process_time(), time.perf_counter()
        act(key)
        taken.append(((time.process_time() - before) * 1000, (time.perf_counter() - clock) * 1000))
    used, passed = (sorted(column) for column in zip(*taken, strict=True))
    middle, late = len(keys) // 2, len(keys) * 95 // 100
    print(f"{name:12} {used[middle]:22.1f} {used[late]:6.1f} {passed[middle]:19.1f} {passed[late]:6.1f}")


def _store(world: Any) -> None:
    """The rows as capture leaves them, columns that no question reads left plain."""
    from chengxin.kernel import clock
    from chengxin.traceability.models import CaptureJob, TraceContext, TraceEvent, TraceItem, TraceOwner, TraceParty

    owner = TraceOwner.objects.create(kind="office", code="")
    now = clock.now()
    job = CaptureJob.objects.create(number="bench", owner=owner, by="system:bench", by_name="bench", created_at=now, sha256="0" * 64)
    context = TraceContext.objects.create(sha256="0" * 64, body="[]")
    same = {"record_time": now, "event_offset": "+08:00", "event_hash": "0" * 64, "document": "{}", "place": 0}
    same |= {"owner": owner, "job": job, "context": context}
    _many(
        TraceEvent,
        (
            TraceEvent(
                id=row["id"],
                event_id=f"urn:bench:{row['id']}",
                kind=row["kind"],
                action=row["action"],
                event_time=datetime.fromtimestamp(row["at"] / 1_000_000, UTC),
                biz_step=row["step"],
                disposition=row["disposition"],
                **same,
            )
            for row in world.events.values()
        ),
    )
    there = world.events
    _many(TraceItem, (TraceItem(event_id=row["event"], uri="", **_item(row)) for row in world.items if row["event"] in there))
    rows = (row for row in world.parties if row["event"] in there)
    _many(TraceParty, (TraceParty(event_id=row["event"], side=row["side"], type=row["type"], uri="", value=row["value"]) for row in rows))


def _item(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("role", "key", "gtin", "serial", "quantity", "unit")}


def _many(model: Any, rows: Any) -> None:
    some: list[Any] = []
    for row in rows:
        some.append(row)
        if len(some) == TOGETHER:
            model.objects.bulk_create(some)
            some = []
    model.objects.bulk_create(some)


if __name__ == "__main__":
    sys.exit(main())
