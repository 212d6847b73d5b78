"""Lists of the exchange. None holds who complained or reported."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from chengxin.consumers.exchange import dialects
from chengxin.consumers.exchange.models import ADDED, NOTED, OPEN, SHEET, TAKEN_BACK, BadRow
from chengxin.consumers.exchange.queries import DROPPED, MENDING, NOT_HERE, NOT_TAKEN, NOT_THERE, UNANSWERED
from chengxin.kernel import clock, language
from chengxin.kernel.tables import Column, Filter, Table
from chengxin.law import law

KINDS: dict[str, Any] = {
    NOT_HERE: _("Sent there, not arrived here"),
    NOT_THERE: _("Arrived here, not on their list"),
    MENDING: _("Refused row, to be mended and sent again"),
    DROPPED: _("Refused row, dropped by an officer"),
    UNANSWERED: _("Arrived, not answered yet"),
    NOT_TAKEN: _("Answered, not taken over there"),
}
COLOURS = {NOT_HERE: "red", NOT_THERE: "red", MENDING: "amber", DROPPED: "", UNANSWERED: "accent", NOT_TAKEN: "amber"}
STATES: dict[str, Any] = {OPEN: _("Waits for an officer"), NOTED: _("Read, nothing follows"), ADDED: _("Taken up with the file")}


def peer_name(code: str) -> str:
    return language.pick(dialects.peers()[code])


def field_name(code: str) -> str:
    """A field of a row in the reader's language."""
    return language.pick(dialects.fields()[code]) if code in dialects.fields() else code


ROW_STEPS: dict[str, Any] = {DROPPED: _("Dropped"), TAKEN_BACK: _("Taken back: to be mended again")}


def row_steps(row: BadRow) -> list[dict[str, Any]]:
    """What officers decided of a row, in order."""
    return [{"one": one, "what": ROW_STEPS[one.action]} for one in row.steps.all()]


def _number(rows: list[Any], value: str) -> list[Any]:
    return [row for row in rows if value.strip().lower() in f"{row.number} {row.ours}".lower()]


def _batch_colour(one: Any) -> str:
    return "amber" if one.open else "green"


BATCHES = Table(
    name="exchange-batches",
    caption=_("Batches from other systems"),
    columns=[
        Column("at", _("Came in"), kind="time", sort="at", link="page_url"),
        Column("peer", _("Other system"), sort="peer", value=lambda one: peer_name(one.peer)),
        Column("file_name", _("Sheet"), value=lambda one: one.file_name if one.way == SHEET else "API", css="wide"),
        Column("rows", _("Rows"), kind="number", sort="rows"),
        Column("taken", _("Taken in"), kind="number", sort="taken"),
        Column("repeated", _("Here before"), kind="number", sort="repeated"),
        Column("conflicts", _("Changed words"), kind="number", sort="conflicts"),
        Column("refused", _("Refused"), kind="number", sort="refused"),
        Column("open", _("Still to be mended"), kind="number", sort="open"),
        Column("dropped", _("Dropped"), kind="number", sort="dropped"),
        Column("state", _("State"), kind="tag", value=lambda one: str(_("Still open") if one.open else _("Done")), colour=_batch_colour),
        Column("by_name", _("By"), sort="by_name"),
    ],
    filters=[Filter("peer", _("Other system"), choices=lambda: [(one.code, language.pick(one)) for one in dialects.peers().values()])],
    sort="-at",
    empty=_("Nothing has come in yet"),
    empty_next=_("Import a sheet above, or let the other system's program send by API."),
)

ARRIVALS = Table(
    name="exchange-receipts",
    caption=_("Receipts"),
    columns=[
        Column("row", _("Row"), kind="number", sort="row"),
        Column("number", _("Their number"), kind="mono", sort="number"),
        Column("numbers", _("Number here"), kind="mono", sort="numbers", link="matter_url"),
        Column("submitted_on", _("Submitted there on"), kind="date", sort="submitted_on"),
        Column("forwarded_on", _("Clocks start on"), kind="date", sort="forwarded_on"),
    ],
    sort="row",
    empty=_("No row of this batch was new"),
    empty_next=_("Rows that were here before keep their first receipt."),
)

CONFLICTS = Table(
    name="exchange-changes",
    caption=_("Changed words"),
    columns=[
        Column("at", _("Came in"), kind="time", sort="at", link="page_url"),
        Column("peer", _("Other system"), sort="peer", value=lambda one: peer_name(one.peer)),
        Column("arrival.number", _("Their number"), kind="mono", sort="arrival__number"),
        Column("arrival.numbers", _("Number here"), kind="mono", link="arrival.matter_url"),
        Column("changed", _("Fields"), value=lambda one: "、".join(map(field_name, one.changed)), css="wide"),
        Column(
            "state",
            _("State"),
            kind="tag",
            sort="state",
            value=lambda one: str(STATES[one.state]),
            colour=lambda one: "amber" if one.state == OPEN else "green",
        ),
    ],
    filters=[Filter("state", _("State"), choices=lambda: list(STATES.items()))],
    sort="-at",
    empty=_("No changed words"),
    empty_next=_("When a number comes again with other words, it appears here; nothing is overwritten."),
)

DIFFERENCES = Table(
    name="exchange-differences",
    caption=_("Differences"),
    columns=[
        Column(
            "kind",
            _("Kind of difference"),
            kind="tag",
            sort="kind",
            value=lambda one: str(KINDS[one.kind]),
            colour=lambda one: COLOURS[one.kind],
        ),
        Column("number", _("Their number"), kind="mono", sort="number"),
        Column("ours", _("Number here"), kind="mono", sort="ours"),
        Column("on", _("Day"), kind="date", sort="on"),
        Column(
            "due_on",
            _("Next step by"),
            kind="clock",
            sort="due_on",
            colour=lambda one: law.clock_colour(one.due_on, clock.today()) if one.due_on else "",
        ),
    ],
    filters=[
        Filter("kind", _("Kind of difference"), choices=lambda: list(KINDS.items())),
        Filter("q", _("Number"), kind="text", apply=_number),
    ],
    sort="kind",
    empty=_("The two sides agree"),
    empty_next=_("Upload the other system's list of numbers to compare again."),
)

RESULTS = Table(
    name="exchange-results",
    caption=_("Results for the other system"),
    columns=[
        Column("cursor", _("Place in the log"), kind="mono", sort="cursor"),
        Column("number", _("Their number"), kind="mono", sort="number"),
        Column("ours", _("Number here"), kind="mono", sort="ours"),
        Column("word", _("Result in their words"), sort="word"),
        Column("ground", _("Ground"), sort="ground"),
        Column("ground_words", _("Ground in words"), css="wide"),
        Column("on", _("Day"), kind="date", sort="on"),
    ],
    sort="cursor",
    empty=_("Every result has been taken over there"),
    empty_next=_("A result appears here the moment it is decided."),
)
