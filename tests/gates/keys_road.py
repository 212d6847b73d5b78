"""Encrypts everything anew with a new key in a process that its parent kills at any moment.

    python -m tests.gates.keys_road make MANY | ring | log | state

Runs in the data directory of CHENGXIN_DATA, whose tables are there.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

TEXT = "王示例的电话是10012345678，第{}行"
SLOW = float(os.environ.get("KEYS_SLOW", "0"))  # seconds between two batches, so that a kill falls between them


def make(many: int) -> dict[str, Any]:
    """Encrypted rows, some in a table that triggers keep and the log binds; sealed files; leaves."""
    from django.conf import settings
    from django.db import transaction

    from chengxin.accounts import actions as accounts
    from chengxin.audit import actions as audit
    from chengxin.kernel import clock, ids, vault
    from chengxin.marks.models import ImitationReport
    from tests.gates import keys_rows

    assert settings.DATA_DIR
    accounts.load_departments()
    now = clock.now()
    with transaction.atomic():
        rows = [keys_rows.imitation(number, TEXT.format(number), now) for number in range(many)]
        ImitationReport.objects.bulk_create(rows)
        for number in range(10):
            keys_rows.answer(TEXT.format(number), now)
            audit.record(
                "tests.keys.noted", actor="system:tests", object=f"tests:{number}", data={}, personal={"text": TEXT.format(number)}
            )
    for _ in range(20):
        vault.keep("evidence", str(ids.new_id()), TEXT.encode())
    return {}


def ring() -> dict[str, Any]:
    """A rotation, or the rest of one that was broken off: as the command does it."""
    from chengxin.persons import command, keys

    keys.BATCH = 25
    told = keys.encrypt_anew

    def slowly(progress: keys.Progress = lambda done, total: None) -> int:
        import time

        def wait(done: int, total: int) -> None:
            print("batch", flush=True)
            time.sleep(SLOW)
            progress(done, total)

        return told(wait)

    keys.encrypt_anew = slowly
    return {"code": command.keys("rotate", "ring", now=True)}


def log() -> dict[str, Any]:
    """The log's key, killed at the step that KEYS_KILL names: after the draft, after the list, after the entry."""
    from chengxin.persons import keys

    step = os.environ.get("KEYS_KILL", "")
    if step:
        _kill_at(step)
    old, new = keys.rotate_log("system:tests")
    return {"old": old, "new": new}


def _kill_at(step: str) -> None:
    """The process ends as by kill -9 when this function of the rotation was called."""
    from chengxin.audit import actions as audit
    from chengxin.kernel import encryption

    module: Any = {"draw": encryption, "keep_line": encryption, "sign_head": audit, "replace_file": encryption}[step]
    real = getattr(module, step)

    def deadly(*given: Any, **more: Any) -> None:
        real(*given, **more)
        os.kill(os.getpid(), 9)

    setattr(module, step, deadly)


def state() -> dict[str, Any]:
    """What lies under which key, whether everything opens, and every proof."""
    from pathlib import Path

    from django.conf import settings

    from chengxin.audit.models import PersonalPart
    from chengxin.consumers.models import Answer
    from chengxin.kernel import encryption, vault
    from chengxin.marks.models import ImitationReport
    from chengxin.persons import keys, proofs

    texts = [*ImitationReport.objects.values_list("statement", flat=True), *Answer.objects.values_list("text", flat=True)]
    files = [vault.read("evidence", path.name) for path in Path(settings.FILES_DIR).rglob("*") if path.is_file()]
    wrong = sum("10012345678" not in text for text in texts) + sum(TEXT.encode() != data for data in files)
    used = {key: sum(places.values()) for key, places in keys.usage().items()}
    many = len(texts) + len(files) + PersonalPart.objects.count()
    return {"wrong": wrong, "many": many, "used": used, "newest": encryption.newest(), "faults": proofs.faults()}


def main() -> int:
    import django

    django.setup()
    act, *rest = sys.argv[1:]
    done = make(int(rest[0])) if act == "make" else {"ring": ring, "log": log, "state": state}[act]()
    print(json.dumps(done))
    return 0


if __name__ == "__main__":
    sys.exit(main())
