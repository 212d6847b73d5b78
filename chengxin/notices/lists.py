"""Lists of this room: the inbox, and what waits across all rooms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from chengxin.kernel import language
from chengxin.kernel.tables import Column, Filter, Table
from chengxin.notices import catalogue, queries

STAGE_COLOUR = {"DUE": "amber", "LATE": "red", "TURN": "accent"}


def _topics() -> list[tuple[str, str]]:
    return [(code, language.pick(one)) for code, one in catalogue.topics().items()]


def _read(rows: Any, value: str) -> Any:
    return rows.filter(read_at__isnull=value == "no")


def _colour(rows: Any, value: str) -> Any:
    return [one for one in rows if (one.colour or "none") == value]


INBOX = Table(
    name="inbox",
    caption=_("Notices"),
    columns=[
        Column("at", _("When"), kind="time", sort="at", css="nowrap"),
        Column("said", _("What it says"), value=queries.sentence, link="url"),
        Column("number", _("Number"), kind="mono", sort="number"),
        Column(
            "topic",
            _("What it concerns"),
            kind="tag",
            value=lambda one: language.pick(catalogue.topics()[one.topic]),
            colour=lambda one: STAGE_COLOUR.get(one.stage, ""),
        ),
        Column(
            "read",
            _("Read"),
            kind="tag",
            value=lambda one: _("Read") if one.read_at else _("Unread"),
            colour=lambda one: "" if one.read_at else "accent",
        ),
    ],
    filters=[
        Filter("q", _("Number of the matter"), kind="text", apply=lambda rows, text: rows.filter(number__icontains=text[:64])),
        Filter("topic", _("What it concerns"), choices=_topics),
        Filter("read", _("Read"), choices=[("no", _("Unread")), ("yes", _("Read"))], apply=_read),
    ],
    sort="-at",
    empty=_("Nothing to tell you"),
    empty_next=_("What waits for you, falls due or is decided about you will stand here. Nothing has to be done."),
)

WAITING = Table(
    name="waiting",
    caption=_("What waits for you"),
    columns=[
        Column("due", _("Due"), kind="clock", sort="by_day", colour=lambda one: one.colour, css="nowrap"),
        Column("what", _("What"), sort="what"),
        Column("number", _("Number"), kind="mono", sort="number", link="url", css="nowrap"),
        Column("about", _("About whom or what"), sort="about", css="wide"),
        Column("article", _("The clock comes from")),
        Column("mine", _("In your charge"), value=lambda one: _("Yes") if one.mine else ""),
    ],
    filters=[
        Filter(
            "colour",
            _("Clock"),
            choices=[("red", _("Overdue")), ("amber", _("Due soon")), ("green", _("In time")), ("none", _("No last day"))],
            apply=_colour,
        ),
    ],
    sort="due",
    empty=_("Nothing waits for you"),
    empty_next=_("Matters of all rooms that are your turn stand here, the nearest last day first."),
)


NEXT = replace(
    WAITING,
    name="next",
    caption=_("Due next"),
    columns=[
        *(column for column in WAITING.columns if column.key in ("due", "what", "number")),
        Column("about", _("About whom or what"), value=lambda one: Truncator(one.about).chars(48), css="wide"),
    ],
    filters=[],
    tools=False,
)


def waiting(rows: Sequence[queries.Waiting]) -> Table:
    """The list of what waits, with a filter of the kinds that do wait for this reader."""
    kinds = sorted({(one.code, one.what) for one in rows}, key=lambda kind: kind[1])
    return replace(WAITING, filters=[Filter("code", _("What"), choices=kinds), *WAITING.filters])
