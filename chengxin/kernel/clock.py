"""The one clock. Nobody else asks the machine for the time, so tests and replays can set it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

CITY = ZoneInfo("Asia/Shanghai")

_set: ContextVar[datetime | None] = ContextVar("clock_set", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _set.get() or datetime.now(UTC)


def today() -> date:
    """The calendar day in the city; legal clocks count these days."""
    return now().astimezone(CITY).date()


def city_day(instant: datetime) -> date:
    """The city's calendar day of an aware instant."""
    return instant.astimezone(CITY).date()


@contextmanager
def set_to(instant: datetime) -> Iterator[None]:
    """Stop the clock at an aware instant inside the block (this thread or task only)."""
    if instant.tzinfo is None:
        raise ValueError("the clock is set with an aware datetime, e.g. datetime(2026, 4, 15, tzinfo=clock.CITY)")
    token = _set.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _set.reset(token)
