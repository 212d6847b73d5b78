"""The log's figures: durable leaves a second (batches of 1,000 next to singly), proofs, the self-check, the offline verifiers.

    python bench/audit/run.py [--leaves 100000] [--singly 500]

A fresh database in a temporary folder with the product's own settings (SQLite: WAL, synchronous=FULL; or DATABASE_URL). Reads back what
was written and verifies every proof it times, so a fast wrong answer cannot count.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))


def prepare(folder: str) -> None:
    os.environ["CHENGXIN_DATA"] = folder
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chengxin.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", "audit", verbosity=0)


def leaves_per_second(count: int, batch: int) -> float:
    """Durable leaves a second: every batch is a committed transaction."""
    from django.db import transaction

    from chengxin.audit import actions

    began = time.perf_counter()
    for start in range(0, count, batch):
        entries = [
            actions.Entry("facts.batch.accepted", "client:7", f"facts.batch:{start + at}", {"rows": 1000, "kind": "order", "rejected": 0})
            for at in range(min(batch, count - start))
        ]
        with transaction.atomic():
            actions.record_many(entries)
    return count / (time.perf_counter() - began)


def milliseconds(what: Callable[[int], Any], times: int) -> tuple[float, float]:
    """(median, 99th percentile) of calls with 0, 1, 2 …"""
    taken = []
    for number in range(times):
        began = time.perf_counter()
        what(number)
        taken.append((time.perf_counter() - began) * 1000)
    taken.sort()
    return round(taken[len(taken) // 2], 3), round(taken[int(len(taken) * 0.99)], 3)


def proofs(size: int) -> dict[str, Any]:
    from chengxin.audit import merkle, queries
    from chengxin.audit.models import Leaf

    chance, root = random.Random(1), queries.head().root
    picked = [chance.randrange(size) for _ in range(500)]
    olds = [chance.randrange(1, size) for _ in range(200)]
    for index in picked[:50]:
        made = queries.proof(index)
        assert merkle.inclusion_holds(index, size, bytes(Leaf.objects.get(index=index).hash), made.hashes, root)
    for old in olds[:50]:
        assert merkle.consistency_holds(old, size, queries.root_at(old), root, queries.consistency(old, size))
    return {
        "inclusion_ms": milliseconds(lambda at: queries.proof(picked[at]), len(picked)),
        "consistency_ms": milliseconds(lambda at: queries.consistency(olds[at], size), len(olds)),
    }


def verifiers() -> dict[str, Any]:
    from django.db import transaction

    from chengxin.audit import actions, verify

    with transaction.atomic():
        receipt = json.dumps(actions.sign_document("facts.receipt", {"rows": 1000, "root": "ab" * 32})).encode()
    path = ROOT / "chengxin/audit/static/audit/verify_chengxin.py"
    spec = importlib.util.spec_from_file_location("verify_chengxin", path)
    assert spec and spec.loader
    single = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(single)
    assert verify.verify(receipt).good and single.verify(receipt)["code"] == "good"
    return {
        "verify_receipt_ms": milliseconds(lambda at: verify.verify(receipt), 200),
        "verify_receipt_single_file_ms": milliseconds(lambda at: single.verify(receipt), 100),
    }


def self_check() -> dict[str, Any]:
    from chengxin.audit import queries

    began = time.perf_counter()
    assert queries.self_check() == []
    return {"self_check_s": round(time.perf_counter() - began, 1)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--leaves", type=int, default=100_000)
    parser.add_argument("--singly", type=int, default=500)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        prepare(folder)
        from django.db import connection

        leaves_per_second(2_000, 1_000)  # warm up
        figures: dict[str, Any] = {
            "python": platform.python_version(),
            "cores": os.cpu_count(),
            "database": connection.vendor,
            "leaves": given.leaves,
            "leaves_per_second_in_batches_of_1000": round(leaves_per_second(given.leaves, 1_000)),
            "leaves_per_second_singly": round(leaves_per_second(given.singly, 1)),
        }
        size = 2_000 + given.leaves + given.singly
        figures |= proofs(size) | verifiers() | self_check()
        if connection.vendor == "sqlite":
            figures["database_bytes_a_leaf"] = round(Path(connection.settings_dict["NAME"]).stat().st_size / size)
            figures["processor_s"] = round(time.process_time(), 1)
    for name, value in figures.items():
        print(f"{name:40} {value}")


if __name__ == "__main__":
    main()
