"""The clue desk for programs of a department: the queue and one clue, read only, with the session of an officer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from chengxin.accounts import access
from chengxin.kernel import clock
from chengxin.law import law
from chengxin.supervision import queries
from chengxin.supervision.access import DESK
from chengxin.supervision.models import Clue

router = Router(auth=access.session_auth(DESK))

MOST = 200


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
