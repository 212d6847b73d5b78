"""Tables and names for people."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from chengxin import workflow
from chengxin.compensation.models import AdvanceClaim, CompensationStep, Deposit, Posting
from chengxin.kernel import clock, language
from chengxin.kernel.tables import Column, Filter, Table
from chengxin.law import law
from chengxin.subjects.models import Platform

COLOURS = {
    "FILED": "amber",
    "REFUSED": "amber",
    "NO_REPLY": "red",
    "FIRST_APPROVED": "amber",
    "ADVANCE_APPROVED": "amber",
    "APPEALED": "amber",
}
ENTRY_NAMES: dict[str, Any] = {
    "contribution": _("Contribution"),
    "payment": _("Payment to a consumer"),
    "recovery": _("Recovered"),
    "deduction": _("Taken from a deposit"),
    "write_off": _("Written off"),
    "interest": _("Interest"),
    "charge": _("Bank charge"),
    "unexplained": _("Receipt not explained"),
    "sent_back": _("Sent back"),
    "given_back": _("Given back to a contributor"),
    "deposit": _("Deposit paid in"),
    "deposit_refund": _("Deposit refunded"),
    "reversal": _("Reversal"),
}
EXTRA_STEPS = {
    "recovered": {"zh": "追回一部分", "en": "A part recovered"},
    "deducted": {"zh": "从保证金扣划一部分", "en": "A part taken from the deposit"},
    "deduct": {"zh": "扣划", "en": "Deducted"},
    "paid_in": {"zh": "缴存", "en": "Paid in"},
}


def state_name(of: str, code: str) -> str:
    return language.pick(workflow.load(f"compensation/{of}").states[code])


def basis_name(code: str) -> str:
    """A basis in the reader's language; one that is no more on the list stays as it is."""
    known = law.at(clock.today()).codes("compensation_basis").get(code)
    return language.pick(known) if known else code


def bases() -> list[tuple[str, str]]:
    return [(code, language.pick(one)) for code, one in law.at(clock.today()).codes("compensation_basis").items()]


def colour(one: Any) -> str:
    return law.clock_colour(one.due_on, clock.today()) if one.due_on else ""


def steps(of: str, matter: Any) -> list[dict[str, Any]]:
    """The history of a matter with its words."""
    table = workflow.load(f"compensation/{of}")
    names: dict[str, Any] = {**EXTRA_STEPS, **{step.action: step for step in table.steps}}
    rows = CompensationStep.objects.filter(of=of, matter=matter.pk).order_by("place")
    return [{"one": row, "name": names[row.action], "after": table.states[row.after]} for row in rows]


def _states(of: str) -> Any:
    return lambda: [(code, language.pick(one)) for code, one in workflow.load(f"compensation/{of}").states.items() if code != "NONE"]


def _platforms() -> list[tuple[str, str]]:
    return list(Platform.objects.filter(status="active").values_list("code", "name"))


def _claims(name: str, link: str) -> Table:
    return Table(
        name=name,
        caption=_("Claims for advance compensation"),
        columns=[
            Column("number", _("Number"), kind="mono", link=link, sort="number"),
            Column("platform.name", _("Platform"), sort="platform__code"),
            Column("shop", _("Shop"), value=lambda one: str(one.shop or "—")),
            Column("basis", _("Ground"), sort="basis", value=lambda one: basis_name(one.basis)),
            Column("amount_fen", _("Amount asked for"), kind="money", sort="amount_fen"),
            Column("approved_fen", _("Approved"), kind="money", sort="approved_fen", value=lambda one: one.approved_fen or None),
            Column(
                "state",
                _("State"),
                kind="tag",
                sort="state",
                value=lambda one: state_name("claim", one.state),
                colour=lambda one: COLOURS.get(one.state, "accent"),
            ),
            Column("due_on", _("Due"), kind="clock", colour=colour, sort="due_on"),
            Column("filed_at", _("Day of the claim"), kind="date", sort="filed_at", value=lambda one: clock.city_day(one.filed_at)),
        ],
        filters=[
            Filter("state", _("State"), choices=_states("claim")),
            Filter("basis", _("Ground"), choices=bases),
            Filter("platform__code", _("Platform"), choices=_platforms),
            Filter("order_no", _("Order number"), kind="text"),
        ],
        sort="-filed_at",
        empty=_("No compensation claim"),
        empty_next=_("A claim appears here the moment a consumer files it."),
    )


CLAIMS, MY_CLAIMS = _claims("compensation-claims", "page_url"), _claims("my-compensation-claims", "merchant_url")


def _deposits(name: str, link: str, narrow: bool = True) -> Table:
    return Table(
        name=name,
        caption=_("Merchants' deposits"),
        columns=[
            Column("number", _("Number"), kind="mono", link=link, sort="number"),
            Column("fund.name", _("Fund"), sort="fund__code"),
            Column("subject.name", _("Merchant"), sort="subject__name"),
            Column("amount_fen", _("Agreed amount"), kind="money", sort="amount_fen"),
            Column("state", _("State"), kind="tag", sort="state", value=lambda one: state_name("deposit", one.state)),
            Column("due_on", _("Refund by"), kind="clock", colour=colour, sort="due_on"),
        ],
        filters=[Filter("state", _("State"), choices=_states("deposit"))] if narrow else [],
        sort="-number",
        empty=_("No deposit"),
        empty_next=_("An agreement appears here when the platform offers it."),
    )


DEPOSITS, MY_DEPOSITS = _deposits("deposits", "page_url"), _deposits("my-deposits", "merchant_url", narrow=False)

JOURNAL = Table(
    name="compensation-journal",
    caption=_("The ledger"),
    columns=[
        Column("entry.on", _("Day booked"), kind="date", sort="entry__on"),
        Column(
            "entry.kind", _("What was booked"), sort="entry__kind", value=lambda one: str(ENTRY_NAMES.get(one.entry.kind, one.entry.kind))
        ),
        Column("debit", _("Debit"), value=lambda one: one.debit.name),
        Column("credit", _("Credit"), value=lambda one: one.credit.name),
        Column("amount_fen", _("Amount"), kind="money", sort="amount_fen"),
        Column("entry.bank_ref", _("Bank's reference"), kind="mono"),
        Column("entry.memo", _("Matter"), kind="mono"),
        Column("entry.by_name", _("By")),
    ],
    filters=[Filter("entry__kind", _("What was booked"), choices=lambda: list(ENTRY_NAMES.items()))],
    sort="-entry__on",
    empty=_("Nothing is booked yet"),
    empty_next=_("Book the first contribution."),
)

IN_THE_WAY: dict[str, Any] = {
    "claims": _("Claims in which somebody has a next step"),
    "recoveries": _("Recoveries that are not over"),
    "deposits": _("Merchants' deposits that are still held"),
    "money": _("Money on the fund's accounts"),
}

STATEMENTS = Table(
    name="bank-statements",
    caption=_("Bank statements"),
    columns=[
        Column("number", _("Number"), kind="mono", link="page_url", sort="number"),
        Column("account", _("Account"), value=lambda one: one.account.name),
        Column("since", _("From"), kind="date", sort="since"),
        Column("until", _("Until"), kind="date", sort="until"),
        Column("lines_count", _("Lines"), kind="number"),
        Column("closing_fen", _("Closing balance"), kind="money"),
        Column("by_name", _("By")),
    ],
    sort="-until",
    empty=_("No statement"),
    empty_next=_("Import the bank's file; it is matched with the ledger at once."),
)


def page(of: str, matter: AdvanceClaim | Deposit) -> dict[str, Any]:
    """What every page of a matter shows: its state, clock and history."""
    return {"matter": matter, "state": state_name(of, matter.state), "colour": colour(matter), "steps": steps(of, matter)}


def movement(one: Posting) -> str:
    """A posting for a list of choices."""
    return f"{one.entry.on} {ENTRY_NAMES.get(one.entry.kind, one.entry.kind)} {one.amount_fen / 100:.2f} {one.entry.bank_ref}"
