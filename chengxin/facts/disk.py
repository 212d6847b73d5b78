"""Files of the lake: written whole or not at all. tmp → fsync → rename → fsync folder; the manifest row publishes, never the file's
name."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

DRAFTS = "drafts"


def lake() -> Path:
    """The lake's folder."""
    return Path(settings.LAKE_DIR)


@contextmanager
def draft(name: str) -> Iterator[Path]:
    """A path to write a new file at; it moves to `lake()/name` when the block ends well, and is gone when it does not."""
    folder = lake() / DRAFTS
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{os.getpid()}-{secrets.token_hex(8)}"
    try:
        yield path
        publish(path, lake() / name)
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def writing() -> Iterator[None]:
    """Held (shared) by whoever writes files that a manifest row will name, so that recovery knows when nobody does."""
    lake().mkdir(parents=True, exist_ok=True)
    descriptor = os.open(lake() / "writers", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def nobody_writing() -> Iterator[bool]:
    """True inside when no process is writing; none can begin before the block ends."""
    lake().mkdir(parents=True, exist_ok=True)
    descriptor = os.open(lake() / "writers", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield _locked(descriptor)
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def publish(path: Path, target: Path) -> None:
    """Make the file and its name durable."""
    sync(path)
    if not target.parent.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        for folder in (target.parent.parent, lake()):
            sync(folder)
    path.rename(target)
    sync(target.parent)


def sync(path: Path) -> None:
    """fsync of a file or a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sha256(path: Path) -> str:
    """Hex digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
