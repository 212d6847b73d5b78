"""Files that are whole after a power cut: flushed, then named, then their folder flushed; and which files are kept."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

ROOTS = ("lake", "files", "models", "opendata", "uploads", "exchange", "law")
CHUNK = 1 << 20
# What is not yet, or is made again by itself: drafts, engines' spill, locks.
PASSING = ("lake/drafts/", "lake/temp/", "lake/writers", "opendata/making-")


def kept_files(data: Path) -> Iterator[str]:
    """The files of a data directory that a backup takes, as paths relative to it; keys, database and drafts are not among them."""
    for root in ROOTS:
        for folder, _, names in os.walk(data / root):
            for name in names:
                path = os.path.relpath(os.path.join(folder, name), data)
                if not path.startswith(PASSING) and not name.endswith(".draft"):
                    yield path


def copy(source: Path, target: Path) -> tuple[int, str]:
    """Copy and flush; returns (bytes, SHA-256 in hex) of what was written."""
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as read, os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as written:
        while chunk := read.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            written.write(chunk)
        written.flush()
        os.fsync(written.fileno())
    return size, digest.hexdigest()


def write(target: Path, data: bytes, mode: int = 0o600) -> None:
    """Write a new file and flush it."""
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def link(source: Path, target: Path) -> bool:
    """Give a file a second name; False where the file system has none, or the two are on different ones."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.hardlink_to(source)
    except FileExistsError:
        return True
    except OSError:
        return False
    return True


def flush(folder: Path) -> None:
    """fsync of a folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def flush_tree(folder: Path) -> None:
    """fsync of a folder and all folders in it: their files are flushed already."""
    for one, _, _ in os.walk(folder):
        flush(Path(one))


def put_in_place(draft: Path, final: Path) -> None:
    """A whole folder gets its name."""
    flush_tree(draft)
    draft.rename(final)
    flush(final.parent)


def room(path: Path) -> tuple[int, int]:
    """(free bytes, all bytes) of the disk of a path, or of its nearest parent that is there."""
    while not path.exists():
        path = path.parent
    usage = shutil.disk_usage(path)
    return usage.free, usage.total
