"""Cases for a department's own systems: the list, one case with its clocks, and registering a source."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from chengxin.accounts import access
from chengxin.cases import actions, queries
from chengxin.cases.access import DESK
from chengxin.cases.models import Case

router = Router(auth=access.session_auth(DESK))

MOST = 200


class PartyOut(Schema):
    id: str
    name: str
    uscc: str


class CaseLine(Schema):
    """A case as the desk shows it; `state` is a code of the workflow, `due_on` the nearest last day of its clocks."""

    number: str
    title: str
    department: str
    subject: PartyOut
    behaviour: str
    source: str
    state: str
    received_on: date
    filed_on: date | None
    due_on: date | None
    colour: str
    decision: str | None
    decided_on: date | None


class CaseClockOut(Schema):
    clock: str
    started_on: date
    due_on: date
    stopped_on: date | None
    article: str


class StepOut(Schema):
    """A step without its words: those are read on the page, where the reading is logged."""

    place: int
    action: str
    before: str
    after: str
    at: str
    sha256: str
    leaf: int


class CaseOut(CaseLine):
    clocks: list[CaseClockOut]
    steps: list[StepOut]
    possible: list[str] = Field(description="Steps that the caller may take now")


class CaseQuery(Schema):
    state: str = Field("", max_length=20)
    colour: Literal["red", "amber", "green"] | None = None
    offset: int = Field(0, ge=0, le=1_000_000)


class SourceIn(Schema):
    """A source from a department's own system. `ref` names it there: the same again is the same case."""

    subject: str = Field(max_length=36, description="Id of the subject in the register")
    department: str = Field(max_length=24)
    source: Literal["1", "2", "3", "4", "5"]
    title: str = Field(min_length=4, max_length=200)
    ref: str = Field(min_length=4, max_length=100)
    behaviour: str = Field("", max_length=4)
    facts: str = Field("", max_length=20_000)


@router.get("/cases", response=list[CaseLine], summary="The cases on your desks")
def cases_of_departments(request: HttpRequest, query: Query[CaseQuery]) -> list[dict[str, Any]]:
    """Cases of the caller's departments and those the caller was called to, soonest due first, 200 at a time."""
    found = queries.all_of(access.actor_of(request))
    if query.state:
        found = found.filter(state=query.state)
    rows = [queries.as_data(case) for case in found.select_related("decision")[query.offset : query.offset + MOST]]
    return [row for row in rows if query.colour in (None, row["colour"])]


@router.get("/cases/{number}", response=CaseOut, summary="One case")
def case_of_department(request: HttpRequest, number: str) -> dict[str, Any]:
    """A case with its clocks and steps; 404 for another's and for a missing one."""
    actor = access.actor_of(request)
    case = access.get(actor, Case, number=number)
    names = ("place", "action", "before", "after", "sha256", "leaf")
    shown = queries.clocks_of(case)
    return {
        **queries.as_data(case),
        "clocks": [
            {**{name: getattr(each.row, name) for name in ("clock", "started_on", "due_on", "stopped_on")}, "article": each.rule.source}
            for each in shown
        ],
        "steps": [{**{name: getattr(step, name) for name in names}, "at": step.at.isoformat()} for step in case.steps.all()],
        "possible": [step.action for step in queries.possible(actor, case)],
    }


@router.post("/cases", response={201: CaseLine}, auth=access.session_auth(("officer", "head")), summary="Register a source")
def register_source(request: HttpRequest, given: SourceIn) -> Status[dict[str, Any]]:
    """Put a source on the department's desk; its check of 15 working days begins. The same `ref` again answers with the same case."""
    actor = access.actor_of(request)
    made = actions.register_source(
        actor,
        given.subject,
        given.department,
        given.source,
        given.title,
        ref=f"api.{given.ref}",
        behaviour=given.behaviour,
        facts=given.facts,
    )
    return Status(201, queries.as_data(made))
