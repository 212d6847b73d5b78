"""The EPCIS repository with many events: capture in batches, look-ups at the end, and the reference's hash and schema beside ours.

    python bench/epcis/run.py --events 1000000            # SQLite in a temporary directory
    DATABASE_URL=postgres://… python bench/epcis/run.py   # an empty PostgreSQL database

Each batch goes the whole way of a capture job: JSON, validation, hash, rows of all tables, log entry, commit. `lot`: a lot at a place;
`full`: an item and a lot, two places, two parties, an order. Printed: events a second by the clock and by processor time, bytes an event,
p50 and p95 of source and destination look-ups through the query code in ms, peak memory, and how many events a second the reference
implementation hashes and the official schema validates. A quiet machine is needed for the clock's figures.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
STEPS = ("commissioning", "shipping", "receiving", "storing")
CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
LOOKUPS = 200


def lot(n: int) -> dict[str, Any]:
    """Every lot is made, sent, received and stored, by a hundred farms and a thousand places."""
    chain, step = divmod(n, len(STEPS))
    place = {"id": f"urn:epc:id:sgln:9521234.{(chain * 7 + step) % 1000:05d}.0"}
    return {
        "type": "ObjectEvent",
        "eventID": f"urn:uuid:00000000-0000-4000-8000-{n:012d}",
        "eventTime": f"2026-{1 + chain % 9:02d}-{1 + chain % 28:02d}T{(chain + step) % 24:02d}:{n % 60:02d}:{n // 60 % 60:02d}.000+08:00",
        "eventTimeZoneOffset": "+08:00",
        "action": "OBSERVE" if step else "ADD",
        "bizStep": STEPS[step],
        "disposition": "in_progress",
        "quantityList": [{"epcClass": f"urn:epc:class:lgtin:9521234.{chain % 1000:06d}.L{chain}", "quantity": 12.5, "uom": "KGM"}],
        "readPoint": place,
        "bizLocation": place,
    }


def full(n: int) -> dict[str, Any]:
    chain = n // len(STEPS)
    parties = [f"urn:epc:id:pgln:9521234.{(chain + place) % 700:05d}" for place in range(2)]
    return {
        **lot(n),
        "epcList": [f"urn:epc:id:sgtin:9521234.{chain % 1000:06d}.{n}"],
        "sourceList": [{"type": "owning_party", "source": parties[0]}],
        "destinationList": [{"type": "owning_party", "destination": parties[1]}],
        "bizTransactionList": [{"type": "po", "bizTransaction": f"urn:epcglobal:cbv:bt:9521234000008:PO{n // 10}"}],
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--batch", type=int, default=5_000)
    given = parser.parse_args()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"CHENGXIN_DATA": folder, "DJANGO_SETTINGS_MODULE": "chengxin.settings"}
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        capture(given.events, given.batch, Path(folder))
        look_up(given.events)
        beside()
    return 0


def capture(events: int, batch: int, folder: Path) -> None:
    from chengxin.accounts.access import system
    from chengxin.traceability import actions, documents

    who = system("bench")
    print("kind   events   a second   a processor second   bytes an event   peak MB")
    for kind, share in ((lot, 0.8), (full, 0.2)):
        count = max(batch, int(events * share) // batch * batch)
        first = 0 if kind is lot else 10**9
        clock = processor = 0.0
        before = _size(folder)
        for start in range(first, first + count, batch):
            body = json.dumps(documents.document([kind(n) for n in range(start, start + batch)], CONTEXT, "2026-01-01T00:00:00Z")).encode()
            at, used = time.perf_counter(), time.process_time()
            job = actions.store(who, body, "application/ld+json", "rollback")
            clock, processor = clock + time.perf_counter() - at, processor + time.process_time() - used
            assert job.accepted == batch, job.errors[:1]
        grown = (_size(folder) - before) / count
        print(f"{kind.__name__:5} {count:8} {count / clock:10.0f} {count / processor:20.0f} {grown:16.0f} {_peak():9.0f}")


def look_up(events: int) -> None:
    """Where a lot came from: its first event. Where it went: all its events; both as an officer and as a platform that is named nowhere."""
    from chengxin.accounts.access import Actor
    from chengxin.traceability import asking, queries

    chance = random.Random(5)
    chains = max(1, int(events * 0.8) // len(STEPS))
    officer = Actor(id="user:bench", roles=frozenset({"officer"}))
    stranger = Actor(id="client:bench", platforms=frozenset({"bench"}))
    print("look-up                     p50 ms   p95 ms")
    for name, actor, more in (
        ("source, officer", officer, {"orderBy": ["eventTime"], "eventCountLimit": ["1"]}),
        ("destination, officer", officer, {"orderBy": ["eventTime"], "orderDirection": ["DESC"]}),
        ("destination, a stranger", stranger, {}),
        ("a place by time, officer", officer, {"place": True}),
    ):
        took = []
        for _ in range(LOOKUPS):
            chain = chance.randrange(chains)
            if "place" in more:
                asked = asking.read(
                    {"EQ_bizLocation": [f"urn:epc:id:sgln:9521234.{chain % 1000:05d}.0"], "GE_eventTime": ["2026-03-01T00:00:00Z"]}
                )
            else:
                asked = asking.read({"MATCH_anyEPCClass": [f"urn:epc:class:lgtin:9521234.{chain % 1000:06d}.L{chain}"], **more})
            at = time.perf_counter()
            queries.contents(queries.page(actor, asked).rows)
            took.append((time.perf_counter() - at) * 1000)
        took.sort()
        print(f"{name:26} {took[LOOKUPS // 2]:8.1f} {took[int(LOOKUPS * 0.95)]:8.1f}")


def beside() -> None:
    """Events a processor second: our hash and check beside the reference implementation and the official schema, one thread each."""
    from chengxin.traceability import checking, hashing

    events = [full(n) for n in range(2 * 10**9, 2 * 10**9 + 1_000)]
    rates = {"our hash": _rate(lambda: [hashing.event_hash(one, {}) for one in events], len(events))}
    rates["our check"] = _rate(lambda: [checking.faults(one) for one in events], len(events))
    try:
        from epcis_event_hash_generator import hash_generator, json_to_py
    except ImportError:
        print("the reference implementation is not installed (requirements-test)")
    else:
        some = {"@context": [CONTEXT], "type": "EPCISDocument", "epcisBody": {"eventList": events[:100]}}
        rates["reference's hash"] = _rate(
            lambda: hash_generator.epcis_hashes_from_events(json_to_py.event_list_from_epcis_document_json(some)), 100
        )
    official = Path(os.environ.get("CHENGXIN_BENCH_DATA") or ROOT.parent / "shared" / "data") / "epcis2" / "EPCIS-JSON-Schema.json"
    if official.exists():
        import jsonschema_rs

        schema = json.loads(official.read_text())
        one = {"$schema": schema["$schema"], "definitions": schema["definitions"], "$ref": "#/definitions/EPCIS-Document-Event"}
        asked = jsonschema_rs.validator_for(one, validate_formats=True)
        rates["official schema, in Rust"] = _rate(lambda: [asked.is_valid(one) for one in events], len(events))
    for name, rate in rates.items():
        print(f"{name:26} {rate:10.0f} a processor second")


def _rate(act: Any, count: int) -> float:
    used = time.process_time()
    act()
    return float(count / (time.process_time() - used))


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("chengxin.sqlite3*"))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
