"""Two officers at once: a complaint is accepted, refused, ended or closed once; without its lock both are past every check."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from chengxin.consumers import actions
from chengxin.consumers.models import Complaint, ConsumerStep
from chengxin.consumers.tests import people
from chengxin.consumers.tests.people import DESK, Town
from chengxin.documents.models import Document
from chengxin.kernel import clock
from chengxin.kernel.tests.racing import meeting, needs_postgresql, needs_threads, together, tries
from chengxin.law import law

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Town:
    needs_threads()
    with transaction.atomic():
        return people.town()


def filed(cast: Town, *steps: Callable[[str], Any]) -> str:
    """The number of a complaint that went some steps."""
    made = actions.file(people.form(cast)).complaint
    assert made
    for step in steps:
        step(made.number)
    return made.number


def accept(cast: Town, who: str = "officer") -> Callable[[str], Any]:
    return lambda number: actions.accept(getattr(cast, who), number, DESK)


def refuse(cast: Town, who: str = "colleague") -> Callable[[str], Any]:
    return lambda number: actions.refuse(getattr(cast, who), number, "R2", "同一争议已由法院受理")


def end(cast: Town, who: str = "officer") -> Callable[[str], Any]:
    return lambda number: actions.end(getattr(cast, who), number, "T3", "双方对责任认识不一致")


def settle(cast: Town) -> Callable[[str], Any]:
    return lambda number: actions.settle(cast.officer, number)


def follow_up(cast: Town) -> Callable[[str], Any]:
    return lambda number: actions.follow_up(cast.officer, number)


def close(cast: Town, who: str = "officer") -> Callable[[str], Any]:
    def late(number: str) -> Any:
        days = law.at(clock.today()).value("complaint_confirm_days") + 1
        with clock.set_to(clock.now() + timedelta(days=days)):
            return actions.close(getattr(cast, who), number)

    return late


def twice(number: str, *acts: Callable[[str], Any]) -> list[str]:
    return together(*[lambda act=act: act(number) for act in acts])


def done(number: str, *names: str) -> int:
    return ConsumerStep.objects.filter(matter=Complaint.objects.get(number=number).pk, action__in=names).count()


def test_exactly_one_of_two_at_once_wins(cast: Town, request: pytest.FixtureRequest) -> None:
    for _ in range(tries(request)):
        number = filed(cast)
        assert twice(number, accept(cast), accept(cast, "colleague")).count("") == 1 == done(number, "accept")
        assert Document.objects.filter(matter_id=Complaint.objects.get(number=number).pk, form="complaint_05").count() == 1

        number = filed(cast)
        assert twice(number, accept(cast), refuse(cast)).count("") == 1 == done(number, "accept", "refuse")

        number = filed(cast, accept(cast))
        assert twice(number, end(cast), end(cast, "colleague")).count("") == 1 == done(number, "end")

        number = filed(cast, accept(cast), settle(cast), follow_up(cast))
        assert twice(number, close(cast), close(cast, "colleague")).count("") == 1 == done(number, "close")


def test_the_twin_without_the_complaints_lock_both_are_past_every_check(cast: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second is refused only by the database, where it writes the same place of the complaint's history."""
    needs_postgresql()
    number = filed(cast)
    meeting(monkeypatch, "consumers.complaint:")
    assert sorted(twice(number, accept(cast), refuse(cast))) == ["", "IntegrityError"]
