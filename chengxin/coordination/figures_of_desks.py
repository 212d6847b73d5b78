"""Indicators of clues, complaints and reports, whose last days move: each period is read from the steps, which nobody can change.

A step that gives another last day (a hand-over, an extension, testing) ends a period that has not run out; taken after the last day it
takes no lateness away. The department is the one that had the matter when the period ended.
"""

from __future__ import annotations

from django.db.models import Case, CharField, DateField, F, OuterRef, Q, Subquery, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce

from chengxin.consumers.models import Assignment, Complaint, ConsumerStep, Report
from chengxin.coordination.figures import Period, Rows, _due, _on, _rows, due_days, query
from chengxin.supervision.models import ClueStep

# ---- (七) complaints and reports

MOVED_ON = ("pause", "resume", "extend", "add_facts", "withdraw")  # another last day, or none any more, without what was to be done

STARTS = ("accept", "resume", "reopen", "end", "extend", "add_facts")  # a period of its own begins, even one that ends on the same day


def _steps(of: str, matters: Rows, period: Period) -> Rows:
    """Each last day of each matter once: it is met when a step that ends it came by then."""
    same = ConsumerStep.objects.filter(matter=OuterRef("matter"))
    before = same.filter(place__lt=OuterRef("place")).order_by("-place")
    another = Q(due_on__isnull=True) | ~Q(due_on=OuterRef("due_on")) | Q(action__in=STARTS)
    after = same.filter(another, place__gt=OuterRef("place")).order_by("place")
    desks = Assignment.objects.filter(matter=OuterRef("matter")).annotate(day=_on("at")).filter(day__lte=OuterRef("due_on"))
    rows = ConsumerStep.objects.filter(period.on("due_on"), of=of).annotate(
        was=Subquery(before.values("due_on")[:1]),
        ended=Subquery(after.annotate(day=_on("at")).values("day")[:1]),
        by=Subquery(after.values("action")[:1]),
        whose=Coalesce(
            Subquery(desks.order_by("-leaf").values("department")[:1]), _of_matter(matters, "department"), output_field=CharField()
        ),
        name=_of_matter(matters, "number"),
    )
    moved = Q(by__in=MOVED_ON)
    in_time = Q(ended__isnull=False, ended__lte=F("due_on"))
    kept = rows.filter(Q(was__isnull=True) | ~Q(was=F("due_on")) | Q(action__in=STARTS)).exclude(moved & in_time)
    return _rows(kept, dept="whose", ref="name", day="due_on", good=in_time & ~moved)


def _of_matter(matters: Rows, field: str) -> Subquery:
    return Subquery(matters.filter(pk=OuterRef("matter")).values(field)[:1])


@query("consumers:complaint")
def complaints(period: Period) -> Rows:
    return _steps("complaint", Complaint.objects.all(), period)


@query("consumers:report")
def reports(period: Period) -> Rows:
    return _steps("report", Report.objects.all(), period)


@query("consumers:complaint")
def mediations(period: Period) -> Rows:
    """Mediations that ended: agreed or settled, or ended without."""
    matters = Complaint.objects.all()
    rows = ConsumerStep.objects.filter(period.at("at"), of="complaint", action__in=["agree", "settle", "end"])
    rows = rows.annotate(whose=_of_matter(matters, "department"), name=_of_matter(matters, "number"))
    return _rows(rows, dept="whose", ref="name", day=_on("at"), good=Q(action__in=["agree", "settle"]))


# ---- (十二) clues

BEGINS, MOVES, ENDS = ("open", "hand_over", "grant_extension"), ("hand_over", "grant_extension"), ("dismiss", "file_case")


@query("supervision:clue")
def clues(period: Period) -> Rows:
    """Each period of check of each clue: since it was opened or handed over, or as it was extended."""
    days = due_days("CLUE_CHECK", period)
    later = ClueStep.objects.filter(clue=OuterRef("clue"), action__in=[*MOVES, *ENDS])
    after = later.filter(Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), id__gt=OuterRef("id"))).order_by("at", "id")
    rows = ClueStep.objects.filter(action__in=BEGINS).annotate(day=_on("at"), extended=Cast(KT("data__due"), DateField()))
    rows = rows.annotate(last=Case(When(action="grant_extension", then=F("extended")), default=_due("day", days), output_field=DateField()))
    rows = rows.filter(period.on("last")).annotate(
        by=Subquery(after.values("action")[:1]),
        ended=Subquery(after.annotate(on=_on("at")).values("on")[:1]),
        whose=Case(When(action="hand_over", then=KT("data__to_department")), default=F("department"), output_field=CharField()),
    )
    in_time, moved = Q(ended__isnull=False, ended__lte=F("last")), Q(by__in=MOVES)
    return _rows(rows.exclude(moved & in_time), dept="whose", ref="clue__number", day="last", good=in_time & ~moved)
