"""Lists of this room: the public register, the officers' register, the coverage board."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chengxin.commitments import letters, queries
from chengxin.kernel import clock, language
from chengxin.kernel.tables import Column, Filter, Table
from chengxin.law import law
from chengxin.subjects.models import Platform
from chengxin.subjects.queries import search_subjects

STATES = {
    "in_force": _("In force"),
    "future": _("Not yet in force"),
    "expired": _("Expired"),
    "withdrawn": _("Withdrawn by its maker"),
    "void": _("Void"),
}
COLOURS = {"in_force": "green", "future": "accent", "expired": "", "withdrawn": "", "void": ""}


def state_label(one: Any) -> str:
    return str(STATES[queries.state_of(one)])


def type_name(code: str) -> str:
    return language.pick(law.at(clock.today()).codes("commitment_type")[code])


def department_name(code: str) -> str:
    return language.pick(law.at(clock.today()).department(code))


def _letters() -> list[tuple[str, str]]:
    return [(code, language.pick(pair)) for code, pair in letters.names().items()]


def _types() -> list[tuple[str, str]]:
    return [(code, language.pick(one)) for code, one in law.at(clock.today()).codes("commitment_type").items()]


def _search(rows: Any, text: str) -> Any:
    makers = [one.pk for one in search_subjects(text)]
    return rows.filter(Q(subject__in=makers) | Q(number=text.upper()[:24]) | Q(code=text.upper()[:19]))


def _force(rows: Any, value: str) -> Any:
    return queries.in_force(rows, clock.today()) if value == "yes" else rows


def _register(name: str, link: str) -> Table:
    return Table(
        name=name,
        caption=_("Commitments"),
        columns=[
            Column("number", _("Number"), kind="mono", link=link),
            Column("maker", _("Who commits"), value=lambda one: one.content["maker"]["name"]),
            Column("title", _("Letter"), sort="letter", value=lambda one: language.pick(one.title)),
            Column("type", _("Type"), sort="type", value=lambda one: type_name(one.type)),
            Column("state", _("State"), kind="tag", value=state_label, colour=lambda one: COLOURS[queries.state_of(one)]),
            Column("signed_at", _("Signed on"), kind="date", sort="signed_at", value=lambda one: clock.city_day(one.signed_at)),
            Column("valid_until", _("Last day"), kind="date", sort="valid_until"),
        ],
        filters=[
            Filter("q", _("Name, USCC or number"), kind="text", apply=_search),
            Filter("letter", _("Letter"), choices=_letters),
            Filter("type", _("Type"), choices=_types),
            Filter("force", _("In force"), choices=[("yes", _("In force today"))], apply=_force),
        ],
        sort="-signed_at",
        empty=_("No commitment yet"),
        empty_next=_("A commitment stands here from the minute it is signed."),
    )


PUBLIC = _register("commitments", "public_url")
OFFICER = _register("all-commitments", "page_url")


def _named(rows: Any, text: str) -> Any:
    return [each for each in rows if text in each.one.content["maker"]["name"]]


RETURNS = Table(
    name="return-commitments",
    caption=_("Commitments to take goods back"),
    columns=[
        Column("number", _("Number"), kind="mono", link="page_url", value=lambda each: each.one.number),
        Column("maker", _("Who commits"), value=lambda each: each.one.content["maker"]["name"]),
        Column("days", _("Days to return"), kind="number", sort="days"),
        Column("tested", _("Returns asked for in time"), kind="number", value=lambda each: each.share.n),
        Column("kept", _("Refunded in time (95 % interval)"), value=lambda each: str(each.share)),
        Column("until", _("Last day"), kind="date", value=lambda each: each.one.valid_until),
    ],
    filters=[Filter("maker", _("Who commits"), kind="text", apply=_named)],
    sort="-days",
    empty=_("No commitment to take goods back"),
    empty_next=_("Businesses sign the letter “free return” under their commitments."),
)


def _platforms() -> list[tuple[str, str]]:
    return list(Platform.objects.filter(status="active").values_list("code", "name"))


COVERAGE = Table(
    name="commitment-coverage",
    caption=_("Coverage and keeping"),
    columns=[
        Column("title", _("Letter"), sort="letter", value=lambda one: language.pick(one.title)),
        Column("platform", _("Platform"), sort="platform"),
        Column("division", _("Division"), sort="division"),
        Column("signed", _("Signed"), kind="number", sort="signed"),
        Column("expected", _("Should have signed"), kind="number", sort="expected"),
        Column(
            "share",
            _("Coverage"),
            kind="tag",
            sort="signed_share",
            value=lambda one: f"{100 * one.signed_share:.1f} %",
            colour=lambda one: one.colour,
        ),
        Column("tested", _("Tested"), kind="number", value=lambda one: one.kept.n),
        Column("kept", _("Kept (95 % interval)"), value=lambda one: str(one.kept)),
    ],
    filters=[
        Filter("letter", _("Letter"), choices=_letters),
        Filter("platform", _("Platform"), choices=_platforms),
        Filter("division", _("Division"), kind="text"),
    ],
    sort="letter",
    empty=_("Nothing to count"),
    empty_next=_("Shops, platforms and courier firms of the register appear here."),
)
