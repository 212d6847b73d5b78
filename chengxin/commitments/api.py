"""For programs: the public register and the letters on offer, a maker's own figures, the coverage board for officers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from chengxin.accounts import access
from chengxin.commitments import coverage, queries
from chengxin.commitments.access import DESK, MAKERS
from chengxin.commitments.models import Commitment
from chengxin.commitments.shares import Share
from chengxin.kernel.errors import NotFound

router = Router()
PAGE = 100
READERS = access.session_auth((*DESK, *MAKERS))


class PromiseOut(Schema):
    """A promise with the number its maker chose."""

    clause: str
    n: int | None
    zh: str
    en: str


class BreachOut(Schema):
    """A breach that two people found, while its publicity lasts."""

    number: str
    summary: str
    maker: str
    decided_on: date
    public_until: date | None
    disputed: bool


class CommitmentOut(Schema):
    """A commitment as everybody may see it. `sha256`: of `content` in canonical JSON, what was signed; `code`: on its paper."""

    number: str
    code: str
    name: str
    uscc: str
    letter: str
    title: dict[str, str]
    type: str
    department: str
    state: str = Field(description="in_force, future, expired, withdrawn or void")
    method: str = Field(description="code: a one-time code of the signer; scan: the sealed letter")
    signed_at: datetime
    valid_from: date
    valid_until: date
    promises: list[PromiseOut]
    sha256: str
    leaf: int = Field(description="Its entry in the public log")
    content: dict[str, Any]
    breaches: list[BreachOut]


class RegisterOut(Schema):
    """Newest first. `more`: whether another page follows."""

    commitments: list[CommitmentOut]
    more: bool


class Asked(Schema):
    q: str = Field("", max_length=100, description="A maker's name or USCC, or a commitment's number")
    letter: str = Field("", max_length=40)
    page: int = Field(1, ge=1, le=10_000)


class TemplateOut(Schema):
    """A letter that can be signed today."""

    number: str
    letter: str
    version: str
    type: str
    department: str
    title: dict[str, str]
    sha256: str
    content: dict[str, Any]


class ShareOut(Schema):
    """A share kept with its 95 % interval (Wilson); without any test there is no share."""

    tested: int
    kept: int
    share: float | None
    low: float
    high: float


class KeptOut(Schema):
    """One promise of a commitment as the facts show it."""

    clause: str
    zh: str
    en: str
    kept: ShareOut
    first: date | None
    last: date | None


class CoverageOut(Schema):
    """One line of the coverage board."""

    letter: str
    title: dict[str, str]
    platform: str
    division: str
    signed: int
    expected: int
    kept: ShareOut


def _share(share: Share) -> dict[str, Any]:
    return {"tested": share.n, "kept": share.hits, "share": share.value, "low": share.low, "high": share.high}


def _public(one: Commitment) -> dict[str, Any]:
    breaches = [
        {
            "number": line.record.number,
            "summary": line.record.summary,
            "maker": line.record.maker,
            "decided_on": line.record.decided_on,
            "public_until": line.publicity.until,
            "disputed": line.disputed,
        }
        for line in queries.public_breaches(one)
    ]
    said = ("number", "code", "letter", "title", "type", "department", "method", "signed_at")
    names = (*said, "valid_from", "valid_until", "sha256", "leaf")
    maker = one.content["maker"]
    return {
        **{name: getattr(one, name) for name in names},
        "name": maker["name"],
        "uscc": maker["uscc"],
        "state": queries.state_of(one),
        "promises": one.content["promises"],
        "content": one.content,
        "breaches": breaches,
    }


@router.get("/commitments", response=RegisterOut, auth=None, summary="The public register of commitments")
@access.open_to_all
def commitments(request: HttpRequest, asked: Query[Asked]) -> dict[str, Any]:
    """Who has committed to what."""
    found: QuerySet[Commitment] = queries.register(asked.q, asked.letter)
    rows = list(found[(asked.page - 1) * PAGE : asked.page * PAGE + 1])
    return {"commitments": [_public(one) for one in rows[:PAGE]], "more": len(rows) > PAGE}


@router.get("/commitments/letters", response=list[TemplateOut], auth=None, summary="Letters that can be signed today")
@access.open_to_all
def commitment_letters(request: HttpRequest) -> Any:
    """The published templates, word for word."""
    return queries.published()


@router.get(
    "/commitments/coverage", response=list[CoverageOut], auth=access.session_auth(DESK), summary="Coverage and keeping of commitments"
)
def commitment_coverage(request: HttpRequest) -> list[dict[str, Any]]:
    """Signed of those who should have, and the share of due promises kept, by letter, platform and division."""
    return [{**vars(one), "kept": _share(one.kept)} for one in coverage.board()]


@router.get("/commitments/{number}", response=CommitmentOut, auth=None, summary="One commitment")
@access.open_to_all
def one_commitment(request: HttpRequest, number: str) -> dict[str, Any]:
    """The letter in full with its digest, and breaches that were found."""
    found = Commitment.objects.select_related("end").filter(number=number[:24]).first()
    if found is None:
        raise NotFound
    return _public(found)


@router.get("/commitments/{number}/kept", response=list[KeptOut], auth=READERS, summary="How a commitment is kept")
def commitment_kept(request: HttpRequest, number: str) -> list[dict[str, Any]]:
    """What the facts show of each promise: for its maker and for officers, never for the public."""
    found = access.get(access.actor_of(request), Commitment, number=number)
    rows = queries.kept(found)
    return [{"clause": one.clause.code, **one.said, "kept": _share(one.share), "first": one.first, "last": one.last} for one in rows]
