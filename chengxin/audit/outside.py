"""The heads kept outside the database: a file that whoever can rewrite the database still has to reach. One JSON string a line.

Written after the commit and flushed to disk; copies of it (backup, another department, print) are the cheapest witness there is.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from django.conf import settings

from chengxin.kernel import storage


def path() -> Path:
    """Where the file is."""
    return Path(settings.DATA_DIR) / "log-heads.jsonl"


def keep(note: str) -> None:
    """Append a signed head."""
    path().parent.mkdir(parents=True, exist_ok=True)
    fresh = not path().exists()
    with path().open("a", encoding="utf-8") as file:
        file.write(json.dumps(note, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())
    if fresh:
        storage.sync(path().parent)


def keep_once(note: str) -> None:
    """`keep` unless it is there: a full disk or a power cut between the commit and the file is made good by the next call."""
    if note not in kept():
        keep(note)


def kept() -> list[str]:
    """The signed heads, oldest first. A torn last line (power cut) is left out."""
    if not path().exists():
        return []
    notes = []
    for line in path().read_text(encoding="utf-8").splitlines():
        try:
            notes.append(str(json.loads(line)))
        except ValueError:
            continue
    return notes
