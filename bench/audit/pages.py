"""The pages that read the log, at many entries: milliseconds of each, as the public and as the audit administrator.

    python bench/audit/pages.py /some/folder [--leaves 10000000]

Fills the folder's database up to the number of entries (once; some seven minutes for ten million), then asks each page. One in twenty
entries is the read of personal data, so that the page of reads has something to leaf through.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from run import ROOT

sys.path.insert(0, str(ROOT))
BATCH, ASKED, READS = 2_000, 40, 20
PAGES = {
    "log, newest": "/log/",
    "log, an entry": "/log/{index}/",
    "log, one object": "/log/?object=facts.batch:{index}",
    "log, a page far back": "/log/?page={page}",
    "reads of personal data": "/log/reads/",
    "home": "/",
}


def fill(count: int) -> None:
    from django.db import transaction

    from chengxin.audit import actions
    from chengxin.audit.models import Leaf

    for there in range(Leaf.objects.count(), count, BATCH):
        entries = [
            actions.Entry("accounts.read", "user:7", f"records.record:{number % 5000}", {"purpose": "case", "fields": ["name"]})
            if number % READS == 0
            else actions.Entry("facts.batch.accepted", "client:7", f"facts.batch:{number}", {"rows": 1000, "kind": "order", "rejected": 0})
            for number in range(there, min(there + BATCH, count))
        ]
        with transaction.atomic():
            actions.record_many(entries)
        if there % 200_000 == 0:
            print(f"{there:,}", file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--leaves", type=int, default=10_000_000)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "CHENGXIN_DATA": str(given.folder),
        "DJANGO_SETTINGS_MODULE": "chengxin.settings",
        "CHENGXIN_SECOND_FACTOR": "0",
        "CHENGXIN_DEMO": "1",
    }
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    fill(given.leaves)

    from django.test import Client

    from chengxin.accounts import actions as accounts
    from chengxin.accounts.models import User

    accounts.load_departments()
    accounts.make_demo_people(departments=("SAMR",))
    chance, auditor = random.Random(5), Client(HTTP_HOST="localhost")
    auditor.force_login(User.objects.get(username="auditadmin"), backend="django.contrib.auth.backends.ModelBackend")
    for what, path in PAGES.items():
        taken = []
        for _ in range(ASKED):
            begun = time.perf_counter()
            answer = auditor.get(path.format(index=chance.randrange(given.leaves), page=chance.randrange(1, given.leaves // 50)))
            taken.append((time.perf_counter() - begun) * 1000)
        taken.sort()
        print(
            f"{what:<26} {answer.status_code}   median {taken[len(taken) // 2]:9.1f} ms   p95 {taken[int(len(taken) * 0.95)]:9.1f} ms",
            flush=True,
        )


if __name__ == "__main__":
    main()
