"""The API for other systems' programs. A client is bound to the code of its system; it sends, and takes results by a cursor."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status

from chengxin.accounts import access, signatures
from chengxin.consumers.exchange import actions, dialects, queries
from chengxin.consumers.exchange.dialects import Peer
from chengxin.consumers.exchange.models import API

router = Router()
EXCHANGE = access.client_auth("complaints:exchange")
MOST_ROWS, PAGE, MOST_NUMBERS = 100, 200, 20_000

Cell = str | int | float | bool | None
Number = Annotated[str, Field(min_length=1, max_length=64)]


class ExchangeRowsIn(Schema):
    """Rows by the system's own headings or by our field names; see GET complaint-exchange/columns."""

    rows: list[dict[str, Cell]] = Field(min_length=1, max_length=MOST_ROWS)


class ExchangeSaid(Schema):
    zh: str
    en: str


class ExchangeProblemOut(Schema):
    """What is wrong in a column, and what to do."""

    column: str
    code: str
    value: str
    why: ExchangeSaid
    remedy: ExchangeSaid


class ExchangeReceiptOut(Schema):
    """outcome: taken, repeated (the first receipt), conflict (other words than before: an officer looks), refused. received_on starts the
    clocks. code: for the complainant, to follow the matter; only the first time."""

    number: str
    outcome: str
    numbers: list[str]
    received_on: date | None
    code: str
    problems: list[ExchangeProblemOut]


class ExchangeColumnOut(Schema):
    """A column in force today. values: the words that it knows; empty when it is free."""

    field: str
    names: list[str]
    required: bool
    values: list[str]


class ExchangeCursorQuery(Schema):
    after: int = Field(-1, ge=-1, le=2**62)


class ExchangeResultOut(Schema):
    """A decision. cursor: the place in the log; word: in the system's own words; ground: R1-R7 or T1-T8."""

    cursor: int
    number: str
    ours: str
    result: str
    word: str
    ground: str
    ground_words: str
    on: date


class ExchangeTakenIn(Schema):
    cursor: int = Field(ge=0, le=2**62)


class ExchangeTakenOut(Schema):
    upto: int


class ExchangeNumbersIn(Schema):
    """The numbers sent on these days."""

    since: date
    until: date
    numbers: list[Number] = Field(max_length=MOST_NUMBERS)


class ExchangeDifferenceOut(Schema):
    """kind: not_here, not_there, mending, dropped (refused, and an officer found that it can never be mended), unanswered, not_taken."""

    kind: str
    number: str
    ours: str
    on: date | None
    due_on: date | None


def _caller(request: HttpRequest) -> tuple[access.Actor, Peer]:
    """Who asks and for which system, checked by signature where the client signs. NotFound for a client of no system."""
    actor = access.actor_of(request)
    client = access.client_of(actor)
    if client is not None and request.method == "POST":
        signatures.verify_signed_request(request, client)
    return actor, dialects.named(client.platform_code if client else "", dialects.peers().values())


@router.get("/complaint-exchange/columns", response=list[ExchangeColumnOut], auth=EXCHANGE, summary="The field map of today")
def exchange_columns(request: HttpRequest) -> list[dict[str, Any]]:
    """How a row is read: our field, the headings it may have, whether it is needed."""
    columns = actions.version_of(_caller(request)[1]).columns.values()
    return [{"field": one.field, "names": list(one.names), "required": one.required, "values": list(one.values)} for one in columns]


@router.post("/complaint-exchange/rows", response={201: list[ExchangeReceiptOut]}, auth=EXCHANGE, summary="Send complaints and reports")
def send_rows(request: HttpRequest, given: ExchangeRowsIn) -> Status[list[dict[str, Any]]]:
    """Good rows are taken in, bad ones come back with column and remedy. The same number again gets its first receipt."""
    actor, peer = _caller(request)
    receipts = actions.take_call(actor, peer, given.rows)[1]
    names = ("number", "outcome", "received_on", "code")
    told = [
        {**{name: getattr(one, name) for name in names}, "numbers": list(one.numbers), "problems": list(one.problems)} for one in receipts
    ]
    return Status(201, told)


@router.get("/complaint-exchange/results", response=list[ExchangeResultOut], auth=EXCHANGE, summary="Results since a cursor")
def exchange_results(request: HttpRequest, query: Query[ExchangeCursorQuery]) -> list[dict[str, Any]]:
    """Accepted, refused with its ground, the result of mediation, solved or not; 200 at a time, the oldest first."""
    peer = _caller(request)[1]
    return queries.told(peer, list(queries.results(peer.code).filter(leaf__gt=query.after)[:PAGE]))


@router.post("/complaint-exchange/taken", response={201: ExchangeTakenOut}, auth=EXCHANGE, summary="Say up to where results are taken")
def confirm_taken(request: HttpRequest, given: ExchangeTakenIn) -> Status[dict[str, int]]:
    """409 for a cursor that was not given out, or is confirmed already."""
    actor, peer = _caller(request)
    return Status(201, {"upto": actions.tell_taken(actor, peer, given.cursor, API).upto})


@router.post("/complaint-exchange/numbers", response={201: list[ExchangeDifferenceOut]}, auth=EXCHANGE, summary="Compare what was sent")
def compare_numbers(request: HttpRequest, given: ExchangeNumbersIn) -> Status[list[queries.Difference]]:
    """Every difference between the two sides."""
    actor, peer = _caller(request)
    actions.state_numbers(actor, peer, given.since, given.until, given.numbers, API)
    return Status(201, queries.differences(peer.code))
