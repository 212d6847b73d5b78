"""Lists of this room and the words for its codes."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from chengxin import workflow
from chengxin.kernel import clock, language
from chengxin.kernel.tables import Column, Filter, Table
from chengxin.law import law
from chengxin.payments.models import ChannelFlag, Claim, Mismatch, PaymentStep, RiskEvent
from chengxin.payments.reconciling import KINDS
from chengxin.subjects.models import Platform

KIND_NAMES: dict[str, Any] = {
    "no_payment": _("Order without payment"),
    "no_order": _("Payment without order"),
    "amount": _("Amounts differ"),
    "paid_twice": _("Paid twice"),
    "other_payer": _("Paid by an account that never buys"),
    "parcel_no_order": _("Parcel without order"),
    "never_shipped": _("Paid and never sent"),
    "unpaid_shipped": _("Sent and never paid"),
    "refund_no_payment": _("Refund without payment"),
    "over_refund": _("More refunded than paid"),
    "late_payment": _("Paid after the parcel was signed for"),
}
FLAG_NAMES: dict[str, Any] = {
    "unlicensed": _("No licensed institution"),
    "expired": _("The licence has run out"),
    "number_form": _("The licence number has not the right form"),
    "own_settlement": _("The platform collects itself and passes on"),
    "undeclared": _("Money through a channel nobody declared"),
    "unnamed": _("Payments that name no institution"),
}
STATE_COLOUR = {"NEW": "amber", "ASKED": "amber", "OPEN": "amber", "CONFIRMED": "red", "SIGNAL": "amber", "NOTICED": "red"}


def state_name(of: str, code: str) -> str:
    """A state in the reader's language."""
    return language.pick(workflow.load(f"payments/{of}").states[code])


def coded(name: str, code: str) -> str:
    """A code of the law's list in the reader's language; an old code that is no more on it stays as it is."""
    known = law.at(clock.today()).codes(name).get(code)
    return language.pick(known) if known else code


def choices(name: str) -> list[tuple[str, str]]:
    return [(code, language.pick(one)) for code, one in law.at(clock.today()).codes(name).items()]


def colour(one: Any) -> str:
    return law.clock_colour(one.due_on, clock.today()) if one.due_on else ""


def steps(of: str, matter: Any) -> list[dict[str, Any]]:
    """The history of a matter with its words."""
    table = workflow.load(f"payments/{of}")
    rows = PaymentStep.objects.filter(of=of, matter=matter.pk).order_by("place")
    names = {step.action: step for step in table.steps}
    return [{"one": row, "name": names[row.action], "after": table.states[row.after]} for row in rows]


def _states(of: str) -> Any:
    return lambda: [(code, language.pick(one)) for code, one in workflow.load(f"payments/{of}").states.items() if code != "NONE"]


def _platforms() -> list[tuple[str, str]]:
    return list(Platform.objects.filter(status="active").values_list("code", "name"))


def _state(of: str) -> Column:
    return Column(
        "state",
        _("State"),
        kind="tag",
        sort="state",
        value=lambda one: state_name(of, one.state),
        colour=lambda one: STATE_COLOUR.get(one.state, "accent"),
    )


def _mismatches(name: str, link: str, platform: bool) -> Table:
    """The same list at every door; a shop's own people see no link to a page."""
    column = [Column("platform.name", _("Platform"), sort="platform__code")] if platform else []
    narrow = [Filter("platform__code", _("Platform"), choices=_platforms)] if platform else []
    return Table(
        name=name,
        caption=_("What does not reconcile"),
        columns=[
            Column("number", _("Number"), kind="mono", sort="number", link=link),
            Column("kind", _("What does not fit"), sort="kind", value=lambda one: str(KIND_NAMES[one.kind])),
            *column,
            Column("shop", _("Shop"), value=lambda one: str(one.shop or "—")),
            Column("key", _("Order, payment or parcel"), kind="mono"),
            Column("expected_fen", _("Expected"), kind="money", sort="expected_fen"),
            Column("found_fen", _("Amount found"), kind="money", sort="found_fen"),
            Column("happened_at", _("When"), kind="date", sort="happened_at", value=lambda one: clock.city_day(one.happened_at)),
            _state("mismatch"),
            Column("due_on", _("Explain by"), kind="clock", colour=colour, sort="due_on"),
        ],
        filters=[
            Filter("state", _("State"), choices=_states("mismatch")),
            Filter("kind", _("What does not fit"), choices=lambda: [(kind, KIND_NAMES[kind]) for kind in KINDS]),
            *narrow,
        ],
        sort="-happened_at",
        empty=_("Everything fits"),
        empty_next=_("Orders, payments and parcels are laid side by side each night."),
    )


ALL = _mismatches("mismatches", "page_url", True)
MINE = _mismatches("my-mismatches", "platform_url", False)
SHOPS = _mismatches("shop-mismatches", "", True)

FLAGS = Table(
    name="payment-flags",
    caption=_("Money outside a licensed institution"),
    columns=[
        Column("number", _("Number"), kind="mono", link="page_url", sort="number"),
        Column("kind", _("What was noticed"), sort="kind", value=lambda one: str(FLAG_NAMES[one.kind])),
        Column("platform.name", _("Platform"), sort="platform__code"),
        Column("institution", _("Institution as named"), value=lambda one: one.institution or "—"),
        Column("amount", _("Amount seen"), kind="money", value=lambda one: one.evidence.get("amount_fen")),
        _state("flag"),
        Column("raised_at", _("Raised at"), kind="date", sort="raised_at", value=lambda one: clock.city_day(one.raised_at)),
    ],
    filters=[Filter("state", _("State"), choices=_states("flag")), Filter("platform__code", _("Platform"), choices=_platforms)],
    sort="-raised_at",
    empty=_("No flag"),
    empty_next=_("Every channel maps to a licensed institution, and all money seen went through one."),
)


def _events(name: str, link: str) -> Table:
    return Table(
        name=name,
        caption=_("Payment risk events"),
        columns=[
            Column("number", _("Number"), kind="mono", link=link, sort="number"),
            Column("type", _("Type"), sort="type", value=lambda one: coded("payment_risk_type", one.type)),
            Column("org.name", _("Institution"), sort="org__code"),
            Column("summary", _("What was noticed"), css="wide"),
            _state("event"),
            Column("due_on", _("Report back by"), kind="clock", colour=colour, sort="due_on"),
            Column(
                "measure", _("What the institution did"), value=lambda one: coded("payment_action", one.measure) if one.measure else "—"
            ),
            Column("repeats", _("Noticed again"), kind="number", sort="repeats"),
        ],
        filters=[
            Filter("state", _("State"), choices=_states("event")),
            Filter("type", _("Type"), choices=lambda: choices("payment_risk_type")),
        ],
        sort="due_on",
        empty=_("No payment risk event"),
        empty_next=_("Events appear here when they are registered or shared."),
    )


EVENTS, MY_EVENTS = _events("payment-events", "page_url"), _events("my-payment-events", "org_url")


def _claims(name: str, link: str) -> Table:
    return Table(
        name=name,
        caption=_("Claims of unauthorised payments"),
        columns=[
            Column("number", _("Number"), kind="mono", link=link, sort="number"),
            Column("org.name", _("Institution"), sort="org__code"),
            Column("payment_no", _("Payment number"), kind="mono"),
            Column("amount_fen", _("Amount"), kind="money", sort="amount_fen"),
            Column("paid_on", _("Paid on"), kind="date", sort="paid_on"),
            _state("claim"),
            Column("due_on", _("Next step by"), kind="clock", colour=colour, sort="due_on"),
        ],
        filters=[Filter("state", _("State"), choices=_states("claim"))],
        sort="due_on",
        empty=_("No claim"),
        empty_next=_("A claim appears here the moment somebody makes it."),
    )


CLAIMS, MY_CLAIMS = _claims("payment-claims", "page_url"), _claims("my-payment-claims", "org_url")

CODED: dict[type, str] = {ChannelFlag: "flag", Mismatch: "mismatch", RiskEvent: "event", Claim: "claim"}


def page(matter: Any) -> dict[str, Any]:
    """What every page of a matter shows: its state, clock and history."""
    of = CODED[type(matter)]
    return {
        "matter": matter,
        "state": state_name(of, matter.state),
        "colour": colour(matter) if hasattr(matter, "due_on") else "",
        "steps": steps(of, matter),
    }
