"""Many writers at once make one log without gaps; without the lock they would collide, and even then none would be signed wrongly."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections, transaction

from chengxin.audit import actions, outside, queries, tree
from chengxin.audit.errors import LogUnwritable
from chengxin.kernel import locks

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS, EACH = 6, 20


@pytest.fixture(autouse=True)
def fresh() -> None:
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("threads need a database that they can open")
    tree._known_good[0] = ""
    outside.path().unlink(missing_ok=True)


def together(refused: list[str]) -> None:
    """All writers write at the same time."""
    start = threading.Barrier(WRITERS)

    def write(name: int) -> None:
        start.wait()
        for number in range(EACH):
            try:
                with transaction.atomic():
                    actions.record("audit.test.written", actor=f"user:{name}", object=f"audit.test:{number}", data={})
            except LogUnwritable as error:
                refused.append(str(error))
        connections.close_all()

    threads = [threading.Thread(target=write, args=(name,)) for name in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_writers_wait_for_each_other_and_every_leaf_has_its_place() -> None:
    refused: list[str] = []
    together(refused)
    assert refused == []
    assert queries.size() == WRITERS * EACH
    assert queries.self_check() == []


def test_without_the_lock_writers_collide_but_the_log_stays_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin; on SQLite BEGIN IMMEDIATE is the lock and cannot be switched off here."""
    if connection.vendor == "sqlite":
        pytest.skip("PostgreSQL only")
    monkeypatch.setattr(locks, "ENABLED", False)
    refused: list[str] = []
    together(refused)
    assert refused
    assert queries.size() == WRITERS * EACH - len(refused)
    assert queries.self_check() == []
