"""What may be asked: what waits for a person across all rooms, and what they were told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Model, QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.accounts.models import User
from chengxin.jobs.target import resolve
from chengxin.kernel import clock, language
from chengxin.law import law
from chengxin.notices import catalogue
from chengxin.notices.catalogue import Matter, To, lookup, value
from chengxin.notices.models import TOLD, Notice, Preference
from chengxin.notices.people import condition

COLOURS = ("red", "amber", "green", "none")
MOST = 200  # rows of one kind on the page of what waits: beyond that the room's own list is the place to work


@dataclass(frozen=True)
class Waiting:
    """One thing that waits for a person: what, its number, about whom or what, the last day, colour, where it is done."""

    code: str
    what: str
    number: str
    about: str
    due: date | None
    colour: str
    url: str
    mine: bool
    matter: Matter = field(repr=False, compare=False)
    row: Model = field(repr=False, compare=False)

    @property
    def article(self) -> str:
        """The article the clock comes from; asked for only where it is shown."""
        return article(self.matter, self.row)

    @property
    def by_day(self) -> date:
        """What the list is sorted by: matters without a clock come last."""
        return self.due or date.max

    @property
    def late(self) -> bool:
        return self.colour == "red"


def waiting(actor: Actor, until: date | None = None) -> list[Waiting]:
    """What waits for the actor, the nearest last day first; until: only what falls due by then."""
    found = [one for matter in catalogue.matters().values() for one in _of_matter(actor, matter, until)]
    return sorted(found, key=lambda one: (one.by_day, one.what, one.number))


def colours(found: Sequence[Waiting]) -> dict[str, int]:
    """How many there are by the colour of their clock; "none": without a last day."""
    counted = Counter(one.colour or "none" for one in found)
    return {colour: counted[colour] for colour in COLOURS}


def _of_matter(actor: Actor, matter: Matter, until: date | None) -> Iterator[Waiting]:
    for to in matter.to:
        wanted = condition(actor, to)
        if wanted is None or (until and not matter.due):
            continue
        rows = matter.waiting(access.all(actor, matter.kind)).filter(wanted)
        if matter.not_by:
            rows = rows.exclude(**{lookup(matter.not_by): str(actor)})
        if until:
            rows = rows.filter(**{f"{lookup(matter.due)}__lte": until})
        if matter.relations:
            rows = rows.select_related(*matter.relations)
        for row in rows.order_by(lookup(matter.due) or "pk").distinct()[:MOST]:
            yield _told(actor, matter, to, row)


def _told(actor: Actor, matter: Matter, to: To, row: Model) -> Waiting:
    due = value(row, matter.due) if matter.due else None
    colour = law.clock_colour(due, clock.today()) if due else ""
    mine = bool(matter.owner) and value(row, matter.owner) == str(actor)
    number, about = str(value(row, matter.number)), _about(matter, row)
    return Waiting(matter.code, language.pick(matter), number, about, due, colour, to.page_of(row), mine, matter, row)


def _about(matter: Matter, row: Model) -> str:
    """Whom or what a matter is about, in the reader's language; "" where the table has nothing or a relation is empty."""
    if matter.about == ".":
        return language.pick(row)
    return str(value(row, matter.about) or "") if matter.about else ""


def article(matter: Matter, row: Model) -> str:
    """The article a matter's clock comes from, as it stood when the matter came, in the reader's language; where no law sets the day, the
    article that lets somebody set it or the words that say who did."""
    id = clock_id(matter, row)
    if not id and not matter.provision:
        return language.pick(matter.why) if matter.why else ""
    came = value(row, matter.since) if matter.since else None
    book = law.at(clock.city_day(came) if came else clock.today())
    return language.pick(book.cited(book.clock(id).provision if id else matter.provision))


def article_of(row: Model, due: date) -> str:
    """The article a last day that stands on a row comes from, or the words that say who set it; "" for a day no table speaks of."""
    found = (one for one in catalogue.matters_of(type(row)) if value(row, one.due) == due and one.holds(row))
    return next((said for one in found if (said := article(one, row))), "")


def clock_id(matter: Matter, row: Model) -> str:
    """The clock that runs for a row: by its state, by the function the table names, by the field that keeps it; "" for none."""
    by_state = matter.clocks.get(str(getattr(row, "state", "")), matter.clock)
    if by_state:
        return by_state
    if matter.clock_by:
        return str(resolve(matter.clock_by)(row))
    return str(value(row, matter.clock_of) or "") if matter.clock_of else ""


def inbox(actor: Actor) -> QuerySet[Notice]:
    """What a person was told, newest first."""
    return access.all(actor, Notice).order_by("-at", "-id")


def unread(actor: Actor) -> int:
    """How many the bell shows."""
    return Notice.objects.filter(person=actor.user, read_at=None).count() if actor.user else 0


def preference(person: User) -> Preference:
    """What a person wants; everything, when they never said."""
    return Preference.objects.filter(person=person).first() or Preference(person=person)


def sentence(one: Any, speech: str | None = None) -> str:
    """What a notice says, in the reader's language."""
    if one.stage == TOLD:
        told = catalogue.sentences().get(one.kind)
        return language.pick(told, speech).format(number=one.number) if told else one.number
    matter = catalogue.matters().get(one.kind)
    what = language.pick(matter, speech) if matter else ""
    return language.pick(catalogue.stages()[one.stage], speech).format(what=what, number=one.number, day=one.day or "")
