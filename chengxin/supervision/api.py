"""The clue desk for programs of a department: the queue and one clue, read only, with the session of an officer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from chengxin.accounts import access, signatures
from chengxin.detection.local import rows as held
from chengxin.detection.local.package import MOST_ROWS
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.law import law
from chengxin.supervision import queries
from chengxin.supervision.access import DESK
from chengxin.supervision.models import Clue, PlatformRequest

router = Router(auth=access.session_auth(DESK))

MOST = 200
ASKED, ANSWERS = access.client_auth("clues:read"), access.client_auth("clues:answer")


class ClueLine(Schema):
    """A clue as the queue shows it."""

    number: str
    title: dict[str, str]
    behaviour: str
    severity: str
    score: float
    state: str
    department: str
    opened_at: datetime
    due_on: date
    colour: str


class ClueReasonOut(Schema):
    code: str
    zh: str
    en: str
    weight: float


class ClueOut(ClueLine):
    """A clue with its reasons and what it holds; the rows themselves are on the page, where reading them is logged."""

    reasons: list[ClueReasonOut]
    evidence: list[dict[str, Any]]
    evidence_root: str
    shops: int
    accounts: int


class Queue(Schema):
    colour: Literal["red", "amber", "green"] | None = None
    state: str = Field("", max_length=16, description="A state, or “any” for closed ones too")
    offset: int = Field(0, ge=0, le=1_000_000)


@router.get("/clues", response=list[ClueLine], summary="The clues on your desks")
def listed(request: HttpRequest, query: Query[Queue]) -> list[dict[str, Any]]:
    """Open clues of the caller's departments, soonest due first, 200 at a time."""
    found = queries.queue(access.actor_of(request), query.state)
    if query.state and query.state != "any":
        found = found.filter(state=query.state)
    if query.colour:
        found = queries.of_colour(found, query.colour)
    return [line(clue) for clue in found.order_by("due_on", "number")[query.offset : query.offset + MOST]]


@router.get("/clues/{number}", response=ClueOut, summary="One clue")
def one(request: HttpRequest, number: str) -> dict[str, Any]:
    """A clue of the caller's departments; 404 for another's and for a missing one."""
    clue = access.get(access.actor_of(request), Clue, number=number)
    return {
        **line(clue),
        "reasons": list(clue.reasons.values("code", "zh", "en", "weight")),
        "evidence": queries.evidence_counts(clue),
        "evidence_root": clue.evidence_root,
        "shops": clue.members.count(),
        "accounts": clue.traces.filter(kind="accounts").count(),
    }


def line(clue: Clue) -> dict[str, Any]:
    """The queue's line of a clue."""
    return {
        "number": clue.number,
        "title": {"zh": clue.title_zh, "en": clue.title_en},
        "behaviour": clue.behaviour,
        "severity": clue.severity,
        "score": clue.score,
        "state": clue.state,
        "department": clue.department,
        "opened_at": clue.opened_at,
        "due_on": clue.due_on,
        "colour": law.clock_colour(clue.due_on, clock.today()),
    }


# ---- for platforms that run the detectors themselves and hold the rows (chengxin-local)


class HeldRow(Schema):
    row: str = Field(max_length=200_000, description="The row's canonical JSON, as its digest was made from")
    salt: str = Field(pattern=r"^[0-9a-f]{64}$")


class HeldRowsIn(Schema):
    root: str = Field(pattern=r"^[0-9a-f]{64}$", description="The root of the finding that the request is about")
    rows: Annotated[list[HeldRow], Field(max_length=MOST_ROWS)]


class HeldVerdict(Schema):
    """How many rows are the ones promised, how many are not, how many of the promised did not come."""

    verified: int
    failed: int
    missing: int


class RequestOut(Schema):
    """A question of an officer that waits for an answer, and the roots of the findings whose rows it is about."""

    id: str
    question: str
    due_on: date
    roots: list[str]


@router.get("/local/requests", response=list[RequestOut], auth=ASKED, summary="What officers ask about findings that you made")
def requests_for_rows(request: HttpRequest) -> list[dict[str, Any]]:
    """Open requests to the caller's platform about findings whose rows it holds, soonest due first."""
    waiting = access.all(access.actor_of(request), PlatformRequest).filter(answered_at__isnull=True)[:MOST]
    told = [(one, [finding.root for finding in queries.held_for(one)]) for one in waiting]
    return [{"id": str(one.id), "question": one.question, "due_on": one.due_on, "roots": roots} for one, roots in told if roots]


@router.post(
    "/local/requests/{id}/rows", response=HeldVerdict, auth=ANSWERS, summary="Hand over the rows of a finding that an officer asked for"
)
def rows_of_finding(request: HttpRequest, id: str, given: HeldRowsIn) -> dict[str, Any]:
    """Each row is compared with the digest promised in the package. The question itself is answered in words, on the platform's page."""
    actor = access.actor_of(request)
    asked = access.get(actor, PlatformRequest, pk=id)
    client = access.client_of(actor)
    if client is not None:
        signatures.verify_signed_request(request, client)
    finding = next((one for one in queries.held_for(asked) if one.root == given.root), None)
    if finding is None:
        raise NotFound
    return held.take(finding, asked.id, [(one.row, one.salt) for one in given.rows], actor.id).told()
