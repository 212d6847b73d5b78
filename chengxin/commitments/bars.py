"""Who may not commit in place of proof: on an official list, as the lists told it by events, or with such a record on the credit file."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from chengxin.commitments import letters
from chengxin.commitments.models import Bar
from chengxin.kernel import clock
from chengxin.records import queries as records
from chengxin.subjects.models import Subject
from chengxin.subjects.queries import family


class ListingTold(Protocol):
    """What is read of the lists' event `Listed`; the lists are a room above, so their class is not imported."""

    entry_id: str
    subject_id: str
    kind: str


class RemovalTold(Protocol):
    """What is read of the lists' event `Removed`."""

    entry_id: str


def remember_listing(event: ListingTold) -> None:
    """A subject is on an official list."""
    if event.subject_id:
        known = {"subject_id": UUID(event.subject_id), "kind": event.kind, "since": clock.today()}
        Bar.objects.get_or_create(entry=UUID(event.entry_id), defaults=known)


def forget_listing(event: RemovalTold) -> None:
    """It is off the list again."""
    Bar.objects.filter(entry=UUID(event.entry_id), ended_on=None).update(ended_on=clock.today())


def barred(subject: Subject, type: str) -> bool:
    """Whether a type of commitment is closed to a subject today (order 44 art. 15), with all entries that are one with it."""
    kinds = letters.notify_bars(type)
    if not kinds:
        return False
    if Bar.objects.filter(subject__in=family(subject.pk), kind__in=kinds, ended_on=None).exists():
        return True
    return any(line.record.item in kinds and line.public_today for line in records.of_subject(subject, clock.today()))
