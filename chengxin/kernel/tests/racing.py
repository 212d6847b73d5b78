"""Several acts at the same moment, each in a thread with its own connection; and the twin in which one lock is replaced by a meeting."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections

from chengxin.kernel import locks
from chengxin.kernel.errors import ChengxinError

BY_DAY, BY_NIGHT = 1, 500
PATIENCE = 60.0  # seconds that a thread waits for the others; a thread that never comes is a failure, not a long wait


def tries(request: pytest.FixtureRequest) -> int:
    return BY_NIGHT if request.config.getoption("--nightly") else BY_DAY


def needs_threads() -> None:
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("threads need a database that they can open")


def needs_postgresql() -> None:
    """On SQLite a transaction begins with the write lock, so the second does not read before the first has written: there is no twin. Begun
    without it, the second's write would be refused because what it read is old."""
    if connection.vendor == "sqlite":
        pytest.skip("PostgreSQL only")


def together(*acts: Callable[[], Any]) -> list[str]:
    """All at the same moment; what each came to: "" or the code of its refusal."""
    start, came = threading.Barrier(len(acts)), [""] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            start.wait(PATIENCE)
            act()
        except ChengxinError as refusal:
            came[place] = refusal.code
        except DatabaseError as refusal:
            came[place] = type(refusal).__name__
        except threading.BrokenBarrierError:
            came[place] = "the others did not come"
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


def meeting(monkeypatch: pytest.MonkeyPatch, prefix: str, *, before: str = "") -> None:
    """Instead of the lock whose name begins so: each of two waits until the other has read too, once. They meet where the lock's block is
    left, or, when the work is done inside of it, where the lock named by `before` is asked for. All other locks hold, for without them the
    numbers of papers or the log would refuse the second, and nothing would be seen of this one."""
    held, met, mine = locks.locked, threading.Barrier(2), threading.local()

    def meet() -> None:
        if not getattr(mine, "met", False):
            mine.met = True
            met.wait(PATIENCE)

    @contextmanager
    def locked(name: str) -> Iterator[None]:
        if before and name.startswith(before):
            meet()
        with held(name):
            yield
        if not before and name.startswith(prefix):
            meet()

    monkeypatch.setattr(locks, "OFF", (prefix,))
    monkeypatch.setattr(locks, "locked", locked)
