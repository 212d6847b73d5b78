"""Indicators of the exchange, campaigns, trainings and inspections by risk class; they extend figures.py in the same form."""

from __future__ import annotations

from datetime import date

from django.db.models import CharField, DateField, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from chengxin.campaigns.actions.courses import due_after
from chengxin.campaigns.models import Campaign, CampaignStep, Completion, Streamer
from chengxin.campaigns.models.campaigns import DRAFTED, REFUSED
from chengxin.coordination.figures import DAY, Period, Query, Rows, _lead, _on, _rows, query
from chengxin.exchange.models import ExchangeRow
from chengxin.inspection.models import Assessment, Correction, Plan
from chengxin.inspection.models import Task as Visit
from chengxin.inspection.models.registers import APPROVED
from chengxin.law.terms import add_months

YEAR = 12  # months: the rates of inspection and the training of streamers are by the year

# ---- (十一) the exchange


def _sent(period: Period, *, again: bool) -> Rows:
    """Versions whose last day came, sent by it; one that a newer version replaced by then, unsent, was not to be sent any more."""
    newer = ExchangeRow.objects.filter(fact=OuterRef("fact"), version__gt=OuterRef("version")).annotate(made=_on("made_at"))
    rows = ExchangeRow.objects.filter(period.on("due_on"), again=again).annotate(sent=_on("sent_at"))
    rows = rows.annotate(replaced=Exists(newer.filter(made__lte=OuterRef("due_on"))))
    kept = rows.exclude(Q(replaced=True) & (Q(sent__isnull=True) | Q(sent__gt=F("due_on"))))
    return _rows(kept, dept="department", ref="number", day="due_on", good=Q(sent__isnull=False, sent__lte=F("due_on")))


@query("exchange:row")
def shared_in_time(period: Period) -> Rows:
    return _sent(period, again=False)


@query("exchange:row")
def corrections_in_time(period: Period) -> Rows:
    return _sent(period, again=True)


# ---- (十八) campaigns, (十九) trainings


@query("campaigns:campaign")
def campaigns_closed(period: Period) -> Rows:
    """Campaigns whose last day came, closed with their report and its figures before the period was over."""
    closed = CampaignStep.objects.filter(matter=OuterRef("pk"), action="close", at__lt=period.end)
    rows = Campaign.objects.exclude(state__in=[DRAFTED, REFUSED]).annotate(last=Coalesce("ended_on", "ends_on"), done=Exists(closed))
    return _rows(rows.filter(period.on("last")), dept="department", ref="number", day="last", good=Q(done=True))


def _fresh(day: date) -> date:
    """The earliest day of a training that was not overdue on this day; for what was before the law, the clock began with it."""
    if due_after(date.min) >= day:
        return date.min
    first = day
    while due_after(first - DAY) >= day:
        first -= DAY
    return first


@query()
def streamers_trained(period: Period) -> Rows:
    """Streamers at work on the last day whose next training was not overdue then; what was revoked by then does not count."""
    fresh, revoked = _fresh(period.until), Q(revocation__isnull=False, revocation__at__lt=period.end)
    trained = Completion.objects.filter(streamer=OuterRef("pk"), on__gte=fresh, on__lte=period.until).exclude(revoked)
    at_work = Q(since__lte=period.until) & (Q(until__isnull=True) | Q(until__gte=period.until))
    rows = Streamer.objects.filter(at_work).annotate(trained=Exists(trained), last=Value(period.until, output_field=DateField()))
    return _rows(rows, dept=_lead("M19"), ref="pk", day="last", good=Q(trained=True) | Q(since__gte=fresh))


# ---- (十二) inspections by risk class, against the table of rates


def _inspected(risk_class: str) -> Query:
    def inspected(period: Period) -> Rows:
        """Subjects of this class in the period's last month, visited after a draw within the twelve months before its end."""
        since = add_months(period.until, -YEAR)
        visits = Visit.objects.filter(subject=OuterRef("subject"), plan__kind=Plan.Kind.LOT, ended_on__gt=since, ended_on__lte=period.until)
        corrected = Correction.objects.filter(assessment=OuterRef("pk"), state=APPROVED, decided_at__lt=period.end).order_by("-decided_at")
        rows = Assessment.objects.filter(month=period.until.replace(day=1)).annotate(
            held=Coalesce(Subquery(corrected.values("risk_class")[:1]), F("risk_class"), output_field=CharField()),
            visited=Exists(visits),
            last=Value(period.until, output_field=DateField()),
        )
        return _rows(rows.filter(held=risk_class), dept=_lead("M12"), ref="subject__pk", day="last", good=Q(visited=True))

    inspected.__name__ = f"inspected_{risk_class.lower()}"
    return query()(inspected)


inspected_a, inspected_b, inspected_c, inspected_d = map(_inspected, "ABCD")
