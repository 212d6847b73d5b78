"""Who would be listed if the rule were another? Counts over the credit files, by conduct and district; nothing stored, nobody named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count

from chengxin.kernel import clock
from chengxin.lists import catalogue
from chengxin.lists.models import ListEntry
from chengxin.records.models import Record

FEWEST = 3  # a smaller cell could point to somebody


@dataclass(frozen=True)
class Row:
    """One conduct: subjects that could be proposed by the rule of today, and by the other one."""

    behaviour: str
    now: int
    then: int

    @property
    def more(self) -> int:
        return self.then - self.now


@dataclass(frozen=True)
class Outcome:
    """Subjects by conduct, in all, and in the districts; `listed` are on the list or on the way to it today."""

    rows: list[Row]
    now: int
    then: int
    listed: int
    divisions: list[tuple[str, int]]


def compare(kind_code: str, behaviours: Collection[str], terms: Collection[str]) -> Outcome:
    """What a changed list of conduct and of penalties heavy enough would do, over records that stand. Reads only."""
    kind = catalogue.kind(kind_code, clock.today())
    today_fields = {code for one in catalogue.fields() for code in one["behaviours"]}
    now = _subjects(kind, today_fields, kind.terms)
    then = _subjects(kind, behaviours, terms)
    rows = [Row(code, len(now.get(code, ())), len(then.get(code, ()))) for code in sorted({*now, *then})]
    places = Counter(division for found in then.values() for division in found.values())
    return Outcome(
        rows=rows,
        now=len({pk for found in now.values() for pk in found}),
        then=len({pk for found in then.values() for pk in found}),
        listed=ListEntry.objects.filter(kind=kind_code)
        .exclude(state__in=["DROPPED", "CLOSED"])
        .aggregate(n=Count("subject", distinct=True))["n"],
        divisions=[(place, n) for place, n in sorted(places.items()) if n >= FEWEST],
    )


def _subjects(kind: catalogue.ListKind, behaviours: Collection[str], terms: Collection[str]) -> dict[str, dict[object, str]]:
    """conduct → {subject: its district} of standing records that a rule would let be proposed."""
    rows = Record.objects.filter(item__in=kind.items, term__in=list(terms), behaviour__in=list(behaviours), end__isnull=True)
    found: dict[str, dict[object, str]] = {}
    for behaviour, subject, division in rows.values_list("behaviour", "subject", "subject__division"):
        found.setdefault(behaviour, {})[subject] = division
    return found
