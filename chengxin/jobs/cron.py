"""The cron table: every room's cron.yaml, a list of {name, when (five fields, the city's time), target, zh, en, kwargs}.

A tick becomes a job once, whatever the number of workers; ticks missed while no worker ran become one job, not many.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from croniter import croniter
from django.apps import apps
from django.db import transaction

from chengxin.jobs import actions
from chengxin.jobs.models import Tick
from chengxin.kernel import clock


@dataclass(frozen=True)
class Entry:
    """One line of the table."""

    name: str
    when: str
    target: str
    zh: str
    en: str
    kwargs: dict[str, Any] = field(default_factory=dict)

    def last_due(self, now: datetime) -> datetime:
        """The latest tick at or before now."""
        found: datetime = croniter(self.when, now.astimezone(clock.CITY)).get_prev(datetime)
        exact: bool = croniter.match(self.when, now.astimezone(clock.CITY)) and now.second == 0 and now.microsecond == 0
        return now if exact else found


@cache
def table() -> tuple[Entry, ...]:
    """All entries of all rooms. ValueError for two of one name or a `when` that is none."""
    found: dict[str, Entry] = {}
    for app in apps.get_app_configs():
        path = Path(app.path) / "cron.yaml"
        for line in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) if path.exists() else ():
            entry = Entry(**line)
            if entry.name in found or not croniter.is_valid(entry.when):
                raise ValueError(f"{path}: {entry.name} is there twice or its time {entry.when!r} is not one")
            found[entry.name] = entry
    return tuple(found.values())


def tick(entries: tuple[Entry, ...] | None = None) -> int:
    """Ask for the jobs that became due since the last look; returns how many. An entry seen for the first time waits for its next tick."""
    return sum(_tick(entry) for entry in (table() if entries is None else entries))


def _tick(entry: Entry) -> bool:
    now = clock.now()
    due = entry.last_due(now)
    seen = Tick.objects.filter(name=entry.name).values_list("at", flat=True).first()
    if seen is not None and seen >= due:
        return False  # nothing to do is the common case and takes no lock
    with transaction.atomic():
        row, fresh = Tick.objects.select_for_update().get_or_create(name=entry.name, defaults={"at": now})
        if fresh or row.at >= due:
            return False
        row.at = due
        row.save(update_fields=["at"])
        title = {"zh": entry.zh, "en": entry.en}
        key = f"cron:{entry.name}:{due.isoformat()}"
        actions.enqueue(entry.target, title=title, owner="system:cron", key=key, **entry.kwargs)
    return True
