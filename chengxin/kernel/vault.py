"""Files kept encrypted under the data directory, <files>/<room>/<name>, each written before the row that names it commits.

The name is part of what is sealed, so that a file put in another's place does not open.
"""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings

from chengxin.kernel import encryption, storage


def keep(room: str, name: str, data: bytes) -> None:
    """Write a file once and flush it to disk; the same name again is overwritten only by the same act repeated."""
    path = path_of(room, name)
    if not path.parent.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for folder in (path.parent.parent, path.parent.parent.parent):
            storage.sync(folder)
    draft = path.with_suffix(".draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(encryption.seal(data, f"{room}/{name}"))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    storage.sync(path.parent)


def read(room: str, name: str) -> bytes:
    """The file's bytes. Raises Unreadable when it is gone, was altered or stands in for another."""
    path = path_of(room, name)
    if not path.exists():
        raise encryption.Unreadable(field=f"{room}/{name}")
    return encryption.unseal(path.read_bytes(), f"{room}/{name}")


def path_of(room: str, name: str) -> Path:
    """Where it lies. ValueError for a name with a path in it."""
    if not name or "/" in name or name.startswith("."):
        raise ValueError(f"{name!r} is no name of a file")
    return Path(settings.FILES_DIR) / room / name
