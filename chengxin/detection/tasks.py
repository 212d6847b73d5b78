"""What sets a run off: a batch that came in, the nightly look, an officer's wish."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from chengxin.detection import actions, search
from chengxin.detection.errors import NothingToLookAt
from chengxin.detectors import Window
from chengxin.facts import queries
from chengxin.facts.events import BatchAccepted
from chengxin.jobs.actions import enqueue
from chengxin.jobs.run import JobRun
from chengxin.kernel import clock

TITLE = {"zh": "监测运行", "en": "Detection run"}


@cache
def tuning() -> dict[str, int]:
    """The room's tuning.yaml."""
    loaded: dict[str, int] = yaml.load((Path(__file__).parent / "tuning.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return loaded


def look_at_batch(event: BatchAccepted) -> None:
    """A batch was accepted: look at the recent past, once for all batches of a minute."""
    gather = tuning()["gather_seconds"]
    slot = int(clock.now().timestamp()) // gather + 1
    due = datetime.fromtimestamp(slot * gather, clock.CITY)
    enqueue("chengxin.detection.tasks:look_at_recent", title=TITLE, key=f"detection.recent.{slot}", run_at=due, owner="system:detection")


def look_at_recent(job: JobRun | None = None) -> str:
    """Run every detector over the last days up to the newest fact."""
    _, last = queries.reported_span()
    if last is None:
        return "nothing reported"
    until = last + timedelta(seconds=1)
    window = Window(until - timedelta(days=tuning()["lookback_days"]), until, search.SEED)
    return _run([], window, "system:detection", job)


def run(
    since: str | None = None,
    until: str | None = None,
    names: list[str] | None = None,
    actor: str = "system:detection",
    job: JobRun | None = None,
) -> str:
    """A run somebody asked for: days as YYYY-MM-DD, everything reported when open; all detectors when none is named."""
    window = actions.window_of(date.fromisoformat(since) if since else None, date.fromisoformat(until) if until else None)
    return _run(names or [], window, actor, job)


def _run(names: list[str], window: Window, actor: str, job: JobRun | None) -> str:
    def show(done: int, total: int, note: str) -> None:
        if job:
            job.progress(done, total, note)

    try:
        made: Any = actions.run(names, window, actor, show)
    except NothingToLookAt as error:
        return str(error)
    return str(made.summary())
