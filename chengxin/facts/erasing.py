"""A person in the lake: segments that carry the person's pseudonyms or words are written anew without them, and the old files go at once.

Rewriting and not a key per person: a fact carries up to six people's and things' pseudonyms, so a key per person would mean a key per
value, and the engines read Parquet columns as they lie. A segment is rewritten in seconds, erasure is rare, and afterwards nothing is
left to decrypt. Each row gets random pseudonyms, different in every row: the rows still count as trade and name nobody.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db import transaction

from chengxin.audit import actions as audit
from chengxin.facts import disk, kinds, segments
from chengxin.facts.checking import CITY_WIDE
from chengxin.facts.kinds import Kind
from chengxin.facts.models import Hold, Receipt, Segment
from chengxin.facts.upkeep import rebuild_runs
from chengxin.kernel import clock, encryption
from chengxin.kernel.locks import locked

ERASED = "facts.segment.erased"
MASK = "＊"


@dataclass(frozen=True)
class Wanted:
    """What to look for: tokens by domain (person, device, ip, address), texts in columns of words; or whole facts by kind and key, which
    an older backup brought back: their words go altogether, for nobody knows any more which of them named the person."""

    tokens: Mapping[str, frozenset[int]] = field(default_factory=dict)
    texts: tuple[str, ...] = ()
    facts: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.texts or self.facts) or any(self.tokens.values())


@dataclass(frozen=True)
class Place:
    """A segment in which something was found."""

    number: int
    kind: str
    rows: int
    bytes: int
    held_by: tuple[str, ...]
    facts: tuple[int, ...] = ()


def token(domain: str, value: str, platform: str = "") -> int:
    """The pseudonym of a value as intake makes it: people are numbered per platform, things that rings share city-wide."""
    own = domain == "person" and not value.startswith(CITY_WIDE)
    return encryption.keyed_token(domain, f"{platform}/{value}" if own else value)


def find(wanted: Wanted) -> list[Place]:
    """The segments, replaced ones included as long as their files lie there, that carry any of it."""
    found = []
    for segment in Segment.objects.filter(dropped_at=None).iterator():
        rows = _rows(segment, wanted) if wanted else None
        if rows is not None and rows.any():
            holders = tuple(sorted(Hold.objects.filter(segment=segment).values_list("holder", flat=True).distinct()))
            facts = pq.read_table(disk.lake() / segment.path, columns=["fact"], partitioning=None)["fact"].to_numpy()[rows]
            keys = tuple(int(one) for one in facts)
            found.append(Place(segment.number, segment.kind, int(rows.sum()), segment.bytes, holders, keys))
    return found


def erase(places: Sequence[Place], wanted: Wanted, *, actor: str, reason: str) -> int:
    """Rewrite the live segments, drop the files of replaced ones. Returns the number of rows that carried something."""
    for kind in sorted({place.kind for place in places}):
        some = [place.number for place in places if place.kind == kind]
        with disk.writing(), transaction.atomic(), locked(f"facts.{kind}"):
            for segment in Segment.objects.select_for_update().filter(number__in=some, dropped_at=None):
                _erase(kinds.kind(kind), segment, wanted, actor, reason)
            rebuild_runs(kind)
    _drop_error_sheets(wanted)
    return sum(place.rows for place in places)


def _erase(kind: Kind, segment: Segment, wanted: Wanted, actor: str, reason: str) -> None:
    now = clock.now()
    data = {"kind": segment.kind, "rows": segment.rows, "sha256": segment.sha256, "reason": reason}
    if segment.replaced_at is None:
        fresh = _rewritten(kind, segment, wanted)
        data |= {"replaced_by": fresh.sha256}
        Segment.objects.filter(pk=segment.pk).update(replaced_at=now, replaced_by=fresh)
    Segment.objects.filter(pk=segment.pk).update(dropped_at=now)
    audit.record(ERASED, actor=actor, object=f"facts.segment:{segment.number}", data=data)
    transaction.on_commit(lambda: _unlink(segment.path))


def _rewritten(kind: Kind, segment: Segment, wanted: Wanted) -> Segment:
    table = pq.read_table(disk.lake() / segment.path, partitioning=None)
    rows = _rows(segment, wanted, table)
    assert rows is not None
    for name in _token_columns(kind, table):
        table = table.set_column(table.column_names.index(name), name, _other_tokens(table[name], rows))
    for name in _text_columns(kind, table):
        whole = rows if wanted.facts and kind.by_name[name].free else None
        table = table.set_column(table.column_names.index(name), name, _without(table[name], wanted.texts, whole))
    written = segments.write(kind, table, np.asarray(table[kind.time].cast(pa.int64()).to_numpy()))
    try:
        fresh = segments.row_of(
            kind, written, platform=segment.platform, batch=segment.newest_batch, correction=segment.correction, now=segment.added_at
        )
        fresh.oldest_batch, fresh.expires_on, fresh.receipt = segment.oldest_batch, segment.expires_on, segment.receipt
        fresh.schema_version = segment.schema_version
        fresh.save(force_insert=True)
    except BaseException:
        _unlink(written.path)
        raise
    return fresh


def _rows(segment: Segment, wanted: Wanted, table: pa.Table | None = None) -> np.ndarray[tuple[int], np.dtype[np.bool_]] | None:
    """Which rows carry something; None for a file that is gone."""
    kind, path = kinds.kind(segment.kind), disk.lake() / segment.path
    if table is None:
        if not path.exists():
            return None
        names = set(pq.read_schema(path).names)
        read = [name for name in ("fact", *_personal(kind), *_free(kind)) if name in names]
        table = pq.read_table(path, columns=read, partitioning=None)
    found = np.isin(table["fact"].to_numpy(), list(wanted.facts.get(kind.kind, ())))
    for name in _token_columns(kind, table):
        known = wanted.tokens.get(str(kind.by_name[name].domain), frozenset())
        found |= np.asarray(pc.fill_null(pc.is_in(table[name], pa.array(sorted(known), pa.int64())), False).to_numpy(zero_copy_only=False))
    for name in _text_columns(kind, table):
        for text in wanted.texts:
            found |= np.asarray(pc.fill_null(pc.match_substring(table[name].cast(pa.string()), text), False).to_numpy(zero_copy_only=False))
    return found


def _personal(kind: Kind) -> list[str]:
    return [one.name for one in kind.columns if one.domain]


def _free(kind: Kind) -> list[str]:
    """Columns of words: free texts, and names and numbers that a platform may fill with what it likes."""
    return [one.name for one in kind.columns if one.type == "text" and not one.domain]


def _token_columns(kind: Kind, table: pa.Table) -> list[str]:
    return [name for name in _personal(kind) if name in table.column_names]


def _text_columns(kind: Kind, table: pa.Table) -> list[str]:
    return [name for name in _free(kind) if name in table.column_names]


def _other_tokens(column: pa.ChunkedArray, rows: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> pa.Array:
    """Random pseudonyms in the rows found, null where there was none."""
    drawn = np.frombuffer(secrets.token_bytes(8 * len(rows)), dtype="<u8") & np.uint64(encryption.TOKEN_MASK)
    whole = column.combine_chunks()
    there = pa.array(rows & np.asarray(whole.is_valid().to_numpy(zero_copy_only=False)))
    return pc.if_else(there, pa.array(drawn.astype(np.int64)), whole)


def _without(column: pa.ChunkedArray, texts: Sequence[str], whole: np.ndarray[tuple[int], np.dtype[np.bool_]] | None) -> pa.Array:
    plain = column.cast(pa.string()).combine_chunks()
    if whole is not None:
        plain = pc.if_else(pa.array(whole), pa.scalar(MASK), plain)
    for text in texts:
        plain = pc.replace_substring(plain, text, MASK * len(text))
    return plain.cast(column.type) if not pa.types.is_dictionary(column.type) else plain


def _drop_error_sheets(wanted: Wanted) -> None:
    """Error sheets repeat no personal reference; one that holds a wanted text all the same goes whole."""
    for receipt in Receipt.objects.exclude(errors_path=""):
        path = disk.lake() / receipt.errors_path
        if path.exists() and any(text.encode() in path.read_bytes() for text in wanted.texts):
            path.unlink()
            Receipt.objects.filter(pk=receipt.pk).update(errors_path="")


def _unlink(path: str) -> None:
    with contextlib.suppress(OSError):
        (disk.lake() / path).unlink()
