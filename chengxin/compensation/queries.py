"""What may be asked of this room: how a fund stands, how long claims took, what is overdue, what other caps would have done."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Sum

from chengxin.accounts import access
from chengxin.accounts.access import Actor
from chengxin.compensation import caps, ledger, lists
from chengxin.compensation.actions.steps import rule_of
from chengxin.compensation.errors import NoRule
from chengxin.compensation.models import Account, AdvanceClaim, Entry, Fund, FundPayment, FundRule, Posting, Recovery, TopUp
from chengxin.compensation.models.claims import APPEALED, APPROVED, FILED, FIRST, NO_REPLY, OPEN, PROPOSED, REFUSED, SPENT
from chengxin.kernel import clock
from chengxin.subjects.models import Subject

WAITING = (FILED, REFUSED, NO_REPLY, FIRST, APPROVED, APPEALED, PROPOSED)  # a manager has the next step


@dataclass(frozen=True)
class Standing:
    """A fund in figures; money in fen. days: median from claim to payment (None for none) of n_days payments."""

    fund: Fund
    rule: FundRule | None
    balance_fen: int
    contributed_fen: int
    paid_fen: int
    n_paid: int
    recovered_fen: int
    written_off_fen: int
    open_fen: int
    deposits_fen: int
    topup: TopUp | None
    days: float | None
    n_days: int
    n_filed: int
    n_rejected: int
    n_seller_paid: int

    @property
    def overdue(self) -> bool:
        return self.topup is not None and self.topup.due_on < clock.today()

    @property
    def missing_fen(self) -> int:
        """What is missing today to the floor of the standing duty."""
        return max(0, self.topup.floor_fen - self.balance_fen) if self.topup else 0


def standing(fund: Fund) -> Standing:
    """How a fund stands today. What was recovered is what came in and what was taken from deposits."""
    sums = Recovery.objects.filter(claim__fund=fund).aggregate(
        paid=Sum("amount_fen"), back=Sum("recovered_fen"), lost=Sum("written_off_fen"), n=Count("pk")
    )
    counts = dict(AdvanceClaim.objects.filter(fund=fund).values_list("state").annotate(n=Count("pk")))
    days = days_to_payment(fund)
    paid, back, lost = (int(sums[name] or 0) for name in ("paid", "back", "lost"))
    try:
        rule = rule_of(fund, clock.today())
    except NoRule:
        rule = None
    return Standing(
        fund=fund,
        rule=rule,
        balance_fen=ledger.balance(fund, "BANK"),
        contributed_fen=ledger.balance(fund, "CAPITAL"),
        paid_fen=paid,
        n_paid=sums["n"],
        recovered_fen=back,
        written_off_fen=lost,
        open_fen=paid - back - lost,
        deposits_fen=ledger.balance(fund, "DEPOSIT"),
        topup=TopUp.objects.filter(fund=fund, closed_at=None).first(),
        days=statistics.median(days) if days else None,
        n_days=len(days),
        n_filed=sum(counts.values()),
        n_rejected=counts.get("REJECTED", 0) + counts.get("REJECTED_FINAL", 0),
        n_seller_paid=counts.get("SELLER_PAID", 0),
    )


def days_to_payment(fund: Fund) -> list[int]:
    """Days (city time) from each claim to its payment."""
    times = FundPayment.objects.filter(claim__fund=fund).values_list("claim__filed_at", "at")
    return [(clock.city_day(paid) - clock.city_day(filed)).days for filed, paid in times]


def overview(actor: Actor) -> list[Standing]:
    """The actor's funds; those whose top-up is overdue first."""
    found = [standing(one) for one in access.all(actor, Fund).select_related("platform")]
    return sorted(found, key=lambda one: (not one.overdue, one.topup is None, one.fund.code))


def public_funds() -> list[Standing]:
    """Every fund, as everybody may see it."""
    return [standing(one) for one in Fund.objects.select_related("platform")]


def waiting(actor: Actor) -> QuerySet[AdvanceClaim]:
    """Claims in which a manager has the next step."""
    return access.all(actor, AdvanceClaim).filter(state__in=WAITING)


def what_if(fund: Fund, rule: FundRule) -> dict[str, int]:
    """What the caps of a version would have allowed for all claims ever approved, beside what was approved, in fen."""
    rows = AdvanceClaim.objects.filter(fund=fund, state__in=SPENT)
    given = rows.order_by("filed_at").values_list("amount_fen", "approved_fen", "filed_at", "person_index", "shop_id")
    cases = (caps.Case(asked, then, clock.city_day(at).year, who, str(shop or "")) for asked, then, at, who, shop in given)
    n, then, now = caps.what_if(cases, rule.content)
    return {"version": rule.version, "n": n, "approved_fen": then, "allowed_fen": now, "difference_fen": now - then}


def journal(fund: Fund) -> QuerySet[Posting]:
    """Every movement of a fund, the newest first."""
    return Posting.objects.filter(entry__fund=fund).select_related("entry", "debit", "credit").order_by("-entry__on", "-entry__at", "id")


def contributors(fund: Fund) -> QuerySet[Account]:
    return Account.objects.filter(fund=fund, kind="CAPITAL").select_related("subject")


def statement_of_deposit(fund: Fund, subject: Subject) -> tuple[Account | None, list[dict[str, Any]]]:
    """What a merchant's deposit holds, and each movement of it: {entry, fen (in positive), balance after}, the oldest first."""
    purse = Account.objects.filter(fund=fund, kind="DEPOSIT", subject=subject).first()
    if purse is None:
        return None, []
    moved = Posting.objects.filter(entry__fund=fund, debit=purse) | Posting.objects.filter(entry__fund=fund, credit=purse)
    lines, now = [], 0
    for one in moved.select_related("entry").order_by("entry__at"):
        fen = one.amount_fen if one.credit_id == purse.pk else -one.amount_fen
        now += fen
        lines.append({"entry": one.entry, "name": lists.ENTRY_NAMES[one.entry.kind], "fen": fen, "balance_fen": now})
    return purse, lines


def open_recoveries(fund: Fund) -> QuerySet[AdvanceClaim]:
    return AdvanceClaim.objects.filter(fund=fund, state__in=[OPEN, PROPOSED]).select_related("recovery", "shop")


def bookings_of(claim: AdvanceClaim) -> QuerySet[Entry]:
    """The bookings that a claim made."""
    return Entry.objects.filter(fund=claim.fund, memo=claim.number).prefetch_related("postings").order_by("at")
