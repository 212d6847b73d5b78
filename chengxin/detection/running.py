"""Which runs are at work, and which were killed: a run holds a lock on a file for as long as its process lives."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from chengxin.detection import parts
from chengxin.detection.models import Run
from chengxin.kernel import clock

# What makes two runs the same run: with all of it equal, findings are equal bit for bit.
SAME = ("detectors", "parameters", "since", "until", "seed", "snapshot_root", "focus")


@contextmanager
def record(wanted: Run) -> Iterator[tuple[Run, bool]]:
    """(the run's record, whether it is one that was killed and is taken over). Other killed runs are closed as failed.

    The lock is held inside the block; what finished detectors left goes when the block ends, however it ends, except by a kill.
    """
    mine, held, adopted = wanted, None, False
    for dead, descriptor in _dead():
        if held is None and all(getattr(dead, name) == getattr(wanted, name) for name in SAME):
            mine, held, adopted = dead, descriptor, True
            continue
        _give_up(dead)
        _release(dead, descriptor)
    held = _lock(mine) if held is None else held
    assert held is not None, "a new id's lock is free"
    try:
        yield mine, adopted
    except Exception:
        parts.forget(folder(mine))
        raise
    else:
        parts.forget(folder(mine))
    finally:
        _release(mine, held)


def folder(run: Run) -> Path:
    """Where the run's finished detectors leave what they found."""
    return _home() / str(run.id)


def _home() -> Path:
    return Path(settings.DATA_DIR) / "detection"


def _dead() -> Iterator[tuple[Run, int]]:
    """Runs marked as running whose process is gone, each with its lock now in our hands."""
    for run in Run.objects.filter(state=Run.State.RUNNING).order_by("started_at"):
        descriptor = _lock(run)
        if descriptor is not None:
            run.refresh_from_db(fields=["state"])  # it may have ended between the look and the lock
            if run.state == Run.State.RUNNING:
                yield run, descriptor
            else:
                _release(run, descriptor)


def _lock(run: Run) -> int | None:
    _home().mkdir(parents=True, exist_ok=True)
    descriptor = os.open(_home() / f"{run.id}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _release(run: Run, descriptor: int) -> None:
    (_home() / f"{run.id}.lock").unlink(missing_ok=True)
    os.close(descriptor)


def _give_up(run: Run) -> None:
    parts.forget(folder(run))
    run.state, run.finished_at = Run.State.FAILED, clock.now()
    run.note_zh, run.note_en = (
        "运行被中断，数据已有变化，不再继续。",
        "It was killed, and the facts or the detectors have changed since; it will not go on.",
    )
    run.save(update_fields=["state", "note_zh", "note_en", "finished_at"])
