"""Inspections for a department's own systems: plans, visits and what they found; and for anybody the results that are public."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from chengxin.accounts import access
from chengxin.inspection import queries
from chengxin.inspection.access import DESK
from chengxin.inspection.models import Plan, Task
from chengxin.kernel import clock

router = Router(auth=access.session_auth(DESK))
MOST = 200


class PlanOut(Schema):
    """A plan. `kind`: lot, clue, full; `items`: codes of what is inspected; `departments`: the lead first; `draw`: the name of its file."""

    number: str
    title: str
    kind: str
    items: list[str]
    departments: list[str]
    state: str
    due_on: date
    draw: str


class VisitOut(Schema):
    """A visit. `outcome` is a code of the outcomes, empty before it has one; `publish_by` the last day to publish."""

    number: str
    plan: str
    department: str
    subject: str = Field(description="Id of the subject in the register")
    name: str
    state: str
    due_on: date
    ended_on: date | None
    publish_by: date | None
    outcome: str


class AnswersOut(VisitOut):
    """A visit with its answers: item -> line -> yes, no or na."""

    answers: dict[str, dict[str, str]]


class ResultOut(Schema):
    """A result as everybody may see it. `record`: the number of the credit record that a problem made."""

    number: str
    plan: str
    name: str
    department: str
    outcome: str
    published_on: date
    record: str


class PlanQuery(Schema):
    offset: int = Field(0, ge=0, le=1_000_000)


class VisitQuery(PlanQuery):
    state: Literal["ASSIGNED", "REPORTED", "SIGNED", "PUBLISHED"] | None = None


@router.get("/inspections/plans", response=list[PlanOut], summary="The plans of your departments")
def inspection_plans(request: HttpRequest, query: Query[PlanQuery]) -> list[dict[str, Any]]:
    """Plans in which a department of the caller's has a part, newest first, 200 at a time."""
    rows = queries.plans_of(access.actor_of(request))
    return [_plan(one) for one in rows[query.offset : query.offset + MOST]]


@router.get("/inspections/plans/{number}", response=PlanOut, summary="One plan")
def inspection_plan(request: HttpRequest, number: str) -> dict[str, Any]:
    """A plan; 404 for another department's and for a missing one."""
    return _plan(access.get(access.actor_of(request), Plan, number=number))


@router.get("/inspections/visits", response=list[VisitOut], summary="The visits of your departments")
def inspection_visits(request: HttpRequest, query: Query[VisitQuery]) -> list[dict[str, Any]]:
    """Visits that a department of the caller's leads or joins, soonest due first, 200 at a time."""
    rows = access.all(access.actor_of(request), Task).select_related("subject", "plan").order_by("due_on", "number")
    if query.state:
        rows = rows.filter(state=query.state)
    return [_visit(one) for one in rows[query.offset : query.offset + MOST]]


@router.get("/inspections/visits/{number}", response=AnswersOut, summary="One visit")
def inspection_visit(request: HttpRequest, number: str) -> dict[str, Any]:
    """A visit with its answers; 404 for another department's and for a missing one."""
    found = access.get(access.actor_of(request), Task, number=number)
    return {**_visit(found), "answers": found.answers}


@router.get("/inspections/results", response=list[ResultOut], auth=None, summary="Results of inspections")
@access.open_to_all
def inspection_results(request: HttpRequest) -> list[dict[str, Any]]:
    """The newest 200 results that are public: a problem as long as its record is."""
    return [
        {
            "number": one["task"].number,
            "plan": one["task"].plan.number,
            "name": one["task"].subject.name,
            "department": one["task"].department,
            "outcome": one["task"].outcome,
            "published_on": clock.city_day(one["task"].published_at),
            "record": one["line"].record.number if one["line"] else "",
        }
        for one in queries.public_results(MOST)
    ]


def _plan(one: Plan) -> dict[str, Any]:
    draw = queries.draw_of(one)
    names = ("number", "title", "kind", "items", "state", "due_on")
    return {
        **{name: getattr(one, name) for name in names},
        "departments": one.of_part("lead", "joins", "witness"),
        "draw": draw.name if draw else "",
    }


def _visit(one: Task) -> dict[str, Any]:
    names = ("number", "department", "state", "due_on", "ended_on", "publish_by", "outcome")
    told = {"plan": one.plan.number, "subject": str(one.subject_id), "name": one.subject.name}
    return {**{name: getattr(one, name) for name in names}, **told}
