"""The list of papers."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from chengxin.documents.models import Document
from chengxin.kernel.tables import Column, Filter, Table


def _named(rows: QuerySet[Document], value: str) -> Any:
    return rows.filter(Q(number__contains=value) | Q(title__contains=value))


def _holds(paper: Document) -> str:
    end = getattr(paper, "end", None)
    return str(end.get_why_display()) if end else ""


OWN = Table(
    name="own-papers",
    caption=_("Papers served on me"),
    empty=_("No paper was served on you"),
    empty_next=_("A paper appears here once it is served."),
    sort="-made_at",
    columns=[
        Column("title", _("Paper"), sort="title", value=lambda paper: paper.title, link="own_url"),
        Column("number", _("Document number"), sort="number"),
        Column("department", _("Department"), sort="department"),
        Column("made_at", _("Time"), kind="time", sort="made_at"),
        Column("end", _("Holds no longer"), value=_holds),
    ],
    filters=[Filter("q", _("Number or title"), kind="text", apply=_named)],
)
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
