"""Wakes the workers of this process at once when there is something to do; workers of other processes look every second."""

from __future__ import annotations

import threading

_something = threading.Event()


def wake() -> None:
    """There is work."""
    _something.set()


def wait(seconds: float) -> None:
    """Until there is work, at most this long."""
    if _something.wait(seconds):
        _something.clear()
