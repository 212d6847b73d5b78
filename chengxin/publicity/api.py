"""The open interface of the public search; anybody, no key."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from chengxin.accounts import access
from chengxin.publicity import queries, quick

router = Router()


class PublicLicenceOut(Schema):
    kind: dict[str, str]
    number: str
    issuer: str
    expires_on: date | None
    in_force: bool


class PublicShopOut(Schema):
    platform: str
    name: str
    url: str
    current: bool
    verified_on: date | None


class PublicSubjectOut(Schema):
    """A subject as anybody may see it. `state`: verified, partly, stale, none."""

    id: str
    kind: str
    name: str
    uscc: str
    status: str
    division: str
    verified_on: date | None
    state: str
    licences: list[PublicLicenceOut]
    shops: list[PublicShopOut]
    as_of: date


class PublicRecordOut(Schema):
    """A record that the law has published. `disputed`: an objection is being examined; `leaf`: its entry in the public log."""

    number: str
    type: dict[str, str]
    kind: str
    level: str
    summary: str
    behaviour: str
    amount_fen: int | None
    maker: str
    basis: str
    document_number: str
    decided_on: date
    valid_until: date | None
    disputed: bool
    public_until: date | None
    leaf: int


class PublicCardOut(PublicSubjectOut):
    """A subject with its public records."""

    records: list[PublicRecordOut]


class Search(Schema):
    q: str = Field(min_length=2, max_length=200, description="Name, unified social credit code, shop link or shop id")


@router.get("/public/subjects", response=list[PublicSubjectOut], auth=None, summary="Look up a subject")
@access.open_to_all
def search(request: HttpRequest, query: Query[Search]) -> list[dict[str, Any]]:
    """The public cards that the text finds, 50 at most."""
    return [queries.as_data(card) for card in queries.look_up(query.q).cards]


@router.get("/public/subjects/{id}", response=PublicCardOut, auth=None, summary="A subject's public card")
@access.open_to_all
def subject(request: HttpRequest, id: str) -> dict[str, Any]:
    """Public facts only: never a clue, never a risk class, never a person's data."""
    if card := request.META.get(quick.DRAWN):
        return {**queries.as_data(card), "records": []}
    found = queries.subject_of(id)
    card = queries.card(found)
    return {**queries.as_data(card), "records": queries.records_as_data(found, card.entries)}
