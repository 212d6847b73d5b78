"""Lists of this room: tasks for desks and for everybody, the rows of a figure, sheets, meetings, plans."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chengxin import workflow
from chengxin.coordination import forms, queries
from chengxin.coordination.models import DONE, WORKING
from chengxin.kernel import clock, language
from chengxin.kernel.tables import Column, Filter, Table
from chengxin.law import law

STATE_COLOUR = {"DONE": "green", "VERIFIED": "green", "REPORTED": "accent", "DOING": "accent"}
LATE_COLOUR = {"YELLOW": "amber", "RED": "red", "NOTIFIED": "red", "REFERRED": "red", "REMINDED": "amber"}


def department_name(code: str) -> str:
    return language.pick(law.at(clock.today()).department(code))


def measure_name(code: str) -> str:
    return dict(forms.measures())[code]


def _states() -> list[tuple[str, str]]:
    table = workflow.load("coordination/task")
    return [(code, language.pick({"zh": one.zh, "en": one.en})) for code, one in table.states.items() if code != "NONE"]


def _search(rows: Any, text: str) -> Any:
    return rows.filter(Q(title__icontains=text) | Q(number=text.upper()[:24]))


def _with_part(rows: Any, value: str) -> Any:
    return rows.filter(parts__department=value, parts__until__isnull=True).distinct()


def _overdue(rows: Any, value: str) -> Any:
    late = Q(state__in=WORKING, due_on__lt=clock.today())
    return rows.filter(late) if value == "yes" else rows.exclude(state=DONE)


def _days(task: Any) -> int:
    return queries.days_late(task, clock.today())


def _tasks(name: str, link: str, late: bool) -> Table:
    """For everybody: no names of persons, no lateness held against a department before a notice says so."""
    own = [
        Column(
            "late",
            _("Lateness"),
            kind="tag",
            value=lambda one: language.pick(queries.late_name(one)),
            colour=lambda one: LATE_COLOUR.get(one.late, ""),
        )
    ]
    return Table(
        name=name,
        caption=_("Tasks of the plan"),
        columns=[
            Column("number", _("Number"), kind="mono", link=link),
            Column("title", _("Task"), css="wide"),
            Column("measure", _("Measure"), sort="measure", value=lambda one: measure_name(one.measure)),
            Column("lead", _("Lead department"), sort="lead", value=lambda one: department_name(one.lead)),
            Column(
                "state",
                _("State"),
                kind="tag",
                value=lambda one: language.pick(queries.state_name(one)),
                colour=lambda one: STATE_COLOUR.get(one.state, ""),
            ),
            Column("turn", _("Whose turn"), value=lambda one: language.pick(queries.whose_turn(one))),
            Column("due_on", _("Due on"), kind="date", sort="due_on"),
            Column("days", _("Days late"), kind="number", value=_days),
            *(own if late else []),
        ],
        filters=[
            Filter("q", _("Words or number"), kind="text", apply=_search),
            Filter("measure", _("Measure"), choices=forms.measures),
            Filter("department", _("Department"), choices=forms.departments, apply=_with_part),
            Filter("state", _("State"), choices=_states),
            Filter("overdue", _("Time"), choices=[("yes", _("Overdue")), ("open", _("Not done"))], apply=_overdue),
        ],
        sort="due_on",
        empty=_("No task"),
        empty_next=_("Tasks appear here when the leading group's office has confirmed them."),
    )


TASKS = _tasks("plan-tasks", "page_url", late=True)
PUBLIC = _tasks("public-plan-tasks", "", late=False)


ROWS = Table(
    name="indicator-rows",
    caption=_("What the figure is made of"),
    columns=[
        Column("k_ref", _("Number"), kind="mono", link="href"),
        Column("k_day", _("Day"), kind="date", sort="k_day"),
        Column("k_num", _("Counts as met"), kind="number", sort="k_num"),
        Column("k_den", _("Of"), kind="number", sort="k_den"),
    ],
    sort="k_num",
    empty=_("Nothing fell due"),
    empty_next=_("The indicator has nothing to count in this period."),
)


BY_DEPARTMENT = Table(
    name="indicator",
    caption=_("By department"),
    columns=[
        Column("department", _("Department"), sort="department", link="href"),
        Column("met", _("Met"), kind="number", sort="met", value=lambda row: row["line"].n),
        Column("of", _("Of"), kind="number", sort="of", value=lambda row: row["line"].d),
        Column("share", _("Share that met it"), kind="tag", value=lambda row: row["line"].share, colour=lambda row: row["line"].colour),
    ],
    sort="department",
    empty=_("Nothing fell due"),
    empty_next=_("The indicator has nothing to count in this period."),
)


SHEETS = Table(
    name="kpi-sheets",
    caption=_("Frozen sheets"),
    columns=[
        Column("period", _("Period"), kind="mono", sort="period", link="page_url"),
        Column("department", _("Department"), sort="department", value=lambda one: department_name(one.department)),
        Column("count", _("Indicators"), kind="number", value=lambda one: len(one.figures)),
        Column("at", _("Frozen at"), kind="time", sort="at"),
        Column("leaf", _("Log entry"), kind="number"),
    ],
    filters=[
        Filter("department", _("Department"), choices=forms.departments),
        Filter("period", _("Period"), kind="text"),
    ],
    sort="-period",
    empty=_("No sheet is frozen yet"),
    empty_next=_("Sheets of a month are frozen on the fifth of the next, or by the leading group's office."),
)


def sheet_table(department: str, period: str) -> Table:
    """One department's lines, for the page and for export."""
    return Table(
        name=f"kpi-{department.lower()}-{period.lower()}",
        caption=_("Indicators"),
        columns=[
            Column(
                "name",
                _("Indicator"),
                link="href",
                value=lambda one: language.pick({"zh": one.line.indicator.zh, "en": one.line.indicator.en}),
            ),
            Column("of", _("Counted"), value=lambda one: language.pick(one.line.indicator.of)),
            Column("n", _("Met"), kind="number", value=lambda one: one.line.n),
            Column("d", _("Of"), kind="number", value=lambda one: one.line.d),
            Column("share", _("Share that met it"), kind="tag", value=lambda one: one.line.share, colour=lambda one: one.line.colour),
            Column("target", _("Target"), value=lambda one: one.line.target),
            Column("weight", _("Weight"), kind="number", value=lambda one: one.line.indicator.weight),
            Column("source", _("Source of the target"), value=lambda one: one.line.indicator.source),
        ],
        empty=_("Nothing fell due"),
        empty_next=_("No indicator has anything to count for this department in this period."),
    )
