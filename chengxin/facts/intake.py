"""Accept a batch: read, check, set bad rows aside, drop what is known, and commit file, manifest, receipt and audit leaf as one."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
import pyarrow as pa
from django.db import transaction
from numpy.typing import NDArray

from chengxin.facts import checking, disk, kinds, known, quarantine, receipts, segments, sources, upkeep
from chengxin.facts import mapping as mappings
from chengxin.facts.checking import Checked
from chengxin.facts.errors import UnknownPlatform
from chengxin.facts.events import BatchAccepted
from chengxin.facts.kinds import Kind
from chengxin.facts.mapping import Mapping
from chengxin.facts.models import KeyRun, Receipt
from chengxin.facts.reasons import WHOLE_ROW, Problem
from chengxin.facts.segments import Written
from chengxin.facts.sources import Opened
from chengxin.jobs import outbox
from chengxin.kernel import clock, ids
from chengxin.kernel.locks import locked

if TYPE_CHECKING:
    from chengxin.subjects.models import Platform

DEDUPE = True  # a test switches it off to show that replays would double without it


@dataclass(frozen=True)
class _Batch:
    """A batch after checking, before it is known what of it is new."""

    platform: Platform
    kind: Kind
    actor: str
    format: str
    correction: bool
    now: datetime
    checked: Checked
    ignored: list[str]
    rows: int
    identity: str
    file_sha256: str
    file_bytes: int
    order: NDArray[np.int64]  # good rows sorted by key, then content


@dataclass
class _Plan:
    """What to write of a batch, given the keys known at the time. The id is made after those keys were read: ids sort as versions do."""

    id: UUID
    new: NDArray[np.int64]  # rows to write, in the order sent
    duplicates: int
    conflicts: list[Problem]
    written: Written | None
    run: KeyRun | None
    errors: quarantine.Written | None


def accept_batch(
    platform: Platform | str,
    kind: str,
    source: Path | bytes | pa.Table,
    format: str,
    actor: str,
    mapping: Mapping | Path | str | bytes | None = None,
    *,
    correction: bool = False,
    limits: sources.Limits = sources.INTERACTIVE,
) -> Receipt:
    """Accept one batch of facts and return its receipt; the same batch sent again gets the first receipt.

    platform: a registered platform or its code; source: a file, its bytes or an Arrow table (format "table"); format: ndjson, json, csv,
    xlsx, parquet, arrow, table; actor: "user:<id>", "client:<id>" or "system:<job>"; mapping: a file, its text or the name of a shipped
    one;
    correction: rows replace earlier reports of their key. Bad rows are set aside with reasons (`queries.errors`), good rows are in the lake
    when this returns. Raises UnknownKind, UnknownFormat, UnknownPlatform, TooLarge, Damaged, MissingColumns, Empty, BadMapping,
    FileTooHard;
    then nothing was changed.
    """
    opened = sources.open_source(source, format)
    batch = _check(platform_of(platform), kinds.kind(kind), opened, mappings.load(mapping), actor, correction, limits)
    first = Receipt.objects.filter(identity=batch.identity).first() if DEDUPE else None
    return first or _commit(batch)


def platform_of(platform: Platform | str) -> Platform:
    """The registered platform of this code. Raises UnknownPlatform."""
    from chengxin.subjects.models import Platform as Registered

    if isinstance(platform, Registered):
        return platform
    found = Registered.objects.filter(code=platform).first()
    if found is None:
        raise UnknownPlatform(platform=str(platform)[:64])
    return found


def _check(
    platform: Platform, kind: Kind, opened: Opened, mapping: Mapping | None, actor: str, correction: bool, limits: sources.Limits
) -> _Batch:
    now = clock.now()
    sent, ignored = sources.read(kind, opened, mapping, limits)
    checked = checking.check(kind, platform.code, sent, now)
    order = _by_key(checked.fact, checked.content)
    identity = _identity(platform.code, kind, correction, checked, order)
    return _Batch(
        platform, kind, actor, opened.format, correction, now, checked, ignored, sent.rows, identity,
        opened.sha256, opened.size, order,
    )  # fmt: skip


def _by_key(facts: NDArray[np.int64], contents: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows by key, then content. Keys are seldom there twice, and sorting by one column takes a fifth of the time."""
    order = np.argsort(facts)
    repeated = bool((facts[order[1:]] == facts[order[:-1]]).any())
    return np.lexsort((contents, facts)) if repeated else order


def _identity(platform: str, kind: Kind, correction: bool, checked: Checked, order: NDArray[np.int64]) -> str:
    """SHA-256 over the sorted (key, content) digests and the digests of bad rows: no matter the order of rows, the format or the file's
    name."""
    digest = hashlib.sha256(f"{platform}\0{kind.kind}\0{kind.version}\0{int(correction)}\0".encode())
    digest.update(np.column_stack((checked.fact[order], checked.content[order])).tobytes())
    digest.update("\n".join(sorted(checked.marks)).encode())
    if not DEDUPE:
        digest.update(str(ids.new_id()).encode())
    return digest.hexdigest()


def _commit(batch: _Batch) -> Receipt:
    """Write the files outside the lock, then publish them in one transaction; when another batch was quicker, plan again under the lock."""
    with disk.writing():
        seen = known.runs(batch.kind.kind)
        plan = _plan_ahead(batch, seen)
        published = False
        try:
            with transaction.atomic(), locked(f"facts.{batch.kind.kind}"):
                receipt = Receipt.objects.filter(identity=batch.identity).first()
                if receipt is None:
                    plan = _plan_for_good(batch, plan, seen)
                    receipt = _publish(batch, plan, known.runs(batch.kind.kind))
                    published = True
        except BaseException:
            published = False
            raise
        finally:
            if plan and not published:
                _discard(plan)
    return receipt


def _plan_ahead(batch: _Batch, runs: Sequence[KeyRun]) -> _Plan | None:
    """The plan by the keys known now, or None when a run was merged away under our hands."""
    try:
        return _plan(batch, runs)
    except known.RunMissing:
        return None


def _plan_for_good(batch: _Batch, plan: _Plan | None, seen: Sequence[KeyRun]) -> _Plan:
    """The plan that holds under the lock; a run that is missing here is lost, and all runs are built anew from the lake."""
    kind = batch.kind.kind
    runs = known.runs(kind)
    try:
        if plan and not _overtaken(batch, plan, seen, runs):
            return plan
        if plan:
            _discard(plan)
        return _plan(batch, runs)
    except known.RunMissing:
        upkeep.rebuild_runs(kind)
        return _plan(batch, known.runs(kind))


def _overtaken(batch: _Batch, plan: _Plan, seen: Sequence[KeyRun], runs: Sequence[KeyRun]) -> bool:
    """Whether a key that was new to the plan is in a run that came since (a merged run of old keys does no harm: it holds none of them)."""
    old = {run.number for run in seen}
    since = [run for run in runs if run.number not in old]
    return bool(since) and len(plan.new) > 0 and bool(known.look_up(since, np.sort(batch.checked.fact[plan.new])).known.any())


def _plan(batch: _Batch, runs: Sequence[KeyRun]) -> _Plan:
    """Decide row by row (new, duplicate, conflict) and write the files."""
    checked = batch.checked
    facts, contents = checked.fact[batch.order], checked.content[batch.order]
    verdict = _verdicts(batch, facts, contents, runs)
    new_sorted = verdict == _NEW
    rows = np.sort(batch.order[new_sorted])
    id = ids.new_id()
    conflicts = _conflicts(batch, verdict)
    written = run = None
    if len(rows):
        table = checked.table if len(rows) == len(facts) else checked.table.take(pa.array(rows))
        table = table.append_column("batch", pa.array([str(id)]).take(pa.array(np.zeros(len(rows), np.int32))))
        written = segments.write(batch.kind, table, checked.times[rows])
        run = known.write_run(batch.kind.kind, facts[new_sorted], contents[new_sorted])
    errors = quarantine.write(batch.kind, id, checked.problems + conflicts)
    return _Plan(id, rows, int((verdict == _DUPLICATE).sum()), conflicts, written, run, errors)


_NEW, _DUPLICATE, _CONFLICT, _CONFLICT_IN_FILE, _NOTHING = range(5)


def _verdicts(batch: _Batch, facts: NDArray[np.int64], contents: NDArray[np.int64], runs: Sequence[KeyRun]) -> NDArray[np.int8]:
    """One verdict per row in key order. In one file the first row sent of a key counts, later ones are duplicates or conflicts."""
    verdict = np.full(len(facts), _NEW, np.int8)
    if not DEDUPE:
        return verdict
    found = known.look_up(runs, facts)
    same = found.known & (found.content == contents)
    if batch.correction:
        verdict[~found.known] = _NOTHING
    else:
        verdict[found.known] = _CONFLICT
    verdict[same] = _DUPLICATE
    for start, end in _repeats(facts):
        rows = batch.order[start:end]
        first = start + int(np.argmin(rows))
        again = np.arange(start, end) != first
        fresh = verdict[start:end] == _NEW
        equal = contents[start:end] == contents[first]
        verdict[start:end][again & fresh & equal] = _DUPLICATE
        verdict[start:end][again & fresh & ~equal] = _CONFLICT_IN_FILE
    return verdict


def _repeats(facts: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Half-open ranges of equal neighbours, longer than one."""
    if len(facts) < 2 or not (facts[1:] == facts[:-1]).any():
        return []
    starts = np.flatnonzero(np.concatenate(([True], facts[1:] != facts[:-1])))
    ends = np.append(starts[1:], len(facts))
    return [(int(start), int(end)) for start, end in zip(starts, ends, strict=True) if end - start > 1]


_CODES = {_CONFLICT: "conflict", _CONFLICT_IN_FILE: "conflict_in_file", _NOTHING: "nothing_to_correct"}


def _conflicts(batch: _Batch, verdict: NDArray[np.int8]) -> list[Problem]:
    problems = []
    numbers = batch.checked.numbers
    for place in np.flatnonzero(verdict > _DUPLICATE).tolist():
        row = int(batch.order[place])
        data = {}
        if verdict[place] == _CONFLICT_IN_FILE:
            data = {"first": int(numbers[batch.order[batch.checked.fact[batch.order] == batch.checked.fact[row]].min()])}
        problems.append(Problem(int(numbers[row]), WHOLE_ROW, _CODES[int(verdict[place])], data=data))
    return problems


def _publish(batch: _Batch, plan: _Plan, runs: Sequence[KeyRun]) -> Receipt:
    """All rows of one acceptance, in the caller's transaction; the audit leaf comes last because it locks the log."""
    problems = batch.checked.problems + plan.conflicts
    receipt = _receipt(batch, plan, problems)
    if batch.checked.shops:
        _note_shops(batch)
    segment = None
    if plan.written and plan.run:
        segment = segments.row_of(
            batch.kind, plan.written, platform=batch.platform.code, batch=str(plan.id), correction=batch.correction, now=batch.now
        )
        known.add(plan.run, runs)
    outbox.emit(_event(receipt))
    receipts.seal(receipt, segment)
    receipt.save(force_insert=True)
    if segment:
        segment.receipt = receipt
        segment.save(force_insert=True)
    return receipt


def _receipt(batch: _Batch, plan: _Plan, problems: Sequence[Problem]) -> Receipt:
    written, errors = plan.written, plan.errors
    return Receipt(
        id=plan.id, platform=batch.platform.code, kind=batch.kind.kind, identity=batch.identity, format=batch.format,
        correction=batch.correction, actor=batch.actor, received_at=batch.now, rows=batch.rows,
        first_at=written.first_at if written else None, last_at=written.last_at if written else None,
        accepted=len(plan.new), duplicates=plan.duplicates, quarantined=len({problem.row for problem in problems}),
        reasons=dict(sorted(Counter(problem.code for problem in problems).items())), ignored=batch.ignored[:50],
        file_sha256=batch.file_sha256, file_bytes=batch.file_bytes, schema_version=batch.kind.version,
        errors_path=errors.path if errors else "", errors_sha256=errors.sha256 if errors else "",
    )  # fmt: skip


def _event(receipt: Receipt) -> BatchAccepted:
    first, last = receipt.first_at, receipt.last_at
    return BatchAccepted(
        str(receipt.id), receipt.platform, receipt.kind, receipt.accepted, receipt.quarantined,
        first.isoformat() if first else "", last.isoformat() if last else "",
    )  # fmt: skip


_seen_shops: set[tuple[str, str]] = set()


def _note_shops(batch: _Batch) -> None:
    """Register shops that nobody registered; each process asks the register once per shop."""
    from chengxin.subjects.actions import note_shops_seen

    key = str(batch.platform.pk)
    unseen = [shop for shop in batch.checked.shops if (key, shop) not in _seen_shops]
    if not unseen:
        return
    note_shops_seen(batch.platform, unseen)
    transaction.on_commit(lambda: _seen_shops.update((key, shop) for shop in unseen))


def _discard(plan: _Plan) -> None:
    """Files that no row will name."""
    for path in (plan.written and plan.written.path, plan.errors and plan.errors.path):
        if path:
            (disk.lake() / path).unlink(missing_ok=True)
    if plan.run is not None:
        known.forget([plan.run])
