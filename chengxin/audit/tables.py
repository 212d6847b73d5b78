"""The list of leaves."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from chengxin.audit.models import Leaf
from chengxin.kernel.tables import Column, Filter, Table


def _of_object(rows: QuerySet[Leaf], value: str) -> Any:
    return rows.filter(object=value)


LEAVES = Table(
    name="log",
    caption=_("Log"),
    empty=_("The log is empty"),
    empty_next=_("Every official act will appear here."),
    sort="-index",
    columns=[
        Column("index", _("Number"), kind="number", sort="index", link="page"),
        Column("at", _("Time"), kind="time"),
        Column("action", _("Action"), kind="mono"),
        Column("object", _("What it was about"), kind="mono"),
    ],
    filters=[Filter("object", _("What it was about"), kind="text", apply=_of_object)],  # the one that has an index: anybody may ask
)
