"""The folders shared with the upper platform (GB/T 39443-2020, file exchange): out, receipts, in, published; taken files go to done or bad.

A file appears whole or not at all: it is written under another name, flushed to disk and renamed.
"""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings

OUT, RECEIPTS, INCOMING, SHOWN, DONE, BAD = FOLDERS = ("out", "receipts", "in", "published", "done", "bad")
DRAFT = ".part"


def home() -> Path:
    """The folder that is mounted or synchronised with the upper platform."""
    return Path(settings.EXCHANGE_DIR)


def folder(name: str) -> Path:
    """One of FOLDERS, made when it is not there."""
    path = home() / name
    path.mkdir(parents=True, exist_ok=True)
    return path


def drop(path: Path, data: bytes) -> None:
    """Write a file atomically; the same name again replaces it."""
    draft = path.with_name(path.name + DRAFT)
    with draft.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    _flush(path.parent)


def waiting(name: str) -> list[Path]:
    """Whole files of a folder, by name. Links and folders are left alone."""
    found = [path for path in folder(name).iterdir() if path.suffix != DRAFT and not path.name.startswith(".")]
    return sorted(path for path in found if path.is_file() and not path.is_symlink())


def put_away(path: Path, where: str = DONE) -> None:
    """Move a file that was taken (or could not be read); done again after a crash it does the same."""
    if path.exists():
        path.replace(folder(where) / path.name)
        _flush(path.parent)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
