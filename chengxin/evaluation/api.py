"""Evaluation for programs: a shop's score, the sealed receipt, the reviews with what was decided, the chain of their numbers, the rule."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from chengxin.accounts import access
from chengxin.evaluation import queries, reading
from chengxin.evaluation.rule import in_force
from chengxin.kernel import clock

router = Router()


class On(Schema):
    on: date | None = Field(None, description="As it was shown on this day")


class ShopScoreOut(Schema):
    """Scores in millionths of a star. `leaf`: the receipt's entry in the public log; `drift_milli` -1 where there is nothing to compare."""

    shop: UUID
    as_of: date
    rule: str
    score: int
    low: int
    high: int
    ratings: int
    excluded: int
    points: int
    level: int
    good: int
    neutral: int
    bad: int
    drift_milli: int
    missing: int
    passed: int
    leaf: int


class ShownReviewOut(Schema):
    """One review in the score. Who wrote it stands nowhere."""

    review_no: str
    stars: int
    day: date
    followups: list[dict[str, Any]]
    reply: str
    treatments: list[dict[str, str]]


class ChainLinkOut(Schema):
    """hash = SHA-256(prev_hash or nothing, then "platform/review_no"); `sign` says where the chain does not close."""

    review_no: str
    day: date
    prev_hash: str | None
    hash: str
    sign: str


class RatingRuleOut(Schema):
    number: str
    effective_on: date
    published_at: datetime
    content: dict[str, Any]
    leaf: int


@router.get("/evaluation/rule", response=RatingRuleOut, auth=None, summary="The rating rule in force")
@access.open_to_all
def rating_rule(request: HttpRequest, days: Query[On]) -> Any:
    """The version that holds on a day, today when none is named. 409 when none was published."""
    return in_force(days.on or clock.today())


@router.get("/evaluation/shops/{pk}", response=ShopScoreOut, auth=None, summary="A shop's score with its interval")
@access.open_to_all
def shop_score(request: HttpRequest, pk: UUID, days: Query[On]) -> dict[str, Any]:
    """As shown now, or on a day."""
    one = queries.shown(pk, days.on)
    names = ShopScoreOut.model_fields.keys() - {"shop", "as_of", "rule"}
    return {"shop": one.shop_id, "as_of": one.day, "rule": one.rule.number, **{name: getattr(one, name) for name in names}}


@router.get("/evaluation/shops/{pk}/receipt", response=dict[str, Any], auth=None, summary="Everything the score is made of, sealed")
@access.open_to_all
def score_receipt(request: HttpRequest, pk: UUID, days: Query[On]) -> dict[str, Any]:
    """A chengxin-receipt/1 with a chengxin-score/1 inside; recompute.html and recompute_score.py compute the score again from it."""
    return queries.receipt(queries.shown(pk, days.on))


@router.get("/evaluation/shops/{pk}/reviews", response=list[ShownReviewOut], auth=None, summary="The reviews in a shop's score")
@access.open_to_all
def shown_reviews(request: HttpRequest, pk: UUID, days: Query[On]) -> list[dict[str, Any]]:
    """The newest first; masked and excluded ones stay, with the number and statement of the decision."""
    return [
        {
            **row,
            "reply": row["reply"].text if row["reply"] else "",
            "treatments": [{"number": one.number, "act": one.act, "statement": one.statement} for one in row["treatments"]],
        }
        for row in queries.reviews(queries.shown(pk, days.on))
    ]


@router.get("/evaluation/shops/{pk}/chain", response=list[ChainLinkOut], auth=None, summary="The hash chain of a shop's review numbers")
@access.open_to_all
def review_chain(request: HttpRequest, pk: UUID) -> list[dict[str, Any]]:
    """Oldest first; compare it with the platform's page to find what was deleted."""
    return reading.chain_of(queries.shown(pk).shop)
