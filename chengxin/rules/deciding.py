"""Deciding at once: events in, figures from the live state, the rules in force, an answer that is kept before it is given.

The live state is this process's own. It starts from the lake at the first question, and takes in what was accepted since before it
answers.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
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
from chengxin.rules.features import KINDS
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

    def look(self, asked: Rows, kind: str) -> tuple[Values, Rulebook]:
        """Figures of each event in the order given, and the rules they are held against. The events count from now on."""
        with self.lock:
            self._refresh()
            assert self.state is not None
            order = rows.order(asked)
            sorted_rows = rows.take(asked, order)
            values = self.state.look(sorted_rows, self.book.features_of(kind))
            back = np.empty_like(order)
            back[order] = np.arange(len(order))
            asked |= {name: column[back] for name, column in sorted_rows.items()}
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
    asked = as_rows(kind, platform, events)
    values, book = desk.look(asked, kind)
    table = book.values(values, len(events))
    hits = book.hits(asked["kind"], table)
    outcomes = book.decided(hits)
    batch = DecisionBatch(
        id=ids.new_id(),
        platform=platform,
        asked_by=asked_by,
        kind=kind,
        at=clock.now(),
        count=len(events),
        body=kept.packed(asked, outcomes, hits, table),
    )
    held = _held(batch, asked, outcomes, hits, table, book)
    kept.keep(kept.Waiting(batch, list(held.values()), book))
    name, nothing = batch.id.hex, _PASSED
    return [_told(held[place]) if place in held else Decision(f"{name}-{place}", PASS, "", nothing) for place in range(len(events))]


_PASSED: list[dict[str, Any]] = []


def _told(one: kept.NoPass) -> Decision:
    return Decision(one.number, one.outcome, str(one.handler) if one.handler else "", one.reasons)


def _held(batch: DecisionBatch, asked: Rows, outcomes: Any, hits: Any, table: Any, book: Rulebook) -> dict[int, kept.NoPass]:
    """Place → the decision that is no pass, with what each rule that applied to it says."""
    made = {}
    for place in np.flatnonzero(outcomes).tolist():
        figures = dict(zip(book.features, table[place].tolist(), strict=True))
        applied = [book.versions[each] for each in np.flatnonzero(hits[place]).tolist()]
        strictest = max(applied, key=lambda one: OUTCOMES.index(one.outcome))
        made[place] = kept.NoPass(
            number=f"{batch.id.hex}-{place}",
            outcome=OUTCOMES[int(outcomes[place])],
            shop_token=int(asked["shop"][place]),
            handler=strictest.handler if strictest.outcome == REFER else None,
            reasons=[reasons.told(version, figures) for version in applied],
            versions=applied,
        )
    return made
