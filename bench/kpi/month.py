"""A city of a size, and what its offices did with it in the autumn of 2026: through intake, detectors and the rooms' own acts.

The register opens in June; reports arrive in the parts the city was written in, the last on 8 October; detectors look on four days;
people act early, in the last minute, in the first of the next day, late, or never. The clock is set for each act; what the rooms refuse
is counted.
"""

from __future__ import annotations

import heapq
import random
import traceback
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from chengxin import city, demo, detectors, prepare
from chengxin.accounts import actions as accounts
from chengxin.accounts.access import Actor
from chengxin.accounts.actor import of_user
from chengxin.accounts.models import User
from chengxin.city import unreconciled
from chengxin.city.sizes import Recipe
from chengxin.detection import tasks as detection
from chengxin.facts import actions as facts
from chengxin.jobs import worker
from chengxin.jobs.cron import table
from chengxin.jobs.target import resolve
from chengxin.kernel import clock
from chengxin.kernel.errors import ChengxinError
from chengxin.subjects.models import Platform, Subject

DAY = timedelta(days=1)
REGISTER, SCENES, ARRIVED, LAST = date(2026, 6, 10), date(2026, 9, 21), date(2026, 10, 8), date(2026, 11, 5)
LOOKS = (date(2026, 9, 9), date(2026, 9, 15), date(2026, 9, 22), ARRIVED)
DEPARTMENTS = ("SAMR", "COM", "POST")
NIGHTLY = (
    "consumers.clocks",
    "supervision.begin_week",
    "inspection.tidy",
    "inspection.assess",
    "platforms.clocks",
    "campaigns.day",
    "lists.expire",
    "exchange.tick",
    "subjects.calendar",
)
WEEKLY = ("commitments.measuring", "evaluation.snapshots", "exchange.nightly")


def at(day: date, *clock_time: int) -> datetime:
    return datetime.combine(day, time(*clock_time) if clock_time else time(10), clock.CITY)


class Autumn:
    """What is to happen, in order of time, and what the rooms refused."""

    def __init__(self, size: str, seed: int, few: int) -> None:
        self.size, self.few, self.rng = size, few, random.Random(seed)
        self.refused: Counter[str] = Counter()
        self.broken: Counter[str] = Counter()
        self.done: Counter[str] = Counter()
        self._heap: list[tuple[datetime, int, Callable[..., Any], tuple[Any, ...]]] = []
        self._order, self._people = count(), dict[str, Actor]()

    def later(self, when: datetime | None, do: Callable[..., Any], *given: Any) -> None:
        """Have something done at an instant; None: never."""
        if when is not None:
            heapq.heappush(self._heap, (when, next(self._order), do, given))

    def live(self, until: date) -> None:
        """Everything that is to be done up to the end of a day."""
        end = at(until + DAY, 0)
        while self._heap and self._heap[0][0] < end:
            when, _, do, given = heapq.heappop(self._heap)
            with clock.set_to(when):
                self.try_(do, *given)

    def try_(self, do: Callable[..., Any], *given: Any) -> Any:
        """Do it now; a refusal of the room's own is counted by its name."""
        name = f"{do.__module__.removeprefix('chengxin.')}.{do.__name__}"
        try:
            made = do(*given)
        except ChengxinError as refused:
            self.refused[f"{name}: {type(refused).__name__}"] += 1
            return None
        except Exception as error:
            if not self.broken[f"{name}: {type(error).__name__}"]:
                traceback.print_exc()
            self.broken[f"{name}: {type(error).__name__}"] += 1
            return None
        self.done[name] += 1
        return made

    def who(self, name: str) -> Actor:
        if name not in self._people:
            self._people[name] = of_user(User.objects.get(username=name))
        return self._people[name]

    def on(self, due: date) -> datetime | None:
        """When somebody acts whose last day it is: early, in its last minute, in the first of the next, before eight, late, or never."""
        early, late = self.rng.randrange(1, 6), self.rng.randrange(1, 9)
        choices = [at(due - early * DAY, self.rng.randrange(9, 18)), at(due, 11), at(due, 23, 59, 59), at(due + DAY, 0, 0, 5)]
        choices += [at(due + DAY, 7, 30), at(due + late * DAY, 15), None]
        now = clock.now()
        found = self.rng.choice(choices)
        return found if found is None or found > now else now + timedelta(hours=2)


def owner_of(subject: Subject) -> Actor:
    """The business itself."""
    return Actor(id=f"user:{subject.pk}", name=subject.name, roles=frozenset({"merchant"}), subjects=frozenset({subject.pk}))


def recipe(size: str) -> Recipe:
    return Recipe.of(size, seed=demo.SEED, prevalence=demo.PREVALENCE[size], start=ARRIVED - Recipe.days * DAY)


def open_(autumn: Autumn, data: Path) -> None:
    """Write the city, open the register, and put on the calendar when its reports arrive and who looks."""
    folder = data / "city"
    written = city.write(folder, recipe=recipe(autumn.size))
    unreconciled.plant(folder, seed=demo.SEED)
    with clock.set_to(at(REGISTER)):
        prepare.prepare()
        tables = city.register_tables(autumn.size, demo.SEED)
        firms = {row["subject_no"]: row for row in tables["subjects"].to_pylist()}
        for row in tables["platforms"].to_pylist():
            demo._open_platform(row, firms[row["subject_no"]])
        platforms = list(Platform.objects.values_list("code", flat=True))
        accounts.make_demo_people((*DEPARTMENTS, "CREDITLG", "SAMRP"), platforms=platforms, colleagues=["SAMR"])
        demo._register(folder, None)
    _arrivals(autumn, written.batches)
    names = detectors.names()
    for place, day in enumerate(LOOKS):
        autumn.later(at(day, 8), look, names[place :: len(LOOKS) - 1] if day != ARRIVED else [])
        autumn.later(at(day, 8, 30), work)
    autumn.later(at(SCENES), scenes)
    for day in (date(2026, 10, 12), date(2026, 10, 31)):
        autumn.later(at(day, 23, 59, 59), spoiled, next(one for one in reversed(written.batches) if one.stem == "order"), data, day)
    day = REGISTER + DAY
    while day <= LAST:
        autumn.later(at(day, 5, 30), night, day)
        day += DAY


def _arrivals(autumn: Autumn, batches: list[Path]) -> None:
    """Each part of the city's days is reported when the next begins."""
    days = sorted({date.fromisoformat(path.parts[-3]) for path in batches})
    arrives = dict(zip(days, [*days[1:], ARRIVED], strict=True))
    for place, path in enumerate(batches):
        day = max(arrives[date.fromisoformat(path.parts[-3])], REGISTER)
        autumn.later(at(day, 6) + timedelta(seconds=place), arrive, path)


def arrive(path: Path) -> None:
    facts.accept_batch(path.parent.name, path.stem, path, "parquet", "system:bench")


def spoiled(path: Path, folder: Path, day: date) -> None:
    """Orders that are reported again, new ones among them, and every seventh with an amount that cannot be."""
    rows = pq.read_table(path).slice(0, 700).to_pylist()
    for place, row in enumerate(rows):
        row["order_no"] = f"{row['order_no']}{day.day}" if place % 3 else row["order_no"]
        row["paid_fen"] = -1 if place % 7 == 0 else row["paid_fen"]
    file = folder / f"spoiled-{day}.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema=pq.read_schema(path)), file)
    facts.accept_batch(path.parent.name, path.stem, file, "parquet", "system:bench")


def look(names: list[str]) -> None:
    detection.run(names=names, actor="system:bench")


def work() -> None:
    """What the worker does: events handed on, jobs that are due."""
    worker.run_once("bench")


def scenes() -> None:
    """What the demo city shows of every room, on top of which the autumn goes on."""
    for scene in (demo._records, demo._cases, demo._inspections, demo._platforms, demo._commitments, demo._delivery, demo._evaluation):
        scene()
    for scene in (demo._complaints, demo._products, demo._campaigns, demo._exchange, demo._coordination):
        scene()


def night(day: date) -> None:
    """The nightly jobs that move matters on, and those that only Mondays need here; then the worker."""
    names = {*NIGHTLY, *(WEEKLY if day.weekday() == 0 and day >= SCENES else ())}
    for entry in table():
        if entry.name in names and entry.last_due(clock.now()) > clock.now() - DAY:
            resolve(entry.target)()
    worker.run_once("bench")
