"""What pages and programs read: the scorecard of a platform with its evidence, what is due, and the city's view over all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from chengxin import workflow
from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.law import law
from chengxin.law.entries import Duty
from chengxin.platforms import checking
from chengxin.platforms.access import DESK
from chengxin.platforms.models import Appeal, ClueReport, DutyCheck, Interview, Measure, Notice, SelfReport, Step
from chengxin.platforms.models.duties import COLOURS, GREY, SUBMITTED
from chengxin.platforms.models.measures import OVER, PROPOSED, RECEIVED, SENT
from chengxin.subjects.models import Platform

NEVER = {"zh": "尚未检查", "en": "not checked yet"}
EXPIRED = {"zh": "检查结果已过期", "en": "the result has expired"}
WORST_FIRST = ("red", "amber", "grey", "green")


@dataclass(frozen=True)
class Line:
    """One duty of a platform as it stands on a day: colour, words, evidence; `check` is the stored result behind it, or None."""

    duty: Duty
    colour: str
    said: dict[str, str]
    automatic: bool
    check: DutyCheck | None = None
    links: list[dict[str, str]] = field(default_factory=list)


def latest(platforms: Iterable[Platform]) -> dict[tuple[UUID, str], DutyCheck]:
    """(platform, duty) → the newest result."""
    newest = DutyCheck.objects.filter(platform=OuterRef("platform"), duty=OuterRef("duty")).order_by("-made_at", "-id").values("pk")[:1]
    rows = DutyCheck.objects.filter(platform__in=platforms, pk=Subquery(newest))
    return {(row.platform_id, row.duty): row for row in rows}


def scorecard(platform: Platform, day: date | None = None, door: str = "officer") -> list[Line]:
    """Every duty in force with its colour and evidence, the worst first. There is no sum: a platform is not one number."""
    return _lines(platform, latest([platform]), day or clock.today(), door)


def _lines(platform: Platform, known: dict[tuple[UUID, str], DutyCheck], day: date, door: str) -> list[Line]:
    lines = [_line(duty, known.get((platform.pk, duty.code)), day, door) for duty in law.at(day).duties()]
    return sorted(lines, key=lambda line: (WORST_FIRST.index(line.colour), line.duty.code))


def _line(duty: Duty, check: DutyCheck | None, day: date, door: str) -> Line:
    automatic = duty.code in checking.checks()
    if check is None:
        return Line(duty, GREY, NEVER, automatic)
    if check.valid_until < day:
        return Line(duty, GREY, EXPIRED, automatic, check)
    links = [{"zh": one["zh"], "en": one["en"], "url": one[door]} for one in check.links if one.get(door)]
    return Line(duty, check.colour, {"zh": check.zh, "en": check.en}, automatic, check, links)


def overview(actor: Actor) -> list[dict[str, Any]]:
    """One row a platform: how many duties stand in which colour, and what is open with it. Sorted by name: this is no ranking."""
    platforms = list(access.all(actor, Platform).filter(status="active"))
    known, today = latest(platforms), clock.today()
    waiting = Counter(SelfReport.objects.filter(state=SUBMITTED).values_list("platform", flat=True))
    appeals = Counter(Appeal.objects.filter(result="").values_list("measure__platform", flat=True))
    rows = []
    for one in platforms:
        colours = Counter(line.colour for line in _lines(one, known, today, "officer"))
        counts = {colour: colours.get(colour, 0) for colour in COLOURS}
        rows.append({"platform": one, **counts, "waiting": waiting[one.pk], "appeals": appeals[one.pk]})
    return rows


def history(platform: Platform, duty: str) -> QuerySet[DutyCheck]:
    """Every result of one duty, the newest first."""
    return DutyCheck.objects.filter(platform=platform, duty=duty).order_by("-made_at")


def steps(of: str, matter: UUID) -> QuerySet[Step]:
    """The history of a matter."""
    return Step.objects.filter(of=of, matter=matter)


@dataclass(frozen=True)
class Due:
    """Something a platform has to do, by a last day."""

    due_on: date
    colour: str
    zh: str
    en: str
    url: str


def due(actor: Actor) -> list[Due]:
    """What the actor's platforms owe, soonest first: publish, report, answer appeals, put right, verify again."""
    today = clock.today()
    found: list[Due] = []

    def add(on: date | None, zh: str, en: str, url: str) -> None:
        if on:
            found.append(Due(on, law.clock_colour(on, today), zh, en, url))

    own = Measure.objects.filter(platform__code__in=actor.platforms).exclude(state=PROPOSED)
    for one in own.filter(published_at__isnull=True).exclude(state__in=OVER):
        add(one.publish_due_on, f"公示措施 {one.measure_no}", f"Publish measure {one.measure_no}", one.page_url)
    for one in own.filter(report_due_on__isnull=False, reported_at__isnull=True):
        add(one.report_due_on, f"报送措施 {one.measure_no} 的违法线索", f"Report the conduct behind {one.measure_no}", one.page_url)
    for appeal in Appeal.objects.filter(measure__platform__code__in=actor.platforms, result="").select_related("measure"):
        number = appeal.measure.measure_no
        add(appeal.due_on, f"人工答复对 {number} 的申诉", f"Answer the appeal against {number}", appeal.measure.page_url)
    for talk in Interview.objects.filter(platform__code__in=actor.platforms, state="RECTIFYING"):
        add(talk.due_on, f"整改并报告（约谈 {talk.number}）", f"Put right and report (interview {talk.number})", talk.platform_url)
    return sorted(found, key=lambda one: (one.due_on, one.url))


def unread_notices(actor: Actor) -> QuerySet[Notice]:
    """Notices to the actor's platforms that none of their people has confirmed."""
    issued = access.all(actor, Notice).filter(state="ISSUED", until__gte=clock.today())
    return issued.exclude(reads__platform__code__in=actor.platforms)


def desk(actor: Actor) -> dict[str, Any]:
    """What waits for an officer: reports of platforms, rectifications, self-reports, notices to issue."""
    here = actor.departments_as(*DESK)
    return {
        "clues": ClueReport.objects.filter(department__in=here, state__in=[SENT, RECEIVED]).select_related("platform", "shop"),
        "talks": Interview.objects.filter(department__in=here, state__in=["RECTIFYING", "RECTIFIED"]).select_related("platform"),
        "reports": SelfReport.objects.filter(state=SUBMITTED).select_related("platform"),
        "notices": Notice.objects.filter(department__in=here, state="DRAFT"),
    }


def line(platform: Platform, duty: str, door: str) -> Line:
    """One line of the scorecard. NotFound when no such duty is in force."""
    for one in scorecard(platform, door=door):
        if one.duty.code == duty:
            return one
    raise NotFound


def colour_counts(lines: Iterable[Line]) -> dict[str, int]:
    """How many duties stand in which colour."""
    found = Counter(one.colour for one in lines)
    return {colour: found.get(colour, 0) for colour in COLOURS}


def named_steps(table: str, matter: UUID) -> list[dict[str, Any]]:
    """The history of a matter with the workflow's own words."""
    of = {"clue_report": "clue"}.get(table, table)
    words = workflow.load(f"platforms/{table}")
    return [{"one": one, "name": words.step(one.action), "after": words.states[one.after]} for one in steps(of, matter)]


def provision(id: str) -> dict[str, str]:
    """A provision as it is cited, with what it says."""
    book = law.at(clock.today())
    found = book.provision(id)
    instrument = book.instrument(found.instrument)
    return {
        "zh": f"《{instrument.zh}》第{found.article}条：{found.zh}",
        "en": f"{instrument.en}, art. {found.article}: {found.en}",
    }
