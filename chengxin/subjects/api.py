"""A platform's interface to the register: its shops, their verification, its identity reports."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, File, Query, Router, Schema
from ninja.files import UploadedFile
from pydantic import ConfigDict, create_model

from chengxin.accounts import access
from chengxin.subjects import actions, entries, queries
from chengxin.subjects.actions import imports, naming
from chengxin.subjects.models import IdentityReportBatch, ImportRun, Platform, Shop
from chengxin.subjects.queries.names import MOST_NAMES
from chengxin.subjects.vocabulary import shop_columns

router = Router()
MATCH = access.client_auth("subjects:match")
WRITE, READ = access.client_auth("shops:write"), access.client_auth("shops:read")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class _Columns(Schema):
    model_config = ConfigDict(extra="forbid")


def _field(column: dict[str, Any]) -> Any:
    required = column.get("required") == "all"
    text = Annotated[str, Field(max_length=2000)]
    about = f"{column['zh']} / {column['en']}"
    return (text, Field(description=about)) if required else (text | None, Field(None, description=about))


if TYPE_CHECKING:

    class ShopIn(_Columns):
        """The columns of shop_columns.yaml."""
else:
    ShopIn = create_model("ShopIn", __base__=_Columns, **{name: _field(column) for name, column in shop_columns().items()})


class ShopOut(Schema):
    """A registered shop. `outcome`: created, changed or unchanged; `differences`: fields in which the register holds something else."""

    shop_id: str
    outcome: str
    state: str
    current: bool
    next_due_on: date | None
    changed: list[str]
    differences: list[str]


class RowError(Schema):
    row: int
    field: str
    value: str
    code: str
    why: dict[str, str]
    remedy: dict[str, str]


class ImportOut(Schema):
    """What an import came to; `errors` names every refused field."""

    id: str
    rows: int
    accepted: int
    unchanged: int
    refused: int
    made_at: datetime
    errors: list[RowError]


class BatchIn(Schema):
    shops: list[ShopIn] = Field(min_length=1, max_length=1000)


class ShopLine(Schema):
    shop_id: str
    name: str
    state: str
    registered: bool
    over_100k: bool
    verified_at: datetime | None
    next_due_on: date | None
    licence_expires_on: date | None


class VerificationOut(Schema):
    shop_id: str
    state: str
    state_reason: str
    current: bool
    verified_at: datetime | None
    next_due_on: date | None
    licence_expires_on: date | None
    over_100k: bool
    verifications: list[dict[str, Any]]


class ExitIn(Schema):
    closed_on: date | None = None


class ReportRowIn(Schema):
    shop_id: str = Field(max_length=100)
    shape: str = Field(max_length=12)
    fields: dict[str, str | bool]


class ReportIn(Schema):
    year: int = Field(ge=2020, le=2100)
    month: int = Field(ge=1, le=12)
    rows: list[ReportRowIn] = Field(min_length=1, max_length=20_000)


class ReportOut(Schema):
    year: int
    month: int
    status: str
    receipts: list[dict[str, Any]]


class ShopQuery(Schema):
    state: str = Field("", max_length=14)
    q: str = Field("", max_length=200)
    after: str = Field("", max_length=100, description="The last shop_id of the page before")


class NamesIn(Schema):
    names: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(min_length=1, max_length=MOST_NAMES)
    limit: int = Field(5, ge=1, le=20, description="The most subjects for each name")


class MatchReason(Schema):
    """What one part of the two names says, with the points it gives."""

    part: str
    level: str
    points: int
    text: dict[str, str]


class NameMatch(Schema):
    """A subject of the register. `verdict`: same, maybe (a person looks), related (a branch); `by`: name, old_name, brand or shop."""

    subject: str
    name: str
    uscc: str
    status: str
    by: str
    by_text: dict[str, str]
    matched: str
    score: int
    verdict: str
    verdict_text: dict[str, str]
    reasons: list[MatchReason]


class NameAnswer(Schema):
    asked: str
    matches: list[NameMatch]


@router.post("/subjects/match", response=list[NameAnswer], auth=MATCH, summary="Which subjects these names may be of, with reasons")
def match_names(request: HttpRequest, body: NamesIn) -> Any:
    """For systems of departments: each name with the subjects it may be of, best first. A verdict is a clue, never a decision."""
    answers = naming.ask_names(access.actor_of(request), body.names, body.limit)
    return [{"asked": name, "matches": [one.as_data() for one in some]} for name, some in answers]


@router.post("/shops", response=ShopOut, auth=WRITE, summary="Register a shop or bring it up to date")
def upsert(request: HttpRequest, body: ShopIn) -> dict[str, Any]:
    """Idempotent: the same body again answers `unchanged`."""
    actor = access.actor_of(request)
    done = actions.upsert_shop(_platform(actor), entries.parse(body.dict()), actor)
    return {**_line(done.shop), "outcome": done.outcome, "changed": done.changed, "differences": done.differences}


@router.get("/shops", response=list[ShopLine], auth=READ, summary="Own shops, 500 at a time")
def shops(request: HttpRequest, query: Query[ShopQuery]) -> Any:
    """Ordered by shop_id; ask again with `after`."""
    found = access.all(access.actor_of(request), Shop).order_by("shop_id").filter(shop_id__gt=query.after)
    if query.state:
        found = found.filter(state=query.state)
    return found.filter(pk__in=queries.search_shops(query.q).values("pk"))[:500] if query.q else found[:500]


@router.post("/shops/batch", response=ImportOut, auth=WRITE, summary="Register up to 1,000 shops; each row stands alone")
def batch(request: HttpRequest, body: BatchIn) -> dict[str, Any]:
    """The same batch again gives the first answer."""
    actor = access.actor_of(request)
    return _run(actions.import_rows(_platform(actor), [one.dict() for one in body.shops], actor))


@router.post("/shops/import", response=ImportOut, auth=WRITE, summary="Import a sheet of shops (xlsx, csv)")
def import_sheet(request: HttpRequest, file: File[UploadedFile]) -> dict[str, Any]:
    """Good rows are registered, bad ones come back with field, value, reason and remedy."""
    actor = access.actor_of(request)
    return _run(actions.import_shops(_platform(actor), file.name or "", file.read(imports.MOST_BYTES + 1), actor))


@router.get("/shops/imports/{id}", response=ImportOut, auth=READ, summary="An import again")
def import_run(request: HttpRequest, id: str) -> dict[str, Any]:
    return _run(access.get(access.actor_of(request), ImportRun, pk=id))


_SHEET = {"responses": {200: {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}}}


@router.get("/shops/imports/{id}/errors.xlsx", auth=READ, openapi_extra=_SHEET, summary="The refused fields of an import as a sheet")
def import_errors(request: HttpRequest, id: str) -> HttpResponse:
    run = access.get(access.actor_of(request), ImportRun, pk=id)
    return HttpResponse(imports.error_sheet(run), content_type=XLSX)


@router.get("/shops/{shop_id}/verification", response=VerificationOut, auth=READ, summary="A shop's real-name verification")
def verification(request: HttpRequest, shop_id: str) -> dict[str, Any]:
    return queries.verification_of(_shop(request, shop_id))


@router.post("/shops/{shop_id}/exit", response=VerificationOut, auth=WRITE, summary="A shop leaves the platform")
def leave(request: HttpRequest, shop_id: str, body: ExitIn) -> dict[str, Any]:
    """Its data are kept three years and not changed any more."""
    return queries.verification_of(actions.exit_shop(_shop(request, shop_id), access.actor_of(request), body.closed_on))


@router.post("/identity-reports", response=ReportOut, auth=WRITE, summary="The January or July identity report")
def identity_report(request: HttpRequest, body: ReportIn) -> dict[str, Any]:
    """Each row is accepted or rejected with reasons; the same report again gives the first receipts."""
    actor = access.actor_of(request)
    rows = [one.dict() for one in body.rows]
    return _receipts(actions.receive_report(_platform(actor), body.year, body.month, rows, actor))


@router.get("/identity-reports/{period}", response=ReportOut, auth=READ, summary="The receipts of an identity report")
def identity_receipts(request: HttpRequest, period: str) -> dict[str, Any]:
    """`period` is a year and month, 2027-01 or 2027-07."""
    year, _dash, month = period.partition("-")
    return _receipts(access.get(access.actor_of(request), IdentityReportBatch, year=year, month=month))


def _platform(actor: access.Actor) -> Platform:
    return access.get(actor, Platform, code__in=actor.platforms)


def _shop(request: HttpRequest, shop_id: str) -> Shop:
    return access.get(access.actor_of(request), Shop, shop_id=shop_id)


def _line(shop: Shop) -> dict[str, Any]:
    known = queries.verification_of(shop)
    return {name: known[name] for name in ("shop_id", "state", "current", "next_due_on")}


def _run(run: ImportRun) -> dict[str, Any]:
    plain = {name: getattr(run, name) for name in ("rows", "accepted", "unchanged", "refused", "made_at")}
    return {"id": str(run.pk), **plain, "errors": imports.problems_of(run)}


def _receipts(batch: IdentityReportBatch) -> dict[str, Any]:
    rows = batch.rows.select_related("shop")
    receipts = [{"row": row.row, "shop_id": row.shop.shop_id, "receipt": row.receipt, "reasons": row.reasons} for row in rows]
    return {"year": batch.year, "month": batch.month, "status": batch.status, "receipts": receipts}
