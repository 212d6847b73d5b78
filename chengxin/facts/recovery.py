"""At start-up: sweep what a crash left behind, and make the key runs whole. Nothing acknowledged depends on it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from django.db import transaction

from chengxin.facts import disk, kinds, known, upkeep
from chengxin.facts.models import KeyRun, Receipt, Segment
from chengxin.kernel.locks import locked

OLD_SECONDS = 24 * 3600  # while others write, only files older than any write could be are swept


def recover() -> int:
    """Remove drafts and files that no manifest row names, and rebuild damaged key runs. Returns how many files were removed."""
    with disk.nobody_writing() as quiet:
        removed = sum(_remove(path) for path in _orphans() if quiet or _age(path) > OLD_SECONDS)
    removed += sum(_remove(path) for path in (disk.lake() / "temp").glob("duckdb-*") if _age(path) > OLD_SECONDS)
    for kind in kinds.kinds():
        mend_runs(kind)
    return removed


def _orphans() -> Iterator[Path]:
    lake = disk.lake()
    named = set(Segment.objects.filter(dropped_at=None).values_list("path", flat=True))
    named |= set(KeyRun.objects.values_list("path", flat=True)) | set(
        Receipt.objects.exclude(errors_path="").values_list("errors_path", flat=True)
    )
    for folder in [lake / name for name in (*kinds.kinds(), "keys", "quarantine", disk.DRAFTS)]:
        for path in folder.rglob("*"):
            if path.is_file() and str(path.relative_to(lake)) not in named:
                yield path


def _remove(path: Path) -> bool:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
    return True


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0


def mend_runs(kind: str) -> bool:
    """Rebuild the key runs of a kind when one is missing or damaged; whether it was needed."""
    try:
        known.check(known.runs(kind))
    except known.RunMissing:
        with transaction.atomic(), locked(f"facts.{kind}"):
            upkeep.rebuild_runs(kind)
        return True
    return False
