"""The lists of the room: rules, decisions, the shops of a dry run."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from chengxin import workflow
from chengxin.kernel import clock, language
from chengxin.kernel.tables import Column, Filter, Table
from chengxin.rules.models import DROPPED, RETIRED, Held, RuleVersion

STATE_COLOUR = {"DRAFT": "", "PROPOSED": "amber", "SIGNED": "green", "RETIRED": "", "DROPPED": ""}
OUTCOME_COLOUR = {"pass": "green", "review": "amber", "refer": "red"}
SIZES = {"large": _("Large (1,000 orders or more)"), "middle": _("Middle (100 to 999)"), "small": _("Small (under 100)")}


def state_name(version: RuleVersion) -> str:
    """The state in words; a signed version is in force, not yet, or no longer."""
    if version.state == "SIGNED":
        today = clock.today()
        if version.effective_from > today:
            return str(_("Signed, not yet in force"))
        if version.effective_until and version.effective_until <= today:
            return str(_("Replaced"))
        return str(_("In force"))
    return language.pick(workflow.load("rules/rule").states[version.state])


def state_colour(version: RuleVersion) -> str:
    over = version.effective_until and version.effective_until <= clock.today()
    return "" if over else STATE_COLOUR[version.state]


RULES = Table(
    name="rules",
    caption=_("Rules"),
    sort="rule",
    columns=[
        Column("rule", _("Rule"), kind="mono", sort="rule__code", value=str, css="nowrap"),
        Column("name", _("Name"), link="page_url", value=lambda one: {"zh": one.name_zh, "en": one.name_en}, css="wide"),
        Column("kind", _("Looks at"), value=RuleVersion.get_kind_display),
        Column("outcome", _("Outcome"), kind="tag", value=RuleVersion.get_outcome_display, colour=lambda one: OUTCOME_COLOUR[one.outcome]),
        Column("state", _("State"), kind="tag", value=state_name, colour=state_colour),
        Column("recent_hits", _("Hits in 7 days"), kind="number", sort="recent_hits"),
        Column("effective_from", _("Rule in force from"), kind="date", sort="effective_from"),
    ],
    filters=[
        Filter("kind", _("Looks at"), choices=RuleVersion.Kind.choices),
        Filter(
            "old",
            _("Versions"),
            choices=[("all", _("Old ones too"))],
            apply=lambda rows, value: rows,
        ),
    ],
    empty=_("No rule yet"),
    empty_next=_("Write one, try it on the past, and have another person sign it."),
)


def living(rows: Any, old: bool) -> Any:
    """Without the versions that are over."""
    return rows if old else rows.exclude(state__in=[RETIRED, DROPPED]).exclude(effective_until__lte=clock.today())


def waits(one: Held) -> str:
    """What a person has to do about a decision."""
    if one.verdict:
        return str(one.get_verdict_display())
    if one.asked_at:
        return str(_("Review asked for"))
    return str(_("Waiting for a person")) if one.outcome == "refer" else str(_("With the platform"))


def _names(one: Held) -> dict[str, str]:
    return {lang: (("、" if lang == "zh" else "; ").join(reason[lang] for reason in one.reasons)) for lang in ("zh", "en")}


def shop_name(one: Held) -> str:
    return str(one.shop) if one.shop else f"{one.shop_token:016x}"[:8]


def _of_state(rows: Any, value: str) -> Any:
    return {
        "asked": rows.filter(asked_at__isnull=False, verdict=""),
        "referred": rows.filter(outcome="refer", verdict=""),
        "answered": rows.exclude(verdict=""),
    }.get(value, rows.none())


DECISIONS = Table(
    name="decisions",
    caption=_("Decisions that were no pass"),
    sort="-at",
    columns=[
        Column("at", _("Time of the decision"), kind="time", sort="at", css="nowrap"),
        Column("reasons", _("Why"), link="page_url", value=_names, css="wide"),
        Column("outcome", _("Outcome"), kind="tag", value=Held.get_outcome_display, colour=lambda one: OUTCOME_COLOUR[one.outcome]),
        Column("shop", _("Shop"), value=shop_name),
        Column("platform", _("Platform"), sort="platform"),
        Column("waits", _("State"), kind="tag", value=waits, colour=lambda one: "amber" if one.asked_at and not one.verdict else ""),
        Column("number", _("Number"), kind="mono", show=False),
    ],
    filters=[
        Filter(
            "state",
            _("State"),
            choices=[("asked", _("Review asked for")), ("referred", _("Waiting for a person")), ("answered", _("Answered"))],
            apply=_of_state,
        ),
        Filter("kind", _("Looks at"), choices=RuleVersion.Kind.choices),
    ],
    empty=_("No decision to look at"),
    empty_next=_("Decisions that were no pass appear here as soon as a platform or a payment firm asks and a rule applies."),
)

OWN = Table(
    name="decisions",
    caption=_("Decisions about my shops"),
    sort="-at",
    columns=[
        Column("at", _("Time of the decision"), kind="time", sort="at", css="nowrap"),
        Column("reasons", _("Why"), link="own_page_url", value=_names, css="wide"),
        Column("outcome", _("Outcome"), kind="tag", value=Held.get_outcome_display, colour=lambda one: OUTCOME_COLOUR[one.outcome]),
        Column("shop", _("Shop"), value=shop_name),
        Column("waits", _("State"), kind="tag", value=waits),
        Column("number", _("Number"), kind="mono", show=False),
    ],
    empty=_("No trade of your shops was held"),
    empty_next=_("When a trade is held for review, you will read here why, with the numbers, and may ask that a person looks at it."),
)

SHOPS = Table(
    name="dry-run",
    caption=_("Shops that differ"),
    columns=[
        Column("change", _("Change"), kind="tag", colour=lambda row: "amber" if row["then"] else "green"),
        Column("shop", _("Shop"), sort="shop", css="wide"),
        Column("shop_id", _("Shop id"), kind="mono"),
        Column("platform", _("Platform"), sort="platform"),
        Column("size", _("Extent"), value=lambda row: SIZES[row["size"]]),
        Column("county", _("County"), sort="county"),
        Column("orders", _("Orders in the period"), kind="number", sort="orders"),
        Column("now", _("Hits now"), kind="number", sort="now"),
        Column("then", _("Hits then"), kind="number", sort="then"),
    ],
    filters=[
        Filter("change_code", _("Change"), choices=[("newly", _("Newly hit")), ("no_longer", _("No longer hit"))]),
        Filter("size", _("Extent"), choices=list(SIZES.items())),
    ],
    empty=_("No shop differs"),
    empty_next=_("On these days the version hits the same shops as the rules in force."),
)
