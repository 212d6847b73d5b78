"""Seconds of backup, second backup, reading and restore: python bench/restore/run.py FOLDER [GB [LOG ENTRIES]]

Makes a city of that size in FOLDER/house (needs three times the room), of lake files that do not compress and entries of the log, and goes
through the four commands as an operator does. One disk for all, so the figures are those of copying within it. Prints one JSON line.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

FILE = 16 << 20


def fill(size: int, entries: int) -> None:
    """Lake files with their manifest rows, and log entries, in the directory of CHENGXIN_DATA."""
    import hashlib
    from datetime import timedelta

    import django

    django.setup()
    from django.db import transaction

    from chengxin.audit import actions as audit
    from chengxin.facts import disk
    from chengxin.facts.models import Segment
    from chengxin.kernel import clock

    now, folder = clock.now(), disk.lake() / "order" / "bench"
    folder.mkdir(parents=True)
    for number in range(size // FILE):
        data = os.urandom(FILE)
        (folder / f"{number}.parquet").write_bytes(data)
        span = {"first_at": now, "last_at": now, "added_at": now, "expires_on": now.date() + timedelta(days=900)}
        about = {"kind": "order", "path": f"order/bench/{number}.parquet", "rows": 1, "bytes": FILE, "schema_version": 1}
        Segment.objects.create(**about, **span, sha256=hashlib.sha256(data).hexdigest(), oldest_batch="", newest_batch="")
    for first in range(0, entries, 1000):
        with transaction.atomic():
            some = range(first, min(first + 1000, entries))
            audit.record_many([audit.Entry("facts.batch.accepted", "system:bench", f"facts.batch:{one}", {"n": one}) for one in some])


def timed(*words: str, **environment: str) -> tuple[float, float]:
    """(seconds by the clock, seconds of processor): on a busy machine only the second says something."""
    begun, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", *words], check=True, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return round(time.monotonic() - begun, 1), round(processor, 1)


def main(folder: Path, gigabytes: float, entries: int) -> None:
    house, target, new = folder / "house", folder / "backups", folder / "new"
    for one in (target, new):
        shutil.rmtree(one, ignore_errors=True)
    house.mkdir(parents=True, exist_ok=True)  # one that `chengxin setup` made before serves too
    passphrase = folder / "passphrase"
    passphrase.write_text("for the bench only\n")
    here = {"CHENGXIN_DATA": str(house), "DJANGO_SETTINGS_MODULE": "chengxin.settings"}
    timed("chengxin.cli", "setup", **here)
    fill_words = [sys.executable, __file__, "--fill", str(int(gigabytes * 2**30)), str(entries)]
    subprocess.run(fill_words, check=True, env={**os.environ, **here})
    backup = ("chengxin.cli", "backup", str(target), "--passphrase-file", str(passphrase))
    took: dict[str, Any] = {"gb": gigabytes, "log_entries": entries}
    took["database_mb"] = (house / "chengxin.sqlite3").stat().st_size >> 20
    took["backup"], took["again"] = timed(*backup, **here), timed(*backup, **here)
    took["verify"] = timed("chengxin.cli", "backup", "--verify", str(target), **here)
    took["restore"] = timed("chengxin.cli", "restore", str(target), "--data", str(new), "--passphrase-file", str(passphrase))
    took["restore_minutes_per_10_gb"] = [round(one / 60 * 10 / gigabytes, 2) for one in took["restore"]]
    print(json.dumps(took))
    for one in (house, target, new):
        shutil.rmtree(one)


if __name__ == "__main__":
    if sys.argv[1] == "--fill":
        fill(int(sys.argv[2]), int(sys.argv[3]))
    else:
        asked = [*sys.argv[2:4], *("1", "100000")[len(sys.argv) - 2 :]]
        main(Path(sys.argv[1]).resolve(), float(asked[0]), int(asked[1]))
