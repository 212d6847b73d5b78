"""A batch that came in becomes alerts; alerts become a focused run; its findings become clues by the road like any other run's."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from django.db import transaction

from chengxin import detectors
from chengxin.detection import actions, search
from chengxin.detection.errors import NothingToLookAt, RunWentMad
from chengxin.detection.live import alerts, focus as narrowed, keeping
from chengxin.detection.live.reading import KINDS
from chengxin.detection.models import LiveAlert, Run
from chengxin.detection.tasks import tuning
from chengxin.detectors import Window
from chengxin.facts import queries
from chengxin.facts.events import BatchAccepted
from chengxin.jobs.actions import enqueue
from chengxin.kernel import clock

TITLE = {"zh": "查看实时预警", "en": "Look at live alerts"}
BEGIN = {"zh": "恢复实时监测状态", "en": "Bring the live memory back"}
KEEP = {"zh": "保存实时监测状态", "en": "Write the live memory down"}
ACTOR = "system:live"


def take_batch(event: BatchAccepted) -> None:
    """Remember the batch and store its alerts, in this event's transaction. A worker that has no memory yet leaves it to a job: bringing
    the memory back takes seconds, and the writer's lock is not held for that long."""
    if event.kind not in KINDS or not event.accepted:
        return
    if keeping.ready():
        _take(event.receipt_id)
    else:
        key = f"detection.live.begin.{event.receipt_id}"
        enqueue("chengxin.detection.live.tasks:begin", title=BEGIN, owner=ACTOR, key=key, receipt_id=event.receipt_id)


def begin(receipt_id: str) -> str:
    """Bring the memory back where there is none, then take the batch."""
    with keeping.LOCK:
        trades = keeping.current().state.trades
    with transaction.atomic():
        _take(receipt_id)
    return f"{trades} trades"


def _take(receipt_id: str) -> None:
    found = alerts.take(receipt_id)
    if found:
        key = f"detection.live.focus.{receipt_id}"
        enqueue("chengxin.detection.live.tasks:focus", title=TITLE, owner=ACTOR, key=key)
    every = tuning()["snapshot_seconds"]
    slot = int(clock.now().timestamp()) // every + 1
    due = datetime.fromtimestamp(slot * every, clock.CITY)
    enqueue("chengxin.detection.live.tasks:keep", title=KEEP, owner=ACTOR, key=f"detection.live.keep.{slot}", run_at=due)


def focus() -> str:
    """Run the detectors that the waiting alerts call, each over a lake narrowed to the alerts' shops. All that wait share the runs."""
    waiting = alerts.waiting()
    _, last = queries.reported_span()
    if not waiting or last is None:
        return "nothing waits"
    until = last + timedelta(seconds=1)
    window = Window(until - timedelta(days=tuning()["focus_days"]), until, search.SEED)
    runs = [run for name, shops in sorted(_called(waiting).items()) if (run := _run(name, window, sorted(shops)))]
    with transaction.atomic():
        alerts.looked_at(waiting, runs)
    return "; ".join(run.summary() for run in runs)


def _called(some: list[LiveAlert]) -> dict[str, set[int]]:
    """{detector: tokens of the shops it is called for}."""
    called: dict[str, set[int]] = defaultdict(set)
    for alert in some:
        for name in alert.detectors:
            if narrowed.fits(detectors.load(name)):
                called[name].update(alert.shops)
    return called


def _run(name: str, window: Window, shops: list[int]) -> Run | None:
    """One detector's focused run; None when it could not run or went mad, which its record says. The next whole run looks again."""
    try:
        return actions.run([name], window, ACTOR, shops=shops)
    except (NothingToLookAt, RunWentMad):
        return None


def keep() -> str:
    """Write the memory of this worker down, so that the next one begins with it."""
    return f"{keeping.save()} trades"


def tidy() -> int:
    """Every night: forget old trades at a quiet hour, and remove old alerts. Returns how many alerts went."""
    keeping.tidy()
    return alerts.drop_old()
