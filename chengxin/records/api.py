"""The credit file for programs: an officer's and an owner's reading of a file, and the check of a report's code by anybody."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from chengxin.accounts import access
from chengxin.kernel.errors import NotFound
from chengxin.records import actions, queries
from chengxin.records.access import DESK, OWNERS
from chengxin.records.reports import check
from chengxin.subjects.models import Subject

router = Router()


class CreditRecordOut(Schema):
    """A record with its source. `leaf`: its entry in the public log; `public_until`: the last day it is public, none without an end."""

    number: str
    type: dict[str, str]
    item: str
    kind: str
    origin: str
    level: str
    summary: str
    behaviour: str
    amount_fen: int | None
    maker: str
    basis: str
    document_number: str
    document_hash: str
    decided_on: date
    valid_from: date
    valid_until: date | None
    known_from: datetime
    disputed: bool
    public: bool
    public_until: date | None
    leaf: int


class CreditFileOut(Schema):
    """A subject's file as asked for."""

    id: str
    name: str
    uscc: str
    true_on: date | None
    known_on: date | None
    records: list[CreditRecordOut]


class Days(Schema):
    true_on: date | None = Field(None, description="Only what was true on this day")
    known_on: date | None = Field(None, description="With what was known at the end of this day")


class CheckedReportOut(Schema):
    """That a report is genuine. `changed`: a record in it has been superseded or withdrawn since."""

    number: str
    subject: str
    made_at: datetime
    true_on: date
    known_on: date
    sha256: str
    leaf: int
    changed: bool


@router.get("/records/subjects/{id}", response=CreditFileOut, auth=access.session_auth((*DESK, *OWNERS)), summary="A subject's credit file")
def credit_file(request: HttpRequest, id: str, days: Query[Days]) -> dict[str, Any]:
    """The file as true on one day and as known on another. An officer states a purpose (X-Purpose) and the reading is logged; an owner
    reads the own file only. 404 for another's and for a missing one."""
    actor = access.actor_of(request)
    own = {} if actor.has(*DESK) else {"pk__in": actor.subjects}
    subject = access.get(actor, Subject, pk=id, **own)
    if not own:
        actions.note_read(actor, subject, str(access.purpose(request)))
    found = queries.of_subject(subject, days.true_on, days.known_on)
    who = {"id": str(subject.pk), "name": subject.name, "uscc": subject.uscc or ""}
    return {**who, "true_on": days.true_on, "known_on": days.known_on, "records": [queries.as_data(one) for one in found]}


@router.get("/records/reports/{code}", response=CheckedReportOut, auth=None, summary="Is a credit report genuine?")
@access.open_to_all
def check_report(request: HttpRequest, code: str) -> dict[str, Any]:
    """What the holder of a report may learn by the code printed on it."""
    found = check(code.strip().upper())
    if found is None:
        raise NotFound
    return vars(found)
