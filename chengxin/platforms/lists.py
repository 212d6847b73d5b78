"""Lists of this room: measures, the scorecard, the public feed, reports of unlawful conduct."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from chengxin import workflow
from chengxin.kernel import clock, language
from chengxin.kernel.tables import Column, Filter, Table
from chengxin.law import law
from chengxin.platforms import feed
from chengxin.platforms.models import ClueReport, Measure
from chengxin.platforms.queries import Line
from chengxin.subjects.models import Platform

STATE_COLOUR = {"APPEALED": "amber", "HUMAN_REVIEW": "amber", "PROPOSED": "accent", "NOTICED": "accent", "LIFTED": "", "ENDED": ""}
COLOUR_NAMES = {"green": _("In order"), "amber": _("Needs attention"), "red": _("Not met"), "grey": _("Not known")}


def state_name(table: str, code: str) -> str:
    """A state in the reader's language."""
    return language.pick(workflow.load(f"platforms/{table}").states[code])


def action_name(code: str) -> str:
    return language.pick(law.at(clock.today()).codes("platform_action")[code])


def behaviour_name(code: str) -> str:
    return language.pick(law.at(clock.today()).behaviour(code)) if code else ""


def coded(name: str, code: str) -> str:
    return language.pick(law.at(clock.today()).codes(name)[code])


def _actions() -> list[tuple[str, str]]:
    return [(code, language.pick(one)) for code, one in law.at(clock.today()).codes("platform_action").items()]


def _states() -> list[tuple[str, str]]:
    return [(code, language.pick(one)) for code, one in workflow.load("platforms/measure").states.items() if code != "NONE"]


def _platforms() -> list[tuple[str, str]]:
    return list(Platform.objects.filter(status="active").values_list("code", "name"))


def _shop(measure: Measure) -> str:
    return str(measure.shop)


def _next(measure: Measure) -> Any:
    """The next last day of the platform: to publish, then to report."""
    if measure.state in ("PROPOSED", "LIFTED", "ENDED"):
        return None
    return measure.publish_due_on if measure.published_at is None else measure.report_due_on if measure.reported_at is None else None


def _next_colour(measure: Measure) -> str:
    due = _next(measure)
    return law.clock_colour(due, clock.today()) if due else ""


def _measures(name: str, link: str, more: list[Column], filters: list[Filter]) -> Table:
    return Table(
        name=name,
        caption=_("Measures taken"),
        columns=[
            Column("measure_no", _("Number"), kind="mono", sort="measure_no", link=link),
            *more,
            Column("shop", _("Shop"), sort="shop__name", value=_shop),
            Column("action", _("Measure against the shop"), sort="action", value=lambda one: action_name(one.action)),
            Column(
                "state",
                _("State"),
                kind="tag",
                sort="state",
                value=lambda one: state_name("measure", one.state),
                colour=lambda one: STATE_COLOUR.get(one.state, "green"),
            ),
            Column("next", _("Publish or report by"), kind="clock", value=_next, colour=_next_colour, export=False),
            Column("since", _("First day"), kind="date", sort="since"),
            Column("until", _("Last day"), kind="date", sort="until"),
        ],
        filters=[Filter("state", _("State"), choices=_states), Filter("action", _("Measure against the shop"), choices=_actions), *filters],
        sort="-decided_at",
        empty=_("No measure yet"),
        empty_next=_("Measures come in by API, or are entered here one by one."),
    )


PLATFORM = Column("platform.name", _("Platform"), sort="platform__code")
MINE = _measures("measures", "page_url", [], [])
ALL = _measures("platform-measures", "officer_url", [PLATFORM], [Filter("platform__code", _("Platform"), choices=_platforms)])


def scorecard(platform: Platform) -> Table:
    """The list that an inspection takes along: every duty with result, evidence and law."""
    return Table(
        name=f"duties-{platform.code}",
        caption=_("Duties"),
        columns=[
            Column("code", _("No."), value=lambda line: line.duty.code),
            Column("duty", _("Duty"), value=lambda line: language.pick(line.duty)),
            Column("colour", _("Result"), value=lambda line: str(COLOUR_NAMES[line.colour])),
            Column("said", _("Found by the check"), value=lambda line: language.pick(line.said)),
            Column("way", _("How it is known"), value=_way),
            Column("on", _("Looked at on"), kind="date", value=lambda line: line.check.on if line.check else None),
            Column("until", _("Good until"), kind="date", value=lambda line: line.check.valid_until if line.check else None),
            Column(
                "evidence", _("Evidence"), value=lambda line: language.together(f"{language.pick(one)} {one['url']}" for one in line.links)
            ),
            Column("provisions", _("Provisions"), value=lambda line: ", ".join(line.duty.provisions)),
            Column("penalty", _("If not met"), value=lambda line: language.pick(line.duty.penalty)),
        ],
    )


def _way(line: Line) -> str:
    return str(_("Automatic check") if line.automatic else _("By self-report"))


FEED = Table(
    name="statements",
    caption=_("Measures of platforms"),
    columns=[
        Column("published_at", _("Published at"), kind="time", sort="published_at"),
        Column("platform.name", _("Platform"), sort="platform__code"),
        Column("shop", _("Shop"), link="public_url", value=lambda one: feed.statement(one)["shop"]),
        Column("action", _("Measure against the shop"), value=lambda one: action_name(one.action)),
        Column("reason", _("Reason"), value=lambda one: feed.statement(one)["reason"], css="wide"),
        Column("since", _("First day"), kind="date", sort="since"),
        Column("until", _("Last day"), kind="date", sort="until"),
    ],
    filters=[
        Filter("platform__code", _("Platform"), choices=_platforms),
        Filter("action", _("Measure against the shop"), choices=_actions),
    ],
    sort="-published_at",
    empty=_("No measure is public"),
    empty_next=_("A measure stands here from its publication to its last day."),
)


def due_colour(one: ClueReport) -> str:
    return law.clock_colour(one.due_on, clock.today())


CLUES = Table(
    name="clue-reports",
    caption=_("Reports of unlawful conduct"),
    columns=[
        Column("report_no", _("Number"), kind="mono", sort="report_no"),
        Column("shop", _("Shop"), value=lambda one: str(one.shop)),
        Column("behaviour", _("Conduct"), value=lambda one: behaviour_name(one.behaviour)),
        Column("department", _("Department"), value=lambda one: language.pick(law.at(clock.today()).department(one.department))),
        Column("state", _("State"), kind="tag", value=lambda one: state_name("clue_report", one.state)),
        Column("made_at", _("Reported at"), kind="date", sort="made_at", value=lambda one: clock.city_day(one.made_at)),
        Column("answer", _("Answer"), css="wide"),
    ],
    sort="-made_at",
    empty=_("Nothing reported yet"),
    empty_next=_("When you act against unlawful conduct, report it within the law's working days."),
)
