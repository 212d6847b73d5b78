"""Running detectors. What comes out is a finding; it becomes a clue above, and nothing more without a named human."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import transaction

from chengxin.audit import actions as audit
from chengxin.detection import grouping, running, search, verdicts
from chengxin.detection.errors import NothingToLookAt, RunWentMad
from chengxin.detection.events import FindingsMade
from chengxin.detection.live import focus
from chengxin.detection.models import FoundRow, Run
from chengxin.detection.parts import Parts
from chengxin.detection.search import Progress
from chengxin.detectors import Detector, Finding, Window
from chengxin.facts import actions as facts
from chengxin.facts import lake, queries
from chengxin.jobs import outbox
from chengxin.kernel import clock


def run(
    names: Sequence[str],
    window: Window,
    actor: str,
    progress: Progress | None = None,
    overrides: dict[str, dict[str, Any]] | None = None,
    shops: Sequence[int] = (),
    then: Callable[[Run], None] | None = None,
) -> Run:
    """Run detectors over everything reported up to the window's end and keep what they find that reaches into the window.

    A run of the same detectors, parameters, window and facts that was killed goes on: its record is taken over, and detectors that had
    finished are not run again.

    shops: tokens of the shops to narrow the lake to (see live/focus.py); findings that concern none of them are left to the next whole run.
    then: called with the finished run in the transaction that tells of it.
    Raises UnknownDetector, NothingToLookAt, and RunWentMad when a detector's volume assertion fails (the run is kept, marked stopped).
    """
    chosen = search.choose(names)
    kinds = sorted({kind for detector in chosen for kind in detector.kinds})
    snapshot = queries.snapshot(kinds, None, window.until)  # all of the past: a price or a weight is judged by what was usual before
    if not snapshot.segments:
        raise NothingToLookAt(since=window.since.date(), until=window.until.date())
    used = with_cases(search.parameters(chosen, overrides))
    with running.record(_new(chosen, used, window, snapshot, actor, shops)) as (record, adopted):
        if not adopted:
            _start(record, snapshot)
        parts = Parts(running.folder(record), snapshot.root, window, used)
        try:
            with lake.connect(snapshot, every=True) as connection:
                if shops:
                    focus.narrow(connection, shops, kinds, window.since)
                found = search.search(connection, chosen, used, window, progress, parts)
        except RunWentMad as error:
            _close(record, Run.State.STOPPED, error.said(error.why, "zh"), error.said(error.why, "en"))
            raise
        except Exception as error:
            _close(record, Run.State.FAILED, "运行出错。", f"{type(error).__name__}: {error}"[:500])
            raise
        return _keep(record, [one for one in found if not shops or not set(shops).isdisjoint(one.shops)], actor, then)


def run_from_command(names: Sequence[str], since: str | None, until: str | None, *, progress: bool) -> Run:
    """`chengxin detect`: days as YYYY-MM-DD in the city's time, everything reported when none is given; shows a progress bar when asked."""
    from tqdm import tqdm

    window = window_of(date.fromisoformat(since) if since else None, date.fromisoformat(until) if until else None)
    with tqdm(total=1, disable=not progress, unit="detector") as bar:

        def show(done: int, total: int, note: str) -> None:
            bar.total, bar.n = total, done
            bar.set_description(note)

        return run(names, window, "system:command", show)


def with_cases(used: search.Parameters) -> search.Parameters:
    """The parameters, with the decided clues for detectors that look from them (a parameter `cases`); so the record of the run has them."""
    wanted = [name for name, params in used.items() if params.get("cases") == []]
    decided = verdicts.cases() if wanted else []
    return {name: {**params, "cases": decided} if name in wanted else params for name, params in used.items()}


def window_of(since: date | None = None, until: date | None = None) -> Window:
    """The window of whole city days; an open end is the first or last fact in the lake."""
    first, last = queries.reported_span()
    if first is None or last is None:
        raise NothingToLookAt(since=since or "-", until=until or "-")
    return search.window(first, last, since, until)


def _new(chosen: list[Detector], used: search.Parameters, window: Window, snapshot: Any, actor: str, shops: Sequence[int]) -> Run:
    return Run(
        focus=sorted(shops),
        detectors={one.name: one.version for one in chosen},
        parameters=used,
        since=window.since,
        until=window.until,
        seed=window.seed,
        snapshot=snapshot.as_json(),
        snapshot_root=snapshot.root,
        started_at=clock.now(),
        started_by=actor,
    )


def _start(record: Run, snapshot: Any) -> None:
    with transaction.atomic():
        record.save(force_insert=True)
        facts.hold(snapshot, f"detection.run:{record.id}")  # the files stay, so that the run can be repeated


def _keep(record: Run, found: list[Finding], actor: str, then: Callable[[Run], None] | None) -> Run:
    rows = [_row(record, finding) for finding in found]
    root = findings_root(found)
    with transaction.atomic():
        FoundRow.objects.bulk_create(rows, batch_size=500)
        record.findings_root = root
        _close(record, Run.State.DONE)
        audit.record(
            "detection.run.finished",
            actor=actor,
            object=f"detection.run:{record.id}",
            data={"detectors": record.detectors, "snapshot": record.snapshot_root, "findings": len(rows), "root": root},
        )
        if then:
            then(record)
        outbox.emit(FindingsMade(str(record.id), [str(row.id) for row in rows]))
    return record


def findings_root(found: Iterable[Finding]) -> str:
    """One hash over all findings in order; equal for equal inputs."""
    return hashlib.sha256("\n".join(grouping.digest(one) for one in found).encode()).hexdigest()


def _row(record: Run, finding: Finding) -> FoundRow:
    return FoundRow(
        run=record,
        detector=finding.detector,
        behaviour=finding.behaviour,
        key=grouping.key(finding),
        shops=list(finding.shops),
        accounts=list(finding.accounts),
        evidence={kind: list(facts) for kind, facts in finding.evidence.items()},
        reasons=[asdict(reason) for reason in finding.reasons],
        score=finding.score,
        since=finding.since,
        until=finding.until,
        benign=list(finding.benign),
        picture=finding.picture,
        digest=grouping.digest(finding),
    )


def _close(record: Run, state: str, note_zh: str = "", note_en: str = "") -> None:
    record.state, record.note_zh, record.note_en, record.finished_at = state, note_zh, note_en, clock.now()
    record.save(update_fields=["state", "note_zh", "note_en", "finished_at", "findings_root"])
