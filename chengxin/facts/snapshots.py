"""A snapshot: a frozen list of segments with one root hash. The same snapshot gives the same rows for as long as its files are held."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Q

from chengxin.facts import kinds
from chengxin.facts.models import Segment


@dataclass(frozen=True)
class SnapshotSegment:
    """One file of a snapshot."""

    number: int
    kind: str
    path: str
    rows: int
    sha256: str
    correction: bool


@dataclass(frozen=True)
class Snapshot:
    """Frozen view of the lake: kinds asked for, segments in the order they were added, and what was known when."""

    kinds: tuple[str, ...]
    segments: tuple[SnapshotSegment, ...]
    known_at: datetime | None = None

    @cached_property
    def root(self) -> str:
        """SHA-256 over kind, path and hash of every segment: what a run quotes to be repeatable."""
        digest = hashlib.sha256()
        for segment in self.segments:
            digest.update(f"{segment.kind}\0{segment.path}\0{segment.sha256}\n".encode())
        if self.known_at:
            digest.update(self.known_at.isoformat().encode())
        return digest.hexdigest()

    @property
    def rows(self) -> int:
        return sum(segment.rows for segment in self.segments)

    def as_json(self) -> dict[str, Any]:
        """Plain values from which `from_json` makes the same snapshot again."""
        return {
            "kinds": list(self.kinds),
            "segments": [[one.number, one.kind, one.path, one.rows, one.sha256, one.correction] for one in self.segments],
            "known_at": self.known_at.isoformat() if self.known_at else None,
        }

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> Snapshot:
        """The snapshot of `as_json`."""
        known_at = datetime.fromisoformat(plain["known_at"]) if plain["known_at"] else None
        return cls(tuple(plain["kinds"]), tuple(SnapshotSegment(*one) for one in plain["segments"]), known_at)

    def of(self, kind: str) -> tuple[SnapshotSegment, ...]:
        return tuple(segment for segment in self.segments if segment.kind == kind)


def snapshot(
    wanted: Iterable[str], since: datetime | None = None, until: datetime | None = None, known_at: datetime | None = None
) -> Snapshot:
    """Segments of these kinds that may hold rows of [since, until), as of now or as known at an earlier instant.

    Segments are picked whole, so a view may show rows outside the period: filter by the kind's time. Corrections are always included, since
    they may move a row in time.
    """
    names = tuple(kinds.kind(name).kind for name in wanted)
    found = Segment.objects.filter(kind__in=names, dropped_at=None).filter(_known(known_at))
    if since is not None:
        found = found.filter(Q(last_at__gte=since) | Q(correction=True))
    if until is not None:
        found = found.filter(Q(first_at__lt=until) | Q(correction=True))
    rows = found.order_by("number").values_list("number", "kind", "path", "rows", "sha256", "correction")
    return Snapshot(names, tuple(SnapshotSegment(*row) for row in rows), known_at)


def _known(known_at: datetime | None) -> Q:
    """Live segments now; at an earlier instant: those that held some row by then, in the form they have now."""
    if known_at is None:
        return Q(replaced_at=None)
    return Q(replaced_at=None) & Q(oldest_batch__lte=batch_bound(known_at))


def batch_bound(instant: datetime) -> str:
    """The largest batch id (UUID version 7: it begins with milliseconds) of an instant."""
    digits = f"{int(instant.timestamp() * 1000):012x}"
    return f"{digits[:8]}-{digits[8:]}-7fff-bfff-ffffffffffff"


def rows(kind: str, fact_ids: Sequence[int]) -> list[dict[str, Any]]:
    """The rows of these facts in their latest version, as dictionaries of the view's columns."""
    from chengxin.facts import lake

    if not fact_ids:
        return []
    with lake.connect(snapshot([kind])) as connection:
        connection.execute("CREATE TEMP TABLE wanted (fact BIGINT)")
        connection.execute("INSERT INTO wanted SELECT unnest(?)", [[int(fact) for fact in fact_ids]])
        answer = connection.execute(f'SELECT v.* FROM "{kinds.kind(kind).kind}" v SEMI JOIN wanted USING (fact) ORDER BY fact')  # noqa: S608
        names = [column[0] for column in answer.description or []]
        return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
