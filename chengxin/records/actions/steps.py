"""What all acts on the file share: putting a record on it, ending one, numbers, reads. Callers hold the transaction."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model

from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.audit import rows
from chengxin.kernel import clock, ids, locks
from chengxin.records import catalogue, publicity
from chengxin.records.errors import AlreadyEnded
from chengxin.records.models import Record, RecordEnd
from chengxin.subjects.models import Subject

LEAST_REASON = 4  # characters; four Chinese characters can give a reason, fewer say nothing
NUMBERS = "records.numbers"

Named = tuple[str, str]  # the log's name of a person, and the one people read


def named(actor: Actor) -> Named:
    return str(actor), actor.name


def roles_in(actor: Actor, department: str, roles: tuple[str, ...]) -> set[str]:
    """The roles the actor holds in a department itself: being head elsewhere gives nothing here."""
    return {role for role in roles if department in actor.departments_as(role)}


def next_number(model: type[Model], kind: str, day: date) -> str:
    """The day's next number of this kind; lock records.numbers is held."""
    start = f"{kind}{settings.CITY_DIVISION}{day:%Y%m%d}"
    made = model._default_manager.filter(number__startswith=start).count()
    return ids.our_number(kind, settings.CITY_DIVISION, day, made + 1)


def do_put(subject: Subject, content: dict[str, Any], department: str, by: Named, confirmed: Named, supersedes: Record | None) -> Record:
    """Put a record on the file. Publication follows from the law of the day of decision and the confirmation, which is this act."""
    with locks.locked(NUMBERS):
        item = catalogue.item(content["item"], content["decided_on"])
        term = catalogue.term_on(content["term"], content["decided_on"])
        allowed = publicity.may_be_public(item, content["term"], content["decided_on"]).allowed
        first = supersedes.published_on if supersedes else None  # a correction does not begin the term anew
        record = Record(
            number=next_number(Record, "CR", clock.today()),
            subject=subject,
            kind=item.kind,
            origin=item.origin,
            level=(term.level or "") if term else "",
            department=department,
            published_on=(first or clock.today()) if allowed else None,
            known_from=clock.now(),
            supersedes=supersedes,
            entered_by=by[0],
            entered_by_name=by[1],
            confirmed_by=confirmed[0],
            confirmed_by_name=confirmed[1],
            **content,
        )
        return rows.put(record, "records.record.confirmed", actor=confirmed[0], object=f"records.record:{record.id}", data=told(record))


def told(record: Record) -> dict[str, Any]:
    """What the log's entry says of a record: enough to prove it, nothing of its free text."""
    return {
        "number": record.number,
        "subject": str(record.subject_id),
        "item": record.item,
        "term": record.term,
        "decided_on": record.decided_on.isoformat(),
        "document_hash": record.document_hash,
        "department": record.department,
        "published_on": record.published_on.isoformat() if record.published_on else None,
        "supersedes": record.supersedes.number if record.supersedes else None,
        "entered_by": record.entered_by,
    }


def do_end(record: Record, why: str, reason: str, by: Named, confirmed: Named, document: str = "") -> RecordEnd:
    """End what is known: the row of the record stays as it is."""
    if RecordEnd.objects.filter(record=record).exists():
        raise AlreadyEnded
    data = {"number": record.number, "why": why, "proposed_by": by[0]}
    end = RecordEnd(
        record=record,
        why=why,
        reason=reason,
        document_number=document,
        proposed_by=by[0],
        proposed_by_name=by[1],
        confirmed_by=confirmed[0],
        confirmed_by_name=confirmed[1],
        at=clock.now(),
    )
    return rows.put(end, "records.record.ended", actor=confirmed[0], object=f"records.record:{record.id}", data=data)


@transaction.atomic
def note_read(actor: Actor, subject: Subject, purpose: str, fields: tuple[str, ...] = ("records",)) -> None:
    """Who looked at a file and why, before it is shown; the subject reads it on the own page."""
    audit.record_read(str(actor), f"subjects.subject:{subject.pk}", fields, purpose)
