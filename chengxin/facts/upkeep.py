"""Keeping the lake: small segments of a day become one, expired facts go, replaced files go after their grace. Crash-safe at every step."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from chengxin.audit import actions as audit
from chengxin.facts import disk, kinds, known, segments
from chengxin.facts.kinds import Kind
from chengxin.facts.models import Hold, KeyRun, Receipt, Segment
from chengxin.kernel import clock
from chengxin.kernel.locks import locked
from chengxin.law import law

FEWEST = 4  # merging fewer files saves nothing a reader notices
SMALL = segments.ROW_GROUP // 2
MOST_ROWS = 2_000_000  # of one merged file: what fits in memory beside a serving process
GRACE = timedelta(days=7)  # how long a replaced file stays for readers that took their snapshot before
ACTOR = "system:facts"


def compact(now: datetime | None = None) -> int:
    """Merge small segments of the same kind and day. Returns how many files were replaced."""
    now = now or clock.now()
    groups: dict[tuple[str, date, bool], list[Segment]] = defaultdict(list)
    for segment in _live().filter(rows__lt=SMALL).order_by("number"):
        groups[segment.kind, clock.city_day(segment.first_at), segment.correction].append(segment)
    return sum(_merge(kinds.kind(kind), part, now) for (kind, _, _), found in groups.items() for part in _parts(found))


def _live() -> QuerySet[Segment]:
    return Segment.objects.filter(replaced_at=None, dropped_at=None)


def _parts(found: Sequence[Segment]) -> list[list[Segment]]:
    """Groups of at least FEWEST segments and at most MOST_ROWS rows."""
    parts: list[list[Segment]] = [[]]
    rows = 0
    for segment in found:
        if rows + segment.rows > MOST_ROWS:
            parts.append([])
            rows = 0
        parts[-1].append(segment)
        rows += segment.rows
    return [part for part in parts if len(part) >= FEWEST]


def _merge(kind: Kind, parts: list[Segment], now: datetime) -> int:
    """Write the merged file first, then replace the rows in one transaction; a crash before that leaves an orphan that recovery sweeps."""
    with disk.writing():
        table = pa.concat_tables([_read(kind, segment) for segment in parts])
        times = table[kind.time].cast(pa.int64()).to_numpy()
        written = segments.write(kind, table, np.asarray(times))
        try:
            with transaction.atomic(), locked(f"facts.{kind.kind}"):
                return _replace(kind, parts, written, now)
        except BaseException:
            (disk.lake() / written.path).unlink(missing_ok=True)
            raise


def _read(kind: Kind, segment: Segment) -> pa.Table:
    """A segment in the kind's present schema; columns added since are null."""
    table = pq.read_table(disk.lake() / segment.path, partitioning=None)
    missing = [field for field in kind.lake_schema if field.name not in table.column_names]
    for field in missing:
        table = table.append_column(field, pa.nulls(table.num_rows, field.type))
    return table.select(kind.lake_schema.names).cast(kind.lake_schema)


def _replace(kind: Kind, parts: list[Segment], written: segments.Written, now: datetime) -> int:
    numbers = [segment.number for segment in parts]
    if _live().filter(number__in=numbers).count() != len(numbers):
        (disk.lake() / written.path).unlink(missing_ok=True)
        return 0
    platforms = {segment.platform for segment in parts}
    merged = segments.row_of(
        kind, written, platform=platforms.pop() if len(platforms) == 1 else "", batch="", correction=parts[0].correction, now=now
    )
    merged.oldest_batch = min(segment.oldest_batch for segment in parts)
    merged.newest_batch = max(segment.newest_batch for segment in parts)
    merged.expires_on = max(segment.expires_on for segment in parts)
    merged.added_at = max(segment.added_at for segment in parts)
    merged.save(force_insert=True)
    Segment.objects.filter(number__in=numbers).update(replaced_at=now, replaced_by=merged)
    data = {"kind": kind.kind, "rows": written.rows, "sha256": written.sha256, "replaced": [segment.sha256 for segment in parts]}
    audit.record("facts.segments.compacted", actor=ACTOR, object=f"facts.segment:{merged.number}", data=data)
    return len(parts)


def drop_expired(today: date | None = None) -> int:
    """Remove facts whose term (RETAIN_TRADE) is over, unless somebody holds them. Returns how many segments went."""
    today = today or clock.today()
    expired = _unheld(Segment.objects.filter(dropped_at=None, expires_on__lt=today))
    found: dict[str, list[Segment]] = defaultdict(list)
    for segment in expired:
        found[segment.kind].append(segment)
    for kind, some in found.items():
        with transaction.atomic(), locked(f"facts.{kind}"):
            _drop(kind, some, today)
    _drop_error_files(today)
    return sum(map(len, found.values()))


def _unheld(some: QuerySet[Segment]) -> QuerySet[Segment]:
    return some.filter(~Exists(Hold.objects.filter(segment=OuterRef("pk"))))


def _drop(kind: str, some: list[Segment], today: date) -> None:
    Segment.objects.filter(number__in=[segment.number for segment in some]).update(dropped_at=clock.now())
    rows = sum(segment.rows for segment in some if segment.replaced_at is None)
    rebuild_runs(kind)
    data = {"kind": kind, "rows": rows, "segments": [segment.sha256 for segment in some], "day": today.isoformat()}
    audit.record("facts.segments.expired", actor=ACTOR, object=f"facts.kind:{kind}", data=data)
    transaction.on_commit(lambda: _unlink(some))


def _drop_error_files(today: date) -> None:
    """Error sheets live as long as the trade facts they came with."""
    for receipt in Receipt.objects.exclude(errors_path="").order_by("received_at"):
        if law.due(kinds.kind(receipt.kind).retention, clock.city_day(receipt.received_at)) >= today:
            return
        (disk.lake() / receipt.errors_path).unlink(missing_ok=True)
        Receipt.objects.filter(pk=receipt.pk).update(errors_path="")


def sweep_replaced(now: datetime | None = None) -> int:
    """Remove the files that compaction replaced, once the grace is over and no run holds them. Returns how many."""
    now = now or clock.now()
    some = list(_unheld(Segment.objects.filter(dropped_at=None, replaced_at__lt=now - GRACE)))
    with transaction.atomic():
        Segment.objects.filter(number__in=[segment.number for segment in some]).update(dropped_at=now)
        transaction.on_commit(lambda: _unlink(some))
    return len(some)


def _unlink(some: Sequence[Segment]) -> None:
    for segment in some:
        with contextlib.suppress(OSError):
            (disk.lake() / segment.path).unlink()


def rebuild_runs(kind: str) -> int:
    """Build the key runs of a kind anew from its live segments, in the caller's transaction. Returns how many keys there are."""
    parts = [pq.read_table(disk.lake() / segment.path, columns=["fact", "content", "batch"]) for segment in _live().filter(kind=kind)]
    replaced = known.runs(kind)
    KeyRun.objects.filter(number__in=[run.number for run in replaced]).delete()
    transaction.on_commit(lambda: known.forget(replaced))
    if not parts:
        return 0
    table = pa.concat_tables(parts).sort_by([("fact", "ascending"), ("batch", "ascending")])
    facts, contents = table["fact"].to_numpy(), table["content"].to_numpy()
    newest = np.append(facts[1:] != facts[:-1], True)
    known.write_run(kind, facts[newest], contents[newest]).save(force_insert=True)
    return int(newest.sum())
