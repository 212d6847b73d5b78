"""Lists of this room: incidents, outlets' figures, bans, the firms of the register."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from chengxin import workflow
from chengxin.delivery.models import Ban, Incident
from chengxin.kernel import clock, language
from chengxin.kernel.tables import Column, Filter, Table
from chengxin.law import law
from chengxin.subjects.models import CourierFirm

STATE_COLOUR = {"REPORTED": "amber", "FIRM_REPLY": "accent", "RECORDED": "green", "UNFOUNDED": "", "CASE": "red", "IN_FORCE": "red"}


def state_name(table: str, code: str) -> str:
    """A state in the reader's language."""
    return language.pick(workflow.load(f"delivery/{table}").states[code])


def action_name(table: str, code: str) -> str:
    """A step in the reader's language."""
    step = workflow.load(f"delivery/{table}").step(code)
    return language.pick(step) if step else code


def incident_states() -> list[tuple[str, str]]:
    return [(code, language.pick(one)) for code, one in workflow.load("delivery/incident").states.items() if code != "NONE"]


def _firms() -> list[tuple[str, str]]:
    return list(CourierFirm.objects.values_list("code", "name"))


def due(incident: Incident) -> Any:
    """The firm's last day while it is the firm's turn."""
    return incident.due_on if incident.state == "REPORTED" else None


def colour(incident: Incident) -> str:
    return law.clock_colour(incident.due_on, clock.today()) if incident.state == "REPORTED" else ""


def _incidents(name: str, link: str) -> Table:
    return Table(
        name=name,
        caption=_("Incidents"),
        columns=[
            Column("number", _("Our number"), kind="mono", sort="number", link=link),
            Column("firm.name", _("Courier firm"), sort="firm__name"),
            Column("kind", _("What went wrong"), sort="kind", value=lambda one: one.get_kind_display()),
            Column("reporter", _("Reported by"), sort="reporter", value=lambda one: one.get_reporter_display()),
            Column(
                "state",
                _("State"),
                kind="tag",
                sort="state",
                value=lambda one: state_name("incident", one.state),
                colour=lambda one: STATE_COLOUR.get(one.state, "accent"),
            ),
            Column("due", _("Answer due"), kind="clock", sort="due_on", value=due, colour=colour),
            Column("reported_at", _("Reported on"), kind="time", sort="reported_at"),
        ],
        filters=[
            Filter("state", _("State"), choices=incident_states),
            Filter("kind", _("What went wrong"), choices=Incident.Kind.choices),
            Filter("firm__code", _("Courier firm"), choices=_firms),
            Filter("waybill_no", _("Waybill number"), kind="text"),
        ],
        sort="due",
        empty=_("No incident"),
        empty_next=_("What consumers, merchants and platforms report appears here with the firm's last day."),
    )


INCIDENTS = _incidents("incidents", "page_url")
INBOX = _incidents("my-incidents", "firm_url")


def _share(row: dict[str, Any], name: str) -> str:
    whole = row["delivered"] if name == "on_time" else row["parcels"]
    return f"{100 * row[name] / whole:.1f} %" if whole else "–"


OUTLETS = Table(
    name="outlets",
    caption=_("Outlets"),
    columns=[
        Column("firm", _("Courier firm"), sort="firm"),
        Column("name", _("Outlet"), sort="name"),
        Column("parcels", _("Parcels"), kind="number", sort="parcels"),
        Column("on_time", _("Delivered on time"), sort="on_time_share", value=lambda row: _share(row, "on_time")),
        Column("lost", _("Lost"), kind="number", sort="lost"),
        Column("lost_share", _("Lost of all"), value=lambda row: _share(row, "lost")),
        Column("complained", _("Incidents found true"), kind="number", sort="complained"),
    ],
    filters=[Filter("courier", _("Courier firm"), choices=_firms)],
    sort="-lost",
    empty=_("No parcel in this period"),
    empty_next=_("Outlets appear once parcels and scans of the period are reported."),
)

BANS = Table(
    name="bans",
    caption=_("Bans"),
    columns=[
        Column("number", _("Our number"), kind="mono", link="page_url"),
        Column("firm.name", _("Courier firm"), sort="firm__name"),
        Column(
            "state",
            _("State"),
            kind="tag",
            value=lambda one: state_name("ban", one.state),
            colour=lambda one: STATE_COLOUR.get(one.state, ""),
        ),
        Column("since", _("From"), kind="date", sort="since"),
        Column("until", _("Until"), kind="date", sort="until"),
    ],
    sort="-since",
    empty=_("No ban"),
    empty_next=_("A ban is proposed on a firm's page, on a penalty that stands."),
    tools=False,
)


def named_steps(table: str, steps: list[Any]) -> list[dict[str, Any]]:
    """A matter's history as the pages show it."""
    return [{"name": action_name(table, one.action), "one": one} for one in steps]


def ban_state(ban: Ban) -> str:
    return state_name("ban", ban.state)
