"""New events to subscribers, in the order they were recorded, at least once; exactly once where the receiver answers each message with 2xx.

A message is a row (Push) that says after which event and up to which one, made in the transaction that moves the subscription's cursor:
what a killed process did not send is still there. What stands in it is found when it is sent, with the rights of that moment. One message
of a subscription is under way at a time, so a receiver that fails holds up its own events and nobody else's.

The header GS1-Signature is base64 of HMAC-SHA-256 (RFC 2104) over the body with the client's signatureToken; without a token there is none.
Chengxin-Sequence numbers the messages of a subscription; one that comes again has the number it had.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import msgspec
from django.db import DatabaseError, transaction
from django.db.models import Max, Min, Q, QuerySet

from chengxin.accounts.access import Actor
from chengxin.evidence import fetching
from chengxin.jobs.attempts import DEAD, DONE, WAITS
from chengxin.kernel import clock
from chengxin.kernel.locks import locked
from chengxin.law import law
from chengxin.traceability import asking, contexts, documents, queries, schedules, subscribing, wording
from chengxin.traceability.errors import EpcisError, QueryFailed, TooMany
from chengxin.traceability.models import (
    ACTIVE,
    EMPTY,
    EVENTS,
    FAULT,
    QUERY,
    RECEIVER,
    RIGHT,
    TOO_LARGE,
    Push,
    Subscription,
    TraceEvent,
)
from chengxin.traceability.subscribing import LOCK, break_off, reader_of

log = logging.getLogger("chengxin.traceability")
SIGNATURE, SEQUENCE = "GS1-Signature", "Chengxin-Sequence"
TOO_LARGE_FOR_IT = 413
MOST_MESSAGES = 200  # to one subscriber in one round
BUSY = timedelta(seconds=60)  # how long one message may take; after that another worker may send it again
KEPT = 50  # messages that were taken, kept for the page
SOON = timedelta(seconds=60)


def push() -> int:
    """One round over all subscriptions; returns how many messages were taken."""
    taken = 0
    for number in Subscription.objects.filter(state=ACTIVE).values_list("pk", flat=True):
        with _alone(number) as one:
            if one is not None:
                taken += _round(one)
    return taken


def due_soon() -> datetime | None:
    """When something falls due within the next minute: then the job is asked for at that moment. None for nothing."""
    now = clock.now()
    active, within = Subscription.objects.filter(state=ACTIVE), {"next_at__gt": now, "next_at__lte": now + SOON}
    waiting = Push.objects.filter(state=WAITS, subscription__in=active, **within).aggregate(first=Min("next_at"))["first"]
    scheduled = active.filter(**within).aggregate(first=Min("next_at"))["first"]
    found: list[datetime] = [one for one in (waiting, scheduled) if one is not None]
    return min(found, default=None)


@contextmanager
def _alone(pk: int) -> Iterator[Subscription | None]:
    """The subscription, while nobody else sends for it; None while somebody does, or when it is gone."""
    now = clock.now()
    free = Subscription.objects.filter(pk=pk).filter(Q(busy_until=None) | Q(busy_until__lte=now))
    if not free.update(busy_until=now + BUSY):
        yield None
        return
    try:
        yield _fresh(pk)
    finally:
        Subscription.objects.filter(pk=pk).update(busy_until=None)


def _fresh(pk: int) -> Subscription | None:
    return Subscription.objects.select_related("query__owner", "client").filter(pk=pk).first()


def _round(one: Subscription) -> int:
    taken = 0
    for _ in range(MOST_MESSAGES):
        message = one.pushes.filter(state=WAITS).order_by("sequence").first() or _planned(one.pk)
        if message is None or message.next_at > clock.now() or not _sent(message):
            break
        taken += 1
    return taken


# ---- what is to be sent


def _planned(pk: int) -> Push | None:
    """The next message of a subscription, on record before it is sent; None when there is nothing."""
    with transaction.atomic(), locked(LOCK):
        one = _fresh(pk)
        if one is None or one.state != ACTIVE:
            return None
        reader = reader_of(one)
        if reader is None:
            break_off(one, RIGHT)
            return None
        try:
            made = _next(one, reader)
        except DatabaseError:
            raise
        except Exception:
            log.exception("traceability.subscription_query_failed")
            made = _message(one, FAULT, one.cursor)
        one.save(update_fields=["cursor", "target", "min_record_time", "next_at"])
        return made


def _next(one: Subscription, reader: Actor) -> Push | None:
    begins = one.cursor >= one.target
    if begins and not _begin(one):
        return None
    asked = _asked(one)
    found = matching(one, asked, reader, one.cursor, one.target)
    if begins and not one.stream:
        if asked.most is not None and found[: asked.most + 1].count() > asked.most:
            return _message(one, TOO_LARGE, one.target, asked.most)
        if one.report_if_empty and not found.exists():
            return _message(one, EMPTY, one.target)
    size = min(one.batch, asked.most) if one.stream and asked.most else one.batch
    numbers = list(found.values_list("pk", flat=True)[:size])
    if numbers:
        return _message(one, EVENTS, numbers[-1] if len(numbers) == size else one.target)
    one.cursor = one.target
    return None


def _begin(one: Subscription) -> bool:
    """Begin an execution of the query when it is time. Captures store under one lock that lasts until they commit, in the order of ids:
    what comes after the last event that is seen now has a higher id."""
    now = clock.now()
    last = max(int(TraceEvent.objects.aggregate(last=Max("pk"))["last"] or 0), one.cursor)
    if one.stream and last == one.cursor:
        return False
    if not one.stream:
        if one.next_at is None or one.next_at > now:
            return False
        one.next_at = schedules.after(one.schedule, now)
    one.min_record_time, one.target = now, last
    return True


def _asked(one: Subscription) -> asking.Asked:
    said = {name: value if isinstance(value, list) else [value] for name, value in one.query.query.items()}
    spaces = contexts.prefixes(contexts.text_of(said["@context"])) if "@context" in said else {}
    return asking.read(said, spaces)


def matching(one: Subscription, asked: asking.Asked, reader: Actor, after: int, upto: int) -> QuerySet[TraceEvent]:
    """What the query finds for the subscriber among the events after one id up to another, in the order of recording."""
    rows = queries.standing(reader).filter(asked.where, pk__gt=after, pk__lte=upto)
    return rows.filter(record_time__gte=one.initial_record_time).order_by("pk")


def _message(one: Subscription, kind: str, upto: int, most: int | None = None) -> Push:
    """Put a message on record and move the cursor; the caller saves the subscription in the same transaction."""
    last = int(one.pushes.aggregate(last=Max("sequence"))["last"] or 0)
    one.pushes.filter(state=DONE, sequence__lte=last - KEPT).delete()
    made = Push.objects.create(subscription=one, sequence=last + 1, kind=kind, after=one.cursor, upto=upto, most=most, next_at=clock.now())
    one.cursor = upto
    return made


# ---- sent


def _sent(message: Push) -> bool:
    """Send a message that is due; whether it was taken, or was too large and is to be sent in parts at once."""
    one = _fresh(message.subscription_id)
    if one is None or one.state != ACTIVE:
        return False
    Subscription.objects.filter(pk=one.pk).update(busy_until=clock.now() + BUSY)
    reader = reader_of(one)
    if reader is None:
        with transaction.atomic(), locked(LOCK):
            break_off(one, RIGHT)
        return False
    body, numbers = _written(one, message, reader)
    if body is None:
        return _settled(message, 200, "", [])
    status, error = fetching.post(one.dest, body, headers(one, message, body), private=subscribing.PRIVATE)
    return _settled(message, status, error, numbers)


def _written(one: Subscription, message: Push, reader: Actor) -> tuple[bytes | None, list[int]]:
    """The body and the ids of its events; None when there is nothing left to say."""
    if message.kind == TOO_LARGE:
        return _problem(TooMany(most=message.most)), []
    if message.kind == EVENTS:
        try:
            rows = list(matching(one, _asked(one), reader, message.after, message.upto))
            return (_document(one, rows) if rows else None), [row.pk for row in rows]
        except DatabaseError:
            raise
        except Exception:
            log.exception("traceability.subscription_query_failed")
            _turn_to_fault(message)
    return (_problem(QueryFailed()) if message.kind == FAULT else _document(one, [])), []


def _turn_to_fault(message: Push) -> None:
    """The query fails: say so instead of the events, which are planned anew when it is resumed."""
    with transaction.atomic(), locked(LOCK):
        Subscription.objects.filter(pk=message.subscription_id).update(cursor=message.after)
        message.kind, message.upto = FAULT, message.after
        message.save(update_fields=["kind", "upto"])


def _document(one: Subscription, rows: list[TraceEvent]) -> bytes:
    events, context = queries.contents(rows)
    said = documents.query_document(
        [wording.identified(event, one.epc_format) for event in events], context, clock.now().isoformat(), one.query.name
    )
    said["epcisBody"]["queryResults"]["subscriptionID"] = one.number
    return msgspec.json.encode(said)


def _problem(error: EpcisError) -> bytes:
    return msgspec.json.encode(error.problem(), enc_hook=str)


def headers(one: Subscription, message: Push, body: bytes) -> dict[str, str]:
    """What goes with a body. The media type is what the standard's callback has, for documents and problems alike."""
    said = {"Content-Type": "application/json", "GS1-EPCIS-Version": "2.0.0", SEQUENCE: str(message.sequence)}
    return {**said, SIGNATURE: sign(one.token, body)} if one.signed else said


def sign(token: str, body: bytes) -> str:
    """The header's value."""
    return base64.b64encode(hmac.new(token.encode(), body, hashlib.sha256).digest()).decode()


def _settled(message: Push, status: int, error: str, numbers: list[int]) -> bool:
    """Note what came of it, unless the subscription is gone meanwhile."""
    with transaction.atomic(), locked(LOCK):
        one = _fresh(message.subscription_id)
        if one is None or not Push.objects.filter(pk=message.pk).exists():
            return False
        message.events = len(numbers)
        if status == TOO_LARGE_FOR_IT and len(numbers) > 1:
            return _halve(one, message, numbers)
        message.settle(status, error, law.at(clock.today()).value("exchange_retries")["hook_attempts"])
        message.save()
        if message.state == DONE and status:
            grown = min(one.batch + 1, max(one.batch, subscribing.most_in_one(one.query)))
            Subscription.objects.filter(pk=one.pk).update(notified_at=clock.now(), batch=grown)
        if message.kind == FAULT and message.state != WAITS:
            break_off(one, QUERY)
        elif message.state == DEAD:
            break_off(one, RECEIVER)
    return message.state == DONE


def _halve(one: Subscription, message: Push, numbers: list[int]) -> bool:
    """The receiver cannot take so much at once: the first half now, the rest after it; what it takes lets messages grow again by one."""
    half = len(numbers) // 2
    message.upto = numbers[half - 1]
    message.save()
    Subscription.objects.filter(pk=one.pk).update(cursor=message.upto, batch=half)
    return True
