"""The list of papers."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from chengxin.documents.models import Document
from chengxin.kernel.tables import Column, Filter, Table


def _named(rows: QuerySet[Document], value: str) -> Any:
    return rows.filter(Q(number__contains=value) | Q(title__contains=value))


PAPERS = Table(
    name="papers",
    caption=_("Papers"),
    empty=_("No paper yet"),
    empty_next=_("A paper appears here the moment it is issued."),
    sort="-made_at",
    columns=[
        Column("number", _("Document number"), sort="number", link="page_url"),
        Column("title", _("Paper"), sort="title"),
        Column("department", _("Department"), sort="department"),
        Column("made_at", _("Time"), kind="time", sort="made_at"),
        Column("made_by_name", _("Issued by")),
    ],
    filters=[Filter("q", _("Number or title"), kind="text", apply=_named)],
)
