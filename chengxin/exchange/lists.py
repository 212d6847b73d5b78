"""Lists of this room: rows, batches, differences, rows of upper levels, requests, the catalogue."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chengxin.exchange import collecting, forms, quality, queries, reconciling
from chengxin.exchange.models.catalogue import SHARING
from chengxin.kernel import clock, language
from chengxin.kernel.tables import Column, Filter, Table

ROW_STATES = {
    "WAITING": _("To be collected"),
    "FAULTY": _("Faulty"),
    "PACKED": _("In a batch"),
    "SENT": _("Sent up"),
    "ACCEPTED": _("Accepted there"),
    "REJECTED": _("Rejected there"),
    "REPLACED": _("Replaced by a newer version"),
}
ROW_COLOURS = {"ACCEPTED": "green", "FAULTY": "red", "REJECTED": "red", "WAITING": "accent", "SENT": "accent", "PACKED": "accent"}
ACTS = {"put": _("Publish"), "withdraw": _("Withdraw there")}
MATCHES = {"MATCHED": _("Matched to a subject"), "UNMATCHED": _("Not matched yet"), "NOT_OURS": _("Not in our register")}
DIFFERENCE_STATES = {"OPEN": _("Open difference"), "ACTED": _("Acted on"), "GONE": _("Gone")}
SHARES = {"open": _("Without condition"), "conditional": _("On condition"), "never": _("Not shared")}
ENTRY_STATES = {
    "DRAFT": _("To be assessed"),
    "ASSESSED": _("To be listed"),
    "LISTED": _("In the catalogue"),
    "ENDED": _("No longer shared"),
}
INDICATORS = {
    "timely": _("Timeliness"),
    "complete": _("Complete"),
    "loaded": _("Accepted of answered"),
    "uscc": _("Wrong social credit codes"),
    "concealed": _("Decisions not reported"),
}


def kind_name(code: str) -> str:
    return str(dict(forms.kinds())[code])


def _departments() -> list[tuple[str, str]]:
    return [(code, queries.department_name(code)) for code in collecting.authorities()]


def _search(rows: Any, text: str) -> Any:
    return rows.filter(Q(number__istartswith=text[:24]) | Q(subject__name__icontains=text) | Q(subject__uscc=text.upper()))


def _behind(rows: Any, value: str) -> Any:
    return quality.behind(rows, value) if value in quality.INDICATORS else rows


ROWS = Table(
    name="exchange-rows",
    caption=_("Shared rows"),
    columns=[
        Column("number", _("Shared row"), kind="mono", link="page_url"),
        Column("party", _("Party concerned"), value=lambda one: one.subject.name),
        Column("kind", _("Kind of data"), value=lambda one: kind_name(one.kind)),
        Column("department", _("Department"), value=lambda one: queries.department_name(one.department)),
        Column("act", _("Act"), value=lambda one: str(ACTS[one.act])),
        Column(
            "state", _("State"), kind="tag", value=lambda one: str(ROW_STATES[one.state]), colour=lambda one: ROW_COLOURS.get(one.state, "")
        ),
        Column("errors", _("Errors"), value=lambda one: "；".join(language.pick(error) for error in one.errors[:3])),
        Column("due_on", _("Due"), kind="date", sort="due_on"),
        Column("accepted_at", _("Accepted there"), kind="time", sort="accepted_at"),
    ],
    filters=[
        Filter("q", _("Number, name or code"), kind="text", apply=_search),
        Filter("state", _("State"), choices=list(ROW_STATES.items())),
        Filter("kind", _("Kind of data"), choices=forms.kinds),
        Filter("department", _("Department"), choices=_departments),
        Filter("indicator", _("What lowers an indicator"), choices=list(INDICATORS.items()), apply=_behind),
    ],
    sort="due_on",
    empty=_("No rows"),
    empty_next=_("Each confirmed penalty and permit becomes a row here by itself."),
)

WHATS = {"put": _("Corrected"), "withdraw": _("Withdrawn or repaired")}


def _late(rows: Any, value: str) -> Any:
    return rows.filter(due_on__lt=clock.today()) if value == "yes" else rows


CORRECTIONS = Table(
    name="exchange-corrections",
    caption=_("Corrections to be sent"),
    columns=[
        Column("number", _("Shared row"), kind="mono", link="page_url"),
        Column("party", _("Party concerned"), css="wide", value=lambda one: one.subject.name),
        Column("department", _("Department"), value=lambda one: queries.department_name(one.department)),
        Column("what", _("What happened to it"), value=lambda one: str(WHATS[one.act])),
        Column("event_on", _("On"), kind="date", sort="event_on"),
        Column(
            "state", _("State"), kind="tag", value=lambda one: str(ROW_STATES[one.state]), colour=lambda one: ROW_COLOURS.get(one.state, "")
        ),
        Column("due_on", _("Due"), kind="clock", sort="due_on", colour=lambda one: queries.colour(one.due_on)),
        Column("article", _("By which law"), value=queries.article),
    ],
    filters=[
        Filter("late", _("After its day"), choices=[("yes", _("Late today"))], apply=_late),
        Filter("act", _("What happened to it"), choices=list(WHATS.items())),
        Filter("department", _("Department"), choices=_departments),
    ],
    sort="due_on",
    empty=_("No correction waits"),
    empty_next=_("What was sent and is corrected, repaired or withdrawn appears here by itself."),
)

BATCHES = Table(
    name="exchange-batches",
    caption=_("Batches"),
    columns=[
        Column("number", _("Batch"), kind="mono", link="page_url"),
        Column("department", _("Department"), value=lambda one: queries.department_name(one.department)),
        Column("kind", _("Kind of data"), value=lambda one: kind_name(one.kind)),
        Column("state", _("State"), kind="tag", value=lambda one: language.pick(queries.state_name(one, "batch"))),
        Column("rows", _("Shared rows"), kind="number", value=lambda one: one.count),
        Column("collected_at", _("Collected at"), kind="time", sort="collected_at"),
    ],
    filters=[Filter("kind", _("Kind of data"), choices=forms.kinds), Filter("department", _("Department"), choices=_departments)],
    sort="-collected_at",
    empty=_("No batches"),
    empty_next=_("Collect the rows that wait on the desk."),
)

DIFFERENCES = Table(
    name="exchange-differences",
    caption=_("Differences"),
    columns=[
        Column("number", _("Difference found"), kind="mono", link="page_url"),
        Column("kind", _("Kind of difference"), value=lambda one: language.pick(reconciling.NAMES[one.kind])),
        Column("row_number", _("Shared row"), kind="mono"),
        Column("department", _("Department"), value=lambda one: queries.department_name(one.department)),
        Column("todo", _("What is to be done"), value=lambda one: language.pick(reconciling.TODO[one.kind])),
        Column("state", _("State"), kind="tag", sort="state", value=lambda one: str(DIFFERENCE_STATES[one.state])),
    ],
    filters=[
        Filter("kind", _("Kind of difference"), choices=lambda: [(code, language.pick(pair)) for code, pair in reconciling.NAMES.items()]),
        Filter("state", _("State"), choices=list(DIFFERENCE_STATES.items())),
    ],
    sort="-state",
    empty=_("No differences"),
    empty_next=_("What was sent, accepted and published agrees."),
)

INBOUND = Table(
    name="exchange-inbound",
    caption=_("Decisions of upper levels"),
    columns=[
        Column("number", _("Entry number"), kind="mono", link="page_url"),
        Column("party", _("Party concerned"), sort="party"),
        Column("uscc", _("Social credit code"), kind="mono"),
        Column("authority", _("Authority")),
        Column("reference", _("Decision number")),
        Column("decided_on", _("Decided on"), kind="date", sort="decided_on"),
        Column("state", _("State"), kind="tag", value=lambda one: str(MATCHES[one.state])),
    ],
    filters=[
        Filter("party", _("Party concerned"), kind="text", apply=lambda rows, text: rows.filter(party__icontains=text)),
        Filter("state", _("State"), choices=list(MATCHES.items())),
    ],
    sort="-decided_on",
    empty=_("No rows"),
    empty_next=_("Files in the incoming folder are taken in every five minutes."),
)

ENTRIES = Table(
    name="exchange-catalogue",
    caption=_("Catalogue"),
    columns=[
        Column("title", _("Name of the data"), link="page_url", sort="title"),
        Column("number", _("Entry number"), kind="mono"),
        Column("department", _("Department"), value=lambda one: queries.department_name(one.department)),
        Column("sharing", _("Sharing"), value=lambda one: str(SHARES[one.sharing])),
        Column("fields", _("Fields"), kind="number", value=lambda one: len(one.fields)),
        Column("state", _("State"), kind="tag", value=lambda one: str(ENTRY_STATES[one.state])),
    ],
    filters=[
        Filter("department", _("Department"), choices=_departments),
        Filter("sharing", _("Sharing"), choices=[(code, SHARES[code]) for code in SHARING]),
    ],
    sort="title",
    empty=_("The catalogue is empty"),
    empty_next=_("Draft an entry for a data resource of your department."),
)

REQUESTS = Table(
    name="exchange-requests",
    caption=_("Requests for data"),
    columns=[
        Column("number", _("Entry number"), kind="mono", link="page_url"),
        Column("entry", _("Name of the data"), value=lambda one: one.entry.title),
        Column("department", _("Who asks"), value=lambda one: queries.department_name(one.department)),
        Column("supplier", _("Supplier of the data"), value=lambda one: queries.department_name(one.supplier)),
        Column("state", _("State"), kind="tag", value=lambda one: language.pick(queries.state_name(one, "request"))),
        Column("due_on", _("Due"), kind="date", sort="due_on"),
        Column("until", _("Use until"), kind="date", sort="until"),
    ],
    sort="due_on",
    empty=_("No requests"),
    empty_next=_("Ask for data on the page of an entry of the catalogue."),
)
