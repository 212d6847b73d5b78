"""Named locks that live as long as the transaction: advisory locks on PostgreSQL, the write lock of BEGIN IMMEDIATE on SQLite."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

ENABLED = True  # tests switch it off to show that the races they guard against are real
OFF: tuple[str, ...] = ()  # or only those whose names begin so: without every lock, one that is not in question would refuse the second


def on(name: str) -> bool:
    """Whether a lock is taken; whoever holds a row for the same reason asks too."""
    return ENABLED and not name.startswith(OFF)


def lock_number(name: str) -> int:
    """A signed 64-bit number for a lock's name."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Hold the named lock until the surrounding transaction ends. RuntimeError outside a transaction: the lock would be gone at once."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(f"the lock {name!r} needs transaction.atomic() around it")
    if on(name) and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock_number(name)])
    yield  # SQLite: settings open every transaction IMMEDIATE, so one writer is inside at a time
