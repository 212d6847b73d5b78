"""For programs: carriers push events, platforms ask before admitting a firm and confirm bans, everybody reads the three ratings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema, Status

from chengxin.accounts import access, signatures
from chengxin.delivery import actions, carriers, queries, timeline
from chengxin.delivery.access import DESK, firm_by_code
from chengxin.delivery.actions.events import MOST
from chengxin.delivery.actions.incidents import state_for_reporter
from chengxin.delivery.models import Incident
from chengxin.facts.api import ReceiptOut
from chengxin.kernel.errors import NotFound
from chengxin.subjects.models import Platform

router = Router()
WRITE = access.client_auth("facts:write")
ASK, CONFIRM, REPORT = (access.client_auth(scope) for scope in ("lists:screen", "lists:write", "clues:report"))


class EventsIn(Schema):
    """Events in a carrier's own format; the fields of each are the format's."""

    format: str = Field(max_length=40, description="One of the formats of GET /shipments/formats")
    events: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MOST)]


class CarrierFormatOut(Schema):
    """A format: our columns and the carrier's fields, the carrier's codes and our status."""

    code: str
    carrier: str
    name: dict[str, str]
    fields: dict[str, str]
    time: str
    statuses: dict[str, str]


class ScanOut(Schema):
    status: str
    at: datetime
    division: str
    outlet: str
    reporter: str
    source: str
    flags: list[str] = Field(description="What does not fit the chain: gap, too_fast, overlap, after_end")


class HoldingOut(Schema):
    """One outlet's time with the parcel; operators are pseudonyms."""

    outlet: str
    since: datetime
    until: datetime | None
    operators: list[str]
    flags: list[str]
    events: list[str]


class ShipmentOut(Schema):
    """A parcel's timeline and chain of custody as computed. `root`: the snapshot of the lake it was read from."""

    waybill_no: str
    courier: str
    origin: str
    dest: str
    collected_at: datetime
    delivered_at: datetime | None
    last_holder: str
    scans: list[ScanOut]
    chain: list[HoldingOut]
    root: str


class ShipmentQuery(Schema):
    order_no: str = Field(min_length=1, max_length=64, description="One order in the parcel: both numbers have to agree")


class ParcelIncidentIn(Schema):
    """Something went wrong with a parcel of the platform's trade."""

    waybill_no: str = Field(min_length=1, max_length=64)
    order_no: str = Field(min_length=1, max_length=64)
    kind: Literal["lost", "damaged", "late", "false_sign", "privacy", "attitude"]
    text: str = Field(min_length=4, max_length=1000, description="No names and no telephone numbers")


class ParcelIncidentOut(Schema):
    """Where an incident stands; the firm answers by `due_on`."""

    number: str
    firm: str
    kind: str
    state: str
    due_on: date
    reply: str
    finding: str
    amount_fen: int | None


class BanReceiptOut(Schema):
    ban: str
    platform: str
    act: str
    at: datetime


class FirmStatusOut(Schema):
    """A chengxin-receipt/1 file. `document` is the signed JSON: firm, platform, at, admit (may it be admitted), ban or null."""

    format: str
    kind: str
    document: str
    nonce: str
    signature: str
    leaf: dict[str, Any]
    proof: list[str]
    head: str
    key: str


class RatingMarkOut(Schema):
    dim: str
    mean: float | None
    low: float | None
    high: float | None


class RatingSeriesOut(Schema):
    """What one kind of rater says; the kinds are never added up."""

    rater: str
    n: int
    marks: list[RatingMarkOut]


class FirmBanOut(Schema):
    number: str
    since: date
    until: date
    document_number: str


class CourierFirmOut(Schema):
    code: str
    name: str
    ratings: list[RatingSeriesOut]
    ban: FirmBanOut | None


def _reporter(request: HttpRequest) -> tuple[access.Actor, Platform]:
    """Who sends, checked by signature where the client signs, and under which code."""
    actor = access.actor_of(request)
    client = access.client_of(actor)
    if client is not None and request.method == "POST":
        signatures.verify_signed_request(request, client)
    return actor, access.get(actor, Platform, code__in=actor.platforms)


# Before the routes of a waybill, which would take “formats” and “events” for one.
@router.get("/shipments/formats", response=list[CarrierFormatOut], auth=None, summary="Carriers' formats that are understood")
@access.open_to_all
def formats(request: HttpRequest) -> list[dict[str, Any]]:
    """Each format with its fields and codes."""
    return [
        {
            "code": one.code,
            "carrier": one.carrier,
            "name": {"zh": one.zh, "en": one.en},
            "fields": dict(one.fields),
            "time": one.time,
            "statuses": dict(one.codes),
        }
        for one in carriers.formats().values()
    ]


@router.post("/shipments/events", response={201: ReceiptOut}, auth=WRITE, summary="Push events of many parcels")
def push_batch(request: HttpRequest, given: EventsIn) -> HttpResponse:
    """Good events are kept, bad ones set aside with reasons; the same events again give the first receipt. Nothing is ever changed."""
    actor, reporter = _reporter(request)
    receipt = actions.push_events(actor, reporter, given.format, given.events)
    return HttpResponse(receipt.document, status=201, content_type="application/json")


@router.post("/shipments/{waybill}/events", response={201: ReceiptOut}, auth=WRITE, summary="Push events of one parcel")
def push_events(request: HttpRequest, waybill: str, given: EventsIn) -> HttpResponse:
    """As with many, and every event has to be of this waybill."""
    actor, reporter = _reporter(request)
    receipt = actions.push_events(actor, reporter, given.format, given.events, waybill[:64])
    return HttpResponse(receipt.document, status=201, content_type="application/json")


@router.get(
    "/shipments/{waybill}", response=ShipmentOut, auth=access.session_auth(DESK), summary="A parcel's timeline and chain of custody"
)
def shipment(request: HttpRequest, waybill: str, query: Query[ShipmentQuery]) -> dict[str, Any]:
    """For officers: the timeline over all reporters, and what does not fit. 404 when waybill and order do not agree."""
    found = timeline.parcel(waybill, query.order_no)
    scans = [
        {
            "status": one.status,
            "at": one.at,
            "division": one.division,
            "outlet": one.outlet,
            "reporter": one.platform,
            "source": one.source,
            "flags": one.flags,
        }
        for one in found.scans
    ]
    names = ("waybill_no", "courier", "origin", "dest", "collected_at", "delivered_at", "last_holder", "root")
    return {**{name: getattr(found, name) for name in names}, "scans": scans, "chain": timeline.as_data(found)}


@router.post("/courier-incidents", response={201: ParcelIncidentOut}, auth=REPORT, summary="Report that a parcel went wrong")
def report_incident(request: HttpRequest, given: ParcelIncidentIn) -> Status[dict[str, Any]]:
    """Waybill and order have to be of one parcel on record. One open incident of a kind a parcel; the same again is refused (409)."""
    actor, _platform = _reporter(request)
    made = actions.report(actor, "platform", given.waybill_no, given.order_no, given.kind, given.text)
    return Status(201, state_for_reporter(made))


@router.get("/courier-incidents/{number}", response=ParcelIncidentOut, auth=REPORT, summary="Where an incident stands")
def incident_state(request: HttpRequest, number: str) -> dict[str, Any]:
    """The platform's own reports only; 404 for another's and for a missing one."""
    return state_for_reporter(access.get(access.actor_of(request), Incident, number=number))


@router.get("/courier-firms", response=list[CourierFirmOut], auth=None, summary="Courier firms with three ratings each and bans in force")
@access.open_to_all
def firms(request: HttpRequest) -> list[dict[str, Any]]:
    """Regulators', merchants' and consumers' ratings stand side by side; there is no sum."""
    return [_firm(row) for row in queries.public_firms()]


@router.get("/courier-firms/{id}", response=CourierFirmOut, auth=None, summary="One courier firm")
@access.open_to_all
def firm(request: HttpRequest, id: str) -> dict[str, Any]:
    """By the firm's code."""
    found = firm_by_code(id)
    if found.status != "active":
        raise NotFound
    return _firm(queries.public_firm(found))


def _firm(row: dict[str, Any]) -> dict[str, Any]:
    firm, ban = row["firm"], row["ban"]
    barred = {"number": ban.number, "since": ban.since, "until": ban.until, "document_number": ban.record.document_number} if ban else None
    series = [{"rater": one.rater, "n": one.n, "marks": [vars(mark) for mark in one.marks]} for one in row["series"]]
    return {"code": firm.code, "name": firm.name, "ratings": series, "ban": barred}


@router.get("/courier-firms/{id}/status", response=FirmStatusOut, auth=ASK, summary="May this firm be admitted?")
def firm_status(request: HttpRequest, id: str) -> dict[str, Any]:
    """What a platform asks before it lets a courier firm in. The answer is signed, holds for its time, and each asking is logged."""
    actor, platform = _reporter(request)
    return actions.tell_status(actor, platform.code, id)[1]


@router.post(
    "/courier-bans/{number}/receipts", response={201: BanReceiptOut}, auth=CONFIRM, summary="Confirm that a ban is applied or lifted"
)
def confirm_ban(request: HttpRequest, number: str) -> Status[dict[str, Any]]:
    """While the ban is in force: applied; after it ended: lifted. The same again is the same receipt."""
    actor, platform = _reporter(request)
    made = actions.confirm_receipt(actor, platform.code, number)
    return Status(201, {"ban": made.ban.number, "platform": made.platform, "act": made.act, "at": made.at})
