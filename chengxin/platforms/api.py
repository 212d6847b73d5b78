"""For programs: a platform sends measures and reports and reads its duties; everybody reads the public feed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.urls import reverse
from ninja import Field, Query, Router, Schema, Status

from chengxin.accounts import access, signatures
from chengxin.kernel import clock
from chengxin.kernel.errors import NotFound
from chengxin.platforms import actions, feed, queries
from chengxin.platforms.actions.measures import Answer
from chengxin.platforms.errors import MachineAnswer
from chengxin.platforms.models import ClueReport
from chengxin.platforms.models.measures import MOST_TEXT
from chengxin.subjects.models import Platform

router = Router()
WRITE, REPORT, READ = (access.client_auth(scope) for scope in ("measures:write", "clues:report", "duties:read"))
MOST = 1000  # measures in one batch: each is a legal act with its own answer
PAGE = 200


class MeasureIn(Schema):
    """One measure. Sent again with the same measure_no it is the same measure; a changed content needs a number of its own."""

    measure_no: str = Field(min_length=1, max_length=64)
    shop_id: str = Field(min_length=1, max_length=100)
    action: str = Field(max_length=4, description="Code list platform_action, W1-W10")
    behaviour: str = Field("", max_length=4, description="B01-B29 when the conduct is unlawful; then it has to be reported")
    facts: str = Field(max_length=MOST_TEXT)
    reason: str = Field(max_length=MOST_TEXT)
    basis: str = Field(max_length=500, description="Clause of the platform's rule or of the law")
    automated: bool = Field(description="Whether a program decided it")
    appeal_way: str = Field(max_length=300)
    decided_at: datetime
    since: date
    until: date = Field(description="The last day; every measure ends")
    noticed_at: datetime | None = Field(None, description="When the shop was told; without it nothing takes effect or is published")


class MeasureOut(Schema):
    """What became of a measure, with the law's last days to publish and to report."""

    measure_no: str
    number: str
    state: str
    known: bool = Field(description="The same measure had come before")
    publish_due_on: date
    published_at: datetime | None
    report_due_on: date | None


class MeasureRefusal(Schema):
    code: str
    detail: str


class MeasureRow(Schema):
    """The answer to one row of a batch: the measure, or why it was refused."""

    measure_no: str
    measure: MeasureOut | None
    error: MeasureRefusal | None


class MeasureBatchIn(Schema):
    measures: Annotated[list[MeasureIn], Field(min_length=1, max_length=MOST)]


class MeasureStepIn(Schema):
    """A later step of a measure: notice (the shop was told), publish, lift (with a reason). Appeals are answered by people only."""

    action: Literal["notice", "publish", "lift", "take_up", "answer"]
    reason: str = Field("", max_length=MOST_TEXT)


class ClueReportIn(Schema):
    """Unlawful conduct of a shop. It goes to the department in charge of the conduct."""

    report_no: str = Field(min_length=1, max_length=64)
    shop_id: str = Field(min_length=1, max_length=100)
    behaviour: str = Field(max_length=4, description="B01-B29")
    facts: str = Field(max_length=4000)
    measure_no: str = Field("", max_length=64, description="The measure that was taken, if any")


class ClueReportOut(Schema):
    report_no: str
    number: str
    department: str
    state: str
    late: bool
    answer: str


class EvidenceLink(Schema):
    zh: str
    en: str
    url: str


class DutyOut(Schema):
    """A duty as it stands: its colour with what was found, never a sum."""

    code: str
    name: dict[str, str]
    colour: str
    finding: dict[str, str]
    automatic: bool
    evidence: list[EvidenceLink]
    checked_on: date | None
    valid_until: date | None
    provisions: list[str]


class PlatformDueOut(Schema):
    due_on: date
    colour: str
    zh: str
    en: str


class DutiesOut(Schema):
    platform: str
    on: date
    duties: list[DutyOut]
    due: list[PlatformDueOut]


class StatementOut(Schema):
    """A measure as everybody sees it, while it works. `digest`: SHA-256 of what the platform sent."""

    number: str
    platform: str
    shop: str
    shop_url: str
    subject: str
    uscc: str
    action: str
    action_name: str
    behaviour: str
    facts: str
    reason: str
    basis: str
    automated: bool
    appeal_way: str
    decided_on: date
    since: date
    until: date
    published_at: datetime
    appealed: bool
    digest: str


class FeedQuery(Schema):
    platform: str = Field("", max_length=40)
    action: str = Field("", max_length=4)
    offset: int = Field(0, ge=0, le=1_000_000)


class FeedDayOut(Schema):
    """A day's files; each answer carries its SHA-256 in X-Content-SHA256."""

    day: date
    rows: int
    files: dict[str, str]


def _platform(request: HttpRequest) -> tuple[access.Actor, Platform]:
    """Who sends, checked by signature where the client signs, and for which platform."""
    actor = access.actor_of(request)
    client = access.client_of(actor)
    if client is not None and request.method == "POST":
        signatures.verify_signed_request(request, client)
    return actor, access.get(actor, Platform, code__in=actor.platforms)


@router.post("/measures", response={201: MeasureOut}, auth=WRITE, summary="Report one measure against a shop")
def report_measure(request: HttpRequest, given: MeasureIn) -> Status[dict[str, Any]]:
    """Told and begun, it stands in the public feed at once. Refused without an end, facts, reason, basis or way to appeal."""
    actor, platform = _platform(request)
    (answer,) = actions.report_measures(actor, platform, [given.dict()])
    if answer.error:
        raise answer.error
    return Status(201, _measure(answer))


@router.post("/measures/batch", response=list[MeasureRow], auth=WRITE, summary="Report up to 1,000 measures")
def report_batch(request: HttpRequest, given: MeasureBatchIn) -> list[dict[str, Any]]:
    """Each row is answered for itself, in order; good rows are kept whatever becomes of the others."""
    actor, platform = _platform(request)
    answers = actions.report_measures(actor, platform, [one.dict() for one in given.measures])
    return [{"measure_no": one.measure_no, "measure": _measure(one) if one.measure else None, "error": _error(one)} for one in answers]


@router.post("/measures/{number}/steps", response=MeasureOut, auth=WRITE, summary="The next step of a measure")
def take_step(request: HttpRequest, number: str, given: MeasureStepIn) -> dict[str, Any]:
    """Tell the shop, publish, or lift early. A program that would answer an appeal is refused (403): a person has to."""
    actor, _platform_of_client = _platform(request)
    if given.action in ("take_up", "answer"):
        raise MachineAnswer
    if given.action == "lift":
        found = actions.lift(actor, number, given.reason)
    else:
        found = actions.notice(actor, number) if given.action == "notice" else actions.publish(actor, number)
    return _measure(Answer(found.measure_no, found, known=True))


def _measure(answer: Answer) -> dict[str, Any]:
    measure = answer.measure
    assert measure is not None
    names = ("measure_no", "number", "state", "publish_due_on", "published_at", "report_due_on")
    return {**{name: getattr(measure, name) for name in names}, "known": answer.known}


def _error(answer: Answer) -> dict[str, str] | None:
    return {"code": answer.error.code, "detail": str(answer.error)} if answer.error else None


@router.post("/clue-reports", response={201: ClueReportOut}, auth=REPORT, summary="Report unlawful conduct of a shop")
def report_clue(request: HttpRequest, given: ClueReportIn) -> Status[dict[str, Any]]:
    """The same report_no with the same content is the same report."""
    actor, platform = _platform(request)
    return Status(201, _clue(actions.report_clue(actor, platform, given.dict())))


@router.get("/clue-reports/{number}", response=ClueReportOut, auth=REPORT, summary="What became of a report")
def clue_state(request: HttpRequest, number: str) -> dict[str, Any]:
    """404 for another platform's and for a missing one."""
    return _clue(access.get(access.actor_of(request), ClueReport, number=number))


def _clue(found: ClueReport) -> dict[str, Any]:
    return {name: getattr(found, name) for name in ("report_no", "number", "department", "state", "late", "answer")}


@router.get("/duties", response=DutiesOut, auth=READ, summary="The duties of the caller's platform, and what is due")
def duties(request: HttpRequest) -> dict[str, Any]:
    """Every duty in force with the latest result that has not expired."""
    actor, platform = _platform(request)
    lines = queries.scorecard(platform, door="platform")
    due = [{"due_on": one.due_on, "colour": one.colour, "zh": one.zh, "en": one.en} for one in queries.due(actor)]
    return {"platform": platform.code, "on": clock.today(), "duties": [_duty(line) for line in lines], "due": due}


def _duty(line: queries.Line) -> dict[str, Any]:
    return {
        "code": line.duty.code,
        "name": {"zh": line.duty.zh, "en": line.duty.en},
        "colour": line.colour,
        "finding": line.said,
        "automatic": line.automatic,
        "evidence": line.links,
        "checked_on": line.check.on if line.check else None,
        "valid_until": line.check.valid_until if line.check else None,
        "provisions": list(line.duty.provisions),
    }


@router.get("/measures", response=list[StatementOut], auth=None, summary="The public feed of platforms' measures")
@access.open_to_all
def statements(request: HttpRequest, query: Query[FeedQuery]) -> list[dict[str, Any]]:
    """Measures that are published and work today, the newest first, 200 at a time. After its last day a measure is not here any more."""
    found = feed.running()
    if query.platform:
        found = found.filter(platform__code=query.platform)
    if query.action:
        found = found.filter(action=query.action)
    return [feed.statement(one) for one in found[query.offset : query.offset + PAGE]]


# Before the route of a number, which would take “days” for one.
@router.get("/measures/days", response=list[FeedDayOut], auth=None, summary="Days with bulk files")
@access.open_to_all
def statement_days(request: HttpRequest) -> list[dict[str, Any]]:
    """Every day on which something that still works was published, with the addresses of its files."""
    return [
        {**one, "files": {form: reverse("platforms:day_file", args=[one["day"], form]) for form in feed.FORMATS}} for one in feed.days()
    ]


@router.get("/measures/{number}", response=StatementOut, auth=None, summary="One measure of the public feed")
@access.open_to_all
def one_statement(request: HttpRequest, number: str) -> dict[str, Any]:
    """404 once it is over."""
    found = feed.running().filter(number=number[:24]).first()
    if found is None:
        raise NotFound
    return feed.statement(found)
