"""Deciding at once: events in, figures from the live state, the rules in force, an answer that is kept before it is given.

The live state is this process's own. It starts from the lake at the first question, and takes in what was accepted since before it
answers.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import timedelta
from threading import Lock
from typing import Any

import msgspec
import numpy as np
from django.db.models import Max

from chengxin.facts import queries as facts
from chengxin.facts.models import Segment
from chengxin.kernel import clock, ids
from chengxin.rules import book as books
from chengxin.rules import kept, past, reasons, rows
from chengxin.rules.asked import Event, as_rows
from chengxin.rules.book import Rulebook
from chengxin.rules.features import FROM_ORDER, KINDS
from chengxin.rules.models import OUTCOMES, PASS, REFER, DecisionBatch
from chengxin.rules.rows import Rows
from chengxin.rules.state import MEMORY_US, State, Values

LOOK_EVERY = 1.0  # seconds between two looks for new reports and rules: the longest that a retired rule still applies
MEMORY = timedelta(microseconds=MEMORY_US)


class Decision(msgspec.Struct, frozen=True):
    """The answer to one event."""

    number: str
    outcome: str
    handler: str
    reasons: list[dict[str, Any]]


class Desk:
    """The state and the rulebook of this process, looked at by one request at a time."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.forget()

    def forget(self) -> None:
        """Begin anew at the next question: after a restore, and between tests."""
        self.state: State | None = None
        self.book = Rulebook(())
        self.segment = 0
        kept.forget_books()
        self.looked = float("-inf")

    def look(self, asked: Rows, kinds: Iterable[str]) -> tuple[Values, Rulebook]:
        """Figures of each event in the order given, and the rules they are held against. The events count from now on; `shop` and `buyer`
        of payments and refunds are filled in. kinds: those of the events."""
        with self.lock:
            self._refresh()
            assert self.state is not None
            wanted = frozenset().union(*(self.book.features_of(kind) for kind in kinds))
            if len(asked["kind"]) == 1:
                return self.state.look(asked, wanted), self.book
            order = rows.order(asked)
            sorted_rows = rows.take(asked, order)
            values = self.state.look(sorted_rows, wanted)
            back = np.empty_like(order)
            back[order] = np.arange(len(order))
            asked |= {name: sorted_rows[name][back] for name in FROM_ORDER}
            return {name: column[back] for name, column in values.items()}, self.book

    def forget_book(self) -> None:
        """Rules were changed in this process: look before the next answer."""
        self.looked = float("-inf")

    def _refresh(self) -> None:
        now = time.monotonic()
        if now - self.looked < LOOK_EVERY:
            return
        self.book = books.in_force(clock.today())
        self._take_in()
        self.looked = now

    def _take_in(self) -> None:
        """Events of the lake that are new: all of the remembered past at the start, later the files added since."""
        newest = Segment.objects.filter(kind__in=KINDS).aggregate(newest=Max("number"))["newest"] or 0
        if self.state is None:
            self.state = State()
        elif newest <= self.segment:
            return
        since, until = clock.now() - MEMORY, clock.now() + timedelta(hours=1)
        every = facts.snapshot(KINDS, since=since)
        added = facts.Snapshot(every.kinds, tuple(one for one in every.segments if one.number > self.segment))
        if added.segments:
            self.state.look(past.read(added, since, until), ())
        self.segment = newest


desk = Desk()


def decide(platform: str, asked_by: str, kind: str, events: Sequence[Event]) -> list[Decision]:
    """Decide on each event, in the order given; durable when it returns. Raises EventInvalid, LogUnwritable."""
    batch = DecisionBatch(id=ids.new_id(), platform=platform, asked_by=asked_by, kind=kind, at=clock.now(), count=len(events))
    one = kept.Waiting(batch, as_rows(kind, platform, events))
    kept.keep(one, decide_together)
    held = {int(each.number.rpartition("-")[2]): each for each in one.held}
    name, nothing = batch.id.hex, _PASSED
    return [_told(held[place]) if place in held else Decision(f"{name}-{place}", PASS, "", nothing) for place in range(len(events))]


_PASSED: list[dict[str, Any]] = []


def _told(one: kept.NoPass) -> Decision:
    return Decision(one.number, one.outcome, str(one.handler) if one.handler else "", one.reasons)


def decide_together(waiting: Sequence[kept.Waiting]) -> None:
    """One look for all requests that wait at the same moment: fill the book, the body and what was held of each."""
    asked = waiting[0].rows if len(waiting) == 1 else rows.joined(one.rows for one in waiting)
    values, book = desk.look(asked, {one.batch.kind for one in waiting})
    table = book.values(values, len(asked["kind"]))
    hits = book.hits(asked["kind"], table)
    outcomes = book.decided(hits)
    end = 0
    for one in waiting:
        mine = slice(end, end := end + one.batch.count)
        table[mine][:, book.unread[one.batch.kind]] = np.nan  # whoever else waited does not show in what is kept
        part = {name: asked[name][mine] for name in kept.KEPT}
        given = outcomes[mine], hits[mine], table[mine]
        one.book, one.batch.body = book, kept.packed(part, *given)
        one.held = _held(one.batch, part["shop"], *given, book)


def _held(batch: DecisionBatch, shop: rows.Ints, outcomes: Any, hits: Any, table: Any, book: Rulebook) -> list[kept.NoPass]:
    """The decisions that are no pass, with what each rule that applied says."""
    made = []
    for place in np.flatnonzero(outcomes).tolist():
        figures = dict(zip(book.features, table[place].tolist(), strict=True))
        applied = [book.versions[each] for each in np.flatnonzero(hits[place]).tolist()]
        strictest = max(applied, key=lambda one: OUTCOMES.index(one.outcome))
        one = kept.NoPass(
            number=f"{batch.id.hex}-{place}",
            outcome=OUTCOMES[int(outcomes[place])],
            shop_token=int(shop[place]),
            handler=strictest.handler if strictest.outcome == REFER else None,
            reasons=[reasons.told(version, figures) for version in applied],
            versions=applied,
        )
        made.append(one)
    return made
