"""The night's work: what the declared terms say is over goes, what an open case holds stays, and the disk gets its space back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction

from chengxin.audit import actions as audit
from chengxin.facts.models import Hold, Segment
from chengxin.kernel import clock
from chengxin.persons import emptying, reclaim, terms
from chengxin.persons.emptying import Emptied
from chengxin.persons.models import FILED, TERM, ErasureRequest, Removal
from chengxin.persons.stores import Store, stores
from chengxin.persons.terms import Row

ACTOR = "system:persons"
TOGETHER = 500  # rows of one transaction and one log entry: short enough for people to write in between
OVER, AHEAD = "over", "ahead"


@dataclass
class Line:
    """One table in the forecast. `held`: over, and why it stays -> rows; `next`: the next last day."""

    store: Store
    over: int = 0
    open: int = 0
    running: int = 0
    held: dict[str, int] = field(default_factory=dict)
    next: date | None = None


def forecast(today: date | None = None) -> list[Line]:
    """The dry run: for every store what would go tonight, what is held and why, and when the next term ends. Changes nothing."""
    today = today or clock.today()
    return [_line(store, today) for store in stores().values()]


def _line(store: Store, today: date) -> Line:
    made = Line(store)
    for row in terms.rows(store, today):
        if row.until is None:
            made.open += 1
        elif row.until >= today:
            made.running += 1
            made.next = min(made.next or row.until, row.until)
        elif row.held:
            made.held[row.held] = made.held.get(row.held, 0) + 1
        else:
            made.over += 1
    return made


def segments(today: date | None = None) -> dict[str, Any]:
    """The lake's part of the forecast: expired segments that go with facts.keep_lake, those that are held, the next to end."""
    today = today or clock.today()
    live = Segment.objects.filter(dropped_at=None)
    expired = live.filter(expires_on__lt=today)
    held = set(Hold.objects.filter(segment__in=expired).values_list("segment_id", flat=True))
    coming = live.filter(expires_on__gte=today).order_by("expires_on").values_list("expires_on", flat=True).first()
    gone = [one for one in expired if one.pk not in held]
    return {"over": len(gone), "bytes": sum(one.bytes for one in gone), "held": len(held), "next": coming}


def run(today: date | None = None) -> dict[str, int]:
    """Remove what is over, store by store, each batch in one transaction with its log entry; then reclaim the disk. Safe to break off:
    the next night goes on. Returns {"rows", "files", "freed", "database"}."""
    today = today or clock.today()
    sums = {"rows": 0, "files": 0, "freed": 0}
    for store in stores().values():
        for made in _removed(store, today):
            sums = {"rows": sums["rows"] + made.rows, "files": sums["files"] + made.files, "freed": sums["freed"] + made.bytes}
    emptying.mend_list()
    return {**sums, "database": reclaim.reclaim()}


def _removed(store: Store, today: date) -> Iterator[Emptied]:
    waiting = [row for row in terms.over(store, today) if not row.held]
    if store.table is ErasureRequest:  # a request that nobody decided keeps what it needs
        waiting = [row for row in waiting if ErasureRequest.objects.filter(pk=row.key).exclude(state=FILED).exists()]
    for start in range(0, len(waiting), TOGETHER):
        yield _remove(store, waiting[start : start + TOGETHER])


def _remove(store: Store, some: list[Row]) -> Emptied:
    """One batch: rows emptied, files noted, the entry that says so."""
    with transaction.atomic():
        made = emptying.empty(store, [row.key for row in some], why=TERM, actor=ACTOR, reason=f"term over: {store.term}")
        last = max(row.until for row in some if row.until)
        data = {"store": store.model, "rows": made.rows, "files": made.files, "bytes": made.bytes, "term": store.term}
        data |= {"basis": store.basis, "until": last.isoformat(), "keys": made.keys}
        leaf = audit.record("persons.term.over", actor=ACTOR, object=f"persons.store:{store.model}", data=data)
        rest = {"files": made.files, "freed": made.bytes, "term": store.term[:120], "leaf": leaf.index, "at": clock.now()}
        Removal.objects.create(why=TERM, store=store.model, rows=made.rows, **rest)
    return made
