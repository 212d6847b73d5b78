"""What the city showed on a day, from what it knew then, with the place of the log at the end of that day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from chengxin.audit import queries as log
from chengxin.audit.models import Leaf
from chengxin.kernel import clock
from chengxin.lists import queries as lists
from chengxin.lists.models import RepairApplication
from chengxin.lists.models.repair import GRANTED
from chengxin.publicity import queries
from chengxin.publicity.models import OUT, PUBLISHED, Edition, ReviewStep
from chengxin.records import queries as records
from chengxin.records.queries import Line
from chengxin.subjects.models import Subject
from chengxin.subjects.queries import family


@dataclass(frozen=True)
class Past:
    """The facts that stood on a day. `records`, `entries` still stand; `records_down`, `entries_down` have come down since."""

    day: date
    records: list[Line]
    entries: list[lists.Listing]
    records_down: list[Line]
    entries_down: list[lists.Listing]
    size: int
    root: str
    edition: str

    @property
    def down(self) -> int:
        return len(self.records_down) + len(self.entries_down)


def of(subject: Subject, day: date) -> Past:
    """What stood on a day. For everybody only what still stands may be shown; what came down is for officers and the subject."""
    instant = datetime.combine(day, time.max, clock.CITY)
    then, entries = _records_on(subject, day), _entries_on(subject, day)
    standing = {one.record.number for one in queries.records(subject)}
    listed = {one.entry.number for one in queries.official_lists(subject)}
    last = Leaf.objects.filter(at__lte=instant).order_by("-index").values_list("index", flat=True).first()
    size = last + 1 if last is not None else 0
    edition = Edition.objects.filter(outcome=OUT, made_at__lte=instant).values_list("number", flat=True).first()
    return Past(
        day=day,
        records=[one for one in then if one.record.number in standing],
        entries=[one for one in entries if one.entry.number in listed],
        records_down=[one for one in then if one.record.number not in standing],
        entries_down=[one for one in entries if one.entry.number not in listed],
        size=size,
        root=log.root_at(size).hex() if size else "",
        edition=edition or "",
    )


def _records_on(subject: Subject, day: date) -> list[Line]:
    found = [one for one in records.of_subject(subject, known_on=day) if one.publicity.on(day)]
    keys = [one.record.pk for one in found]
    repaired = set(RepairApplication.objects.filter(record__in=keys, state=GRANTED, decided_on__lte=day).values_list("record", flat=True))
    held = _held_on("records", day)
    return [one for one in found if one.record.pk not in repaired and one.record.number not in held]


def _entries_on(subject: Subject, day: date) -> list[lists.Listing]:
    held = _held_on("lists", day)
    rows = lists.public(day).filter(subject__in=family(subject.pk))
    return [lists.Listing(one) for one in rows if one.number not in held]


def _held_on(dataset: str, day: date) -> set[str]:
    """Keys that a named human held back at the end of a day: by the last step until then."""
    instant = datetime.combine(day, time.max, clock.CITY)
    steps = ReviewStep.objects.filter(review__dataset=dataset, at__lte=instant).order_by("id")
    last = dict(steps.values_list("review__key", "after"))
    return {key for key, after in last.items() if after != PUBLISHED}
