"""The capture and query interface of EPCIS 2.0 (ISO/IEC 19987, chapter 12) under /api/epcis/v2.

An API of its own beside /api/v1: the standard fixes its paths, headers and errors. Clients sign their reports as everywhere
(RFC 9421); officers read with their session.
"""

from __future__ import annotations

from typing import Any

import msgspec
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, AuthorizationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from chengxin.accounts import access
from chengxin.kernel import storage
from chengxin.kernel.errors import ChengxinError, Forbidden
from chengxin.traceability import actions, asking, columns, contexts, describing, queries, standing, wording
from chengxin.traceability.access import DESK
from chengxin.traceability.actions import BEHAVIOURS
from chengxin.traceability.answering import (
    HOME,
    LIMITS,
    answered,
    body_of,
    collected,
    given,
    linked,
    page_of,
    problem,
    query_of,
    sender,
    whole,
    without_socket,
)
from chengxin.traceability.describing import JSON
from chengxin.traceability.errors import (
    EpcisError,
    NoSuchResource,
    NotValid,
    WrongParameter,
)
from chengxin.traceability.models import CaptureJob, NamedQuery, TraceEvent

WRITE = access.client_auth("trace:write")
READ = [access.client_auth("trace:read"), access.session_auth(DESK)]
COLLECTIONS = {  # name in the path → (column of events, parameter of the query)
    "bizSteps": ("biz_step", "EQ_bizStep"),
    "bizLocations": ("biz_location", "EQ_bizLocation"),
    "readPoints": ("read_point", "EQ_readPoint"),
    "dispositions": ("disposition", "EQ_disposition"),
}


class Epcis(NinjaAPI):
    """The standard has resources at the root, so ninja's own page there goes."""

    def _get_urls(self) -> list[Any]:
        found: list[Any] = list(super()._get_urls())
        ours = next(one for one in found if one.name == ROOT)
        return [one for one in found if one.name != ROOT or one is ours]

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        describing.complete(schema)
        return schema


ROOT = "api-root"  # the name by which ninja finds its own address
epcis = Epcis(title="EPCIS 2.0", version="2.0.0", urls_namespace="epcis", docs_url=None)


# ---- errors


class _Unknown(EpcisError):
    code = "unauthenticated"
    exception = "SecurityException"
    status = 401
    what = {"zh": "需要身份凭证。", "en": "Credentials are needed."}


@epcis.exception_handler(ChengxinError)
def of_the_family(request: HttpRequest, error: ChengxinError) -> HttpResponse:
    return problem(storage.behind(error) or error)


@epcis.exception_handler(AuthenticationError)
def without_credentials(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problem(_Unknown())


@epcis.exception_handler(AuthorizationError)
def without_permission(request: HttpRequest, error: AuthorizationError) -> HttpResponse:
    return problem(Forbidden())


@epcis.exception_handler(ValidationError)
def with_bad_input(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problem(WrongParameter(name="request", reason=str(error.errors)[:300]))


@epcis.exception_handler(HttpError)
def of_ninja(request: HttpRequest, error: HttpError) -> HttpResponse:
    answer = problem(NotValid(reason=error.message))
    answer.status_code = error.status_code
    return answer


# ---- capture


@epcis.post("/capture", auth=WRITE, summary="Capture a document of events, asynchronously")
def capture_document(request: HttpRequest) -> HttpResponse:
    """202 with the job's address in Location. GS1-Capture-Error-Behaviour: rollback (all or none) or proceed (all that are right)."""
    actor = sender(request)
    body, media = body_of(request)
    behaviour = request.headers.get("GS1-Capture-Error-Behaviour", "rollback").lower()
    if behaviour not in BEHAVIOURS:
        raise WrongParameter(name="GS1-Capture-Error-Behaviour", reason="rollback or proceed")
    if "xml" not in media:
        _looks_like_json(body)
    job = actions.accept(actor, body, media, behaviour)
    kept = {**LIMITS, "Location": f"{HOME}/capture/{job.number}", "GS1-Capture-Error-Behaviour": behaviour}
    return answered(None, JSON, 202, **kept)


def _looks_like_json(body: bytes) -> None:
    """What is no JSON at all is refused at once, not by the job."""
    try:
        msgspec.json.decode(body, type=msgspec.Raw)
    except msgspec.DecodeError as cause:
        raise NotValid(reason=f"JSON: {cause}") from cause


def _said_of(job: CaptureJob) -> dict[str, Any]:
    return {
        "captureID": job.number,
        "createdAt": job.created_at.isoformat(),
        "finishedAt": job.finished_at.isoformat() if job.finished_at else None,
        "running": job.running,
        "success": bool(job.success) if not job.running else False,
        "captureErrorBehaviour": job.behaviour,
        "accepted": job.accepted,
        "repeated": job.repeated,
        "errors": job.errors,
    }


@epcis.get("/capture", auth=READ, summary="Own capture jobs, the newest first")
def capture_jobs(request: HttpRequest) -> HttpResponse:
    per_page = asking.read({name: request.GET.getlist(name) for name in request.GET if name == "perPage"}).per_page
    rows = access.all(access.actor_of(request), CaptureJob).order_by("-id")
    token = request.GET.get("nextPageToken", "")
    rows = rows.filter(pk__lt=int(token)) if token.isdecimal() and len(token) < 19 else rows
    found = list(rows[: per_page + 1])
    answer = answered([_said_of(one) for one in found[:per_page]])
    return linked(request, answer, str(found[per_page - 1].pk) if len(found) > per_page else "")


@epcis.get("/capture/{number}", auth=READ, summary="What became of a capture job")
def capture_job(request: HttpRequest, number: str) -> HttpResponse:
    return answered(_said_of(access.get(access.actor_of(request), CaptureJob, number=number)))


@epcis.post("/events", auth=WRITE, summary="Capture one event")
def capture_event(request: HttpRequest) -> HttpResponse:
    """201 with the event's address; the same event again: the same answer."""
    actor = sender(request)
    body, media = body_of(request)
    incoming = actions.read(body, media)
    if len(incoming.events) != 1:
        raise NotValid(reason="one event; documents go to /capture")
    job = actions.capture(incoming.events, actor, context=incoming.context)
    event_id = job.stored.values_list("event_id", flat=True).first() or actions.id_of(incoming.events[0], incoming.context)
    return answered(None, JSON, 201, Location=f"{HOME}/events/{event_id}")


# ---- queries


@epcis.get("/events", auth=READ, summary="Query events")
def events(request: HttpRequest) -> HttpResponse:
    """Parameters as in the standard's query language: EQ_bizStep, GE_eventTime, MATCH_anyEPC … (8.2.7.1)."""
    without_socket(request)
    asked_for, spaces = given(request)
    return page_of(request, asking.read(asked_for, spaces))


@epcis.get("/events/{path:event_id}", auth=READ, summary="One event by its ID")
def event(request: HttpRequest, event_id: str) -> HttpResponse:
    """The event with its context; with its error declaration where there is one."""
    if not event_id.isprintable():
        raise NoSuchResource
    query = request.META.get("QUERY_STRING", "")
    wanted = [event_id, f"{event_id}?{query}"]  # the ID of a hash ends with ?ver=CBV2.0
    row = access.all(access.actor_of(request), TraceEvent).filter(event_id__in=wanted).order_by("-id").first()
    if row is None:
        raise NoSuchResource
    (said,), context = queries.contents([row])
    return answered(said if "@context" in said else {"@context": context, **said}, JSON)


def _narrowed(request: HttpRequest, where: Q) -> HttpResponse:
    """Events under a resource; one that no event of the reader's names is not there."""
    asked_for, spaces = given(request)
    asked = asking.read(asked_for, spaces)
    if not access.all(access.actor_of(request), TraceEvent).filter(where).exists():
        raise NoSuchResource
    asked.where &= where
    return page_of(request, asked)


@epcis.get("/epcs/{path:epc}/events", auth=READ, summary="Events about an item")
def events_of_epc(request: HttpRequest, epc: str) -> HttpResponse:
    """By EPC URN, Digital Link URI or class."""
    wanted = [whole(epc)]
    return _narrowed(request, asking.read({"MATCH_anyEPC": wanted}).where | asking.read({"MATCH_anyEPCClass": wanted}).where)


@epcis.get("/eventTypes", auth=READ, summary="Types of events that there are")
def event_types(request: HttpRequest) -> HttpResponse:
    return collected(list(columns.KINDS))


@epcis.get("/eventTypes/{event_type}/events", auth=READ, summary="Events of a type")
def events_of_type(request: HttpRequest, event_type: str) -> HttpResponse:
    if event_type not in columns.KINDS and ":" not in event_type:
        raise NoSuchResource
    asked_for, spaces = given(request)
    asked = asking.read(asked_for, spaces)
    asked.where &= asking.read({"eventType": [event_type]}).where
    return page_of(request, asked)


@epcis.get("/epcs", auth=READ, summary="Items that there are events about")
def epcs(request: HttpRequest) -> HttpResponse:
    per_page = asking.read({"perPage": [request.GET.get("perPage", str(asking.PER_PAGE))]}).per_page
    found = queries.distinct_items(access.actor_of(request), request.GET.get("nextPageToken", ""), per_page + 1)
    return linked(request, collected(found[:per_page]), found[per_page - 1] if len(found) > per_page else "")


# ---- named queries


def _query_of(said: Any) -> dict[str, list[Any]]:
    """A query in JSON as parameters."""
    if not isinstance(said, dict):
        raise NotValid(reason="query: must be an object")
    return {name: value if isinstance(value, list) else [value] for name, value in said.items()}


def _spaces(said: dict[str, Any]) -> dict[str, str]:
    if "@context" not in said:
        return {}
    return contexts.prefixes(contexts.text_of(said["@context"]))


@epcis.post("/queries", auth=WRITE, summary="Keep a query under a name")
def make_query(request: HttpRequest) -> HttpResponse:
    """{"name": …, "query": {…}}. Polled at /queries/{name}/events with nextPageToken."""
    actor = sender(request)
    try:
        said = msgspec.json.decode(body_of(request)[0])
        name, query = said["name"], said["query"]
    except (msgspec.DecodeError, KeyError, TypeError, RecursionError) as cause:
        raise NotValid(reason=f"name and query are needed: {cause}") from cause
    if not isinstance(name, str) or not 0 < len(name) <= 100 or "/" in name or not name.isprintable():
        raise NotValid(reason="name: 1 to 100 characters without a slash")
    asking.read(_query_of(query), _spaces(query))
    actions.keep_query(actor, name, query)
    return answered(None, JSON, 201, Location=f"{HOME}/queries/{name}")


READ_OWN = access.client_auth("trace:read")


@epcis.get("/queries", auth=READ_OWN, summary="Own named queries")
def named_queries(request: HttpRequest) -> HttpResponse:
    rows = access.all(access.actor_of(request), NamedQuery).order_by("name")
    return answered([{"name": one.name, "query": one.query, "createdAt": one.created_at.isoformat()} for one in rows])


@epcis.get("/queries/{name}", auth=READ_OWN, summary="A named query")
def named_query(request: HttpRequest, name: str) -> HttpResponse:
    found = query_of(request, name)
    return answered({"name": found.name, "query": found.query, "createdAt": found.created_at.isoformat()})


@epcis.delete("/queries/{name}", auth=WRITE, summary="Forget a named query")
def drop_query(request: HttpRequest, name: str) -> HttpResponse:
    actions.drop_query(access.actor_of(request), query_of(request, name))
    return answered(None, JSON, 204)


@epcis.get("/queries/{name}/events", auth=READ_OWN, summary="Events of a named query; ask again with the last token for what is new")
def events_of_query(request: HttpRequest, name: str) -> HttpResponse:
    without_socket(request)
    found = query_of(request, name)
    paging = {one: request.GET.getlist(one) for one in ("perPage", "nextPageToken") if one in request.GET}
    asked = asking.read({**_query_of(found.query), **paging}, _spaces(found.query))
    return page_of(request, asked, name=name, poll=True)


epcis.add_router("", standing.router)


@epcis.get("/{of}", auth=READ, summary="Business steps, dispositions, places that events name")
def collection(request: HttpRequest, of: str) -> HttpResponse:
    """of: bizSteps, bizLocations, readPoints or dispositions."""
    if of not in COLLECTIONS:
        raise NoSuchResource
    per_page = asking.read({"perPage": [request.GET.get("perPage", str(asking.PER_PAGE))]}).per_page
    found = queries.distinct(access.actor_of(request), COLLECTIONS[of][0], request.GET.get("nextPageToken", ""), per_page + 1)
    return linked(request, collected(found[:per_page]), found[per_page - 1] if len(found) > per_page else "")


@epcis.get("/{of}/{path:value}/events", auth=READ, summary="Events of a business step, disposition or place")
def events_of(request: HttpRequest, of: str, value: str) -> HttpResponse:
    """of: bizSteps, bizLocations, readPoints or dispositions."""
    if of not in COLLECTIONS:
        raise NoSuchResource
    return _narrowed(request, asking.read({COLLECTIONS[of][1]: [whole(value)]}).where)


# ---- what is offered


def _options(request: HttpRequest) -> HttpResponse:
    forms = {"GS1-EPC-Format": ",".join(wording.EPC_FORMATS), "GS1-CBV-XML-Format": ",".join(wording.CBV_FORMATS)}
    return answered(None, JSON, 204, Allow="GET, POST, OPTIONS", **LIMITS, **forms)


for _where in ("/capture", "/events", "/queries", "/epcs", "/eventTypes"):
    epcis.api_operation(["OPTIONS"], _where, auth=None, operation_id=f"options{_where.replace('/', '_')}", summary="Versions and limits")(
        access.open_to_all(_options)
    )


epcis.api_operation(["OPTIONS"], "", auth=None, operation_id="options", summary="Versions and limits", url_name=ROOT)(
    access.open_to_all(_options)
)


@epcis.get("", auth=READ, summary="Top-level resources", url_name=ROOT)
def top_level(request: HttpRequest) -> HttpResponse:
    return collected(["capture", "events", "queries", "epcs", "eventTypes", *COLLECTIONS])
