"""The name index over the register, one in each process, in step with it: present and earlier names, brands and shop names of registered
subjects. Natural persons are not in it, nor legal representatives, nor shops of natural persons.

Whoever changes a name leaves a NameChange in the same transaction (subjects.names). A look-up first asks for changes it has not seen, gives
their subjects a small index of their own and makes their old rows dead; after `MOST_FRESH`, or when a change it had seen is gone (the
nightly clearing), the whole index is built anew.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection

from chengxin.subjects.matching.comparing import Match
from chengxin.subjects.matching.index import Index
from chengxin.subjects.matching.parsing import Array
from chengxin.subjects.models import NameChange, Subject
from chengxin.subjects.models.parties import NATURAL_KINDS

WAYS = ("name", "old_name", "brand", "shop")
MOST_FRESH = 2000  # changed subjects; their small index is built in a tenth of a second
LATE = 600  # seconds a transaction may stay open after it took its id

# One text a row, so that a line break in a name cannot move the rows after it.
_NAMES = """
SELECT REPLACE(CAST(s.id AS varchar(36)), '-', ''), 0, REPLACE(s.name, %s, ' ') FROM subjects_subject s WHERE {registered}
UNION ALL
SELECT REPLACE(CAST(s.id AS varchar(36)), '-', ''), CASE i.kind WHEN 'old_name' THEN 1 ELSE 2 END, REPLACE(i.value, %s, ' ')
FROM subjects_subjectidentifier i JOIN subjects_subject s ON s.id = i.subject_id WHERE i.kind IN ('old_name', 'brand') AND {registered}
UNION ALL
SELECT REPLACE(CAST(s.id AS varchar(36)), '-', ''), 3, REPLACE(p.name, %s, ' ')
FROM subjects_shop p JOIN subjects_subject s ON s.id = p.subject_id WHERE p.name <> '' AND {registered}
"""
_REGISTERED = f"s.kind NOT IN ({', '.join(repr(kind) for kind in NATURAL_KINDS)})"


@dataclass(frozen=True, slots=True)
class Hit:
    """A subject of the register that a name may be of: by which of its names (WAYS), and the comparison."""

    subject: UUID
    way: str
    text: str
    match: Match


@dataclass
class _Part:
    """An index and whose its rows are."""

    index: Index
    owners: Array
    ways: Array


@dataclass
class _Held:
    """What this process knows: the index of all, that of changed subjects, and the changes it has seen since `floor`."""

    database: str
    floor: UUID
    known: frozenset[UUID]
    count: int
    whole: _Part
    fresh: _Part | None = None
    touched: set[UUID] = field(default_factory=set)


_lock = threading.Lock()
_held: _Held | None = None


def look_up(text: str, limit: int = 5) -> list[Hit]:
    """Subjects that bear this name or one that may be the same, best first, each once."""
    return look_up_many([text], limit)[0]


def look_up_many(texts: list[str], limit: int = 5) -> list[list[Hit]]:
    """`look_up` for many names over one state of the register."""
    with _lock:
        held = _current()
        parts = [held.whole, *([held.fresh] if held.fresh else [])]
        return [_hits(parts, text, limit) for text in texts]


def _hits(parts: list[_Part], text: str, limit: int) -> list[Hit]:
    found: dict[UUID, Hit] = {}
    for part in parts:
        for one in part.index.find(text, 3 * limit):
            subject = UUID(part.owners[one.row].decode())
            hit = Hit(subject, WAYS[int(part.ways[one.row])], one.name.text, one.match)
            if subject not in found or found[subject].match.score < one.match.score:
                found[subject] = hit
    return sorted(found.values(), key=lambda hit: (-hit.match.score, hit.match.verdict == "related", hit.text))[:limit]


def _current() -> _Held:
    global _held  # noqa: PLW0603 - the one index of this process
    database = str(connection.settings_dict["NAME"])
    if _held is None or _held.database != database or not _brought_up(_held):
        _held = _build(database)
    return _held


def _brought_up(held: _Held) -> bool:
    """Take in what changed; False when the whole index must be made anew."""
    changes = dict(NameChange.objects.filter(pk__gte=held.floor).values_list("pk", "subject"))
    seen = frozenset(changes)
    if not held.known <= seen or (not seen and held.count != Subject.objects.count()):
        return False
    fresh = {changes[key] for key in seen - held.known}
    held.known = seen
    if not fresh:
        return True
    if None in fresh or len(held.touched | fresh) > MOST_FRESH:
        return False
    held.touched |= {key for key in fresh if key}
    ids = np.array([key.hex for key in held.touched], "S32")
    held.whole.index.alive[: len(held.whole.owners)] &= ~np.isin(held.whole.owners, ids)
    held.fresh = _read(sorted(key.hex for key in held.touched))
    return True


def _build(database: str) -> _Held:
    floor = UUID(int=(time.time_ns() // 1_000_000 - LATE * 1000) << 80)
    known = frozenset(NameChange.objects.filter(pk__gte=floor).values_list("pk", flat=True))
    return _Held(database, floor, known, Subject.objects.count(), _read())


def _read(subjects: list[str] | None = None) -> _Part:
    """The names of all registered subjects, or of some, as columns."""
    wanted, values = _REGISTERED, ["\n"]
    if subjects is not None:
        keys = subjects if connection.vendor == "sqlite" else [str(UUID(one)) for one in subjects]
        wanted += f" AND s.id IN ({', '.join(['%s'] * len(keys))})"
        values += keys
    with connection.cursor() as cursor:
        cursor.execute(_NAMES.format(registered=wanted), values * 3)
        rows: list[Any] = cursor.fetchall()
    owners, ways, texts = zip(*rows, strict=True) if rows else ((), (), ())
    return _Part(Index(texts), np.array(owners, "S32"), np.array(ways, np.int8))
