"""A batch that came in becomes alerts; alerts become a focused run; its findings become clues by the road like any other run's."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from threading import Lock

from django.db import transaction

from chengxin.detection import actions, search
from chengxin.detection.errors import NothingToLookAt, RunWentMad
from chengxin.detection.live import alerts, keeping
from chengxin.detection.live.reading import KINDS
from chengxin.detection.live.state import rehearse
from chengxin.detection.models import LiveAlert
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
_ONE_AT_A_TIME = Lock()  # threads of one worker; two workers would only look twice


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
        state = keeping.current().state
        rehearse(state.limits)
        trades = state.trades
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
    """Run the detector that each waiting alert calls over a lake narrowed to the alerts' shops. All that wait share one run a detector."""
    with _ONE_AT_A_TIME:
        called: dict[str, list[LiveAlert]] = defaultdict(list)
        for alert in alerts.waiting():
            called[alert.detector].append(alert)
        return "; ".join(_look(name, some) for name, some in sorted(called.items())) or "nothing waits"


def _look(name: str, some: list[LiveAlert]) -> str:
    """One detector's focused run. One that cannot run or goes mad says so in its record; the next whole run looks again."""
    shops = sorted({shop for alert in some for shop in alert.shops})
    try:
        return actions.run([name], _window(), ACTOR, shops=shops, then=lambda run: alerts.looked_at(some, run)).summary()
    except (NothingToLookAt, RunWentMad) as error:
        alerts.looked_at(some, None)
        return str(error)


def _window() -> Window:
    """The last days up to the newest fact."""
    _, last = queries.reported_span()
    until = (last or clock.now()) + timedelta(seconds=1)
    return Window(until - timedelta(days=tuning()["focus_days"]), until, search.SEED)


def keep() -> str:
    """Write the memory of this worker down, so that the next one begins with it."""
    return f"{keeping.save()} trades"


def tidy() -> int:
    """Every night: forget old trades at a quiet hour, and remove old alerts. Returns how many alerts went."""
    keeping.tidy()
    return alerts.drop_old()
