"""The API of this room: everybody reads the funds; a platform reads the claims of its shops' buyers and books contributions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from chengxin.accounts import access, signatures
from chengxin.compensation import queries
from chengxin.compensation.actions import funds
from chengxin.compensation.models import AdvanceClaim, Entry, Fund
from chengxin.kernel.errors import NotFound
from chengxin.subjects.models import Subject

router = Router()
WRITE, READ = (access.client_auth(scope) for scope in ("compensation:write", "compensation:read"))
PAGE = 200


class FundOut(Schema):
    """A fund as everybody may see it; money in fen. days_to_payment: median over n_days payments, null for none. rule: as published."""

    code: str
    name: str
    platform: str | None
    balance_fen: int
    contributed_fen: int
    paid_fen: int
    n_paid: int
    recovered_fen: int
    written_off_fen: int
    open_fen: int
    days_to_payment: float | None
    n_days: int
    rule_version: int | None
    rule: dict[str, Any] | None


class AdvanceClaimOut(Schema):
    """A claim without the claimant: who they are is read on the page, and each reading is logged."""

    number: str
    order_no: str
    shop_id: str | None
    basis: str
    amount_fen: int
    approved_fen: int
    paid_fen: int
    open_fen: int
    state: str
    due_on: date | None
    filed_at: datetime


class ClaimQuery(Schema):
    state: str = Field("", max_length=20)
    offset: int = Field(0, ge=0, le=1_000_000)


class ContributionIn(Schema):
    """Money that a contributor paid into the platform's fund. The same bank_ref again is the same receipt."""

    uscc: str = Field(min_length=18, max_length=18, description="Credit code of the contributor")
    amount_fen: int = Field(gt=0, le=10**13)
    on: date
    bank_ref: str = Field(min_length=1, max_length=64)


class ContributionOut(Schema):
    bank_ref: str
    on: date
    balance_fen: int


@router.get("/compensation-funds", response=list[FundOut], auth=None, summary="Funds that pay consumers in advance")
@access.open_to_all
def compensation_funds(request: HttpRequest) -> list[dict[str, Any]]:
    """Each with its figures and the rule in force today."""
    return [_fund(one) for one in queries.public_funds()]


def _fund(one: queries.Standing) -> dict[str, Any]:
    names = ("balance_fen", "contributed_fen", "paid_fen", "n_paid", "recovered_fen", "written_off_fen", "open_fen", "n_days")
    rule = {"rule_version": one.rule.version if one.rule else None, "rule": one.rule.content if one.rule else None}
    platform = one.fund.platform.code if one.fund.platform else None
    figures = {name: getattr(one, name) for name in names}
    return {"code": one.fund.code, "name": one.fund.name, "platform": platform, "days_to_payment": one.days, **rule, **figures}


@router.get("/compensation-claims", response=list[AdvanceClaimOut], auth=READ, summary="Claims about orders on the own platform")
def compensation_claims(request: HttpRequest, query: Query[ClaimQuery]) -> list[dict[str, Any]]:
    """The next due first, 200 at a time."""
    actor = access.actor_of(request)
    found = access.all(actor, AdvanceClaim).filter(platform__code__in=actor.platforms).select_related("shop", "recovery", "payment")
    found = found.filter(state=query.state) if query.state else found
    return [_claim(one) for one in found[query.offset : query.offset + PAGE]]


@router.get("/compensation-claims/{number}", response=AdvanceClaimOut, auth=READ, summary="One claim")
def compensation_claim(request: HttpRequest, number: str) -> dict[str, Any]:
    """How it stands, without the claimant."""
    actor = access.actor_of(request)
    return _claim(access.get(actor, AdvanceClaim, number=number, platform__code__in=actor.platforms))


def _claim(one: AdvanceClaim) -> dict[str, Any]:
    names = ("number", "order_no", "basis", "amount_fen", "approved_fen", "state", "due_on", "filed_at")
    payment, recovery = getattr(one, "payment", None), getattr(one, "recovery", None)
    money = {"paid_fen": payment.amount_fen if payment else 0, "open_fen": recovery.open_fen if recovery else 0}
    return {**{name: getattr(one, name) for name in names}, "shop_id": one.shop.shop_id if one.shop else None, **money}


@router.post("/compensation-contributions", response={201: ContributionOut}, auth=WRITE, summary="Book a contribution to the own fund")
def book_contribution(request: HttpRequest, given: ContributionIn) -> Status[dict[str, Any]]:
    """It shows on the fund's page and waits for the bank's statement to match it."""
    actor = access.actor_of(request)
    client = access.client_of(actor)
    if client is not None:
        signatures.verify_signed_request(request, client)
    fund = access.get(actor, Fund, platform__code__in=actor.platforms, closed_on=None)
    subject = Subject.objects.filter(uscc=given.uscc).first()
    if subject is None:
        raise NotFound
    entry: Entry = funds.contribute(actor, fund, subject, given.amount_fen, given.on, given.bank_ref)
    return Status(201, {"bank_ref": entry.bank_ref, "on": entry.on, "balance_fen": queries.standing(fund).balance_fen})
