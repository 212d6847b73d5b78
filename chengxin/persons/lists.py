"""The room's lists."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chengxin.kernel import clock
from chengxin.kernel.tables import Column, Filter, Table
from chengxin.persons.models import ACCEPTED, DONE, FILED, PERSON, REFUSED, TERM

STATES = {FILED: _("To be decided"), ACCEPTED: _("Being erased"), REFUSED: _("Refused"), DONE: _("Erased")}
COLOURS = {FILED: "amber", ACCEPTED: "blue", REFUSED: "grey", DONE: "green"}
WHYS = {TERM: _("Term over"), PERSON: _("A person asked")}

REQUESTS = Table(
    name="erasure",
    caption=_("Requests for erasure"),
    columns=[
        Column("number", _("Number"), kind="mono", sort="number", link="page_url"),
        Column("state", _("State"), kind="tag", value=lambda one: str(STATES[one.state]), colour=lambda one: COLOURS[one.state]),
        Column("filed_at", _("Filed"), kind="date", sort="filed_at", value=lambda one: clock.city_day(one.filed_at)),
        Column("due_on", _("Answer by"), kind="date", sort="due_on"),
        Column("decided_by_name", _("Decided by")),
    ],
    filters=[Filter("state", _("State"), choices=lambda: [(code, str(name)) for code, name in STATES.items()])],
    sort="due_on",
    empty=_("No request"),
    empty_next=_("Who asks that the city forget them files a form on the public page."),
)

REMOVALS = Table(
    name="removals",
    caption=_("What was removed"),
    columns=[
        Column("at", _("Day"), kind="date", sort="at", value=lambda one: clock.city_day(one.at)),
        Column("store", _("Table"), kind="mono", sort="store"),
        Column("why", _("Why"), value=lambda one: str(WHYS[one.why])),
        Column("term", _("Term or request"), kind="mono"),
        Column("rows", _("Rows"), kind="number", sort="rows"),
        Column("files", _("Files"), kind="number"),
        Column("freed", _("Bytes of files"), kind="number", sort="freed"),
        Column("leaf", _("Log entry"), kind="number"),
    ],
    filters=[Filter("why", _("Why"), choices=lambda: [(code, str(name)) for code, name in WHYS.items()])],
    sort="-at",
    empty=_("Nothing was removed yet"),
    empty_next=_("The night's job removes what is over and writes it here."),
)
