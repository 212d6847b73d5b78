"""What a credit file says: as it was true on a day, as it was known on a day, and what everybody may see today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.kernel import clock, language
from chengxin.law import law
from chengxin.law.entries import Behaviour
from chengxin.records import catalogue, publicity
from chengxin.records.models import OPEN_OBJECTIONS, WAITING, Objection, Proposal, Record, RecordEnd
from chengxin.records.publicity import Publicity
from chengxin.subjects.models import Subject
from chengxin.subjects.queries import family


@dataclass(frozen=True)
class Line:
    """A record as it is shown: with its type, publicity, open objection, and what ended it."""

    record: Record
    disputed: bool
    end: RecordEnd | None = None

    @cached_property
    def item(self) -> catalogue.Item:
        return catalogue.item(self.record.item, self.record.decided_on)

    @cached_property
    def publicity(self) -> Publicity:
        return publicity.of(self.record)

    @cached_property
    def behaviour(self) -> Behaviour | None:
        return law.at(clock.today()).behaviour(self.record.behaviour) if self.record.behaviour else None

    @property
    def public_today(self) -> bool:
        return self.end is None and self.publicity.on(clock.today())

    @property
    def kind(self) -> dict[str, str]:
        return catalogue.KIND_NAMES[self.record.kind]

    @property
    def origin(self) -> dict[str, str]:
        return catalogue.ORIGIN_NAMES[self.record.origin]

    @property
    def level(self) -> dict[str, str] | None:
        return law.at(clock.today()).codes("dishonesty_level")[self.record.level] if self.record.level else None

    @property
    def penalty(self) -> dict[str, str] | None:
        return law.at(clock.today()).codes("penalty_kind")[self.record.penalty_kind] if self.record.penalty_kind else None

    @property
    def department(self) -> str:
        return language.pick(law.at(clock.today()).department(self.record.department))


def of_subject(
    subject: Subject, true_on: date | None = None, known_on: date | None = None, entries: frozenset[UUID] | None = None
) -> list[Line]:
    """The file of a subject with all entries that are one with it, newest decision first.

    known_on: with what was known at the end of that day (today when not given);
    true_on: only what was true on that day (whatever the day when not given);
    entries: its family at that time, where the caller knows it."""
    entries = entries or family(subject.pk, known=_end_of(known_on) if known_on else None)
    rows = _known(Record.objects.filter(subject__in=entries), known_on or clock.today())
    if true_on:
        rows = rows.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=true_on), valid_from__lte=true_on)
    return lines(rows, known_on)


def _known(rows: QuerySet[Record], day: date) -> QuerySet[Record]:
    """Records that were on file at the end of a day, and had not ended by then."""
    instant = _end_of(day)
    ended = RecordEnd.objects.filter(record=OuterRef("pk"), at__lte=instant)
    return rows.filter(~Exists(ended), known_from__lte=instant)


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time.max, clock.CITY)


def past_of_subject(subject: Subject) -> list[Line]:
    """What is on file no longer: superseded and withdrawn records, newest first."""
    return lines(Record.objects.filter(subject__in=family(subject.pk), end__isnull=False))


def lines(rows: Iterable[Record] | QuerySet[Record], known_on: date | None = None) -> list[Line]:
    """Records as lines; an objection flags a record from the minute it was raised to the minute it was decided."""
    if isinstance(rows, QuerySet):
        rows = rows.select_related("end", "supersedes")
    found = list(rows)
    flagged = _disputed([one.pk for one in found], known_on)
    return [Line(one, one.pk in flagged, None if known_on else getattr(one, "end", None)) for one in found]


def _disputed(keys: list[UUID], known_on: date | None) -> set[UUID]:
    rows = Objection.objects.filter(record__in=keys)
    if known_on is None:
        return set(rows.filter(state__in=OPEN_OBJECTIONS).values_list("record", flat=True))
    instant = _end_of(known_on)
    still = Q(decided_at__isnull=True) | Q(decided_at__gt=instant)
    return set(rows.filter(still, raised_at__lte=instant).values_list("record", flat=True))


def line(record: Record) -> Line:
    """One record as a line."""
    return lines(Record.objects.filter(pk=record.pk))[0]


def public_of(subject: Subject, day: date | None = None, entries: frozenset[UUID] | None = None) -> list[Line]:
    """What everybody may see of a subject's file on a day: only what stands, and only within its publicity term."""
    today = day or clock.today()
    return [one for one in of_subject(subject, entries=entries) if one.publicity.on(today)]


def chain(record: Record) -> list[Record]:
    """Every version of a record, oldest first."""
    first = record
    while first.supersedes:
        first = first.supersedes
    found = [first]
    while following := Record.objects.filter(supersedes=found[-1]).first():
        found.append(following)
    return found


def waiting(actor: Actor) -> QuerySet[Proposal]:
    """What waits to be confirmed in the actor's departments."""
    return access.all(actor, Proposal).filter(state=WAITING).select_related("subject", "target")


def objections(actor: Actor) -> QuerySet[Objection]:
    """Open objections on the actor's desks, soonest due first."""
    return access.all(actor, Objection).filter(state__in=OPEN_OBJECTIONS).select_related("record__subject")


def as_data(one: Line) -> dict[str, object]:
    """A line as plain data, for the API, reports and the public page."""
    record, shown = one.record, one.publicity
    return {
        "number": record.number,
        "type": {"zh": one.item.zh, "en": one.item.en},
        "item": record.item,
        "kind": record.kind,
        "origin": record.origin,
        "level": record.level,
        "summary": record.summary,
        "behaviour": record.behaviour,
        "amount_fen": record.amount_fen,
        "maker": record.maker,
        "basis": record.basis,
        "document_number": record.document_number,
        "document_hash": record.document_hash,
        "decided_on": record.decided_on,
        "valid_from": record.valid_from,
        "valid_until": record.valid_until,
        "known_from": record.known_from,
        "disputed": one.disputed,
        "public": one.public_today,
        "public_until": shown.until if shown.since else None,
        "leaf": record.leaf,
    }
