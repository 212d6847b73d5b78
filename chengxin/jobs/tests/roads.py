"""Events, handlers and jobs for the tests. An effect is a job row that nobody runs, so that effects can be counted."""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from chengxin.jobs import outbox
from chengxin.jobs.models import Job
from chengxin.jobs.run import JobRun
from chengxin.kernel import clock
from chengxin.kernel.errors import Invalid


@dataclass(frozen=True)
class Part:
    """A value inside an event."""

    name: str
    day: date


@dataclass(frozen=True)
class Happened:
    """An event with every kind of plain value."""

    number: int
    key: UUID
    at: datetime
    parts: tuple[Part, ...] = ()
    notes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Followed:
    """An event that a handler emits."""

    number: int


@dataclass
class Thawed:
    """Not an event: it could change after it was emitted."""

    number: int


HAPPENED = Happened(7, UUID(int=7), datetime(2026, 4, 1, 12, tzinfo=UTC), (Part("诚", date(2026, 4, 1)),), {"a": "b"})
seen: list[str] = []
broken: set[str] = set()


def effect(name: str) -> None:
    Job.objects.create(target=f"effect:{name}", title_zh=name, title_en=name, owner="system:test", run_at=clock.now() + timedelta(days=999))


def effects(name: str) -> int:
    return Job.objects.filter(target=f"effect:{name}").count()


def first(event: Happened) -> None:
    seen.append("first")
    effect("first")
    if "first" in broken:
        raise RuntimeError("first is broken")


def second(event: Happened) -> None:
    seen.append("second")
    assert event == HAPPENED
    effect("second")
    outbox.emit(Followed(event.number + 1))


def third(event: Followed) -> None:
    seen.append(f"third {event.number}")


ROAD = {Happened: [first, second], "chengxin.jobs.tests.roads:Followed": ["chengxin.jobs.tests.roads:third"]}
PAIRS = [(Happened, [first])]


def add(job: JobRun, count: int = 3) -> dict[str, int]:
    """A job in steps."""
    for number in range(count):
        with job.once(f"step {number}") as fresh:
            if fresh:
                effect(f"step {number}")
        job.progress(number + 1, count, "adding")
    return {"count": count}


def plain(x: int) -> int:
    """A job that does not ask for the job."""
    return x + 1


def refuses() -> None:
    raise Invalid(reason_zh="不是表格", reason_en="not a table")


def fails() -> None:
    raise RuntimeError("always")


def dies(job: JobRun, marker: str) -> None:
    """Does a step, then is killed at its first attempt; does the second step at the next."""
    with job.once("before") as fresh:
        if fresh:
            effect("before")
    if not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    with job.once("after") as fresh:
        if fresh:
            effect("after")


def dies_inside(job: JobRun, marker: str) -> None:
    """Is killed between its effect and the commit."""
    with job.once("inside") as fresh:
        if fresh:
            effect("inside")
        if not Path(marker).exists():
            Path(marker).touch()
            os.kill(os.getpid(), signal.SIGKILL)


def dies_unprotected(marker: str) -> None:
    """The twin: an effect without `once` is doubled by the same kill."""
    effect("unprotected")
    if not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)


def kills_every_time() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def hangs_then_dies_not(job: JobRun, marker: str) -> None:
    """Hangs at its first attempt until its worker is killed; works at the next."""
    if not Path(marker).exists():
        Path(marker).touch()
        threading.Event().wait(60)
    with job.once("after") as fresh:
        if fresh:
            effect("after")
