"""The groups as a list."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from chengxin.consumers.triage.models import Group
from chengxin.kernel import clock
from chengxin.kernel.tables import Column, Table


def _wording(group: Group) -> str:
    return str(group.pattern.text)[:80]


GROUPS = Table(
    name="complaints-alike",
    caption=_("Groups of complaints that are alike"),
    columns=[
        Column("pattern.number", _("Shortest one"), kind="mono", link="page_url"),
        Column("pattern", _("Shortest wording"), css="wide", value=_wording),
        Column("n", _("Complaints"), kind="number", sort="n"),
        Column("waiting", _("Still waiting"), kind="number", sort="waiting"),
        Column("wordings", _("Wordings"), kind="number", sort="wordings"),
        Column("businesses", _("Businesses"), kind="number", sort="businesses"),
        Column("contacts", _("Telephones"), kind="number", sort="contacts"),
        Column("wave", _("Most in three days"), kind="number", sort="wave"),
        Column("last_at", _("Last one"), kind="date", sort="last_at", value=lambda one: clock.city_day(one.last_at)),
    ],
    filters=[],
    sort="-n",
    empty=_("No complaints are alike"),
    empty_next=_("Three complaints with nearly the same words make a group. It is looked for every hour."),
)
