"""Risk classes: computed once a month from counted facts, every one with its reasons; an officer corrects one with a second person."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.audit import actions as audit
from chengxin.inspection import catalogue
from chengxin.inspection.actions.steps import DECISION, do_decide, note, step
from chengxin.inspection.catalogue import CLASSES, RiskModel
from chengxin.inspection.complaints import counts_of_shops
from chengxin.inspection.errors import AlreadyDone, PlanWrong
from chengxin.inspection.models import Assessment, Correction, Task
from chengxin.inspection.models.registers import WAITING
from chengxin.inspection.models.visits import PUBLISHED
from chengxin.kernel import clock, locks
from chengxin.kernel.errors import NotFound
from chengxin.records.models import Record
from chengxin.subjects.models import Shop, Subject
from chengxin.subjects.models.parties import REGISTERED_KINDS
from chengxin.supervision.models import ClueStep

Counts = dict[str, Counter[Any]]


def assess(actor: Actor, month: date) -> int:
    """Class every active registered business for a month by what was known before it began; returns how many. Again changes nothing."""
    first = month.replace(day=1)
    model = catalogue.risk_model(first)
    with transaction.atomic(), locks.locked("inspection.risk"):
        done = Assessment.objects.filter(month=first).values("subject")
        wanted = Subject.objects.filter(kind__in=REGISTERED_KINDS, status="active").exclude(pk__in=done).values_list("pk", "kind")
        counts = count(model, first)
        made = [_assessed(model, first, pk, kind, counts) for pk, kind in wanted]
        Assessment.objects.bulk_create(made, batch_size=500)
        data = {"month": first.isoformat(), "model": model.version, "assessed": len(made)}
        audit.record("inspection.risk.assessed", actor=str(actor), object=f"inspection.month:{first.isoformat()}", data=data)
    return len(made)


def _assessed(model: RiskModel, month: date, pk: Any, kind: str, counts: Counts) -> Assessment:
    reasons: list[dict[str, Any]] = [
        {"factor": one.code, "count": counts[one.code][pk], "points": one.of(counts[one.code][pk])}
        for one in model.factors
        if counts[one.code][pk]
    ]
    points = sum(one["points"] for one in reasons)
    said = {"points": points, "reasons": reasons, "model": model.version, "made_at": clock.now()}
    return Assessment(subject_id=pk, kind=kind, month=month, risk_class=model.class_of(points), **said)


def count(model: RiskModel, month: date) -> Counts:
    """Factor -> subject -> how often, between `back_months` before the month and its first day."""
    months = month.year * 12 + month.month - 1 - model.back_months
    since, until = date(months // 12, months % 12 + 1, 1), month
    span = (datetime.combine(since, time.min, clock.CITY), datetime.combine(until, time.min, clock.CITY))
    records = Record.objects.filter(end__isnull=True, kind="bad", decided_on__gte=since, decided_on__lt=until)
    visits = Task.objects.filter(state=PUBLISHED, published_at__gte=span[0], published_at__lt=span[1])
    outcomes = catalogue.outcomes().items()
    return {
        "serious_record": _per_subject(records.filter(level="SERIOUS")),
        "ordinary_record": _per_subject(records.filter(level__in=["GENERAL"])),
        "minor_record": _per_subject(records.filter(level__in=["MINOR", ""])),
        "problem_found": _per_subject(visits.filter(outcome__in=[code for code, one in outcomes if one["problem"]])),
        "check_passed": _per_subject(visits.filter(outcome="NONE")),
        "confirmed_clue": _confirmed(span),
        "complaint": _complaints(span),
    }


def _per_subject(rows: QuerySet[Any]) -> Counter[Any]:
    return Counter(dict(rows.order_by().values_list("subject").annotate(n=Count("id"))))


def _confirmed(span: tuple[datetime, datetime]) -> Counter[Any]:
    """Clues that an officer's check confirmed, by the subject of each of their shops."""
    judged = ClueStep.objects.filter(action="judge", at__gte=span[0], at__lt=span[1], data__verdict="confirmed")
    rows = judged.filter(clue__members__shop__subject__isnull=False).values_list("clue__members__shop__subject", "clue").distinct()
    return Counter(subject for subject, _clue in rows)


def _complaints(span: tuple[datetime, datetime]) -> Counter[Any]:
    """Complaints to platforms, counted in the lake by shop and added up by subject."""
    by_shop = counts_of_shops(*span)
    rows = Shop.objects.filter(token__in=list(by_shop), subject__isnull=False).values_list("token", "subject")
    found: Counter[Any] = Counter()
    for token, subject in rows:
        found[subject] += by_shop[token]
    return found


def propose_class(actor: Actor, subject_id: object, department: str, risk_class: str, reason: str) -> Correction:
    """An officer says why a subject's class is wrong. Raises PlanWrong for an unknown class, AlreadyDone while one waits."""
    with transaction.atomic(), locks.locked(f"inspection.class:{subject_id}"):
        step(DECISION, "NONE", "propose", actor, department)
        subject = access.get(actor, Subject, pk=subject_id)
        assessment = access.all(actor, Assessment).filter(subject=subject).order_by("-month").first()
        if assessment is None:
            raise NotFound
        if risk_class not in CLASSES or not reason.strip():
            raise PlanWrong(why_zh="须写明更正后的类别和理由。", why_en="Name the class and the reason.")
        if assessment.corrections.filter(state=WAITING).exists():
            raise AlreadyDone
        named = {"proposed_by": str(actor), "proposed_by_name": actor.name, "proposed_at": clock.now()}
        said = {"risk_class": risk_class, "reason": reason.strip(), "department": department}
        made = Correction.objects.create(assessment=assessment, **said, **named)
        note(actor, "class.proposed", made, {"subject": str(assessment.subject_id), "month": assessment.month.isoformat()})
    return made


def decide_class(actor: Actor, id: object, approve: bool, reason: str = "") -> Correction:
    """A second person of the department decides on a correction."""
    with transaction.atomic(), locks.locked(f"inspection.correction:{id}"):
        found = Correction.objects.select_for_update().get(pk=access.get(actor, Correction, pk=id).pk)
        do_decide(actor, found, [found.department], approve, reason)
        found.save()
        note(actor, "class.decided", found, {"state": found.state})
    return found
