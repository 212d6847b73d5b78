"""One query an indicator, over the rows that rooms keep. Each gives its cohort with dept, ref, key, day, num, den; a figure is their sums.

A cohort is what fell due, or happened, inside the period, and `num` looks at nothing later than the deadline or the period's end: once a
period is over, its figures stay. Where a room's row forgets its deadline, the deadline is read from the steps or from the law.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, CharField, Count, DateField, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, TruncDate

from chengxin.cases.models import CaseClock
from chengxin.commitments.models import Measured
from chengxin.consumers.models import Complaint, ConsumerStep, Report
from chengxin.coordination.models import Task as PlanTask
from chengxin.delivery.models import Incident
from chengxin.evaluation.models import Snapshot
from chengxin.facts.models import Receipt
from chengxin.inspection.models import Task as Visit
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.law.errors import NotInForce
from chengxin.lists.catalogue import DEPARTMENT
from chengxin.lists.models import BenefitUse, RedEntry, RepairApplication
from chengxin.lists.models import Task as JointTask
from chengxin.payments.models import Mismatch
from chengxin.platforms.models import ClueReport, Measure
from chengxin.products.models import RecallNotice, RecallTask
from chengxin.records.models import UPHELD, Objection, Record
from chengxin.subjects.models import IdentityVerification
from chengxin.supervision.models import Clue

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """Both days included, in the city's time."""

    since: date
    until: date

    @property
    def begin(self) -> datetime:
        return datetime.combine(self.since, datetime.min.time(), clock.CITY)

    @property
    def end(self) -> datetime:
        """The first instant after it."""
        return datetime.combine(self.until + DAY, datetime.min.time(), clock.CITY)

    def at(self, field: str) -> Q:
        """That an instant lies in the period."""
        return Q(**{f"{field}__gte": self.begin, f"{field}__lt": self.end})

    def on(self, field: str) -> Q:
        """That a day lies in the period."""
        return Q(**{f"{field}__gte": self.since, f"{field}__lte": self.until})


Rows = QuerySet[Any]
Query = Callable[[Period], Rows]
QUERIES: dict[str, Query] = {}
PAGES: dict[str, str] = {}  # query -> URL name that takes `key`


def query(page: str = "") -> Callable[[Query], Query]:
    """Register a query under its name; `page`: where one of its rows is opened."""

    def note(made: Query) -> Query:
        QUERIES[made.__name__] = made
        if page:
            PAGES[made.__name__] = page
        return made

    return note


def _rows(rows: Rows, *, dept: Any, ref: Any, day: Any, good: Q | None = None, num: Any = None, den: Any = None, key: Any = None) -> Rows:
    """The cohort with its six columns; without num and den each row is one, good or not."""
    num = num if num is not None else Case(When(good, then=Value(1)), default=Value(0), output_field=IntegerField())
    den = den if den is not None else Value(1, output_field=IntegerField())
    shown = {"k_ref": _text(ref), "k_key": _text(key if key is not None else ref)}
    cohort: Rows = rows.order_by().annotate(k_dept=_text(dept), k_day=_field(day), k_num=_field(num), k_den=_field(den), **shown)
    return cohort


def _field(given: Any) -> Any:
    return F(given) if isinstance(given, str) else given


def _text(given: Any) -> Any:
    return Cast(_field(given), CharField())


def _on(field: str) -> TruncDate:
    """The city's day of an instant."""
    return TruncDate(field, tzinfo=clock.CITY)


def _lead(measure: str) -> Value:
    """The department that leads the measure today, where the row names none."""
    leads = {one.code: one.lead_now[0] for one in law.at(clock.today()).measures()}
    return Value(leads[measure], output_field=CharField())


def due_days(clock_id: str, period: Period) -> dict[date, date]:
    """First day → last day, for all first days whose period of law ends inside this one. Later first days never end earlier."""
    found: dict[date, date] = {}
    day = period.until
    while True:
        try:
            last = law.at(day).due(clock_id, day)
        except NotInForce:
            return found
        if last < period.since:
            return found
        if last <= period.until:
            found[day] = last
        day -= DAY


def _due(field: Any, days: dict[date, date]) -> Case:
    return Case(*(When(**{field: day}, then=Value(last)) for day, last in days.items()), output_field=DateField())


# ---- measures (三)-(六)


@query()
def shops_verified_again(period: Period) -> Rows:
    """Each verification whose term ended, and whether the shop was verified again by then; closed shops are left out."""
    later = IdentityVerification.objects.filter(shop=OuterRef("shop"), verified_at__gt=OuterRef("verified_at"))
    again = later.annotate(day=_on("verified_at")).filter(day__lte=OuterRef("next_due_on"))
    rows = IdentityVerification.objects.filter(period.on("next_due_on"), shop__closed_on__isnull=True).annotate(again=Exists(again))
    return _rows(rows, dept=_lead("M03"), ref="shop__shop_id", key="shop__pk", day="next_due_on", good=Q(again=True))


@query()
def scores_whole(period: Period) -> Rows:
    """Scores of shops: no review number of the platform's chain was missing."""
    return _rows(
        Snapshot.objects.filter(period.on("day")), dept=_lead("M04"), ref="shop__shop_id", key="shop__pk", day="day", good=Q(missing=0)
    )


@query("payments:mismatch")
def payment_differences(period: Period) -> Rows:
    good = Q(decided_at__isnull=False, decided_at__lt=period.end)
    return _rows(Mismatch.objects.filter(period.at("run__at")), dept=_lead("M05"), ref="number", day=_on("run__at"), good=good)


@query("delivery:incident")
def incidents(period: Period) -> Rows:
    """The firm's reply within the law's period, by the day of the report: the row's own deadline moves on with the matter."""
    days = due_days("COURIER_COMPLAINT", period)
    rows = Incident.objects.annotate(first=_on("reported_at")).filter(first__in=list(days)).annotate(last=_due("first", days))
    good = Q(replied_at__isnull=False, replied__lte=F("last"))
    return _rows(rows.annotate(replied=_on("replied_at")), dept="department", ref="number", day="last", good=good)


# ---- (七) complaints and reports: the deadlines of their steps, which nobody can change

MOVED_ON = ("pause", "resume", "extend", "transfer", "add_facts")  # these give another deadline without meeting the old one


def _steps(of: str, matters: Any, period: Period) -> Rows:
    """Each deadline of each matter once: it is met when a step that ends it came by its day."""
    same = ConsumerStep.objects.filter(matter=OuterRef("matter"))
    before = same.filter(place__lt=OuterRef("place")).order_by("-place")
    after = same.filter(Q(due_on__isnull=True) | ~Q(due_on=OuterRef("due_on")), place__gt=OuterRef("place")).order_by("place")
    rows = ConsumerStep.objects.filter(period.on("due_on"), of=of).annotate(
        was=Subquery(before.values("due_on")[:1]),
        ended=Subquery(after.annotate(day=_on("at")).values("day")[:1]),
        by=Subquery(after.values("action")[:1]),
        whose=Subquery(matters.filter(pk=OuterRef("matter")).values("department")[:1]),
        name=Subquery(matters.filter(pk=OuterRef("matter")).values("number")[:1]),
    )
    first = Q(was__isnull=True) | ~Q(was=F("due_on"))
    kept = rows.filter(first).filter(Q(by__isnull=True) | ~Q(by__in=MOVED_ON))
    return _rows(kept, dept="whose", ref="name", day="due_on", good=Q(ended__isnull=False, ended__lte=F("due_on")))


@query("consumers:complaint")
def complaints(period: Period) -> Rows:
    return _steps("complaint", Complaint.objects, period)


@query("consumers:report")
def reports(period: Period) -> Rows:
    return _steps("report", Report.objects, period)


@query("consumers:complaint")
def mediations(period: Period) -> Rows:
    """Mediations that ended: agreed or settled, or ended without."""
    matters = Complaint.objects.filter(pk=OuterRef("matter"))
    rows = ConsumerStep.objects.filter(period.at("at"), of="complaint", action__in=["agree", "settle", "end"])
    rows = rows.annotate(whose=Subquery(matters.values("department")[:1]), name=Subquery(matters.values("number")[:1]))
    return _rows(rows, dept="whose", ref="name", day=_on("at"), good=Q(action__in=["agree", "settle"]))


# ---- (八)-(十一)


@query("records:record")
def published_in_time(period: Period) -> Rows:
    """Decisions that are published at all, by the seven working days after the decision."""
    days = due_days("DOUBLE_PUBLICITY", period)
    rows = (
        Record.objects.filter(decided_on__in=list(days), supersedes__isnull=True).exclude(term="").annotate(last=_due("decided_on", days))
    )
    good = Q(published_on__isnull=False, published_on__lte=F("last"))
    return _rows(rows, dept="department", ref="number", day="last", good=good)


@query("records:objection")
def objections(period: Period) -> Rows:
    rows = Objection.objects.filter(period.on("due_on")).annotate(decided=_on("decided_at"))
    good = Q(decided_at__isnull=False, decided__lte=F("due_on"))
    return _rows(rows, dept="department", ref="record__number", key="pk", day="due_on", good=good)


@query("records:objection")
def objections_upheld(period: Period) -> Rows:
    rows = Objection.objects.filter(period.at("decided_at"))
    return _rows(rows, dept="department", ref="record__number", key="pk", day=_on("decided_at"), good=Q(state=UPHELD))


@query("commitments:commitment")
def promises(period: Period) -> Rows:
    rows = Measured.objects.filter(period.on("day"), tested__gt=0)
    return _rows(rows, dept="commitment__department", ref="commitment__number", day="day", num="kept", den="tested")


@query("products:recall")
def recalls(period: Period) -> Rows:
    """A platform's recall task: told as many buyers as it has to, by its day."""
    told = RecallNotice.objects.filter(task=OuterRef("pk")).annotate(day=_on("told_at")).filter(day__lte=OuterRef("due_on"))
    counted = told.order_by().values("task").annotate(n=Count("pk")).values("n")
    rows = RecallTask.objects.filter(period.on("due_on")).annotate(told=Coalesce(Subquery(counted), 0))
    return _rows(rows, dept="recall__department", ref="number", key="recall__number", day="due_on", good=Q(told__gte=F("buyers")))


@query()
def reported_rows(period: Period) -> Rows:
    rows = Receipt.objects.filter(period.at("received_at"), rows__gt=0)
    return _rows(rows, dept=_lead("M11"), ref="kind", key="pk", day=_on("received_at"), num=F("accepted") + F("duplicates"), den="rows")


# ---- (十二)-(十四)


@query("supervision:clue")
def clues(period: Period) -> Rows:
    rows = Clue.objects.filter(period.on("due_on")).annotate(closed=_on("closed_at"))
    good = Q(closed_at__isnull=False, closed__lte=F("due_on"))
    return _rows(rows, dept="department", ref="number", day="due_on", good=good)


@query("inspection:task")
def visits(period: Period) -> Rows:
    good = Q(ended_on__isnull=False, ended_on__lte=F("due_on"))
    return _rows(Visit.objects.filter(period.on("due_on")), dept="department", ref="number", day="due_on", good=good)


@query("inspection:task")
def visits_published(period: Period) -> Rows:
    rows = Visit.objects.filter(period.on("publish_by")).annotate(shown=_on("published_at"))
    good = Q(published_at__isnull=False, shown__lte=F("publish_by"))
    return _rows(rows, dept="department", ref="number", day="publish_by", good=good)


@query()
def platform_measures(period: Period) -> Rows:
    rows = Measure.objects.filter(period.on("publish_due_on")).annotate(shown=_on("published_at"))
    good = Q(published_at__isnull=False, shown__lte=F("publish_due_on"))
    return _rows(rows, dept=_lead("M14"), ref="number", day="publish_due_on", good=good)


@query("platforms:clue_report")
def clue_reports(period: Period) -> Rows:
    return _rows(ClueReport.objects.filter(period.at("made_at")), dept="department", ref="number", day=_on("made_at"), good=Q(late=False))


# ---- (十六)-(二十)


@query("lists:red")
def red_list(period: Period) -> Rows:
    used = BenefitUse.objects.filter(red=OuterRef("pk"), given_on__lte=period.until)
    stands = Q(listed_on__lte=period.until, until__gte=period.until) & (Q(ended_on__isnull=True) | Q(ended_on__gt=period.until))
    rows = RedEntry.objects.filter(stands).annotate(used=Exists(used))
    return _rows(rows, dept="department", ref="number", key="pk", day="listed_on", good=Q(used=True))


def _joint(period: Period, due: str, done: str) -> Rows:
    """Joint measures: a department answers for its own, the department that listed for those of platforms and banks."""
    whose = Case(When(executor_kind=DEPARTMENT, then=F("executor")), default=F("entry__department"), output_field=CharField())
    rows = JointTask.objects.filter(period.on(due)).annotate(done=_on(done))
    good = Q(**{f"{done}__isnull": False}, done__lte=F(due))
    return _rows(rows, dept=whose, ref="entry__number", key="pk", day=due, good=good)


@query("lists:task")
def list_feedback(period: Period) -> Rows:
    return _joint(period, "due_on", "fed_at")


@query("lists:task")
def list_unwound(period: Period) -> Rows:
    return _joint(period, "lift_due_on", "lifted_at")


@query("lists:repair")
def repairs(period: Period) -> Rows:
    good = Q(decided_on__isnull=False, decided_on__lte=F("due_on"))
    rows = RepairApplication.objects.filter(period.on("due_on"))
    return _rows(rows, dept="department", ref="number", key="pk", day="due_on", good=good)


@query("cases:case")
def case_clocks(period: Period) -> Rows:
    good = Q(stopped_on__isnull=False, stopped_on__lte=F("due_on"))
    return _rows(CaseClock.objects.filter(period.on("due_on")), dept="case__department", ref="case__number", day="due_on", good=good)


@query("coordination:task")
def plan_tasks(period: Period) -> Rows:
    rows = PlanTask.objects.filter(period.on("due_on")).annotate(told=_on("reported_at"))
    good = Q(reported_at__isnull=False, told__lte=F("due_on"))
    return _rows(rows, dept="lead", ref="number", day="due_on", good=good)
