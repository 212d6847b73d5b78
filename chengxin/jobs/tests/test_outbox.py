"""Events reach their handlers at least once, and have their effect once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from chengxin.jobs import actions, outbox, queries
from chengxin.jobs.errors import NoSuchTarget, NotDead
from chengxin.jobs.models import Delivered, Failure, Outbox
from chengxin.jobs.target import backoff, resolve
from chengxin.jobs.tests import roads
from chengxin.kernel import clock


@pytest.fixture(autouse=True)
def road(settings: Any, db: None) -> Iterator[None]:
    settings.CHENGXIN_ROAD = "chengxin.jobs.tests.roads.ROAD"
    roads.seen.clear()
    roads.broken.clear()
    yield
    roads.broken.clear()


def emitted() -> Outbox:
    with transaction.atomic():
        return outbox.emit(roads.HAPPENED)


def later(seconds: int) -> Any:
    return clock.set_to(clock.now() + timedelta(seconds=seconds))


def test_an_event_comes_back_as_it_went() -> None:
    assert outbox.read(emitted()) == roads.HAPPENED


def test_handlers_run_in_the_order_of_the_road_and_their_events_too() -> None:
    emitted()
    assert outbox.deliver_all() == 3
    assert roads.seen == ["first", "second", "third 8"]
    assert set(Outbox.objects.values_list("state", flat=True)) == {"done"}


def test_a_road_may_be_a_list_of_pairs(settings: Any) -> None:
    settings.CHENGXIN_ROAD = "chengxin.jobs.tests.roads.PAIRS"
    emitted()
    assert outbox.deliver_all() == 1


def test_an_event_of_a_rolled_back_transaction_never_was() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.emit(roads.HAPPENED)
        raise ZeroDivisionError
    assert outbox.deliver_all() == 0


def test_only_frozen_dataclasses_are_events() -> None:
    with pytest.raises(TypeError, match="frozen"), transaction.atomic():
        outbox.emit(roads.Thawed(1))  # type: ignore[arg-type]


@pytest.mark.django_db(transaction=True)
def test_an_event_needs_a_transaction() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        outbox.emit(roads.HAPPENED)


def test_delivering_again_has_no_second_effect() -> None:
    row = emitted()
    outbox.deliver_all()
    Outbox.objects.update(state=Outbox.State.WAITING)  # as if the worker had died before it wrote "done"
    outbox.deliver_one(row.id)
    assert roads.effects("first") == roads.effects("second") == 1


def test_without_the_delivery_note_the_effect_would_double() -> None:
    """The twin: what Delivered protects from."""
    row = emitted()
    outbox.deliver_all()
    Delivered.objects.all().delete()
    Outbox.objects.update(state=Outbox.State.WAITING)
    outbox.deliver_one(row.id)
    assert roads.effects("first") == 2


def test_a_failing_handler_leaves_no_effect_and_does_not_hold_up_the_others() -> None:
    roads.broken.add("first")
    emitted()
    outbox.deliver_due()
    assert roads.effects("first") == 0
    assert roads.effects("second") == 1
    failure = Failure.objects.get()
    assert "first is broken" in failure.error
    assert failure.next_at > clock.now()


def test_a_failing_handler_is_tried_again_after_a_pause_and_then_no_more_than_needed() -> None:
    roads.broken.add("first")
    row = emitted()
    outbox.deliver_due()
    outbox.deliver_one(row.id)
    assert Failure.objects.get().attempts == 1  # the pause is not over
    roads.broken.clear()
    with later(6):
        outbox.deliver_due()
    assert roads.effects("first") == roads.effects("second") == 1
    assert not Failure.objects.exists()


def test_after_the_last_attempt_it_is_a_dead_letter_that_can_be_tried_anew() -> None:
    roads.broken.add("first")
    row = emitted()
    for attempt in range(outbox.MOST_ATTEMPTS):
        with later(4000 * (attempt + 1)):
            outbox.deliver_due()
    row.refresh_from_db()
    assert row.state == "dead"
    assert [letter.outbox_id for letter in queries.dead_letters()] == [row.id]
    roads.broken.clear()
    actions.retry_event(row)
    outbox.deliver_all()
    row.refresh_from_db()
    assert row.state == "done"
    assert roads.effects("first") == roads.effects("second") == 1
    with pytest.raises(NotDead):
        actions.retry_event(row)


def test_in_tests_a_handlers_error_is_raised() -> None:
    roads.broken.add("first")
    emitted()
    with pytest.raises(RuntimeError, match="first is broken"):
        outbox.deliver_all()


def test_an_event_whose_class_is_gone_becomes_a_dead_letter_not_a_crash() -> None:
    row = emitted()
    Outbox.objects.update(payload="{}")
    outbox.deliver_due()
    assert Failure.objects.filter(outbox=row).count() == 2


def test_a_road_that_leads_nowhere_is_named() -> None:
    assert outbox.check_road() == []
    with pytest.raises(NoSuchTarget):
        resolve("chengxin.jobs.tests.roads:nobody")


def test_pauses_grow_to_an_hour() -> None:
    assert [backoff(number) for number in (1, 2, 3, 20)] == [5, 10, 20, 3600]
