"""Telling people: what an event says, what fell due, reading, and what a person wants."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.accounts.models import User
from chengxin.exchange import delivering
from chengxin.exchange.models.hooks import FALLS_DUE, WAITING
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.notices import catalogue, people, queries
from chengxin.notices.catalogue import Matter, To, Told, value
from chengxin.notices.models import DUE, LATE, TOLD, TURN, Notice, Preference

AT_ONCE = 500  # notices written by one statement
LOOK_BACK = 7  # days: after a standstill of the worker what fell due meanwhile is still told, and no backlog of years is


def tell(event: Any, told: Told) -> int:
    """Put an event into the inboxes of whom it concerns; returns how many were told. The same event again tells nobody twice."""
    row = told.found(event) if not told.when or getattr(event, told.when) else None
    if row is None:
        return 0
    book, number = people.book(), str(value(row, told.number))
    key = f"{told.code}:{row.pk}:{_turn(event)}"
    made = [
        Notice(person_id=person, key=key, kind=told.code, stage=TOLD, topic=told.topic, number=number[:64], page=to.page_of(row))
        for to in told.to
        for person in book.of(row, to)
    ]
    _tell_platforms(row, told.to, WAITING, number)
    return _put(made)


def _turn(event: Any) -> str:
    """What tells two events about one row apart: a reminder's day, the department a clue went to; most say nothing of the kind."""
    return ":".join(
        str(getattr(event, name)) for name in ("days_before", "to_department", "state", "why", "on", "year") if hasattr(event, name)
    )


def look(today: date | None = None) -> int:
    """One round over what waits in all rooms: told when it comes, on its last day, and once that is over. Returns how many were new."""
    today, book, count = today or clock.today(), people.book(), 0
    for matter in catalogue.matters().values():
        for stage, rows in _stages(matter, today):
            with transaction.atomic():
                made = [one for row in rows.iterator() for one in _of_row(book, matter, stage, row)]
                count += sum(_put(made[start : start + AT_ONCE]) for start in range(0, len(made), AT_ONCE))
    return count


def _stages(matter: Matter, today: date) -> Iterable[tuple[str, Any]]:
    back = today - timedelta(days=LOOK_BACK)
    if matter.fresh:
        yield TURN, matter.waiting().filter(**{f"{catalogue.lookup(matter.fresh)}__gte": clock.now() - timedelta(days=LOOK_BACK)})
    if matter.due:
        due = catalogue.lookup(matter.due)
        yield DUE, matter.waiting().filter(**{due: today})
        yield LATE, matter.waiting().filter(**{f"{due}__lt": today, f"{due}__gte": back})


def _of_row(book: people.Book, matter: Matter, stage: str, row: Model) -> list[Notice]:
    due = value(row, matter.due) if matter.due else None
    key = f"{stage}:{matter.code}:{row.pk}" + ("" if stage == TURN else f":{due}")
    number = str(value(row, matter.number))[:64]
    _tell_platforms(row, matter.to, WAITING if stage == TURN else FALLS_DUE, number)
    given = {"key": key, "kind": matter.code, "stage": stage, "topic": "duty", "number": number, "day": due}
    return [Notice(person_id=person, page=page, **given) for person, page in book.addressees(row, matter)]


def _put(made: list[Notice]) -> int:
    """Write the notices that are new and wanted: a muted topic is left out unless it is official."""
    mutable = [one for one in made if not catalogue.topics()[one.topic]["official"]]
    muted = dict(Preference.objects.filter(person__in={one.person_id for one in mutable}).values_list("person", "muted")) if mutable else {}
    wanted = [one for one in made if one.topic not in muted.get(one.person_id, ()) or catalogue.topics()[one.topic]["official"]]
    have = set(Notice.objects.filter(key__in={one.key for one in wanted}).values_list("person", "key"))
    fresh = {(one.person_id, one.key): one for one in wanted if (one.person_id, one.key) not in have}
    Notice.objects.bulk_create(fresh.values(), ignore_conflicts=True)
    return len(fresh)


def _tell_platforms(row: Model, lines: tuple[To, ...], kind: str, number: str) -> None:
    """Machines of a platform hear of the platform's own matters by its webhook, once a matter and kind."""
    for to in lines:
        if to.platform and all(value(row, path) == wanted for path, wanted in to.only.items()):
            delivering.note_for(str(value(row, to.platform)), kind, number, clock.today())


# ---- the reader


def follow(actor: Actor, id: UUID | str) -> str:
    """Mark a notice read; returns the address it is about."""
    one = access.get(actor, Notice, pk=id)
    if one.read_at is None:
        Notice.objects.filter(pk=one.pk, read_at=None).update(read_at=clock.now())
    return one.page


def read_all(actor: Actor) -> int:
    """Mark everything read; returns how many were not."""
    return queries.inbox(actor).filter(read_at=None).order_by().update(read_at=clock.now())


@transaction.atomic
def prefer(actor: Actor, mail: str, muted: Iterable[str]) -> Preference:
    """Keep what a person wants. Official topics cannot be muted and are left out."""
    if not isinstance(actor.user, User):
        raise NotFound
    may = {code for code, one in catalogue.topics().items() if not one["official"]}
    kept, _new = Preference.objects.update_or_create(person=actor.user, defaults={"mail": mail, "muted": sorted(may & set(muted))})
    return kept
