"""Events in: captured by a platform, a producer, a courier firm or the office; once each, in the log, never changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection, transaction

from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.kernel import clock, ids, vault
from chengxin.kernel.errors import Forbidden
from chengxin.kernel.locks import locked
from chengxin.traceability import contexts, documents, identifiers, preparing, storing
from chengxin.traceability.errors import Conflicting, DuplicateName, EpcisError, NotAllowed, NotValid, TooLong
from chengxin.traceability.models import (
    ACTIVE,
    OFFICE,
    PLATFORM,
    SUBJECT,
    CaptureJob,
    NamedQuery,
    Subscription,
    TraceContext,
    TraceEvent,
    TraceMaster,
    TraceName,
    TraceOwner,
)
from chengxin.traceability.preparing import Fault, Prepared

ROLLBACK, PROCEED = BEHAVIOURS = ("rollback", "proceed")
MOST_EVENTS = 20_000
MOST_BYTES = 32 * 1024 * 1024
CHUNK = 500
ROOM = "traceability"
CHILDREN = "children"  # as an attribute of master data: a place inside the place
ERRORS: dict[str, type[EpcisError]] = {one.exception: one for one in (Conflicting, NotAllowed, NotValid)}


# ---- who captures


def owner_of(actor: Actor, subject: UUID | None = None) -> TraceOwner:
    """Whose events they are: the client's code, the person's subject or platform, else the office. subject: on whose behalf, by the house's
    own rooms. Forbidden for who has none of these."""
    kind, code = (SUBJECT, str(subject)) if subject else _standing(actor)
    return TraceOwner.objects.get_or_create(kind=kind, code=code)[0]


def _standing(actor: Actor) -> tuple[str, str]:
    if actor.platforms:
        return PLATFORM, min(actor.platforms)
    if actor.has("officer", "reviewer", "head") or actor.is_system:
        return OFFICE, ""
    if actor.subjects:
        return SUBJECT, str(min(actor.subjects))
    raise Forbidden


# ---- capture


@preparing.uncollected()
def capture(events: list[dict[str, Any]], by: Actor, *, subject: UUID | None = None, context: Any = contexts.STANDARD) -> CaptureJob:
    """Store events at once, all or none; the finished job (`stored` are its new rows, `repeated` were known already).

    events: EPCIS 2.0 JSON, an event without @context has `context`; subject: whose they are, when a room captures for somebody.
    Raises NotValid, Conflicting or NotAllowed with the place of the first event that cannot be taken.
    """
    incoming = _checked(documents.Incoming(events, context, "", []))
    with transaction.atomic():
        job = _open(by, owner_of(by, subject), ROLLBACK, "application/ld+json", msgspec.json.encode(events))
        _run(job, incoming)
        if job.errors:
            first = job.errors[0]
            reason = f"event {first['event']}: {first['title']}"
            raise ERRORS[first["type"].removeprefix("epcisException:")](reason=reason, event=first["event"])
    return job


def id_of(event: dict[str, Any], context: Any) -> str:
    """The event's ID: its own, or its hash."""
    return preparing.prepare([event], contexts.text_of(context))[0][0].event_id


def accept(by: Actor, body: bytes, media: str, behaviour: str, owner: TraceOwner | None = None) -> CaptureJob:
    """Take a document for a worker to store (GET the job to see what became of it). Raises TooLong."""
    if len(body) > MOST_BYTES:
        raise TooLong(events=MOST_EVENTS, size=f"{MOST_BYTES >> 20} MiB")
    from chengxin import jobs

    with transaction.atomic():
        job = _open(by, owner or owner_of(by), behaviour, media, body)
        vault.keep(ROOM, job.number, body)
        title = {"zh": "写入追溯事件", "en": "Store traceability events"}
        jobs.enqueue("chengxin.traceability.tasks:run_capture", title=title, owner=by.id, key=f"trace:{job.number}", number=job.number)
    return job


@preparing.uncollected()
def store(by: Actor, body: bytes, media: str, behaviour: str) -> CaptureJob:
    """Take a document and store it at once, for a page whose reader waits. Raises TooLong."""
    if len(body) > MOST_BYTES:
        raise TooLong(events=MOST_EVENTS, size=f"{MOST_BYTES >> 20} MiB")
    checked = _looked_at(body, media)
    with transaction.atomic():
        return _settled(_open(by, owner_of(by), behaviour, media, body), checked)


def _open(by: Actor, owner: TraceOwner, behaviour: str, media: str, body: bytes) -> CaptureJob:
    return CaptureJob.objects.create(
        number=str(ids.new_id()),
        owner=owner,
        by=by.id,
        by_name=by.name,
        created_at=clock.now(),
        behaviour=behaviour,
        media=media,
        sha256=hashlib.sha256(body).hexdigest(),
    )


@preparing.uncollected()
def run(job: CaptureJob) -> CaptureJob:
    """Store what a job took; a job that has run is left as it is. What is wrong with the whole document ends the job as its one error."""
    if not job.running:
        return job
    checked = _looked_at(vault.read(ROOM, job.number), job.media)
    with transaction.atomic(), locked(storing.LOCK):
        job = CaptureJob.objects.select_for_update().select_related("owner").get(pk=job.pk)
        if job.running:  # else another worker was quicker
            _settled(job, checked)
    vault.path_of(ROOM, job.number).unlink(missing_ok=True)
    return job


def _looked_at(body: bytes, media: str) -> Checked | Fault:
    """What takes long comes before the transaction: on SQLite others wait from its beginning. A Fault for the document as a whole."""
    try:
        return _checked(read(body, media))
    except EpcisError as wrong:
        return Fault(-1, wrong.exception, wrong.said(wrong.why, "en"))


def _settled(job: CaptureJob, checked: Checked | Fault) -> CaptureJob:
    if isinstance(checked, Fault):
        _finish(job, 0, [], [checked])
    else:
        _run(job, checked)
    return job


def read(body: bytes, media: str) -> documents.Incoming:
    """A document of either form. Raises NotValid, or FileTooHard for XML that the jail stopped."""
    if "xml" not in media:
        return documents.read_json(body)
    from chengxin.traceability import xml_in

    return documents.take(xml_in.read(body))


@dataclass(frozen=True)
class Checked:
    """A document whose events were looked at one by one."""

    incoming: documents.Incoming
    context: str
    good: list[Prepared]
    faults: list[Fault]


def _checked(incoming: documents.Incoming) -> Checked:
    if len(incoming.events) > MOST_EVENTS:
        raise TooLong(events=MOST_EVENTS, size=f"{MOST_BYTES >> 20} MiB")
    context = contexts.text_of(incoming.context)
    return Checked(incoming, context, *preparing.prepare(incoming.events, context))


def _run(job: CaptureJob, checked: Checked) -> None:
    """In the caller's transaction: store, finish the job and leave the log entry."""
    incoming, context, good = checked.incoming, checked.context, checked.good
    job.envelope = incoming.envelope
    with locked(storing.LOCK):
        fresh, more = _sort(good, job.owner_id)
        faults = sorted([*checked.faults, *more], key=lambda one: one.place)
        if faults and job.behaviour == ROLLBACK:
            fresh, good = [], []
        job.repeated = len(good) - len(more) - len(fresh) if good else 0
        if fresh:
            _store(job, fresh, context)
        _keep_master(job, incoming.vocabularies if not faults or fresh else [])
        _finish(job, len(incoming.events), fresh, faults)


def _sort(good: list[Prepared], owner: int) -> tuple[list[Prepared], list[Fault]]:
    """The events that are new, and those that cannot stand beside what is known. The same event again is neither."""
    known = _known({one.event_id for one in good})
    fresh, faults = [], []
    for one in good:
        there = known.setdefault(one.event_id, [])
        wrong = _against(one, there, owner)
        if wrong:
            faults.append(wrong)
        elif (one.declaration, one.event_hash) not in [each[:2] for each in there]:
            fresh.append(one)
            there.append((one.declaration, one.event_hash, owner))
    return fresh, faults


def _against(one: Prepared, there: list[tuple[str, str, int]], owner: int) -> Fault | None:
    """An ID stands for one content; who says that an event was wrong is who said the event (EPCIS 2.0, 7.4.1.4)."""
    for _, digest, of in there:
        if digest != one.event_hash:
            return Fault(one.place, Conflicting.exception, f"eventID {one.event_id} stands for another event")
        if one.declaration and of != owner:
            return Fault(one.place, NotAllowed.exception, "errorDeclaration: only who captured an event declares its error")
    return None


def _known(wanted: set[str]) -> dict[str, list[tuple[str, str, int]]]:
    """event_id → (declaration, hash, owner) of what is stored."""
    found: dict[str, list[tuple[str, str, int]]] = {}
    names = sorted(wanted)
    sql = f"SELECT event_id, declaration, event_hash, owner_id FROM {TraceEvent._meta.db_table} WHERE event_id IN "  # noqa: S608 - our table
    with connection.cursor() as cursor:
        for first in range(0, len(names), CHUNK):
            some = names[first : first + CHUNK]
            cursor.execute(f"{sql}({', '.join(['%s'] * len(some))})", some)
            for event_id, declaration, digest, owner in cursor.fetchall():
                found.setdefault(event_id, []).append((declaration, digest, owner))
    return found


def _store(job: CaptureJob, fresh: list[Prepared], context: str) -> None:
    kept = TraceContext.objects.get_or_create(sha256=hashlib.sha256(context.encode()).hexdigest(), defaults={"body": context})[0]
    now, moment = storing.moment(clock.now()), storing.moment
    numbers = storing.numbers(len(fresh))
    events = [
        (
            *(number, one.event_id, one.event_hash, one.row.kind, one.row.action, moment(one.row.event_time), one.row.event_offset, now),
            *(one.row.biz_step, one.row.disposition, one.row.read_point, one.row.biz_location, kept.pk, one.document, job.owner_id),
            *(job.pk, one.place, moment(one.row.declared_at), one.row.declared_reason, one.declaration),
        )
        for number, one in zip(numbers, fresh, strict=True)
    ]
    paired = list(zip(numbers, fresh, strict=True))
    storing.put(
        events,
        _under((number, one.items) for number, one in paired),
        _under((number, one.parties) for number, one in paired),
        _under((number, one.fields) for number, one in paired),
    )


def _under(rows: Iterable[tuple[int, list[Any]]]) -> list[tuple[Any, ...]]:
    return [(number, *each) for number, many in rows for each in many]


def root_of(texts: Iterable[tuple[str, str]]) -> str:
    """SHA-256 over the hashes of context and document of each event in order: what the log knows of a job."""
    return hashlib.sha256(b"".join(hashlib.sha256(f"{context}\n{document}".encode()).digest() for context, document in texts)).hexdigest()


def _finish(job: CaptureJob, events: int, fresh: list[Prepared], faults: list[Fault]) -> None:
    job.events, job.accepted = events, len(fresh)
    job.errors = [one.as_problem() for one in faults]
    job.running, job.success, job.finished_at = False, not faults, clock.now()
    job.root = root_of((one.context, one.document) for one in fresh) if fresh else ""
    job.save()
    data = {"accepted": job.accepted, "repeated": job.repeated, "errors": len(faults), "body": job.sha256, "root": job.root}
    audit.record("traceability.captured", actor=job.by, object=f"traceability.job:{job.number}", data=data)
    if fresh:
        _wake_streams(job)


def _wake_streams(job: CaptureJob) -> None:
    """A round of sending soon after this commits, where a subscription waits for what is new; never in this transaction."""
    from chengxin import jobs

    if Subscription.objects.filter(stream=True, state=ACTIVE).exists():
        title = {"zh": "追溯订阅：推送新事件", "en": "Traceability: send new events to subscribers"}
        jobs.enqueue("chengxin.traceability.tasks:push", title=title, key=f"trace-push:{job.number}")


def _keep_master(job: CaptureJob, vocabularies: list[dict[str, Any]]) -> None:
    """Attributes of places, parties and classes from the document's header."""
    rows = [
        TraceMaster(
            job=job,
            vocabulary=vocabulary["type"],
            element=identifiers.key_of(element["id"]),
            attribute=contexts.expand(attribute["id"], {}),
            value=said if isinstance(said := attribute.get("attribute", ""), str) else msgspec.json.encode(said).decode(),
        )
        for vocabulary in vocabularies
        for element in vocabulary.get("vocabularyElementList", ())
        for attribute in element.get("attributes", ())
    ]
    rows += [
        TraceMaster(job=job, vocabulary=vocabulary["type"], element=identifiers.key_of(element["id"]), attribute=CHILDREN, value=key)
        for vocabulary in vocabularies
        for element in vocabulary.get("vocabularyElementList", ())
        for key in map(identifiers.key_of, element.get("children", ()))
    ]
    TraceMaster.objects.bulk_create(rows, batch_size=CHUNK)


# ---- whose names are whose


def name_party(officer: Actor, kind: str, code: str, uri: str) -> TraceName:
    """An officer found that a GLN or PGLN is a platform's or a subject's; from then on it reads the events that name it.

    Raises Conflicting when the name is another's."""
    key = identifiers.key_of(uri.strip())
    with transaction.atomic(), locked("traceability.names"):
        owner = TraceOwner.objects.get_or_create(kind=kind, code=code)[0]
        there = TraceName.objects.filter(key=key).first()
        if there is not None:
            if there.owner_id != owner.pk:
                raise Conflicting(reason=f"{key}: {there.owner}")
            return there
        made = TraceName.objects.create(owner=owner, key=key, by=officer.id, by_name=officer.name)
        audit.record(
            "traceability.named", actor=officer.id, object=f"traceability.owner:{owner.pk}", data={"key": key, "owner": str(owner)}
        )
    return made


# ---- queries under a name


def keep_query(by: Actor, name: str, query: Any) -> NamedQuery:
    """Keep a query, already read and found good, under a name of the sender's own. Raises DuplicateName when it is taken."""
    with transaction.atomic():
        made, fresh = NamedQuery.objects.get_or_create(owner=owner_of(by), name=name, defaults={"query": query})
        if not fresh:
            raise DuplicateName
        audit.record("traceability.query_kept", actor=by.id, object=f"traceability.query:{made.pk}", data={"name": name})
    return made


def drop_query(by: Actor, one: NamedQuery) -> None:
    """Forget a query, and end its subscriptions; it is asked under this name no longer."""
    from chengxin.traceability import subscribing

    with transaction.atomic():
        subscribing.unsubscribe_all(by, one)
        audit.record("traceability.query_dropped", actor=by.id, object=f"traceability.query:{one.pk}", data={"name": one.name})
        one.delete()
