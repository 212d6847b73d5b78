"""The alarm budget: the most valuable findings of a week become clues, the others wait in the open, some are drawn by lot."""

from __future__ import annotations

import hashlib
import math
import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.detection import verdicts
from chengxin.detection.learning.models import DETECTOR, LOT
from chengxin.detection.models import FoundRow
from chengxin.kernel import clock, locks
from chengxin.kernel.errors import Forbidden
from chengxin.law import law
from chengxin.subjects.queries import shops_by_token
from chengxin.supervision import titles
from chengxin.supervision.actions.opening import SYSTEM, department_of, do_open, do_settle, severity
from chengxin.supervision.actions.steps import check_reason
from chengxin.supervision.errors import NoLongerWaiting
from chengxin.supervision.models import Clue, Waiting

# Opening a clue takes 0.1 to 0.5 s with the lock held, 1 to 3 s for a large ring: a week begins in parts, so that nobody waits long.
AT_ONCE = 10


@cache
def rules() -> dict[str, Any]:
    """The room's budget.yaml."""
    loaded: dict[str, Any] = yaml.load((Path(__file__).parents[1] / "budget.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return loaded


def per_week(department: str) -> int:
    """How many clues detection may open for a department in a week."""
    places: dict[str, int] = rules()["per_week"]
    return places.get(department, places["default"])


def by_lot(department: str) -> int:
    """How many of them are kept for the lot."""
    return math.ceil(per_week(department) * float(rules()["lot_share"]))


def value(score: float) -> float:
    """What checking it is worth: the chance that it is so times the harm."""
    return float(score * rules()["harm"][severity(score)])


def open_from_findings(run_id: str, finding_ids: Sequence[str]) -> list[Clue]:
    """Attach a run's findings to open clues of the same ring or shop, or put them in line; then open clues as far as the week's budget
    goes, the most valuable first. Returns the clues opened now.

    Safe to repeat: a finding that is already in a clue or in line changes nothing. Everything is one transaction.
    """
    with transaction.atomic(), locks.locked("supervision.clues"):
        found = FoundRow.objects.select_related("run").filter(run_id=run_id, id__in=list(finding_ids)).order_by("-score", "key")
        lines = {do_wait(one).department for one in found if not do_settle(one)}
        return [clue for department in sorted(lines) for clue in do_fill(department, len(found))]


def do_wait(found: FoundRow) -> Waiting:
    """Put a finding in its department's line; the same ring or shop keeps its place and takes the newest finding."""
    today = clock.today()
    title = titles.of(found, shops_by_token(found.shops), law.at(today))
    score = verdicts.curve(found.detector).chance(found.score)
    told = {"finding_id": found.id, "run_id": found.run_id, "score": score, "value": value(score)}
    told |= {"title_zh": title["zh"], "title_en": title["en"], "severity": severity(score), "behaviour": found.behaviour}
    mine, _ = Waiting.objects.update_or_create(
        key=found.key,
        opened_at=None,
        defaults=told,
        create_defaults={**told, "department": department_of(found.behaviour, today), "since": clock.now()},
    )
    return mine


def do_fill(department: str, most: int) -> list[Clue]:
    """Open the most valuable of the line, at most so many, while the week has places that are not kept for the lot. Lock
    supervision.clues is held."""
    left = min(most, per_week(department) - by_lot(department) - taken(department, Waiting.Way.RANK))
    line = Waiting.objects.filter(department=department, opened_at=None).order_by("-value", "key")[: max(0, left)]
    return _opened(line, Waiting.Way.RANK)


def taken(department: str, way: str) -> int:
    """How many of this week's places were taken this way."""
    return Waiting.objects.filter(department=department, way=way, opened_at__gte=week_began()).count()


def week_began() -> datetime:
    """Monday's first moment, the city's time."""
    today = clock.today()
    return datetime.combine(today - timedelta(days=today.weekday()), time.min, clock.CITY)


def new_week() -> int:
    """Monday: the line moves up, then the lot is drawn from what still waits. Returns how many clues were opened."""
    opened = 0
    for department in sorted(Waiting.objects.filter(opened_at=None).order_by().values_list("department", flat=True).distinct()):
        while made := _some(department):
            opened += made
        with transaction.atomic(), locks.locked("supervision.clues"):
            opened += len(do_draw(department, secrets.token_hex(16)))
    return opened


def _some(department: str) -> int:
    with transaction.atomic(), locks.locked("supervision.clues"):
        return len(do_fill(department, AT_ONCE))


def do_draw(department: str, seed: str) -> list[Clue]:
    """Draw the week's lot: each that waits has the same chance, which is kept with what was drawn. The log has the seed and who was in it:
    who orders the ids by SHA-256 of seed and id gets the same ones."""
    line = {str(one.id): one for one in Waiting.objects.filter(department=department, opened_at=None)}
    places = min(len(line), by_lot(department) - taken(department, Waiting.Way.LOT))
    if places <= 0:
        return []
    chance, drawn = places / len(line), drawn_of(line, places, seed)
    Waiting.objects.filter(id__in=drawn).update(chance=chance)
    clues = _opened([line[one] for one in drawn], Waiting.Way.LOT, LOT, chance)
    root = hashlib.sha256("\n".join(sorted(line)).encode()).hexdigest()
    audit.record(
        "supervision.reserve.drawn",
        actor=SYSTEM,
        object=f"supervision.reserve:{department}",
        data={"seed": seed, "waiting": len(line), "waiting_root": root, "drawn": drawn, "chance": chance},
    )
    return clues


def drawn_of(ids: Iterable[str], places: int, seed: str) -> list[str]:
    """The first ids by SHA-256 of seed and id."""
    return sorted(ids, key=lambda one: hashlib.sha256(f"{seed}{one}".encode()).digest())[:places]


def pull(actor: Actor, waiting_id: object, reason: str) -> Clue:
    """An officer takes one out of the line by hand, whatever the budget. Raises NoLongerWaiting, ReasonNeeded."""
    with transaction.atomic(), locks.locked("supervision.clues"):
        mine = access.get(actor, Waiting, pk=waiting_id)
        if mine.department not in actor.departments_as("officer", "head"):
            raise Forbidden
        reason = check_reason(reason)
        opened = _opened([mine], Waiting.Way.HAND) if mine.opened_at is None else []
        if not opened:
            raise NoLongerWaiting
        audit.record(
            "supervision.reserve.pulled",
            actor=str(actor),
            object=f"supervision.clue:{opened[0].id}",
            data={"number": opened[0].number},
            personal={"reason": reason},
        )
        return opened[0]


def _opened(line: Iterable[Waiting], way: str, origin: str = DETECTOR, inclusion: float = 1.0) -> list[Clue]:
    """Clues of these; one whose ring got an open clue meanwhile joins it and leaves the line without taking a place."""
    made = []
    for mine in line:
        found = FoundRow.objects.select_related("run").get(pk=mine.finding_id)
        clue = None if do_settle(found) else do_open(found, origin, inclusion)
        mine.opened_at, mine.way, mine.clue = clock.now(), way if clue else Waiting.Way.JOINED, clue
        mine.save(update_fields=["opened_at", "way", "clue"])
        if clue:
            made.append(clue)
    return made


def first_day_of_next_week() -> date:
    """When the line moves up again."""
    return clock.city_day(week_began()) + timedelta(weeks=1)
