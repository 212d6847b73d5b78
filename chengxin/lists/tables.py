"""The public tables: the official list and, on a page of its own, the lists of platforms."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from chengxin.kernel import clock, language
from chengxin.kernel.tables import Column, Filter, Table
from chengxin.law import law


def _named(rows: QuerySet[Any], value: str) -> Any:
    return rows.filter(Q(subject__name__icontains=value) | Q(subject__uscc=value.upper()))


def _shop_named(rows: QuerySet[Any], value: str) -> Any:
    return rows.filter(Q(shop__name__icontains=value) | Q(platform__name__icontains=value))


def _department(row: Any) -> str:
    return language.pick(law.at(clock.today()).department(row.department))


def _action(row: Any) -> str:
    return language.pick(law.at(clock.today()).codes("platform_action")[row.action])


OFFICIAL = Table(
    name="official-list",
    caption=_("List of the seriously dishonest"),
    empty=_("Nobody is on the list today"),
    empty_next=_("An entry appears after a decision of the authority and disappears on its last day."),
    sort="-published_on",
    columns=[
        Column("subject.name", _("Name"), sort="subject__name", link="public_url"),
        Column("subject.uscc", _("Credit code"), kind="mono"),
        Column("facts", _("Facts")),
        Column("basis", _("Legal basis"), css="small"),
        Column("department", _("Decided by"), value=_department),
        Column("record.document_number", _("Document"), kind="mono"),
        Column("published_on", _("Published on"), kind="date", sort="published_on"),
        Column("until", _("Until"), kind="date", sort="until"),
    ],
    filters=[Filter("q", _("Name or credit code"), kind="text", apply=_named)],
)

PLATFORM = Table(
    name="platform-lists",
    caption=_("Lists of platforms"),
    empty=_("No platform has a shop on its list today"),
    sort="-since",
    columns=[
        Column("platform.name", _("Platform"), sort="platform__name"),
        Column("shop.name", _("Shop")),
        Column("action", _("Measure"), value=_action),
        Column("clause", _("Clause of the contract or rules")),
        Column("since", _("From"), kind="date", sort="since"),
        Column("until", _("Until"), kind="date", sort="until"),
    ],
    filters=[Filter("q", _("Shop or platform"), kind="text", apply=_shop_named)],
)
