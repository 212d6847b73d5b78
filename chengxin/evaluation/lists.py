"""Lists of evaluation: scores in public, the officer's board of gaps and drift, statements of reasons."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from chengxin.evaluation.models import Snapshot, Treatment
from chengxin.evaluation.words import REASONS
from chengxin.kernel import language
from chengxin.kernel.tables import Column, Filter, Table
from chengxin.subjects.models import Platform


def _platforms() -> list[tuple[str, str]]:
    return list(Platform.objects.filter(status="active").values_list("code", "name"))


def _named(rows: QuerySet[Snapshot], value: str) -> QuerySet[Snapshot]:
    return rows.filter(shop__name__icontains=value)


def _gaps(rows: QuerySet[Snapshot], value: str) -> QuerySet[Snapshot]:
    closed = {"missing": 0, "passed": 0}
    return rows.exclude(**closed) if value == "yes" else rows.filter(**closed)


def drift(one: Snapshot) -> str:
    """Change of the stars' distribution in percent, a dash where there is nothing to compare."""
    return f"{one.drift_milli / 10:.1f} %" if one.drift_milli >= 0 else "–"


def with_gaps(rows: QuerySet[Snapshot]) -> QuerySet[Snapshot]:
    return rows.annotate(gap_count=F("missing") + F("passed"))


NAME = Filter("name", _("Shop"), kind="text", apply=_named)
PLATFORM = Filter("shop__platform__code", _("Platform"), choices=_platforms)


def _shop_columns(link: str) -> list[Column]:
    return [
        Column("shop.name", _("Shop"), sort="shop__name", link=link),
        Column("shop.platform.name", _("Platform"), sort="shop__platform__code"),
        Column("stars", _("Score"), kind="number", sort="score"),
        Column("interval", _("95 % interval")),
        Column("ratings", _("Reviews counted"), kind="number", sort="ratings"),
    ]


SCORES = Table(
    name="scores",
    caption=_("Scores of shops"),
    columns=[
        *_shop_columns("page_url"),
        Column("bad", _("Bad in 12 months"), kind="number", sort="bad"),
        Column("day", _("As of"), kind="date"),
    ],
    filters=[NAME, PLATFORM],
    sort="-ratings",
    empty=_("No score yet"),
    empty_next=_("Scores are computed every night from the reviews that platforms report."),
)
BOARD = Table(
    name="evaluation-board",
    caption=_("Reviews that are missing, and how scores change"),
    columns=[
        *_shop_columns("officer_url"),
        Column("gap_count", _("Places where the chain breaks"), kind="number", sort="gap_count"),
        Column("drift_milli", _("Change of the stars in 90 days"), sort="drift_milli", value=drift),
        Column("excluded", _("Excluded"), kind="number", sort="excluded"),
    ],
    filters=[NAME, PLATFORM, Filter("gaps", _("Chain"), choices=[("yes", _("Broken")), ("no", _("Closed"))], apply=_gaps)],
    sort="-gap_count",
    empty=_("No score yet"),
    empty_next=_("Publish a rating rule; scores are computed every night."),
)
MINE = Table(
    name="own-scores",
    caption=_("Scores of the platform's shops"),
    columns=[*_shop_columns("page_url"), Column("gap_count", _("Places where the chain breaks"), kind="number", sort="gap_count")],
    filters=[NAME],
    sort="-gap_count",
    empty=_("No score yet"),
    empty_next=_("Report orders and reviews; scores are computed every night."),
)


def reason(one: Treatment) -> Any:
    return language.pick(REASONS[one.reason])


STATEMENTS = Table(
    name="review-statements",
    caption=_("Statements of reasons"),
    columns=[
        Column("number", _("Number"), kind="mono", sort="number"),
        Column("shop.name", _("Shop"), sort="shop__name"),
        Column("review_no", _("Review number"), kind="mono"),
        Column("act", _("Decision on it"), kind="tag", sort="act", value=lambda one: one.get_act_display()),
        Column("reason", _("Reason"), value=reason),
        Column("statement", _("Statement"), css="wide"),
        Column("basis", _("Legal basis"), css="wide"),
        Column("at", _("Decided at"), kind="time", sort="at"),
        Column("end", _("Taken back"), kind="time", value=lambda one: one.end.at if hasattr(one, "end") else None),
    ],
    filters=[PLATFORM, Filter("act", _("Decision on it"), choices=lambda: list(Treatment.Act.choices))],
    sort="-at",
    empty=_("No review is masked or excluded"),
    empty_next=_("Each masking and each exclusion stands here with its reasons."),
)
