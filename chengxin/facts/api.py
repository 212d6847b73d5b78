"""Reporting by machine. A body is one batch; the answer is its signed receipt, the first one when the batch was sent before."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router, Schema
from pydantic import Field

from chengxin.accounts import access, signatures
from chengxin.facts import describe, intake, lists, queries
from chengxin.facts.errors import Damaged, TooLarge, UnknownFormat
from chengxin.facts.kinds import kind as kind_of
from chengxin.facts.kinds import kinds
from chengxin.facts.models import Receipt
from chengxin.kernel.tables import WRITERS
from chengxin.subjects.models import Platform

router = Router()
WRITE, READ = access.client_auth("facts:write"), access.client_auth("receipts:read")
MOST_BYTES = 64 * 1024 * 1024

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CONTENT_TYPES = {
    "application/x-ndjson": "ndjson",
    "application/jsonl": "ndjson",
    "application/json": "json",
    "text/csv": "csv",
    XLSX: "xlsx",
    "application/vnd.apache.parquet": "parquet",
    "application/vnd.apache.arrow.stream": "arrow",
    "application/vnd.apache.arrow.file": "arrow",
}

KindName = Path[Annotated[str, Field(max_length=32, json_schema_extra={"enum": list(kinds())})]]


class ReceiptLeafOut(Schema):
    index: int
    hash_name: str
    body: str


class ReceiptOut(Schema):
    """A chengxin-receipt/1 file, to be kept as it comes: `chengxin verify` and the page /verify/ check it without asking the city.

    `document` is the exact text that was signed, JSON with the batch's id, its counts and reasons, the digest of its rows and of its file.
    """

    format: Literal["chengxin-receipt/1"]
    kind: str
    document: str
    nonce: str
    signature: str
    leaf: ReceiptLeafOut
    proof: list[str]
    head: str
    key: str


class ErrorOut(Schema):
    row: int
    field: str
    name: str
    value: str
    code: str
    why: str
    remedy: str


class ErrorQuery(Schema):
    format: str = Field("json", pattern="^(json|csv|xlsx)$")


def _body() -> dict[str, Any]:
    """The request body for the OpenAPI document: rows of any kind, or a file."""
    rows = {"type": "array", "minItems": 1, "items": {"anyOf": [describe.json_schema(kind) for kind in kinds().values()]}}
    binary = {"schema": {"type": "string", "format": "binary"}}
    content = {name: {"schema": rows} if form == "json" else binary for name, form in CONTENT_TYPES.items()}
    return {"requestBody": {"required": True, "content": content}}


# Before the route of a kind, which would take “schema” for one.
@router.get("/facts/schema", response=dict[str, Any], auth=None, summary="All kinds of facts as JSON Schema")
@access.open_to_all
def schema(request: HttpRequest) -> dict[str, Any]:
    return {kind.kind: describe.json_schema(kind) for kind in kinds().values()}


@router.get("/facts/schema/{kind}", response=dict[str, Any], auth=None, summary="One kind of fact as JSON Schema")
@access.open_to_all
def schema_of(request: HttpRequest, kind: KindName) -> dict[str, Any]:
    return describe.json_schema(kind_of(kind))


@router.post("/facts/{kind}", response={201: ReceiptOut}, auth=WRITE, openapi_extra=_body(), summary="Report a batch of facts")
def report(request: HttpRequest, kind: KindName, correction: bool = False) -> HttpResponse:
    """Good rows are accepted, bad ones set aside with reasons; the same rows again, in any order or format, give the first receipt."""
    actor = access.actor_of(request)
    of, format = kind_of(kind), format_of(request)
    check_size(request)
    client = access.client_of(actor)
    if client is not None:
        signatures.verify_signed_request(request, client)
    receipt = intake.accept_batch(_platform(actor), of.kind, request.body, format, actor.id, correction=correction)
    return HttpResponse(receipt.document, status=201, content_type="application/json")


def _platform(actor: access.Actor) -> Platform:
    return access.get(actor, Platform, code__in=actor.platforms)


def format_of(request: HttpRequest) -> str:
    """The format that the content type names. Raises UnknownFormat (415)."""
    given = (request.content_type or "").lower()
    if given not in CONTENT_TYPES:
        raise UnknownFormat(format=given[:80], known=", ".join(CONTENT_TYPES))
    return CONTENT_TYPES[given]


def check_size(request: HttpRequest) -> None:
    """Raises TooLarge (413) before the body is read, Damaged for a compressed body."""
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    if length > MOST_BYTES:
        raise TooLarge(limit=f"{MOST_BYTES >> 20} MiB", found=f"{length >> 20} MiB")
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise Damaged(
            reason_zh="不接受压缩的请求体；Parquet 本身已压缩。",
            reason_en="Compressed bodies are not accepted; Parquet is compressed in itself.",
        )


@router.get("/facts/receipts/{id}", response=ReceiptOut, auth=READ, summary="A receipt again, byte for byte")
def receipt(request: HttpRequest, id: str) -> HttpResponse:
    found = access.get(access.actor_of(request), Receipt, pk=id)
    return HttpResponse(found.document, content_type="application/json")


def _files() -> dict[str, Any]:
    """The answer's other formats for the OpenAPI document."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    return {"responses": {200: {"content": {"text/csv": binary, XLSX: binary}}}}


@router.get(
    "/facts/receipts/{id}/errors",
    response=list[ErrorOut],
    auth=READ,
    openapi_extra=_files(),
    summary="The rows that a batch set aside, as JSON, CSV or xlsx",
)
def errors(request: HttpRequest, id: str, query: Query[ErrorQuery]) -> Any:
    """Row, column, value, reason and remedy of each problem; values of personal columns are never repeated."""
    found = access.get(access.actor_of(request), Receipt, pk=id)
    lines = lists.error_lines(found, queries.errors(found))
    if query.format == "json":
        return lines
    columns = list(lists.ERRORS.columns)
    body, mime = WRITERS[query.format](columns, ([column.read(line) for column in columns] for line in lines))
    return HttpResponse(body, content_type=mime)
