"""Lists of this room and the words for its codes. No list holds who complained or reported: exports cannot tell either."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chengxin import workflow
from chengxin.consumers import routing
from chengxin.consumers.models import Assignment, Complaint, ConsumerStep, Report
from chengxin.consumers.models.complaints import SOLVED, UNSOLVED
from chengxin.consumers.models.said import BROKEN, KEPT, OPEN
from chengxin.kernel import clock, language
from chengxin.kernel.tables import Column, Filter, Table
from chengxin.law import law

STATE_COLOUR = {
    "RECEIVED": "amber",
    "NEED_ID": "amber",
    "REFUSED": "red",
    "ENDED": "red",
    "CLOSED": "green",
    "SETTLED": "green",
    "AGREED": "green",
    "CHECKING": "amber",
    "FILED_CASE": "red",
}
WORDS: dict[str, Any] = {
    SOLVED: _("Solved, says the complainant"),
    UNSOLVED: _("Not solved, says the complainant"),
    "": _("No word yet"),
}
PROMISE_WORDS: dict[str, Any] = {OPEN: _("Not due or not checked"), KEPT: _("Kept as promised"), BROKEN: _("Not kept")}
NOTES: dict[str, Any] = {
    "identify": _("The business was identified"),
    "violation": _("A suspected violation was passed on"),
    "escalate": _("Put before the head: overdue"),
    "name_handler": _("A handler was named"),
    "dismiss_handler": _("A handler was taken off"),
    "tell": _("The result was told"),
}


def state_name(of: str, code: str) -> str:
    """A state in the reader's language."""
    return language.pick(workflow.load(f"consumers/{of}").states[code])


def coded(name: str, code: str) -> str:
    """A code of the law's list in the reader's language; an old code stays as it is."""
    known = law.at(clock.today()).codes(name).get(code)
    return language.pick(known) if known else code


def choices(name: str) -> list[tuple[str, str]]:
    return [(code, language.pick(one)) for code, one in law.at(clock.today()).codes(name).items()]


def ground(code: str) -> str:
    """R1-R7 or T1-T8 in words."""
    return f"{code} {coded('complaint_refuse' if code.startswith('R') else 'mediation_end', code)}" if code else ""


def colour(one: Any) -> str:
    return law.clock_colour(one.due_on, clock.today()) if one.due_on else ""


def department_name(code: str) -> str:
    return language.pick(law.at(clock.today()).department(code))


def steps(of: str, matter: Any) -> list[dict[str, Any]]:
    """The history of a matter with its words."""
    table = workflow.load(f"consumers/{of}")
    rows = ConsumerStep.objects.filter(of=of, matter=matter.pk).order_by("place")
    names = {step.action: language.pick(step) for step in table.steps}
    return [{"one": row, "name": names.get(row.action) or NOTES[row.action], "after": table.states[row.after]} for row in rows]


def why_here(matter: Any, of: str) -> list[dict[str, Any]]:
    """How it came to the department: each rule or reason, with its article."""
    rows = Assignment.objects.filter(of=of, matter=matter.pk)
    return [{"one": row, "department": department_name(row.department), "said": _reason(row)} for row in rows]


BY_ITSELF = {"受理人承办": {"zh": "受理人承办", "en": "Handled by who accepted it"}}  # reasons that no person typed


def _reason(row: Assignment) -> str:
    rule = routing.rule(row.rule) if row.rule else BY_ITSELF.get(row.reason)
    return language.pick(rule) if rule else row.reason


def article(row: Assignment) -> str:
    return language.pick(law.at(clock.today()).cited(row.article)) if row.article else ""


def _states(of: str) -> Any:
    return lambda: [(code, language.pick(one)) for code, one in workflow.load(f"consumers/{of}").states.items() if code != "NONE"]


def _state(of: str) -> Column:
    return Column(
        "state",
        _("State"),
        kind="tag",
        sort="state",
        value=lambda one: state_name(of, one.state),
        colour=lambda one: STATE_COLOUR.get(one.state, "accent"),
    )


NUMBER = Column("number", _("Number"), kind="mono", sort="number", link="page_url")
CLOCK = Column("due_on", _("Next step by"), kind="clock", colour=colour, sort="urgent")
RECEIVED = Column("received_at", _("Received"), kind="date", sort="received_at", value=lambda one: clock.city_day(one.received_at))
RESPONDENT = Column("respondent_name", _("Business complained of"), sort="respondent_name", css="wide")
OWNER = Column("owner_name", _("Owner"), sort="owner_name", value=lambda one: one.owner_name or "—")
CATEGORY = Column("category", _("Category"), sort="category", value=lambda one: coded("complaint_category", one.category))
WORD = Column("word", _("Solved?"), value=lambda one: str(WORDS[one.word]), sort="word")


def _overdue(rows: Any, value: str) -> Any:
    late = rows.filter(due_on__lt=clock.today())
    return late.filter(escalated_at__isnull=False) if value == "before_head" else late


def _search(rows: Any, value: str) -> Any:
    return rows.filter(Q(number__icontains=value.strip()) | Q(respondent_name__icontains=value.strip()))


OVERDUE = Filter(
    "overdue", _("Overdue"), choices=lambda: [("over", _("Overdue")), ("before_head", _("Put before the head"))], apply=_overdue
)
CATEGORIES = Filter("category", _("Category"), choices=lambda: choices("complaint_category"))
SEARCH = Filter("q", _("Number or business"), kind="text", apply=_search)

QUEUE = Table(
    name="complaints",
    caption=_("Complaints"),
    columns=[NUMBER, RESPONDENT, CATEGORY, _state("complaint"), CLOCK, OWNER, RECEIVED],
    filters=[Filter("state", _("State"), choices=_states("complaint")), OVERDUE, CATEGORIES, SEARCH],
    sort="due_on",
    empty=_("No complaint"),
    empty_next=_("A complaint appears here the moment somebody files it."),
)

REPORTS = Table(
    name="reports",
    caption=_("Reports of violations"),
    columns=[NUMBER, RESPONDENT, CATEGORY, _state("report"), CLOCK, OWNER, RECEIVED],
    filters=[Filter("state", _("State"), choices=_states("report")), OVERDUE, CATEGORIES, SEARCH],
    sort="due_on",
    empty=_("No report"),
    empty_next=_("A report appears here the moment somebody files it."),
)


def _inbox(name: str, link: str, shops: bool) -> Table:
    shop = [Column("shop", _("Shop"), value=lambda one: str(one.shop or "—"))] if shops else []
    return Table(
        name=name,
        caption=_("Complaints to answer"),
        columns=[
            Column("number", _("Number"), kind="mono", sort="number", link=link),
            *shop,
            Column("product", _("Goods or service"), value=lambda one: one.product or "—"),
            Column("amount_fen", _("Amount"), kind="money", sort="amount_fen"),
            _state("complaint"),
            CLOCK,
            WORD,
        ],
        filters=[Filter("state", _("State"), choices=_states("complaint")), SEARCH],
        sort="due_on",
        empty=_("No complaint to answer"),
        empty_next=_("A complaint appears here once the authority has accepted it."),
    )


MINE, PLATFORMS = _inbox("my-complaints", "merchant_url", True), _inbox("platform-complaints", "platform_url", True)

PROMISES = Table(
    name="promises",
    caption=_("Promises past their day"),
    columns=[
        Column("complaint.number", _("Complaint"), kind="mono", link="page_url", sort="complaint__number"),
        Column("complaint.respondent_name", _("Business complained of"), sort="complaint__respondent_name"),
        Column("due_on", _("Promised for"), kind="date", sort="due_on"),
        Column("word", _("The consumer says"), value=lambda one: str(PROMISE_WORDS[one.word]) if one.word else "—"),
        Column("complaint.owner_name", _("Owner"), value=lambda one: one.complaint.owner_name or "—"),
    ],
    sort="due_on",
    empty=_("No promise waits"),
    empty_next=_("A promise appears here when its day is over, or when the consumer says that it was broken."),
)

PUBLISHED = Table(
    name="published-complaints",
    caption=_("Published complaints"),
    columns=[
        Column("shop", _("Shop"), value=lambda one: str(one.shop), sort="shop__name", css="wide"),
        Column("shop.platform.name", _("Platform"), sort="shop__platform__code"),
        CATEGORY,
        RECEIVED,
        Column("closed_at", _("Closed on"), kind="date", sort="closed_at", value=lambda one: clock.city_day(one.closed_at)),
        WORD,
    ],
    filters=[CATEGORIES],
    sort="-closed_at",
    empty=_("No published complaint"),
    empty_next=_("Only closed complaints whose complainant agreed are shown."),
)

OF: dict[type, str] = {Complaint: "complaint", Report: "report"}


def page(matter: Any) -> dict[str, Any]:
    """What every page of a matter shows: its state, clock, way here and history."""
    of = OF[type(matter)]
    here = [{**row, "article": article(row["one"])} for row in why_here(matter, of)]
    return {
        "matter": matter,
        "state": state_name(of, matter.state),
        "colour": colour(matter),
        "steps": steps(of, matter),
        "here": here,
        "category": coded("complaint_category", matter.category),
        "department": department_name(matter.department),
    }


def promise_rows(found: Any) -> list[dict[str, Any]]:
    """Promises with their words."""
    return [{"one": one, "state": PROMISE_WORDS[one.state], "word": PROMISE_WORDS[one.word] if one.word else ""} for one in found]
