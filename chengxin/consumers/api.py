"""The API of this room: the officers' queue, the platforms' inbox and answers, the public figures. No answer says who complained."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from chengxin.accounts import access, signatures
from chengxin.audit import actions as audit
from chengxin.consumers import actions, queries
from chengxin.consumers.access import DESK, of_platform
from chengxin.consumers.models import Complaint

router = Router()
READ, ANSWER = access.client_auth("complaints:read"), access.client_auth("complaints:answer")
PAGE = 200


class PageQuery(Schema):
    state: str = Field("", max_length=12)
    offset: int = Field(0, ge=0, le=1_000_000)


class QueueOut(Schema):
    """A complaint as the queue shows it."""

    number: str
    state: str
    department: str
    place: str
    rule: str
    respondent_name: str
    category: str
    received_at: datetime
    due_on: date | None
    owner_name: str
    escalated_at: datetime | None
    word: str
    reopened: int


class InboxOut(Schema):
    """An accepted complaint about a shop of the platform. Amounts in fen."""

    number: str
    state: str
    shop: str
    category: str
    product: str
    order_ref: str
    amount_fen: int | None
    text: str
    request: str
    accepted_on: date | None
    due_on: date | None
    word: str


class AnswerIn(Schema):
    """What the platform says; offer is of the code list complaint_request, a promise names its day."""

    text: str = Field(min_length=4, max_length=4000)
    offer: str = Field("", max_length=12)
    offer_fen: int | None = Field(None, gt=0, le=10**12)
    refund_ref: str = Field("", max_length=64)
    promise: str = Field("", max_length=500)
    promise_by: date | None = None


class AnswerOut(Schema):
    number: str
    side: str
    at: datetime


class ShopFigures(Schema):
    """Closed, verified complaints of a shop. share: of those who said a word, with its 95 % interval; null below `least`."""

    shop: str
    platform: str
    closed: int
    solved: int
    unsolved: int
    unsaid: int
    reopened: int
    rated: int
    stars: float | None
    least: int
    share: float | None
    low: float | None
    high: float | None


@router.get("/complaints", response=list[QueueOut], auth=access.session_auth(DESK), summary="The department's complaints by clock")
def complaint_queue(request: HttpRequest, query: Query[PageQuery]) -> list[Complaint]:
    """The nearest last day first, 200 at a time."""
    found = queries.by_clock(access.all(access.actor_of(request), Complaint))
    found = found.filter(state=query.state) if query.state else found
    return list(found[query.offset : query.offset + PAGE])


@router.get("/platform-complaints", response=list[InboxOut], auth=READ, summary="Accepted complaints about own shops")
def platform_inbox(request: HttpRequest, query: Query[PageQuery]) -> list[dict[str, Any]]:
    """The nearest last day first, 200 at a time."""
    actor = access.actor_of(request)
    found = queries.by_clock(access.all(actor, Complaint).filter(of_platform(actor)).select_related("shop"))
    found = found.filter(state=query.state) if query.state else found
    shown = list(found[query.offset : query.offset + PAGE])
    if shown:
        audit.record_read(str(actor), "consumers.complaint:inbox", ("text", "request", "order_ref"), "答复投诉")
    return [_inbox(one) for one in shown]


def _inbox(one: Complaint) -> dict[str, Any]:
    names = [name for name in InboxOut.__annotations__ if name != "shop"]
    return {**{name: getattr(one, name) for name in names}, "shop": one.shop.shop_id if one.shop else ""}


@router.post("/platform-complaints/{number}/answers", response={201: AnswerOut}, auth=ANSWER, summary="Answer a complaint")
def answer_complaint(request: HttpRequest, number: str, given: AnswerIn) -> Status[dict[str, Any]]:
    """404 for another platform's and for a missing one. Signed where the client signs."""
    actor = access.actor_of(request)
    client = access.client_of(actor)
    if client is not None:
        signatures.verify_signed_request(request, client)
    made = actions.answer(actor, number, given.dict())
    return Status(201, {"number": number, "side": made.side, "at": made.at})


@router.get("/complaint-figures", response=list[ShopFigures], auth=None, summary="How shops deal with complaints")
@access.open_to_all
def complaint_figures(request: HttpRequest) -> list[dict[str, Any]]:
    """Every shop with a closed and verified complaint, the most complaints first."""
    names = [name for name in ShopFigures.__annotations__ if name not in ("shop", "platform")]
    return [
        {**{name: getattr(one, name) for name in names}, "shop": str(one.shop.pk), "platform": one.shop.platform.code}
        for one in queries.figures()
    ]
