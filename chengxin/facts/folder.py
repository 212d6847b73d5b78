"""A watched folder: inbox/<platform>/<kind>/<file> → done/ with its receipt, or errors/ with what was wrong."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

from chengxin.facts import importing
from chengxin.kernel import clock
from chengxin.kernel.errors import ChengxinError

QUIET_SECONDS = 2  # a file that still grew this recently may still be being copied
PAUSE_SECONDS = 2


def watch(folder: Path, *, once: bool = False, stop: threading.Event | None = None) -> int:
    """Import what lands in the folder until stopped; files that begin with a dot or end in .tmp are still being written. Returns how
    many."""
    stop = stop or threading.Event()
    count = 0
    while True:
        count += sum(_take(path, folder) for path in waiting(folder) if once or _quiet(path))
        if once or stop.wait(PAUSE_SECONDS):
            return count


def waiting(folder: Path) -> list[Path]:
    """The files in the inbox, oldest first."""
    found = [
        path for path in (folder / "inbox").glob("*/*/*") if path.is_file() and not path.name.startswith(".") and path.suffix != ".tmp"
    ]
    return sorted(found, key=lambda path: (path.stat().st_mtime, path.name))


def _quiet(path: Path) -> bool:
    return time.time() - path.stat().st_mtime > QUIET_SECONDS


def _take(path: Path, folder: Path) -> bool:
    platform, kind = path.parent.parent.name, path.parent.name
    try:
        done = importing.import_file(platform, kind, path, actor="system:folder")
    except ChengxinError as error:
        problem = json.dumps(error.problem(), ensure_ascii=False, default=str)
        _move(path, folder / "errors" / platform / kind, {"error.json": problem})
        return False
    _move(path, folder / "done" / platform / kind, _receipts([receipt.document for receipt in done.receipts]))
    return True


def _receipts(documents: list[str]) -> dict[str, str]:
    """One file per receipt, so that `chengxin verify` takes each as it lies there."""
    if len(documents) == 1:
        return {"receipt.json": documents[0]}
    return {f"receipt-{number:04d}.json": document for number, document in enumerate(documents, 1)}


def _move(path: Path, target: Path, said: dict[str, str]) -> None:
    """The answers (by ending) are written before the file moves: a crash between leaves the file in the inbox, and it is sent again to
    the same effect."""
    target.mkdir(parents=True, exist_ok=True)
    stamp = clock.now().strftime("%Y%m%dT%H%M%S%f")
    for ending, text in said.items():
        (target / f"{stamp}-{path.name}.{ending}").write_text(text, encoding="utf-8")
    path.rename(target / f"{stamp}-{path.name}")
