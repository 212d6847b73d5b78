"""The API of this room: platforms fetch their recall tasks and report notices; anybody reads the recalls."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Router, Schema

from chengxin.accounts import access, signatures
from chengxin.kernel import clock
from chengxin.products import actions, queries
from chengxin.products.models import RecallTask

router = Router()
READ, WRITE = (access.client_auth(scope) for scope in ("recalls:read", "recalls:write"))
MOST = 200


class RecallTaskOut(Schema):
    """Buyers to tell: `orders` are the platform's own order numbers, `told` those already reported."""

    number: str
    recall: str
    product: str
    gtin: str
    lot: str
    level: int
    reason: str
    advice: str
    orders: list[str]
    told: list[str]
    due_on: date


class RecallNoticeIn(Schema):
    """One buyer told. way: message, sms, phone, letter, other; proof: the number of the message or of your record."""

    order_no: str = Field(min_length=1, max_length=64)
    way: str = Field(max_length=8)
    told_at: datetime
    proof: str = Field(min_length=2, max_length=100)


class RecallNoticesIn(Schema):
    notices: list[RecallNoticeIn] = Field(min_length=1, max_length=5000)


class PublicRecallOut(Schema):
    """A recall as anybody may read it."""

    number: str
    product: str
    gtin: str
    lot: str
    level: int
    reason: str
    advice: str
    state: str
    issued_on: date


def _task(one: RecallTask) -> dict[str, Any]:
    recall = one.recall
    of = {"product": recall.batch.product.name, "gtin": recall.batch.product.gtin, "lot": recall.batch.lot, "level": recall.level}
    texts = {"number": one.number, "recall": recall.number, "reason": recall.reason, "advice": recall.advice}
    told = list(one.notices.values_list("order_no", flat=True))
    return {**texts, **of, "orders": one.orders, "told": told, "due_on": one.due_on}


@router.get("/recall-tasks", response=list[RecallTaskOut], auth=READ, summary="Recalls that concern own buyers")
def recall_tasks(request: HttpRequest) -> list[dict[str, Any]]:
    """The most urgent first, 200 at most; recalls that are closed are left out."""
    found = access.all(access.actor_of(request), RecallTask).select_related("recall__batch__product").exclude(recall__state="CLOSED")
    return [_task(one) for one in found[:MOST]]


@router.post("/recall-tasks/{number}/notices", response=RecallTaskOut, auth=WRITE, summary="Report which buyers were told, with proof")
def report_recall_notices(request: HttpRequest, number: str, given: RecallNoticesIn) -> dict[str, Any]:
    """All or none; orders reported before are left as they are. 404 for another platform's and for a missing task."""
    actor = access.actor_of(request)
    client = access.client_of(actor)
    if client is not None:
        signatures.verify_signed_request(request, client)
    return _task(actions.report_notices(actor, number, [one.dict() for one in given.notices]))


@router.get("/public/recalls", response=list[PublicRecallOut], auth=None, summary="Recalls of products")
@access.open_to_all
def public_recalls(request: HttpRequest) -> list[dict[str, Any]]:
    """The newest 200."""
    return [
        {
            "number": one.number,
            "product": one.batch.product.name,
            "gtin": one.batch.product.gtin,
            "lot": one.batch.lot,
            "level": one.level,
            "reason": one.reason,
            "advice": one.advice,
            "state": one.state,
            "issued_on": clock.city_day(one.issued_at or one.drafted_at),
        }
        for one in queries.public_recalls()[:MOST]
    ]
