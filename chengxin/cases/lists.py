"""The list of cases: what is due first on top; filtered, sorted, exported."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from chengxin import workflow
from chengxin.cases import queries
from chengxin.cases.actions.taking import TABLE
from chengxin.cases.models import Case
from chengxin.kernel import clock, language
from chengxin.kernel.tables import Choices, Column, Filter, Table
from chengxin.law import law


def state_name(code: str) -> str:
    return language.pick(workflow.load(TABLE).states[code])


def department_name(code: str) -> str:
    return language.pick(law.at(clock.today()).department(code))


def _states() -> Choices:
    return [(code, language.pick(state)) for code, state in workflow.load(TABLE).states.items()]


def _of_text(rows: QuerySet[Case], text: str) -> QuerySet[Case]:
    return rows.filter(Q(number__icontains=text) | Q(title__icontains=text) | Q(subject__name__icontains=text))


def _of_colour(rows: QuerySet[Case], colour: str) -> QuerySet[Case]:
    keys = [one.pk for one in rows.filter(due_on__isnull=False) if queries.colour_of(one) == colour]
    return rows.filter(pk__in=keys)


def _next(case: Case) -> str:
    return "、".join(language.pick(step) for step in queries.waits_for(case))


COLUMNS: list[Column] = [
    Column("due_on", _("Due"), kind="clock", sort="due_on", colour=queries.colour_of, css="nowrap"),
    Column("title", _("Case"), sort="title", link="page_url", css="wide"),
    Column("subject", _("Party"), sort="subject__name", value=lambda case: case.subject.name),
    Column("state", _("State"), kind="tag", sort="state", value=lambda case: state_name(case.state)),
    Column("next", _("Next step"), value=_next),
    Column("department", _("Lead department"), sort="department", value=lambda case: department_name(case.department), show=False),
    Column("number", _("Number"), kind="mono", sort="number", link="page_url", css="nowrap"),
]
FILTERS: list[Filter] = [
    Filter("q", _("Number, title or party"), kind="text", apply=_of_text),
    Filter("colour", _("Clock"), choices=[("red", _("Overdue")), ("amber", _("Due soon")), ("green", _("In time"))], apply=_of_colour),
    Filter("state", _("State"), choices=_states),
]
CASES = Table(
    name="cases",
    caption=_("Penalty cases"),
    sort="due_on",
    columns=COLUMNS,
    filters=FILTERS,
    empty=_("No case is on your desk"),
    empty_next=_("File one from a clue that was checked, or register another source."),
)
