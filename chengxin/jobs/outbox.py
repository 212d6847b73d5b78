"""Events to handlers: at least once, their effect once, in the order they were emitted and of the road.

`emit` writes a row in the emitter's transaction. A worker (or `deliver_all` in tests) calls each handler with the event, in a transaction
that also writes `Delivered`; a failing handler is tried again with growing pauses and does not hold up the others; after MOST_ATTEMPTS it
is a dead letter. Handlers must be short; long work is a job that the handler enqueues.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import is_dataclass
from datetime import timedelta
from typing import Any

import msgspec
from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from chengxin.jobs import signal
from chengxin.jobs.models import Delivered, Failure, Outbox
from chengxin.jobs.target import backoff, path_of, resolve
from chengxin.kernel import clock
from chengxin.kernel.events import Event

MOST_ATTEMPTS = 8  # with the pauses of `backoff` about eleven minutes: longer than a database restart, shorter than an officer's patience

Handlers = Iterable[str | Callable[..., Any]]


def emit(event: Event) -> Outbox:
    """Put an event in the outbox, in the caller's transaction. TypeError when it is not a frozen dataclass."""
    kind = type(event)
    if not is_dataclass(kind) or not kind.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        raise TypeError(f"{kind.__name__} is not a frozen dataclass")
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an event is emitted in the transaction of what happened: use transaction.atomic()")
    row = Outbox.objects.create(event=path_of(kind), payload=msgspec.json.encode(event).decode())
    transaction.on_commit(signal.wake)
    return row


def road() -> dict[str, list[str]]:
    """The road of settings.CHENGXIN_ROAD as {event path: [handler paths]}; it may be a dict or a list of pairs, of classes or paths."""
    given: Mapping[Any, Handlers] | Iterable[tuple[Any, Handlers]] = import_string(settings.CHENGXIN_ROAD)
    pairs = given.items() if isinstance(given, Mapping) else given
    return {path_of(event): [path_of(handler) for handler in handlers] for event, handlers in pairs}


def deliver_all(*, strict: bool = True) -> int:
    """Deliver until nothing is due, events that handlers emit too; returns the number of handler calls that worked.

    strict (the default, for tests and commands): a handler's error is raised; otherwise it is noted for a later attempt.
    """
    made = 0
    while due := _due():
        made += sum(deliver_one(number, strict=strict) for number in due)
    return made


def deliver_due(limit: int = 100) -> int:
    """One round for a worker: events that are due now; errors are noted. Returns the number of events looked at."""
    due = _due(limit)
    for number in due:
        deliver_one(number)
    return len(due)


def deliver_one(number: int, *, strict: bool = False) -> int:
    """Give the event of this outbox row to each of its handlers that has not had it; returns how many took it."""
    path = Outbox.objects.values_list("event", flat=True).get(id=number)
    handlers = road().get(path, [])
    taken = sum(_hand_over(number, handler, strict) for handler in handlers)
    _settle(number, handlers)
    return taken


def _due(limit: int = 1000) -> list[int]:
    rows = Outbox.objects.filter(state=Outbox.State.WAITING, next_at__lte=clock.now())
    return list(rows.order_by("id").values_list("id", flat=True)[:limit])


def _hand_over(number: int, handler: str, strict: bool) -> int:
    """One handler, one event, one transaction. 0 when it was done before, is not due yet, or failed."""
    if Failure.objects.filter(outbox=number, handler=handler, dead=True).exists():
        return 0
    if not strict and Failure.objects.filter(outbox=number, handler=handler, next_at__gt=clock.now()).exists():
        return 0
    try:
        with transaction.atomic():
            row = Outbox.objects.select_for_update().get(id=number)
            _, fresh = Delivered.objects.get_or_create(outbox=row, handler=handler)
            if not fresh:
                return 0
            resolve(handler)(read(row))
            Failure.objects.filter(outbox=row, handler=handler).delete()
    except Exception as error:
        if strict:
            raise
        _note_failure(number, handler, error)
        return 0
    return 1


def read(row: Outbox) -> Any:
    """The event of an outbox row, an instance of its class."""
    return msgspec.json.decode(row.payload.encode(), type=resolve(row.event))


def _note_failure(number: int, handler: str, error: Exception) -> None:
    with transaction.atomic():
        Outbox.objects.select_for_update().get(id=number)
        failure, _ = Failure.objects.get_or_create(outbox_id=number, handler=handler, defaults={"next_at": clock.now()})
        failure.attempts += 1
        failure.error = "".join(traceback.format_exception(error))[-8000:]
        failure.next_at = clock.now() + timedelta(seconds=backoff(failure.attempts))
        failure.dead = failure.attempts >= MOST_ATTEMPTS
        failure.save()


def _settle(number: int, handlers: list[str]) -> None:
    """The row's state after a round: done, given up, or waiting for the earliest next attempt."""
    with transaction.atomic():
        row = Outbox.objects.select_for_update().get(id=number)
        done = set(Delivered.objects.filter(outbox=row).values_list("handler", flat=True))
        failures = {failure.handler: failure for failure in Failure.objects.filter(outbox=row)}
        open_ones = [failures.get(handler) for handler in handlers if handler not in done]
        alive = [failure for failure in open_ones if failure is None or not failure.dead]
        if not open_ones:
            row.state = Outbox.State.DONE
        elif not alive:
            row.state = Outbox.State.DEAD
        else:
            row.next_at = min(failure.next_at if failure else clock.now() for failure in alive)
        row.save(update_fields=["state", "next_at"])


def check_road() -> list[str]:
    """What is wrong with the road: events or handlers that do not exist. Empty when all is well."""
    from chengxin.jobs.errors import NoSuchTarget

    problems = []
    for event, handlers in road().items():
        for path in (event, *handlers):
            try:
                resolve(path)
            except NoSuchTarget:
                problems.append(path)
    return problems
