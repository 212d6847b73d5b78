"""The API of this room: platforms name streamers, report their trainings, read completions; anybody reads the typical cases."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from chengxin.accounts import access, signatures
from chengxin.campaigns import actions, channels, queries, stories
from chengxin.campaigns.models import Completion, Streamer
from chengxin.kernel import clock
from chengxin.subjects.models import Platform

router = Router()
READ, WRITE = (access.client_auth(scope) for scope in ("courses:read", "courses:write"))
PAGE = 200


class StreamerIn(Schema):
    """A streamer by the platform's own account. The same account again is the same streamer; only its last day may be added."""

    account: str = Field(min_length=4, max_length=64)
    since: date
    until: date | None = None


class StreamerOut(Schema):
    """`due_on`: the last day for the next yearly training. `code`: given once, when the streamer is new; pass it on to the streamer."""

    account: str
    since: date
    until: date | None
    trained_on: date | None
    due_on: date
    overdue: bool
    code: str = ""


class TrainingIn(Schema):
    """A training that the platform held itself. The same again is the first one."""

    account: str = Field(min_length=4, max_length=64)
    title: str = Field(min_length=4, max_length=40)
    on: date
    proof: str = Field(min_length=4, max_length=100, description="The number of your record of the training")


class CompletionOut(Schema):
    """A course passed here (source `course`) or a training that was reported (`platform`). One of account and uscc is given.

    `revoked_on`: since that day it counts no longer.
    """

    source: str
    course: str
    version: str
    account: str | None
    uscc: str | None
    on: date
    code: str
    revoked_on: date | None


class CoursesQuery(Schema):
    overdue: bool = False
    offset: int = Field(0, ge=0, le=1_000_000)


class StoryOut(Schema):
    """A typical case as anybody may read it today. `until`: the last day of its publicity, where it has one."""

    number: str
    kind: str
    title: str
    text: str
    url: str
    published_on: date | None
    until: date | None


def _actor(request: HttpRequest) -> access.Actor:
    """Who sends, checked by signature where the client signs."""
    actor = access.actor_of(request)
    client = access.client_of(actor)
    if client is not None and request.method == "POST":
        signatures.verify_signed_request(request, client)
    return actor


def _platform(actor: access.Actor) -> Platform:
    return access.get(actor, Platform, code__in=actor.platforms)


def _streamer(one: Streamer, code: str = "") -> dict[str, Any]:
    names = ("account", "since", "until", "trained_on", "due_on")
    at_work = one.until is None or one.until >= clock.today()
    return {**{name: getattr(one, name) for name in names}, "overdue": at_work and one.due_on < clock.today(), "code": code}


@router.post("/streamers", response={201: StreamerOut}, auth=WRITE, summary="Name a streamer, or its last day")
def name_streamer(request: HttpRequest, given: StreamerIn) -> Status[dict[str, Any]]:
    """The day of the next training is counted from the last one, or from the first day of work."""
    actor = _actor(request)
    return Status(201, _streamer(*actions.name_streamer(actor, _platform(actor), **given.dict())))


@router.get("/streamers", response=list[StreamerOut], auth=READ, summary="Own streamers and when their training is due")
def streamers(request: HttpRequest, query: Query[CoursesQuery]) -> list[dict[str, Any]]:
    """The most urgent first, 200 at a time; with `overdue` only those whose training is overdue today."""
    actor = _actor(request)
    found = queries.overdue(actor) if query.overdue else access.all(actor, Streamer)
    return [_streamer(one) for one in found[query.offset : query.offset + PAGE]]


@router.post("/streamer-trainings", response={201: CompletionOut}, auth=WRITE, summary="Report a training of a streamer")
def report_training(request: HttpRequest, given: TrainingIn) -> Status[dict[str, Any]]:
    """404 for an account that the platform has not named."""
    actor = _actor(request)
    return Status(201, _completion(actions.report_training(actor, _platform(actor), **given.dict())))


@router.get("/course-completions", response=list[CompletionOut], auth=READ, summary="Courses completed by own shops and streamers")
def course_completions(request: HttpRequest, query: Query[CoursesQuery]) -> list[dict[str, Any]]:
    """The newest first, 200 at a time."""
    return [_completion(one) for one in queries.completions(_actor(request))[query.offset : query.offset + PAGE]]


def _completion(one: Completion) -> dict[str, Any]:
    names = ("source", "course", "version", "on", "code")
    whose = {"account": one.streamer.account if one.streamer else None, "uscc": one.subject.uscc if one.subject else None}
    end = getattr(one, "revocation", None)
    return {**{name: getattr(one, name) for name in names}, **whose, "revoked_on": clock.city_day(end.at) if end else None}


@router.get("/public/stories", response=list[StoryOut], auth=None, summary="Typical cases")
@access.open_to_all
def public_stories(request: HttpRequest) -> list[dict[str, Any]]:
    """Those that may be shown today, the newest first; one that is missing tomorrow has to be taken down."""
    return [
        {
            "number": one.number,
            "kind": one.kind,
            "title": one.title,
            "text": one.text,
            "url": channels.address(one),
            "published_on": clock.city_day(one.published_at) if one.published_at else None,
            "until": channels.ground(one).get("until"),
        }
        for one in stories.public()[:PAGE]
    ]
