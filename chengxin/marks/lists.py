"""Lists of this room: marks for everybody and for desks, imitations, official links."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chengxin import workflow
from chengxin.kernel import clock, language
from chengxin.kernel.tables import Column, Filter, Table
from chengxin.marks.models.marks import MARK_STATES, VALID
from chengxin.marks.models.permits import ALIVE, CHANGED, DEAD, UNKNOWN

COLOUR = {"VALID": "green", "LAPSED": "amber", "SUSPENDED": "amber", "REVOKED": "red"}
LINK_COLOUR = {ALIVE: "green", CHANGED: "amber", DEAD: "red", UNKNOWN: ""}
LINK_NAMES = {
    ALIVE: _("Opens and shows the licence"),
    CHANGED: _("Opens without the licence"),
    DEAD: _("Does not open"),
    UNKNOWN: _("Not looked at yet"),
}


def state_name(code: str, table: str = "mark") -> str:
    """A state in the reader's language."""
    return language.pick(workflow.load(f"marks/{table}").states[code])


def _states() -> list[tuple[str, str]]:
    return [(code, state_name(code)) for code in MARK_STATES]


def _holding(text: str) -> Q:
    wanted = Q()
    for name in ("serial", "host", "subject__name", "shop__name", "subject__uscc"):
        wanted |= Q(**{f"{name}__icontains": text.strip()[:100]})
    return wanted


SEARCH = Filter("q", _("Site, name or serial"), kind="text", apply=lambda rows, text: rows.filter(_holding(text)))


def _marks(name: str, link: str, more: list[Column]) -> Table:
    return Table(
        name=name,
        caption=_("Trusted marks"),
        columns=[
            Column("serial", _("Serial"), kind="mono", sort="serial", link=link),
            Column("host", _("Site"), sort="host"),
            Column("subject.name", _("Who runs it"), sort="subject__name"),
            Column("shop", _("Shop"), sort="shop__name", value=lambda one: str(one.shop)),
            Column(
                "state",
                _("State"),
                kind="tag",
                sort="state",
                value=lambda one: state_name(one.state) if one.expires_at > clock.now() or one.state != VALID else str(_("Expired")),
                colour=lambda one: COLOUR[one.state] if one.expires_at > clock.now() else "red",
            ),
            Column("expires_at", _("Until"), kind="date", sort="expires_at", value=lambda one: clock.city_day(one.expires_at)),
            *more,
        ],
        filters=[SEARCH, Filter("state", _("State"), choices=_states)],
        sort="-serial",
        empty=_("No mark is issued yet"),
        empty_next=_("A mark stands here from the day an officer issues it."),
    )


PUBLIC = _marks("marks", "public_page", [])
OFFICER = _marks("all-marks", "officer_page", [Column("issued_by_name", _("Mark issued by")), Column("department", _("Department"))])

IMITATIONS = Table(
    name="imitations",
    caption=_("Confirmed imitations"),
    columns=[
        Column("target", _("Address or name"), sort="target"),
        Column("imitated.name", _("Imitates"), sort="imitated__name"),
        Column("reason", _("Reasons"), css="wide"),
        Column("decided_at", _("Confirmed on"), kind="date", sort="decided_at", value=lambda one: clock.city_day(one.decided_at)),
        Column("public_until", _("Public until"), kind="date", sort="public_until"),
    ],
    filters=[Filter("target", _("Address or name"), kind="text", apply=lambda rows, text: rows.filter(target__icontains=text[:100]))],
    sort="-decided_at",
    empty=_("No imitation is confirmed"),
    empty_next=_("What an officer has confirmed stands here until its term is over."),
)


def link_line(link: Any) -> dict[str, Any]:
    """A permit link with its state in words."""
    return {"one": link, "state": LINK_NAMES[link.state], "colour": LINK_COLOUR[link.state]}
