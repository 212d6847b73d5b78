"""Deciding by machine: an event or up to a thousand in, pass, review or refer with its reasons out. Nothing here blocks: “refer” names the
person who decides."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema

from chengxin.accounts import access
from chengxin.rules import actions, asked, queries
from chengxin.rules.asked import FORMS, MOST_EVENTS, Event
from chengxin.rules.deciding import Decision, decide
from chengxin.rules.errors import EventInvalid

router = Router()
ASK = access.client_auth("decisions:ask")
MOST_BYTES = 2 * 1024 * 1024


class NumberOut(Schema):
    """A figure that a rule looked at. `value` in the feature's own unit (fen, grams, 0 or 1), null when the event had none."""

    feature: str
    value: float | None
    comparison: str
    threshold: float
    zh: str
    en: str


class ReasonOut(Schema):
    """A rule that applied, in words for the party concerned."""

    rule: str
    version: int
    id: str
    outcome: str
    zh: str
    en: str
    text_zh: str
    text_en: str
    basis: str
    numbers: list[NumberOut]


class DecisionOut(Schema):
    """The decision on one event. `number` names it for ever; `handler` is the person to whom a referred one goes."""

    number: str
    outcome: Literal["pass", "review", "refer"]
    handler: str
    reasons: list[ReasonOut]


class DecisionsOut(Schema):
    """In the order of the events asked about."""

    decisions: list[DecisionOut]


class ReviewOut(Schema):
    """What a person was asked, and has said."""

    asked_at: datetime | None
    verdict: Literal["", "stands", "lifted"]
    answer: str
    answered_by: str
    answered_at: datetime | None


class KeptDecisionOut(DecisionOut):
    """A decision again, with the figures it was made with and what a person said about it."""

    kind: str
    at: datetime
    figures: dict[str, float | None]
    review: ReviewOut


class ReviewIn(Schema):
    reason: str = Field(min_length=4, max_length=1000, pattern=r"\S{4}", description="Why a person should look at it")


def _body(form: str) -> dict[str, Any]:
    """The request body for the OpenAPI document, from the same structures that read it."""
    schemas, parts = msgspec.json.schema_components(list(FORMS.values()), ref_template="#/components/schemas/{name}")
    options = []
    for kind, schema in zip(FORMS, schemas, strict=True):
        event = parts[schema["$ref"].rpartition("/")[2]]
        inside = (
            {"event": event} if form == "event" else {"events": {"type": "array", "minItems": 1, "maxItems": MOST_EVENTS, "items": event}}
        )
        properties = {"kind": {"type": "string", "enum": [kind]}, **inside}
        options.append({"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False})
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": {"oneOf": options}}}}}


@router.post(
    "/decisions", response=DecisionOut, auth=ASK, openapi_extra=_body("event"), operation_id="decide_one", summary="Decide on one event"
)
def decide_one(request: HttpRequest) -> HttpResponse:
    """The answer is kept before it is given. The event counts in the figures of later ones, once, however often it is told."""
    return _answer(_decided(request, *asked.one(_checked(request)))[0])


@router.post(
    "/decisions/batch",
    response=DecisionsOut,
    auth=ASK,
    openapi_extra=_body("events"),
    operation_id="decide_many",
    summary="Decide on up to 1,000 events of one kind",
)
def decide_many(request: HttpRequest) -> HttpResponse:
    """All or nothing: one event that is not valid refuses the request. Earlier events of the request count for later ones."""
    return _answer({"decisions": _decided(request, *asked.many(_checked(request)))})


def _checked(request: HttpRequest) -> bytes:
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        raise EventInvalid(why=f"at most {MOST_BYTES >> 20} MiB")
    return request.body


def _decided(request: HttpRequest, kind: str, events: list[Event]) -> list[Decision]:
    actor = access.actor_of(request)
    (platform,) = actor.platforms
    return decide(platform, actor.id, kind, events)


def _answer(said: Any) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(said), content_type="application/json")


@router.get(
    "/decisions/{number}", response=KeptDecisionOut, auth=ASK, operation_id="decision", summary="A decision again, with its reasons"
)
def decision(request: HttpRequest, number: str) -> dict[str, Any]:
    return queries.decision(access.actor_of(request), number).as_json()


@router.post(
    "/decisions/{number}/review",
    response=KeptDecisionOut,
    auth=ASK,
    operation_id="ask_review",
    summary="Ask that a person looks at a decision",
)
def ask_review(request: HttpRequest, number: str, given: ReviewIn) -> dict[str, Any]:
    """Once per decision that was not a pass; the answer comes with the decision itself."""
    actor = access.actor_of(request)
    queries.check_reviewable(actor, number)
    actions.ask_review(actor, number, given.reason)
    return queries.decision(actor, number).as_json()
