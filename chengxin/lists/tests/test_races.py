"""Two at once: one entry, one decision, one end; with the locks off two decisions are written, which shows what the locks are for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction

from chengxin.kernel import clock, locks
from chengxin.kernel.errors import ChengxinError
from chengxin.lists.actions import listing, repairing, unwinding
from chengxin.lists.models import ListEntry, RepairApplication, Step
from chengxin.lists.tests import cast as c

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def who() -> c.Cast:
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("threads need a database that they can open")
    with transaction.atomic():
        return c.cast()


def together(*acts: Callable[[], Any]) -> list[str]:
    """All at the same moment; what each came to: "" or the code of its refusal."""
    start, came = threading.Barrier(len(acts)), [""] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        start.wait()
        try:
            act()
        except ChengxinError as refusal:
            came[place] = refusal.code
        except DatabaseError as refusal:
            came[place] = type(refusal).__name__
        connections.close_all()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


def test_a_subject_is_proposed_once(who):
    with transaction.atomic():
        records = [c.penalty(who, document_number=f"{n}号") for n in (1, 2)]
    came = together(*(lambda key=one.pk: listing.propose(who.officer, key, c.proposal(measures=[])) for one in records))
    assert sorted(came) == ["", "list_already"]
    assert ListEntry.objects.count() == 1


def test_it_is_decided_once(who):
    with transaction.atomic():
        entry = c.consented(who, measures=[])
    came = together(*(lambda by=by: listing.decide(by, entry.pk, "决定列入名单") for by in (who.head, who.deputy)))
    assert came.count("") == 1
    assert Step.objects.filter(act="decide").count() == 1


def test_a_repair_and_an_end_do_not_both_remove_it(who):
    with clock.set_to(c.at(2026, 3, 10)), transaction.atomic():
        entry = c.published(who, measures=[])
    with clock.set_to(c.at(2027, 3, 10)), transaction.atomic():
        one = repairing.apply(who.merchant, entry, "已履行义务并整改", True)
        repairing.accept(who.officer, one.pk, True)

    def granted() -> None:
        with clock.set_to(c.at(2027, 3, 11)):
            repairing.decide(who.head, one.pk, True, "准予修复")

    def revoked() -> None:
        with clock.set_to(c.at(2027, 3, 11)):
            unwinding.revoke_of_record(entry.record.pk, "处罚被撤销")

    together(granted, revoked)
    assert Step.objects.filter(entry=entry, act="remove").count() == 1
    assert RepairApplication.objects.get().state in ("GRANTED", "ACCEPTED")


@pytest.mark.nightly  # whether two meet within ten tries is chance
def test_the_twin_without_locks_it_is_decided_twice(who, monkeypatch):
    """On SQLite the write lock of BEGIN IMMEDIATE is the lock and cannot be switched off here."""
    if connection.vendor == "sqlite":
        pytest.skip("PostgreSQL only")
    monkeypatch.setattr(locks, "ENABLED", False)
    wrong = 0
    for _ in range(10):
        with transaction.atomic():
            ListEntry.objects.exclude(state="DROPPED").update(state="DROPPED", published_on=None)
            entry = c.consented(who, c.penalty(who, document_number=f"{_}号"), measures=[])
        together(*(lambda by=by, key=entry.pk: listing.decide(by, key, "决定列入名单") for by in (who.head, who.deputy)))
        wrong += Step.objects.filter(entry=entry, act="decide").count() > 1
    assert wrong
