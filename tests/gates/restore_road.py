"""What the restore gate does inside a data directory, each in a process of its own, with CHENGXIN_DATA (and DATABASE_URL):

python -m tests.gates.restore_road begin            departments, people, a paper, an exhibit, batches, a witness
python -m tests.gates.restore_road write [ROWS]     a platform that reports without pause; a line for each receipt it was given
python -m tests.gates.restore_road once             one batch more, held in the write-ahead log until this process is told to end
python -m tests.gates.restore_road head             a head that the witness signs now, as text
python -m tests.gates.restore_road look             JSON: the receipts, the facts, and what the pages answer
python -m tests.gates.restore_road cp TARGET FILE   a backup whose database is copied by plain cp (the twin)
"""

from __future__ import annotations

import itertools
import json
import shutil
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PLATFORM = "shanhuo"
WITNESS, WITNESS_KEY = "witness.example/1", Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PAGES = ("/", "/log/", "/verify/", "/health/", "/api/v1/openapi.json")
DESK = ("/home/", "/officer/reports/")
COMPACT_EVERY = 6


def begin() -> None:
    from django.db import transaction

    from chengxin.audit import actions as audit
    from chengxin.audit import note
    from chengxin.documents import actions as documents
    from chengxin.documents.tests.people import ON, decision, desk
    from chengxin.evidence import actions as evidence
    from chengxin.subjects import actions as subjects

    with transaction.atomic():
        cast = desk()
    subjects.register_platform(PLATFORM, "山货集市", "system:gate")
    documents.issue(cast.officer, "penalty_45", decision(), department="SAMR", matter=cast.matter, on=ON)
    picture = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
    evidence.keep(cast.officer, cast.matter, "SAMR", "4", "截图", picture, content_type="image/png", about={"how": "手机拍摄"})
    audit.register_witness(WITNESS, note.raw(WITNESS_KEY.public_key()), actor="system:gate")
    for number in range(3):
        report(number, 20)


def report(number: int, rows: int) -> str:
    from chengxin.facts.actions import accept_batch
    from chengxin.facts.tests import sheets

    data = sheets.ndjson(sheets.orders(rows, first=1 + number * rows))
    return str(accept_batch(PLATFORM, "order", data, "ndjson", "system:gate").id)


def write(rows: int) -> None:
    """Batches, and the compaction that deletes files a backup may be about to copy."""
    from chengxin.facts import upkeep
    from chengxin.facts.models import Receipt
    from chengxin.kernel import clock

    for number in itertools.count(Receipt.objects.count() + 100):
        print(report(number, rows), flush=True)
        if number % COMPACT_EVERY == 0:
            upkeep.compact()
            upkeep.sweep_replaced(clock.now() + timedelta(days=8))


def once() -> None:
    from django.db import connection

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_autocheckpoint=0")
    print(report(90_000, 20), flush=True)
    sys.stdin.readline()


def head() -> None:
    from chengxin.audit import actions as audit
    from chengxin.audit import tree, witness
    from chengxin.kernel import clock

    kept = audit.sign_head()
    watch = witness.Watch(WITNESS, WITNESS_KEY, tree.log_keys()[0])
    line = watch.observe(kept.note, [], clock.now())
    audit.add_cosignature(kept.size, line)
    print(kept.note + line, end="")


def look() -> None:
    from chengxin.audit import queries as audit
    from chengxin.facts import lake, queries
    from chengxin.facts.models import Receipt

    with lake.connect(queries.snapshot(["order"]), memory_mb=256, threads=1) as connection:
        facts, distinct = connection.execute('SELECT count(*), count(DISTINCT fact) FROM "order"').fetchone()  # type: ignore[misc]
    found: dict[str, Any] = {"receipts": [str(one) for one in Receipt.objects.values_list("id", flat=True)], "facts": facts}
    accepted = sum(Receipt.objects.values_list("accepted", flat=True))
    print(json.dumps({**found, "distinct": distinct, "accepted": accepted, "size": audit.size(), **read()}))


def read() -> dict[str, Any]:
    """What people read of a restored city: the public doors, an officer's desk, a paper, an exhibit."""
    from django.test import Client

    from chengxin.accounts.models import User
    from chengxin.documents.models import Document
    from chengxin.evidence.models import Exhibit
    from chengxin.kernel import vault

    anyone, officer = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost")
    officer.force_login(User.objects.get(username="officer"), backend="django.contrib.auth.backends.ModelBackend")
    answers = {page: anyone.get(page).status_code for page in PAGES} | {page: officer.get(page, follow=True).status_code for page in DESK}
    paper, exhibit = Document.objects.get(), Exhibit.objects.get()
    files = [vault.read("documents", str(paper.pk))[:4].decode(), vault.read("evidence", str(exhibit.pk))[1:4].decode()]
    return {"answers": answers, "files": files, "day": date.today().isoformat()}


def cp(target: str, passphrase_file: str) -> None:
    from chengxin.cli import main
    from chengxin.keeping import databases

    def plain(source: Path, copy: Path, fixed: Any, tell: Any) -> None:
        fixed()
        shutil.copyfile(source, copy)

    with patch.object(databases, "copy_sqlite", plain):
        sys.exit(main(["backup", target, "--passphrase-file", passphrase_file]))


if __name__ == "__main__":
    import django

    django.setup()
    tasks = {"begin": begin, "once": once, "head": head, "look": look}
    if sys.argv[1] == "write":
        write(int(sys.argv[2]) if len(sys.argv) > 2 else 20)
    elif sys.argv[1] == "cp":
        cp(*sys.argv[2:])
    else:
        tasks[sys.argv[1]]()
