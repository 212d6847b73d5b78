"""Two at once: one entry, one consent, one decision, one end; without the entry's lock two are written, which shows what it is for."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from chengxin.kernel import clock
from chengxin.kernel.tests.racing import meeting, needs_postgresql, needs_threads, together, tries
from chengxin.lists.actions import listing, repairing, unwinding
from chengxin.lists.models import ListEntry, RepairApplication, Step
from chengxin.lists.tests import cast as c
from chengxin.records.actions.steps import NUMBERS

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def who() -> c.Cast:
    needs_threads()
    with transaction.atomic():
        return c.cast()


def away() -> None:
    """What earlier tries left is off every list."""
    ListEntry.objects.filter(published_on=None, removed_why="").update(state="DROPPED")


def heard(who: c.Cast, n: int) -> ListEntry:
    """An entry whose arguments are answered: the department above may agree."""
    with transaction.atomic():
        away()
        entry = c.noticed(who, c.penalty(who, document_number=f"{n}号"), measures=[])
        listing.defend(who.merchant, entry.pk, ["其中 40 单不是本店的"])
        return listing.answer(who.officer, entry.pk, {1: (True, "核减 40 单，其余成立")})


def consent_twice(who: c.Cast, entry: ListEntry) -> tuple[list[str], int]:
    came = together(*(lambda: listing.consent(who.upper, entry.pk, True, "同意列入名单") for _ in range(2)))
    return came, Step.objects.filter(entry=entry, act="consent").count()


def decide_twice(who: c.Cast, entry: ListEntry) -> tuple[list[str], int]:
    came = together(*(lambda by=by: listing.decide(by, entry.pk, "决定列入名单") for by in (who.head, who.deputy)))
    return came, Step.objects.filter(entry=entry, act="decide").count()


def test_a_subject_is_proposed_once(who: c.Cast, request: pytest.FixtureRequest) -> None:
    for n in range(tries(request)):
        with transaction.atomic():
            away()
            records = [c.penalty(who, document_number=f"{n}-{k}号") for k in (1, 2)]
        came = together(*(lambda key=one.pk: listing.propose(who.officer, key, c.proposal(measures=[])) for one in records))
        assert sorted(came) == ["", "list_already"]
        assert ListEntry.objects.exclude(state="DROPPED").count() == 1


def test_it_is_agreed_to_once_and_decided_once(who: c.Cast, request: pytest.FixtureRequest) -> None:
    for n in range(tries(request)):
        entry = heard(who, n)
        came, consents = consent_twice(who, entry)
        assert (came.count(""), consents) == (1, 1)
        came, decisions = decide_twice(who, entry)
        assert (came.count(""), decisions) == (1, 1)
        with transaction.atomic():
            unwinding.revoke_of_record(entry.record.pk, "处罚被撤销")


def to_be_repaired(who: c.Cast, n: int) -> tuple[ListEntry, RepairApplication]:
    with clock.set_to(c.at(2026, 3, 10)), transaction.atomic():
        entry = c.published(who, c.penalty(who, document_number=f"{n}号"), measures=[])
    with clock.set_to(c.at(2027, 3, 10)), transaction.atomic():
        one = repairing.apply(who.merchant, entry, "已履行义务并整改", True)
        return entry, repairing.accept(who.officer, one.pk, True)


def repair_and_revoke(who: c.Cast, entry: ListEntry, one: RepairApplication) -> list[str]:
    def at_that_time(act: Any) -> Any:
        with clock.set_to(c.at(2027, 3, 11)):
            return act()

    return together(
        lambda: at_that_time(lambda: repairing.decide(who.head, one.pk, True, "准予修复")),
        lambda: at_that_time(lambda: unwinding.revoke_of_record(entry.record.pk, "处罚被撤销")),
    )


def test_a_repair_and_a_revocation_do_not_both_remove_it(who: c.Cast, request: pytest.FixtureRequest) -> None:
    for n in range(tries(request)):
        entry, one = to_be_repaired(who, n)
        repair_and_revoke(who, entry, one)
        assert Step.objects.filter(entry=entry, act="remove").count() == 1
        one.refresh_from_db()
        entry.refresh_from_db()
        assert (one.state, entry.removed_why) in (("GRANTED", "repaired"), ("ACCEPTED", "revoked"))
        if one.state == "ACCEPTED":
            with clock.set_to(c.at(2027, 3, 11)):
                repairing.decide(who.head, one.pk, False, "处罚已被撤销，无须修复")


# ---- the twin: both have read before either writes


def test_the_twin_without_the_entrys_lock_it_is_agreed_to_twice(who: c.Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_postgresql()
    entry = heard(who, 1)
    meeting(monkeypatch, "lists.entry:")
    assert consent_twice(who, entry) == (["", ""], 2)


def test_the_twin_without_the_entrys_lock_it_is_decided_twice(who: c.Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_postgresql()
    with transaction.atomic():
        entry = c.consented(who, measures=[])
    meeting(monkeypatch, "lists.entry:")
    assert decide_twice(who, entry) == (["", ""], 2)


def test_without_the_subjects_lock_the_database_still_refuses_the_second(who: c.Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_postgresql()
    with transaction.atomic():
        records = [c.penalty(who, document_number=f"{k}号") for k in (1, 2)]
    meeting(monkeypatch, "lists.subject:", before=NUMBERS)
    came = together(*(lambda key=one.pk: listing.propose(who.officer, key, c.proposal(measures=[])) for one in records))
    assert sorted(came) == ["", "list_already"]
