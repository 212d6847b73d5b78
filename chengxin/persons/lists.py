"""The room's lists."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from chengxin.kernel import clock
from chengxin.kernel.tables import Column, Filter, Table
from chengxin.persons import words
from chengxin.persons.models import ACCEPTED, DECLINED, DONE, FILED, LIFTED, PERSON, PROPOSED, REFUSED, STANDS, TAKEN, TERM, Hold
from chengxin.persons.stores import store_name

STATES = {FILED: _("Not decided yet"), ACCEPTED: _("Being erased"), REFUSED: _("Request refused"), DONE: _("Erased")}
COLOURS = {FILED: "amber", ACCEPTED: "blue", REFUSED: "grey", DONE: "green"}
FILE_STATES = {PROPOSED: _("Waits for another administrator"), TAKEN: _("Taken"), DECLINED: _("Declined")}
FILE_COLOURS = {PROPOSED: "amber", TAKEN: "green", DECLINED: "grey"}
OVER = "OVER"
HOLD_NAMES = {STANDS: _("Held"), OVER: _("Over"), LIFTED: _("Lifted")}
HOLD_COLOURS = {STANDS: "amber", OVER: "grey", LIFTED: "green"}
HOLD_STEPS = {"place": _("Placed"), "renew": _("Renewed"), "lift": _("Lifted")}
WHYS = {TERM: _("Term over"), PERSON: _("A person asked")}

REQUESTS = Table(
    name="erasure",
    caption=_("Requests for erasure"),
    columns=[
        Column("number", _("Number"), kind="mono", sort="number", link="page_url"),
        Column("state", _("State"), kind="tag", value=lambda one: str(STATES[one.state]), colour=lambda one: COLOURS[one.state]),
        Column("filed_at", _("Filed"), kind="date", sort="filed_at", value=lambda one: clock.city_day(one.filed_at)),
        Column("due_on", _("Answer by"), kind="date", sort="due_on"),
        Column("decided_by_name", _("Who decided it")),
    ],
    filters=[Filter("state", _("State"), choices=lambda: [(code, str(name)) for code, name in STATES.items()])],
    sort="due_on",
    empty=_("No request"),
    empty_next=_("Who asks that the city forget them files a form on the public page."),
)


def hold_state(one: Hold) -> str:
    """STANDS, LIFTED, or OVER once its last day has passed."""
    return OVER if one.state == STANDS and one.until < clock.today() else one.state


def hold_of(one: Hold) -> str:
    """Whose data are held."""
    return one.subject.name if one.subject else one.complaint.number if one.complaint else ""


def _holding(rows: Any, value: str) -> Any:
    today = clock.today()
    wanted = {OVER: {"state": STANDS, "until__lt": today}, STANDS: {"state": STANDS, "until__gte": today}}
    return rows.filter(**wanted.get(value, {"state": value}))


HOLDS = Table(
    name="holds",
    caption=_("Data held back from erasure"),
    columns=[
        Column("number", _("Number"), kind="mono", sort="number", link="page_url"),
        Column("of", _("Whose data"), css="wide", value=hold_of),
        Column("reason", _("Reason"), css="wide"),
        Column("until", _("Held until"), kind="date", sort="until"),
        Column("placed_by_name", _("Placed by")),
        Column(
            "state",
            _("State"),
            kind="tag",
            value=lambda one: str(HOLD_NAMES[hold_state(one)]),
            colour=lambda one: HOLD_COLOURS[hold_state(one)],
        ),
    ],
    filters=[Filter("state", _("State"), choices=lambda: [(code, str(name)) for code, name in HOLD_NAMES.items()], apply=_holding)],
    sort="until",
    empty=_("Nothing is held"),
    empty_next=_("Hold a business's or a complaint's data only while a review, a suit or an inquiry needs them."),
)

REMOVALS = Table(
    name="removals",
    caption=_("What was removed"),
    columns=[
        Column("at", _("Day"), kind="date", sort="at", value=lambda one: clock.city_day(one.at)),
        Column("store", _("Kept data"), sort="store", value=lambda one: store_name(one.store)),
        Column("why", _("Why"), value=lambda one: str(WHYS[one.why])),
        Column("term", _("Term or request"), value=lambda one: words.term_name(one.term)),
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

SETTINGS = Table(
    name="settings_files",
    caption=_("Settings files"),
    columns=[
        Column("number", _("Number"), kind="mono", sort="number", link="page_url"),
        Column("origin", _("City it came from"), kind="mono"),
        Column("parts", _("Parts"), value=lambda one: ", ".join(one.parts)),
        Column("state", _("State"), kind="tag", value=lambda one: str(FILE_STATES[one.state]), colour=lambda one: FILE_COLOURS[one.state]),
        Column("proposed_by_name", _("Proposed by")),
        Column("decided_by_name", _("Who decided it")),
        Column("proposed_at", _("Day"), kind="date", sort="proposed_at", value=lambda one: clock.city_day(one.proposed_at)),
    ],
    filters=[Filter("state", _("State"), choices=lambda: [(code, str(name)) for code, name in FILE_STATES.items()])],
    sort="-proposed_at",
    empty=_("No file"),
    empty_next=_("A file of another city or of the test installation is checked here."),
)
