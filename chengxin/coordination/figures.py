"""One query an indicator, over the rows that rooms keep. Each gives its cohort with dept, ref, key, day, num, den; a figure is their sums.

A cohort is what fell due, or happened, inside the period, and `num` looks at nothing later than the deadline or the period's end: once a
period is over, its figures stay. Where a room's row forgets its deadline, the deadline is read from the steps or from the law.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, CharField, Count, DateField, Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, TruncDate

from chengxin.cases.models import CaseClock
from chengxin.commitments.models import Measured
from chengxin.coordination.models import Task as PlanTask
from chengxin.coordination.models import TaskStep
from chengxin.delivery.models import Incident
from chengxin.evaluation.models import Snapshot
from chengxin.facts.models import Receipt
from chengxin.inspection.models import Task as Visit
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.law.errors import NotInForce
from chengxin.lists.catalogue import DEPARTMENT
from chengxin.lists.models import BenefitUse, RedEntry, RepairApplication, Step
from chengxin.lists.models import Task as JointTask
from chengxin.lists.models.repair import NOT_ACCEPTED
from chengxin.payments.models import Mismatch
from chengxin.platforms.models import ClueReport, Measure
from chengxin.products.models import RecallNotice, RecallTask
from chengxin.records import catalogue
from chengxin.records.catalogue import BAD
from chengxin.records.models import DROPPED, REJECTED, UPHELD, Objection, Record
from chengxin.subjects.models import IdentityVerification

DAY = timedelta(days=1)
PUBLICITY = "DOUBLE_PUBLICITY"


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


class Length(Func):
    """How many members a JSON list has."""

    function = "JSON_ARRAY_LENGTH"
    output_field = IntegerField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSONB_ARRAY_LENGTH", **more)


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
    """Each passed verification whose term ended, and whether the shop passed another by then; shops closed by then are left out."""
    passed = IdentityVerification.objects.filter(result="pass")
    later = passed.filter(shop=OuterRef("shop"), verified_at__gt=OuterRef("verified_at"))
    again = later.annotate(day=_on("verified_at")).filter(day__lte=OuterRef("next_due_on"))
    open_then = Q(shop__closed_on__isnull=True) | Q(shop__closed_on__gt=F("next_due_on"))
    rows = passed.filter(period.on("next_due_on")).filter(open_then).annotate(again=Exists(again))
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


# ---- (八)-(十一)


def _double_publicity(days: Iterable[date]) -> Q:
    """Decisions of these days that are published within the seven working days: of such an item, of a term that the law publishes."""
    chosen = Q(pk__in=[])
    for day in days:
        items = [one for one in catalogue.items(day) if one.publish_clock == PUBLICITY]
        shown = {one.code for one in law.at(day).publicity_terms() if one.publish}
        chosen |= Q(decided_on=day, item__in=[one.code for one in items if one.kind != BAD and one.public])
        chosen |= Q(decided_on=day, item__in=[one.code for one in items if one.kind == BAD], term__in=shown)
    return chosen


@query("records:record")
def published_in_time(period: Period) -> Rows:
    """Decisions of 双公示 that the law publishes at all (a mere warning is not), by the seven working days after the decision."""
    days = due_days(PUBLICITY, period)
    rows = Record.objects.filter(_double_publicity(days), supersedes__isnull=True).annotate(last=_due("decided_on", days))
    good = Q(published_on__isnull=False, published_on__lte=F("last"))
    return _rows(rows, dept="department", ref="number", day="last", good=good)


@query("records:objection")
def objections(period: Period) -> Rows:
    """One that its maker took back by the last day needed no decision; taken back later, it was not decided in time."""
    rows = Objection.objects.filter(period.on("due_on")).annotate(decided=_on("decided_at"))
    in_time = Q(decided_at__isnull=False, decided__lte=F("due_on"))
    kept = rows.exclude(in_time, state=DROPPED)
    return _rows(kept, dept="department", ref="record__number", key="pk", day="due_on", good=in_time & ~Q(state=DROPPED))


@query("records:objection")
def objections_upheld(period: Period) -> Rows:
    rows = Objection.objects.filter(period.at("decided_at"), state__in=[UPHELD, REJECTED])
    return _rows(rows, dept="department", ref="record__number", key="pk", day=_on("decided_at"), good=Q(state=UPHELD))


@query("commitments:commitment")
def promises(period: Period) -> Rows:
    rows = Measured.objects.filter(period.on("day"), tested__gt=0)
    return _rows(rows, dept="commitment__department", ref="commitment__number", day="day", num="kept", den="tested")


@query("products:recall")
def recalls(period: Period) -> Rows:
    """A platform's recall task: the buyer of each of its orders was told by its day."""
    told = RecallNotice.objects.filter(task=OuterRef("pk")).annotate(day=_on("told_at")).filter(day__lte=OuterRef("due_on"))
    counted = told.order_by().values("task").annotate(n=Count("pk")).values("n")
    rows = RecallTask.objects.filter(period.on("due_on")).annotate(told=Coalesce(Subquery(counted), 0), asked=Length("orders"))
    return _rows(rows, dept="recall__department", ref="number", key="recall__number", day="due_on", good=Q(told__gte=F("asked")))


@query()
def reported_rows(period: Period) -> Rows:
    rows = Receipt.objects.filter(period.at("received_at"), rows__gt=0)
    return _rows(rows, dept=_lead("M11"), ref="kind", key="pk", day=_on("received_at"), num=F("accepted") + F("duplicates"), den="rows")


# ---- (十二)-(十四)


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
    """A measure that was to be lifted again by its day, not fed back until then, asks for no feedback any more."""
    removals = Step.objects.filter(entry=OuterRef("entry"), act="remove", at__gte=OuterRef("pushed_at")).annotate(day=_on("at"))
    rows = _joint(period, "due_on", "fed_at").annotate(gone=Exists(removals.filter(day__lte=OuterRef("due_on"))))
    kept: Rows = rows.exclude(gone=True, k_num=0)
    return kept


@query("lists:task")
def list_unwound(period: Period) -> Rows:
    return _joint(period, "lift_due_on", "lifted_at")


@query("lists:repair")
def repairs(period: Period) -> Rows:
    """Decided in time; an application that was not accepted is decided by that."""
    refused = Q(state=NOT_ACCEPTED, accepted_on__lte=F("due_on"))
    good = Q(decided_on__isnull=False, decided_on__lte=F("due_on")) | refused
    rows = RepairApplication.objects.filter(period.on("due_on"))
    return _rows(rows, dept="department", ref="number", key="pk", day="due_on", good=good)


@query("cases:case")
def case_clocks(period: Period) -> Rows:
    good = Q(stopped_on__isnull=False, stopped_on__lte=F("due_on"))
    return _rows(CaseClock.objects.filter(period.on("due_on")), dept="case__department", ref="case__number", day="due_on", good=good)


@query("coordination:task")
def plan_tasks(period: Period) -> Rows:
    """Reported at the end of its day: the last word by then was the department's report, not that it was sent back."""
    words = TaskStep.objects.filter(task=OuterRef("pk"), of="task", action__in=["report", "send_back"]).annotate(day=_on("at"))
    word = words.filter(day__lte=OuterRef("due_on")).order_by("-place").values("action")[:1]
    rows = PlanTask.objects.filter(period.on("due_on")).annotate(word=Subquery(word))
    return _rows(rows, dept="lead", ref="number", day="due_on", good=Q(word="report"))
