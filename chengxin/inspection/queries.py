"""What inspections show: registers, rates, the population of a plan, the public file of a draw, visits, classes, warnings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.inspection import catalogue
from chengxin.inspection import verify_draw as lot
from chengxin.inspection.access import DESK
from chengxin.inspection.models import Assessment, Correction, Draw, Inspector, ListedObject, Member, Plan, RateTable, RiskWarning, Task
from chengxin.inspection.models.plans import FAILED, JOINS, LEAD, WITNESS
from chengxin.inspection.models.registers import APPROVED, WAITING
from chengxin.inspection.models.risk import ACKNOWLEDGED, NOTIFIED, PROPOSED
from chengxin.inspection.models.visits import PUBLISHED, SIGNED
from chengxin.kernel import clock, showing
from chengxin.records import queries as records
from chengxin.records.models import Proposal
from chengxin.records.queries import Line
from chengxin.subjects.models import Subject

Rates = dict[str, dict[str, int | None]]


# ---- registers and rates


def rates(day: date) -> Rates:
    """The table in force at the end of a day: the newest that two persons approved by then, else the shipped one."""
    found = RateTable.objects.filter(state=APPROVED, decided_at__date__lte=day).order_by("-decided_at").first()
    return found.rates if found else catalogue.shipped_rates()


def objects(item: str) -> QuerySet[ListedObject]:
    """Who stands on the object register of an item now."""
    return ListedObject.objects.filter(item=item, removed_at__isnull=True).select_related("subject")


def objects_of(plan: Plan) -> QuerySet[ListedObject]:
    """The objects of a plan: those of its first item, within its division."""
    return objects(plan.items[0]).filter(division__startswith=plan.division, subject__status="active")


def inspectors_on(department: str, day: date) -> QuerySet[Inspector]:
    """A department's inspectors whose certificate holds on a day."""
    return Inspector.objects.filter(department=department, removed_at__isnull=True, valid_from__lte=day, valid_until__gte=day)


def register_counts() -> list[dict[str, Any]]:
    """[{"item", "objects"}] of the items of today."""
    counts = dict(ListedObject.objects.filter(removed_at__isnull=True).values_list("item").annotate(n=Count("id")).order_by())
    return [{"item": one, "objects": counts.get(one.code, 0)} for one in catalogue.items(clock.today())]


# ---- the draw


def population(plan: Plan, day: date) -> list[tuple[Subject, str]]:
    """(subject, risk class) of everybody who may be drawn: those drawn this year as often as their class allows are left out."""
    listed = [one.subject for one in objects_of(plan)]
    known, table = classes(listed), rates(day)
    rows = Task.objects.filter(plan__kind=Plan.Kind.LOT, plan__proposed_at__year=day.year, plan__items__0=plan.items[0])
    times = dict(rows.values_list("subject").annotate(n=Count("id")).order_by())
    found = []
    for subject in listed:
        most = table[known[subject.pk]]["per_year"]
        if most is None or times.get(subject.pk, 0) < most:
            found.append((subject, known[subject.pk]))
    return found


def to_take(size: int, share: int, row: dict[str, int | None]) -> int:
    """How many of a class to draw: the share rounded up, but never more than the most of the table: do not over-inspect."""
    return min(-(-size * share // 100), size * (row["most"] or 0) // 100)


def year_of_item(code: str, day: date) -> tuple[int, int]:
    """(objects listed, visits drawn by lot this year) of an item."""
    plans = [one.pk for one in Plan.objects.filter(kind=Plan.Kind.LOT, proposed_at__year=day.year) if code in one.items]
    return objects(code).count(), Task.objects.filter(plan__in=plans).count()


def secret_holders(plan: Plan) -> list[str]:
    """The two departments that put a secret into the draw: the lead, and the witness or else the first that joins."""
    return sorted([plan.of_part(LEAD)[0], [*plan.of_part(WITNESS), *plan.of_part(JOINS)][0]])


def announced(draw: Draw) -> dict[str, Any]:
    """What is frozen first: lists, numbers to take, and the public value to come."""
    source = {"day": draw.public_on.isoformat(), "text": draw.source}
    return {"draw": draw.name, "lists": draw.lists, "plan": draw.plan.number, "source": source}


def bundle(draw: Draw, opened: bool = False) -> dict[str, Any]:
    """The draw's file, format chengxin-draw/1 of verify_draw.py. opened: with the names behind the commitments, for desks only."""
    made: dict[str, Any] = {
        **announced(draw),
        "format": lot.FORMAT,
        "lists_hash": draw.lists_hash,
        "leaf": draw.leaf,
        "shares": [_share(one) for one in draw.shares.order_by("department")],
        "value": draw.value,
        "seed": draw.seed,
        "drawn": draw.drawn,
        "replacements": draw.replacements,
        "earlier": [_earlier(one) for one in draw.plan.draws.filter(attempt__lt=draw.attempt).order_by("attempt")],
    }
    if opened:
        made["opened"] = {name: {"salt": one["salt"], "text": one["text"]} for name, one in draw.opening["names"].items()}
    return {**made, "digest": lot.digest(made)}


def _share(one: Any) -> dict[str, str]:
    revealed = clock.city_day(one.revealed_at).isoformat() if one.revealed_at else ""
    said = {"department": one.department, "commitment": one.commitment, "secret": one.secret}
    return {**said, "committed_on": clock.city_day(one.committed_at).isoformat(), "revealed_on": revealed}


def _earlier(draw: Draw) -> dict[str, Any]:
    shares = [_share(one) for one in draw.shares.order_by("department")]
    return {
        "draw": draw.name,
        "lists_hash": draw.lists_hash,
        "why": draw.failed_because,
        "department": draw.failed_department,
        "shares": shares,
    }


def file(draw: Draw, opened: bool = False) -> bytes:
    """The bytes that verify_draw.py takes."""
    return lot.canonical(bundle(draw, opened)) + b"\n"


# ---- what everybody may see


def public_plans() -> list[Plan]:
    """Approved plans by lot and of full coverage, newest first; special checks would warn whom they are for."""
    rows = Plan.objects.filter(state=APPROVED).exclude(kind=Plan.Kind.CLUE).prefetch_related("parts", "draws__shares")
    return list(rows.order_by("-decided_at")[:100])


def public_results(limit: int = 200, subjects: Iterable[Any] | None = None) -> list[dict[str, Any]]:
    """[{"task", "line"}], newest first: a problem is shown while its record is public and not held back, with its objection; nothing else.

    subjects: ids, for the results of some only.
    """
    found = Task.objects.filter(state=PUBLISHED, **({} if subjects is None else {"subject__in": list(subjects)}))
    rows = list(found.select_related("subject", "plan").order_by("-published_at", "number")[:limit])
    shown: dict[Any, Line] = {}
    held = showing.held("records")
    made = Proposal.objects.filter(pk__in=[one.proposal for one in rows if one.proposal]).select_related("made__supersedes")
    for one in made:
        if one.made and one.made.number not in held:
            shown[one.pk] = records.line(one.made)
    return [
        {"task": one, "line": shown.get(one.proposal)}
        for one in rows
        if not catalogue.outcomes()[one.outcome]["problem"] or (one.proposal in shown and shown[one.proposal].public_today)
    ]


# ---- visits


def visits_of(actor: Actor) -> QuerySet[Task]:
    """The actor's own open visits, soonest due first."""
    mine = Member.objects.filter(inspector__user=actor.user, replaced_at__isnull=True).values("task")
    return access.all(actor, Task).filter(pk__in=mine).exclude(state=PUBLISHED).select_related("subject", "plan")


def to_review(actor: Actor) -> QuerySet[Task]:
    """Signed reports that wait for another person of the actor's departments."""
    return access.all(actor, Task).filter(state=SIGNED, department__in=actor.departments_as("reviewer", "head")).select_related("subject")


def plans_waiting(actor: Actor) -> QuerySet[Plan]:
    """Plans that wait for a second person of the lead department."""
    mine = actor.departments_as(*DESK)
    return access.all(actor, Plan).filter(state=WAITING, parts__part=LEAD, parts__department__in=mine).distinct()


def plans_of(actor: Actor) -> QuerySet[Plan]:
    """The plans of the actor's departments, newest first."""
    return access.all(actor, Plan).prefetch_related("parts", "draws")


def team(task: Task) -> QuerySet[Member]:
    """Who is on the visit now."""
    return task.members.filter(replaced_at__isnull=True).select_related("inspector__user")


def draw_of(plan: Plan) -> Draw | None:
    """The attempt that counts, or the one that failed last."""
    return plan.draws.exclude(state=FAILED).first() or plan.draws.first()


# ---- risk classes and warnings


def classes(subjects: Iterable[Subject]) -> dict[Any, str]:
    """Subject -> the class that holds today: of the latest month, corrected where two persons said so; B when never assessed."""
    keys = [one.pk for one in subjects]
    found = dict.fromkeys(keys, catalogue.UNKNOWN)
    latest = {one.subject_id: one for one in Assessment.objects.filter(subject__in=keys).order_by("month")}
    found.update({pk: one.risk_class for pk, one in latest.items()})
    corrected = Correction.objects.filter(assessment__in=list(latest.values()), state=APPROVED).order_by("decided_at")
    found.update({subject: risk_class for subject, risk_class in corrected.values_list("assessment__subject", "risk_class")})
    return found


def latest_assessment(subject: Subject) -> Assessment | None:
    return subject.risk_assessments.order_by("-month").first()


def warnings_of(actor: Actor) -> QuerySet[RiskWarning]:
    """The warnings on the actor's desk or page, those that wait first."""
    return access.all(actor, RiskWarning).select_related("subject")


def standing(warnings: QuerySet[RiskWarning]) -> QuerySet[RiskWarning]:
    """Warnings that stand today: approved and not over."""
    return warnings.filter(state__in=[NOTIFIED, ACKNOWLEDGED], until__gte=clock.today())


def warnings_waiting(actor: Actor) -> QuerySet[RiskWarning]:
    return warnings_of(actor).filter(state=PROPOSED)


def corrections_waiting(actor: Actor) -> QuerySet[Correction]:
    """Corrections of classes that wait for a second person of the actor's departments."""
    mine = actor.departments_as(*DESK)
    return Correction.objects.filter(Q(state=WAITING), department__in=mine).select_related("assessment__subject")
