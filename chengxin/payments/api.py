"""The API of this room: platforms report channels and explain mismatches, institutions notice risks, report actions and stop payments."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from chengxin.accounts import access, signatures
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.payments import actions, licensing
from chengxin.payments.models import Claim, Mismatch, PaymentChannel, RiskEvent
from chengxin.subjects.models import PaymentOrg, Platform

router = Router()
WRITE, READ, ACT = (access.client_auth(scope) for scope in ("payments:write", "payments:read", "payment-events:act"))
PAGE = 200


class ChannelIn(Schema):
    """A way in which the platform takes money. The same channel_no again is the same channel; only its last day may be added."""

    channel_no: str = Field(min_length=1, max_length=64)
    institution: str = Field(min_length=1, max_length=100, description="Code or name, as payments name it in `institution`")
    contract_no: str = Field(min_length=1, max_length=64)
    mode: str = Field(max_length=8, description="Code list payment_mode: CUSTODY, SPLIT, DIRECT, OWN")
    since: date
    until: date | None = None


class ChannelOut(ChannelIn):
    """The channel as it stands. lacks: unlicensed, expired, number_form, own_settlement; empty when it rests on a licence today."""

    org: str | None
    lacks: list[str]


class PaymentMismatchOut(Schema):
    """What does not fit among orders, payments and parcels; amounts in fen."""

    number: str
    kind: str
    key: str
    order_no: str
    happened_at: datetime
    expected_fen: int
    found_fen: int
    state: str
    question: str
    explanation: str
    due_on: date | None


class PageQuery(Schema):
    state: str = Field("", max_length=20)
    offset: int = Field(0, ge=0, le=1_000_000)


class ExplanationIn(Schema):
    explanation: str = Field(min_length=4, max_length=2000, description="Facts and numbers of papers; no card numbers")


class RiskEventIn(Schema):
    """A risk that the institution noticed. The same source_ref again is the same event: counted, and no clock starts anew."""

    type: str = Field(max_length=12, description="Code list payment_risk_type")
    summary: str = Field(min_length=4, max_length=2000, description="No names, card or account numbers")
    source_ref: str = Field(min_length=1, max_length=64)
    evidence: str = Field("", max_length=500)
    rule_version: str = Field("", max_length=40)


class RiskEventOut(Schema):
    number: str
    type: str
    summary: str
    evidence: str
    state: str
    repeats: int
    due_on: date | None
    measure: str
    measure_note: str


class RiskActionIn(Schema):
    """What the institution did. A freeze names the authority's paper it rests on; it is recorded here, not ordered."""

    measure: str = Field(max_length=8, description="Code list payment_action: LIMIT, DELAY, FREEZE, NONE")
    note: str = Field(min_length=4, max_length=1000)
    freeze_ref: str = Field("", max_length=100)


class ClaimOut(Schema):
    """A claim of an unauthorised payment without the claimant: who they are is read on the page, and each reading is logged."""

    number: str
    payment_no: str
    amount_fen: int
    paid_on: date
    state: str
    due_on: date | None


def _actor(request: HttpRequest) -> access.Actor:
    """Who sends, checked by signature where the client signs."""
    actor = access.actor_of(request)
    client = access.client_of(actor)
    if client is not None and request.method == "POST":
        signatures.verify_signed_request(request, client)
    return actor


@router.post("/payment-channels", response={201: ChannelOut}, auth=WRITE, summary="Report a payment channel, or its end")
def report_payment_channel(request: HttpRequest, given: ChannelIn) -> Status[dict[str, Any]]:
    """It is checked against the licences of today at once."""
    actor = _actor(request)
    platform = access.get(actor, Platform, code__in=actor.platforms)
    return Status(201, _channel(actions.report_channel(actor, platform, given.dict())))


@router.get("/payment-channels", response=list[ChannelOut], auth=READ, summary="Own payment channels with what they lack")
def payment_channels(request: HttpRequest) -> list[dict[str, Any]]:
    """Every channel of the caller's platform."""
    return [_channel(one) for one in access.all(_actor(request), PaymentChannel).select_related("org")]


def _channel(one: PaymentChannel) -> dict[str, Any]:
    names = ("channel_no", "institution", "contract_no", "mode", "since", "until")
    lacks = licensing.of_channel(one, clock.today())
    return {**{name: getattr(one, name) for name in names}, "org": one.org.code if one.org else None, "lacks": lacks}


@router.get("/payment-mismatches", response=list[PaymentMismatchOut], auth=READ, summary="What of own reports does not reconcile")
def payment_mismatches(request: HttpRequest, query: Query[PageQuery]) -> list[Mismatch]:
    """The newest first, 200 at a time."""
    found = access.all(_actor(request), Mismatch)
    found = found.filter(state=query.state) if query.state else found
    return list(found[query.offset : query.offset + PAGE])


@router.post("/payment-mismatches/{number}/explanation", response=PaymentMismatchOut, auth=WRITE, summary="Explain a mismatch")
def explain_mismatch(request: HttpRequest, number: str, given: ExplanationIn) -> Mismatch:
    """An officer decides whether it is explained. 404 for another platform's and for a missing one."""
    return actions.explain(_actor(request), number, given.explanation)


@router.post("/payment-risk-events", response={201: RiskEventOut}, auth=ACT, summary="Report a payment risk")
def report_risk_event(request: HttpRequest, given: RiskEventIn) -> Status[RiskEvent]:
    """By an institution's client: the one whose code it is bound to."""
    actor = _actor(request)
    client = access.client_of(actor)
    org = PaymentOrg.objects.filter(code=client.platform_code, status="active").first() if client else None
    if org is None:
        raise NotFound
    return Status(201, actions.signal(actor, org, given.dict()))


@router.get("/payment-risk-events", response=list[RiskEventOut], auth=ACT, summary="Risk events shared with the institution")
def risk_events(request: HttpRequest, query: Query[PageQuery]) -> list[RiskEvent]:
    """Those shared with it and those it noticed itself, the newest first, 200 at a time."""
    found = access.all(_actor(request), RiskEvent)
    found = found.filter(state=query.state) if query.state else found
    return list(found[query.offset : query.offset + PAGE])


@router.post("/payment-risk-events/{number}/action", response=RiskEventOut, auth=ACT, summary="Report what was done about a risk")
def report_risk_action(request: HttpRequest, number: str, given: RiskActionIn) -> RiskEvent:
    """The same answer again is the same answer."""
    return actions.report_action(_actor(request), number, given.measure, given.note, given.freeze_ref)


@router.get("/payment-claims", response=list[ClaimOut], auth=ACT, summary="Claims of unauthorised payments to answer")
def payment_claims(request: HttpRequest, query: Query[PageQuery]) -> list[Claim]:
    """The most urgent first, 200 at a time."""
    found = access.all(_actor(request), Claim)
    found = found.filter(state=query.state) if query.state else found
    return list(found[query.offset : query.offset + PAGE])


@router.post("/payment-claims/{number}/stop", response=ClaimOut, auth=ACT, summary="Say that the payment was stopped")
def stop_claim(request: HttpRequest, number: str) -> Claim:
    """At once (e-commerce law art. 57). Again: the same answer."""
    return actions.stop(_actor(request), number)
