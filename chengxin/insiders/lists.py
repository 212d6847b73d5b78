"""The handlers' inbox as a list."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chengxin.insiders.models import HANDLED, OPEN, Mailbox
from chengxin.kernel import clock
from chengxin.kernel.tables import Column, Filter, Table

NAMES = {OPEN: _("Not handled yet"), HANDLED: _("Handled")}


def state_name(code: str) -> str:
    """A state in the reader's language."""
    return str(NAMES[code])


def _next(one: Mailbox) -> str:
    if one.state == HANDLED:
        return str(_("Handled"))
    return str(_("Answered") if one.answered else _("Not answered yet"))  # type: ignore[attr-defined]


INBOX = Table(
    name="insiders",
    caption=_("Mailboxes"),
    columns=[
        Column("number", _("Mailbox number"), kind="mono", sort="number", link="page_url"),
        Column("state", _("State"), kind="tag", value=_next, colour=lambda one: "green" if one.state == HANDLED else "amber"),
        Column("n", _("Messages"), kind="number", sort="n"),
        Column("opened_at", _("First message"), kind="date", sort="opened_at", value=lambda one: clock.city_day(one.opened_at)),
        Column("active_at", _("Last moved"), kind="date", sort="active_at", value=lambda one: clock.city_day(one.active_at)),
        Column("handled_by_name", _("Handled by")),
    ],
    filters=[
        Filter("q", _("Mailbox number"), kind="text", apply=lambda rows, text: rows.filter(number__icontains=text.strip()[:30])),
        Filter("state", _("State"), choices=lambda: [(code, state_name(code)) for code in NAMES]),
    ],
    sort="-active_at",
    empty=_("No mailbox"),
    empty_next=_("What insiders send for your department appears here. Only its named handlers see this list."),
)
