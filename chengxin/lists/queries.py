"""What stands on the lists: for everybody by dates, for desks by what is due, and how fast removals are."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import Q, QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.kernel import clock, language, showing
from chengxin.law import law
from chengxin.lists import catalogue
from chengxin.lists.access import DESK
from chengxin.lists.actions.pushing import entry_as_data, executes
from chengxin.lists.actions.repairing import repaired_records
from chengxin.lists.models import ListEntry, PlatformListEntry, RedEntry, RemovalNotice, RepairApplication, Task
from chengxin.lists.models.measures import LIFT_ASKED, LIFTED, PUSHED
from chengxin.lists.models.official import CLOSED, DROPPED, REMOVED, REVOKED
from chengxin.lists.models.repair import OPEN_REPAIRS
from chengxin.records.models import Record
from chengxin.records.queries import Line, lines, public_of
from chengxin.subjects.models import Subject


@dataclass(frozen=True)
class Listing:
    """An entry as it is shown."""

    entry: ListEntry

    @cached_property
    def kind(self) -> catalogue.ListKind:
        return catalogue.kind(self.entry.kind, clock.city_day(self.entry.proposed_at))

    @cached_property
    def field(self) -> dict[str, Any]:
        return next(one for one in catalogue.fields() if one["code"] == self.entry.field)

    @property
    def department(self) -> str:
        return language.pick(law.at(clock.today()).department(self.entry.department))

    @property
    def consent_department(self) -> str:
        code = self.entry.consent_department
        return language.pick(law.at(clock.today()).department(code)) if code else ""

    @property
    def factors(self) -> list[dict[str, str]]:
        return [{**one, "said": self.entry.factors[one["code"]]} for one in catalogue.factors()]

    @property
    def measures(self) -> list[catalogue.Measure]:
        return [catalogue.measure(code) for code in self.entry.measures]

    @property
    def colour(self) -> str:
        return law.clock_colour(self.entry.due_on, clock.today()) if self.entry.due_on else "green"

    @property
    def state_name(self) -> dict[str, str]:
        return state_names()[self.entry.state]

    @property
    def public_today(self) -> bool:
        return self.entry.public_on(clock.today())


def state_names() -> dict[str, dict[str, str]]:
    from chengxin import workflow

    table = workflow.load("lists/official")
    return {name: {"zh": state.zh, "en": state.en} for name, state in table.states.items()}


def public(day: date | None = None) -> QuerySet[ListEntry]:
    """Entries that everybody may see on a day: by their dates alone, so that a late job hides nothing and shows nothing."""
    today = day or clock.today()
    rows = ListEntry.objects.filter(published_on__lte=today, until__gte=today).exclude(state=DROPPED)
    return rows.filter(Q(removed_on__isnull=True) | Q(removed_on__gt=today)).select_related("subject", "record")


def public_of_subject(subject: Subject, day: date | None = None) -> list[Listing]:
    """The official entries of a subject that are public on a day."""
    return [Listing(one) for one in public(day).filter(subject=subject)]


def red_public(day: date | None = None) -> QuerySet[RedEntry]:
    """Who is on a red list on a day."""
    today = day or clock.today()
    rows = RedEntry.objects.filter(listed_on__lte=today, until__gte=today)
    return rows.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=today)).select_related("subject")


def shown() -> QuerySet[ListEntry]:
    """What anybody sees of the official lists today: `public` without what is held back."""
    return public().exclude(number__in=showing.held("lists"))


def red_shown() -> QuerySet[RedEntry]:
    """What anybody sees of the red lists today."""
    return red_public().exclude(number__in=showing.held("red_lists"))


def red_in_notice(day: date | None = None) -> QuerySet[RedEntry]:
    """Who is to be put on a red list and may be objected to."""
    return RedEntry.objects.filter(state="NOTICE", notice_until__gte=day or clock.today()).select_related("subject")


def platform_public(day: date | None = None) -> QuerySet[PlatformListEntry]:
    """Platforms' own entries in force on a day. They are shown on a page of their own, never next to official ones."""
    today = day or clock.today()
    rows = PlatformListEntry.objects.filter(since__lte=today, until__gte=today).exclude(state="TAKEN_BACK")
    return rows.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=today)).select_related("platform", "shop")


def public_records(subject: Subject, entries: frozenset[UUID] | None = None) -> list[Line]:
    """The records of a subject that are public today, without those whose publicity a repair has ended."""
    return _unrepaired(public_of(subject, entries=entries))


def public_lines(rows: QuerySet[Record], day: date | None = None) -> list[Line]:
    """Those of some records, of whatever subject, that are public on a day."""
    today = day or clock.today()
    return _unrepaired([one for one in lines(rows) if one.end is None and one.publicity.on(today)])


def _unrepaired(found: list[Line]) -> list[Line]:
    gone = repaired_records([one.record.pk for one in found])
    return [one for one in found if one.record.pk not in gone]


# ---- desks


@dataclass(frozen=True)
class Due:
    """One thing to do: what, whose, until when, where."""

    what: dict[str, str]
    name: str
    number: str
    due: date | None
    url: str
    own: bool = False

    @property
    def colour(self) -> str:
        return law.clock_colour(self.due, clock.today()) if self.due else "green"


WHAT = {
    "task": {"zh": "执行联合措施", "en": "Carry out a measure"},
    "lift": {"zh": "解除联合措施", "en": "Lift a measure"},
    "repair": {"zh": "信用修复", "en": "Credit repair"},
    "red": {"zh": "红名单推荐", "en": "Red-list nomination"},
    "removed": {"zh": "移出后待全部解除", "en": "Removed, to be undone"},
}


def due_of(actor: Actor) -> list[Due]:
    """What waits for the actor's departments, soonest due first; things without a clock at the end."""
    found = [*_entries_due(actor), *_repairs_due(actor), *_tasks_due(actor), *_red_due(actor)]
    return sorted(found, key=lambda one: (one.due or date.max, one.number))


def _entries_due(actor: Actor) -> Iterable[Due]:
    names = state_names()
    here = actor.departments_as(*DESK)
    rows = access.all(actor, ListEntry).exclude(state__in=[CLOSED, DROPPED, "PUBLISHED"]).select_related("subject")
    for one in rows.filter(Q(department__in=here) | Q(state__in=["NOTICED", "ANSWERED"])):
        due = one.lift_due_on if one.state == REMOVED else one.due_on
        what = WHAT["removed"] if one.state == REMOVED else names[one.state]
        yield Due(what, one.subject.name, one.number, due, one.page_url, one.proposed_by == str(actor))


def _repairs_due(actor: Actor) -> Iterable[Due]:
    waiting = Q(state__in=OPEN_REPAIRS) | (Q(state="GRANTED", fraud_confirmed_by="") & ~Q(fraud_found_by=""))
    for one in access.all(actor, RepairApplication).filter(waiting).select_related("subject"):
        yield Due(WHAT["repair"], one.subject.name, one.number, one.due_on, one.page_url, one.accepted_by == str(actor))


def _tasks_due(actor: Actor) -> Iterable[Due]:
    for one in tasks_of(actor):
        lifting = one.state == LIFT_ASKED
        said = language.pick(catalogue.measure(one.measure))
        yield Due(WHAT["lift" if lifting else "task"], f"{one.entry.subject.name} · {said}", one.entry.number, _due_of(one), one.page_url)


def _due_of(task: Task) -> date | None:
    return task.lift_due_on if task.state == LIFT_ASKED else task.due_on


def _red_due(actor: Actor) -> Iterable[Due]:
    here = actor.departments_as(*DESK)
    for one in access.all(actor, RedEntry).filter(state__in=["NOMINATED", "NOTICE"], department__in=here).select_related("subject"):
        yield Due(WHAT["red"], one.subject.name, one.number, one.notice_until, one.page_url, one.nominated_by == str(actor))


def tasks_of(actor: Actor) -> list[Task]:
    """Tasks that the actor's department, platform or bank is to carry out or lift, soonest due first."""
    rows = access.all(actor, Task).filter(state__in=[PUSHED, LIFT_ASKED]).select_related("entry__subject", "shop")
    mine = [one for one in rows if executes(actor, one)]
    return sorted(mine, key=lambda one: _due_of(one) or date.max)


def notices_of(actor: Actor) -> QuerySet[RemovalNotice]:
    """Removals that the actor's own system has yet to confirm."""
    codes = {*actor.platforms}
    from chengxin.lists.access import banks_of

    codes.update(banks_of(actor))
    rows = RemovalNotice.objects.filter(confirmed_at=None, subscription__client__platform_code__in=codes)
    return rows.select_related("entry__subject")


# ---- removals


@dataclass(frozen=True)
class Removal:
    """How far an entry is undone: receipts asked for, in, late."""

    asked: int
    received: int
    late: int

    @property
    def outstanding(self) -> int:
        return self.asked - self.received


def removal_of(entry: ListEntry) -> Removal:
    today = clock.today()
    tasks = entry.tasks.filter(Q(state__in=[LIFT_ASKED, LIFTED]))
    notices = entry.removal_notices.all()
    late = tasks.filter(state=LIFT_ASKED, lift_due_on__lt=today).count() + notices.filter(confirmed_at=None, due_on__lt=today).count()
    received = tasks.filter(state=LIFTED).count() + notices.filter(confirmed_at__isnull=False).count()
    return Removal(tasks.count() + notices.count(), received, late)


def removal_hours(entries: QuerySet[ListEntry] | None = None) -> list[float]:
    """Hours from each removal to each receipt that is in."""
    rows = ListEntry.objects.filter(removed_on__isnull=False) if entries is None else entries
    begun = dict(rows.filter(steps__act="remove").order_by("steps__at").values_list("pk", "steps__at"))  # the last removal of each
    done: list[tuple[Any, datetime | None]] = [
        *Task.objects.filter(entry__in=begun, state=LIFTED).values_list("entry", "lifted_at"),
        *RemovalNotice.objects.filter(entry__in=begun, confirmed_at__isnull=False).values_list("entry", "confirmed_at"),
    ]
    return [(at - begun[key]).total_seconds() / 3600 for key, at in done if at and at >= begun[key]]


def p95_hours(entries: QuerySet[ListEntry] | None = None) -> float | None:
    """The time within which 95 of 100 receipts came in, in hours; None before the first."""
    hours = removal_hours(entries)
    return float(np.percentile(hours, 95)) if hours else None


def bundle(entry: ListEntry) -> bytes:
    """Every receipt of an entry as a zip of chengxin-receipt/1 files, each verifiable offline with the one-file verifier: what was told to
    consumers, and that it was undone."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, receipt in receipts_of(entry):
            zipped.writestr(f"{entry.number}/{name}.json", json.dumps(receipt, ensure_ascii=False, indent=1))
    return out.getvalue()


def receipts_of(entry: ListEntry) -> list[tuple[str, dict[str, Any]]]:
    """(name, receipt) of every change, lift and removal of an entry."""
    found = [(f"change-{one.serial}-{one.what}", one.receipt) for one in entry.changes.all()]
    tasks = entry.tasks.filter(state=LIFTED)
    found += [(f"lift-{one.round}-{n}-{one.measure}-{one.executor}", one.receipt or {}) for n, one in enumerate(tasks, 1)]
    notices = entry.removal_notices.filter(confirmed_at__isnull=False).select_related("subscription__client")
    found += [(f"removal-{one.round}-{one.subscription.client.platform_code}", one.receipt or {}) for one in notices]
    return found


def as_data(one: Listing) -> dict[str, Any]:
    """A public entry as plain data."""
    return entry_as_data(one.entry)


def red_as_data(one: RedEntry) -> dict[str, Any]:
    programme = catalogue.programme(one.programme)
    return {
        "number": one.number,
        "programme": {"code": programme.code, "zh": programme.zh, "en": programme.en},
        "subject": {"name": one.subject.name, "uscc": one.subject.uscc or ""},
        "authority": one.department,
        "listed_on": one.listed_on,
        "valid_until": one.until,
    }


def lift_clock(one: ListEntry | Task) -> str:
    """The clock by which the measures of an entry that ended are undone."""
    entry = one.entry if isinstance(one, Task) else one
    kind = catalogue.kind(entry.kind, entry.removed_on or clock.today())
    return kind.withdraw_clock if entry.removed_why == REVOKED else kind.lift_clock
