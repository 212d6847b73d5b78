"""Subscriptions to named queries (EPCIS 2.0, 8.2.5 and 12): made and ended by clients, paused and resumed by their people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from django.db import transaction
from django.db.models import Max

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.accounts.actor import of_client
from chengxin.accounts.models import PlatformClient
from chengxin.audit import actions as audit
from chengxin.evidence import fetching
from chengxin.evidence.errors import CaptureRefused
from chengxin.jobs import outbox
from chengxin.jobs.attempts import DEAD, WAITS
from chengxin.kernel import clock, ids
from chengxin.kernel.locks import locked
from chengxin.traceability import asking, schedules, wording
from chengxin.traceability.errors import NotAllowed, SubscribeNotPermitted, WrongControls, WrongParameter
from chengxin.traceability.events import SubscriptionBroken
from chengxin.traceability.models import (
    ACTIVE,
    BROKEN,
    FAULT,
    PAUSED,
    NamedQuery,
    Push,
    Subscription,
    TraceEvent,
)

LOCK = "traceability.subscriptions"
PRIVATE = False  # tests alone may send to the machine they run on
READS = "trace:read"
MOST_EACH = 20  # subscriptions of one owner
BATCH = 100  # events in one message, unless the query's perPage says another number
POLL_ONLY = ("eventCountLimit", "nextPageToken", "orderBy", "orderDirection")

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Controls(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """The body of a subscription, as the standard's OpenAPI has it. minRecordTime is the server's; sent back, it says where to begin."""

    dest: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
    signature_token: Annotated[str, msgspec.Meta(max_length=500)] | None = None
    schedule: dict[str, str | int] | None = None
    stream: bool | None = None
    report_if_empty: bool = False
    initial_record_time: Moment | None = None
    min_record_time: Moment | None = None


@dataclass(frozen=True)
class Wanted:
    """A subscription that can be kept. schedule: {} for a stream."""

    controls: Controls
    schedule: dict[str, str]
    epc_format: str

    @property
    def begins(self) -> datetime | None:
        return self.controls.initial_record_time or self.controls.min_record_time


def read(body: bytes, epc_format: str) -> Wanted:
    """Raises WrongControls with what is wrong, WrongParameter for a form of identifiers that there is not."""
    try:
        said = msgspec.json.decode(body, type=Controls)
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError) as cause:
        raise WrongControls(reason=str(cause)[:300]) from cause
    if epc_format and epc_format not in wording.EPC_FORMATS:
        raise WrongParameter(name="GS1-EPC-Format", reason=f"one of {', '.join(wording.EPC_FORMATS)}")
    if (said.schedule is None) == (said.stream is not True):
        raise WrongControls(reason="either schedule, or stream: true")
    if said.stream and said.report_if_empty:
        raise WrongControls(reason="reportIfEmpty: goes with a schedule")
    schedule = {name: str(value) for name, value in (said.schedule or {}).items()}
    try:
        if said.schedule is not None:
            schedules.after(schedule, clock.now())
    except schedules.WrongSchedule as cause:
        raise WrongControls(reason=f"schedule: {cause}") from cause
    return Wanted(said, schedule, epc_format)


# ---- made and ended


def subscribe(by: Actor, query: NamedQuery, wanted: Wanted) -> Subscription:
    """Send new events of a query to an address. Raises WrongControls for an address that is not https on a public host or for one
    subscription too many, SubscribeNotPermitted for a query that can only be polled."""
    if by.client is None:
        raise NotAllowed(reason="subscriptions are made by client programs")
    _permit(query)
    try:
        fetching.check_public(wanted.controls.dest, private=PRIVATE)
    except CaptureRefused as cause:
        raise WrongControls(reason=f"dest: {cause.data.get('reason_en', '')}") from cause
    with transaction.atomic(), locked(LOCK):
        if Subscription.objects.filter(query__owner=query.owner).count() >= MOST_EACH:
            raise WrongControls(reason=f"at most {MOST_EACH} subscriptions")
        made = Subscription.objects.create(query=query, client=by.client, by=by.id, by_name=by.name, **_columns(query, wanted))
        audit.record("traceability.subscribed", actor=by.id, object=_object(made), data={"number": made.number, "query": query.name})
    return made


def _permit(query: NamedQuery) -> None:
    found = sorted(name for name in query.query if name in POLL_ONLY)
    if found:
        raise SubscribeNotPermitted(names=", ".join(found))


def _columns(query: NamedQuery, wanted: Wanted) -> dict[str, Any]:
    now = clock.now()
    said, begins = wanted.controls, (wanted.begins or now).astimezone(UTC)
    cursor = _recorded_before(wanted.begins)
    return {
        "number": str(ids.new_id()),
        "dest": said.dest,
        "signed": bool(said.signature_token),
        "token": said.signature_token or "",
        "stream": not wanted.schedule,
        "schedule": wanted.schedule,
        "report_if_empty": said.report_if_empty,
        "epc_format": wanted.epc_format,
        "initial_record_time": begins,
        "min_record_time": begins,
        "batch": most_in_one(query),
        "cursor": cursor,
        "target": cursor,
        "next_at": schedules.after(wanted.schedule, now) if wanted.schedule else None,
        "created_at": now,
    }


def most_in_one(query: NamedQuery) -> int:
    """Events in one message: the query's perPage, or what is usual."""
    asked = query.query.get("perPage")
    return asking.read({"perPage": asked if isinstance(asked, list) else [asked]}).per_page if asked else BATCH


def _recorded_before(moment: datetime | None) -> int:
    """The last event recorded before a moment, or until now; 0 for none. One that a capture stores meanwhile has a higher id."""
    rows = TraceEvent.objects.filter(record_time__lt=moment) if moment else TraceEvent.objects.all()
    return int(rows.aggregate(last=Max("pk"))["last"] or 0)


def unsubscribe(by: Actor, one: Subscription) -> None:
    """End it; its token and its log of attempts go with it."""
    with transaction.atomic(), locked(LOCK):
        audit.record("traceability.unsubscribed", actor=by.id, object=_object(one), data={"number": one.number})
        Subscription.objects.filter(pk=one.pk).delete()


def unsubscribe_number(by: Actor, number: str) -> None:
    """End one of the actor's own. Raises NotFound."""
    unsubscribe(by, access.get(by, Subscription, number=number))


def unsubscribe_all(by: Actor, query: NamedQuery) -> None:
    """A query that is forgotten takes its subscriptions along."""
    for one in query.subscriptions.all():
        unsubscribe(by, one)


def _object(one: Subscription) -> str:
    return f"traceability.subscription:{one.pk}"


# ---- paused, resumed, broken


def pause(by: Actor, number: str) -> Subscription:
    """Send nothing until it is resumed; what comes meanwhile is sent then."""
    with transaction.atomic(), locked(LOCK):
        one = access.get(by, Subscription, number=number)
        if one.state == ACTIVE:
            Subscription.objects.filter(pk=one.pk).update(state=PAUSED)
            audit.record("traceability.subscription_paused", actor=by.id, object=_object(one), data={"number": number})
    return access.get(by, Subscription, number=number)


def resume(by: Actor, number: str) -> Subscription:
    """Go on where it stopped, first with what was given up. Raises NotAllowed when its client may not read events any more."""
    with transaction.atomic(), locked(LOCK):
        one = access.get(by, Subscription, number=number)
        if one.state == ACTIVE:
            return one
        if reader_of(one) is None:
            raise NotAllowed(reason=f"{READS}: {one.client.name}")
        if one.signed and not one.token:
            raise NotAllowed(reason="signatureToken: removed after its term; make a new subscription")
        given_up = one.pushes.filter(state=DEAD).exclude(kind=FAULT).order_by("-sequence").first()
        if given_up is not None and given_up.sequence == one.pushes.aggregate(last=Max("sequence"))["last"]:
            Push.objects.filter(pk=given_up.pk).update(state=WAITS, attempts=0, next_at=clock.now())
        next_at = schedules.after(one.schedule, clock.now()) if one.schedule else None
        Subscription.objects.filter(pk=one.pk).update(state=ACTIVE, why="", broken_at=None, next_at=next_at)
        audit.record("traceability.subscription_resumed", actor=by.id, object=_object(one), data={"number": number})
    return access.get(by, Subscription, number=number)


def break_off(one: Subscription, why: str) -> None:
    """In the caller's transaction: nothing is sent any more, and its people are told."""
    now = clock.now()
    if Subscription.objects.filter(pk=one.pk, state=ACTIVE).update(state=BROKEN, why=why, broken_at=now):
        audit.record("traceability.subscription_broken", actor="system:push", object=_object(one), data={"number": one.number, "why": why})
        outbox.emit(SubscriptionBroken(one.number, why, now.isoformat()))


def reader_of(one: Subscription) -> Actor | None:
    """As whom events are read for it: its client with the rights of now. None when the client is retired or may not read any more."""
    client = PlatformClient.objects.filter(pk=one.client_id, retired_at=None).first()
    if client is None or READS not in client.scopes or client.platform_code != one.query.owner.code:
        return None
    return of_client(client, frozenset(client.scopes))


def said_of(one: Subscription) -> dict[str, Any]:
    """As the standard describes it; never the token. `state` is ours."""
    times: Mapping[str, datetime | None] = {
        "createdAt": one.created_at,
        "lastNotifiedAt": one.notified_at,
        "initialRecordTime": one.initial_record_time,
        "minRecordTime": one.min_record_time,
    }
    when: dict[str, Any] = {"stream": True} if one.stream else {"schedule": one.schedule, "reportIfEmpty": one.report_if_empty}
    form = {"epcFormat": one.epc_format} if one.epc_format else {}
    named = {"subscriptionID": one.number, "queryName": one.query.name, "dest": one.dest}
    return {**named, **when, **form, **{name: at.isoformat() for name, at in times.items() if at}, "state": one.state.lower()}
