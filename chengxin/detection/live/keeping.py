"""The memory of this process, in step with the lake: the last snapshot, then every segment added since.

A segment fed twice changes nothing, so being in step needs no ledger: the number of the newest segment is enough, and a few numbers before
it are looked at again, because on PostgreSQL a lower number may be committed after a higher one. A segment that replaces others after
compaction is fed like any other. When the newest segment is not in the lake's manifest any more (a backup was restored), the memory begins
anew.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import RLock
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.db.models import Max, QuerySet
from numpy.typing import NDArray

from chengxin.detection.live import reading
from chengxin.detection.live.state import Rows, State
from chengxin.detection.live.thresholds import watch
from chengxin.detection.parts import publish
from chengxin.facts import disk
from chengxin.facts.models import Segment

log = logging.getLogger("chengxin.detection.live")

FORM = 1  # goes up whenever a snapshot of the former form cannot be read or would mean something else
BACK = 32  # segments before the newest that may have been committed after it


@dataclass
class Kept:
    """A memory and the newest segment it was fed with."""

    state: State
    number: int = 0
    path: str = ""
    fed: set[int] = field(default_factory=set)  # the last numbers, so that what is looked at again is not read again

    def note(self, segment: Segment) -> None:
        self.fed.add(segment.number)
        if segment.number > self.number:
            self.number, self.path = segment.number, segment.path
            self.fed = {number for number in self.fed if number > segment.number - BACK}


LOCK = RLock()
_kept: dict[str, Kept] = {}  # by data directory


def ready() -> bool:
    """Whether this process has a memory that fits the lake, and nobody is busy with it: who asks holds the database's lock."""
    if not LOCK.acquire(blocking=False):
        return False
    try:
        kept = _kept.get(str(settings.DATA_DIR))
        return kept is not None and _fits(kept)
    finally:
        LOCK.release()


def current(but: int = 0) -> Kept:
    """The memory of this process, caught up with the lake; restored when there is none. Hold LOCK while using it.

    but: the number of a segment that the caller is about to feed.
    """
    with LOCK:
        kept = _kept.get(str(settings.DATA_DIR))
        if kept is None or not _fits(kept):
            kept = _kept[str(settings.DATA_DIR)] = restore()
        catch_up(kept, but)
        return kept


def forget() -> None:
    """Drop this process's memory; the next look restores it."""
    with LOCK:
        _kept.pop(str(settings.DATA_DIR), None)


def feed(kept: Kept, segment: Segment) -> NDArray[Any]:
    """Feed a segment, again if need be; the numbers of the shops worth a look."""
    shops = kept.state.feed(_rows(segment))
    kept.note(segment)
    return shops


def _rows(segment: Segment) -> Rows:
    return reading.read(segment.kind, disk.lake() / segment.path, watch().measures)


def catch_up(kept: Kept, but: int = 0) -> int:
    """Feed what was added to the lake since; returns how many segments."""
    there = _segments().filter(number__gt=kept.number - BACK).values_list("number", flat=True)
    added = [number for number in there if number not in kept.fed and number != but]
    for segment in _segments().filter(number__in=added) if added else ():
        try:
            feed(kept, segment)
        except OSError:  # compaction took the file since it was listed; what replaced it comes with a higher number
            log.warning("live.segment_gone path=%s", segment.path)
    return len(added)


def _segments() -> QuerySet[Segment]:
    return Segment.objects.filter(kind__in=list(reading.KINDS), replaced_at=None, dropped_at=None).order_by("number")


def tidy() -> None:
    """Drop what is too old from this process's memory; otherwise that happens when the memory is full."""
    with LOCK:
        kept = _kept.get(str(settings.DATA_DIR))
        if kept is not None:
            kept.state.forget()


def _fits(kept: Kept) -> bool:
    return kept.number == 0 or Segment.objects.filter(number=kept.number, path=kept.path).exists()


def rebuild() -> Kept:
    """A memory made anew from the lake: every segment that reaches into the window, in the order it was added."""
    card = watch()
    kept = Kept(State(card.limits, card.window_hours, card.most_trades))
    last: datetime | None = _segments().aggregate(last=Max("last_at"))["last"]
    if last is not None:
        _feed_all(kept, list(_segments().filter(last_at__gt=last - timedelta(hours=card.window_hours))))
    newest = _segments().last()
    if newest:
        kept.note(newest)
        kept.fed = set(_segments().filter(number__gt=newest.number - BACK).values_list("number", flat=True))
    return kept


def _feed_all(kept: Kept, some: Sequence[Segment]) -> None:
    kept.state.expect(sum(segment.rows for segment in some if segment.kind == "order"))
    files = [(segment.kind, disk.lake() / segment.path) for segment in some]
    for segment, rows in zip(some, reading.ahead(files, watch().measures), strict=True):
        kept.state.feed(rows)
        kept.note(segment)


# -- snapshots ----------------------------------------------------------------------------------------------------------------


def restore() -> Kept:
    """The memory of the last snapshot that fits the lake, else one made anew. What came since is not in it: `catch_up`."""
    try:
        kept = load(_snapshot())
    except (OSError, KeyError, ValueError, pa.ArrowInvalid):
        kept = None
    return kept if kept is not None and _fits(kept) else rebuild()


def save() -> int:
    """Write the memory of this process down, whole or not at all; returns its trades, -1 when there is no memory here."""
    with LOCK:
        kept = _kept.get(str(settings.DATA_DIR))
        if kept is None:
            return -1
        table, about = kept.state.table(), _about(kept)
    sink = pa.BufferOutputStream()
    pq.write_table(table.replace_schema_metadata({"live": json.dumps(about)}), sink, compression="none", use_dictionary=False)
    publish(_snapshot(), sink.getvalue().to_pybytes())
    return int(table.num_rows)


def load(path: Path) -> Kept | None:
    """A snapshot, read; None when it is of another form or was made under other limits."""
    table = pq.read_table(path, partitioning=None)
    about = json.loads(table.schema.metadata[b"live"])
    card = watch()
    if about["form"] != FORM or about["card"] != _card():
        return None
    state = State(card.limits, card.window_hours, card.most_trades)
    state.newest, state.floor = about["newest"], about["floor"]
    state.take(table)
    return Kept(state, about["number"], about["path"], set(about["fed"]))


def _about(kept: Kept) -> dict[str, Any]:
    state = kept.state
    place = {"number": kept.number, "path": kept.path, "fed": sorted(kept.fed)}
    return {"form": FORM, "card": _card(), "newest": state.newest, "floor": state.floor, **place}


def _card() -> list[Any]:
    """What the remembered flags and ties depend on."""
    card = watch()
    return [card.window_hours, list(card.limits), card.measures.fast_seconds, card.measures.short_hours, card.measures.light_grams]


def _snapshot() -> Path:
    return Path(settings.DATA_DIR) / "detection" / "live.parquet"
