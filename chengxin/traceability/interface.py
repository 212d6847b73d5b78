"""The capture and query interface of EPCIS 2.0 (ISO/IEC 19987, chapter 12) under /api/epcis/v2.

An API of its own beside /api/v1: the standard fixes its paths, headers and errors. Clients sign their reports as everywhere
(RFC 9421); officers read with their session.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import msgspec
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, AuthorizationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from chengxin.accounts import access, signatures
from chengxin.accounts.access import Actor
from chengxin.kernel import clock
from chengxin.kernel.errors import ChengxinError, Forbidden
from chengxin.traceability import actions, asking, columns, contexts, describing, documents, queries, wording, xml_out
from chengxin.traceability.access import DESK
from chengxin.traceability.actions import BEHAVIOURS, MOST_BYTES, MOST_EVENTS
from chengxin.traceability.describing import JSON, JSON_LD, PROBLEM, XML
from chengxin.traceability.errors import (
    DuplicateName,
    EpcisError,
    NoSuchName,
    NoSuchResource,
    NotOffered,
    NotValid,
    TooLong,
    WrongMedia,
    WrongParameter,
)
from chengxin.traceability.models import CaptureJob, NamedQuery, TraceEvent

HOME = "/api/epcis/v2"
WRITE = access.client_auth("trace:write")
READ = [access.client_auth("trace:read"), access.session_auth(DESK)]
VERSIONS = {
    "GS1-EPCIS-Version": "2.0.0",
    "GS1-CBV-Version": "2.0.0",
    "GS1-EPCIS-Min": "1.2.0",
    "GS1-EPCIS-Max": "2.0.0",
    "GS1-CBV-Min": "1.2.2",
    "GS1-CBV-Max": "2.0.0",
    "GS1-Vendor-Version": "1.0.0",
}
LIMITS = {
    "GS1-EPCIS-Capture-Limit": str(MOST_EVENTS),
    "GS1-EPCIS-Capture-File-Size-Limit": str(MOST_BYTES),
    "GS1-Capture-Error-Behaviour": ",".join(BEHAVIOURS),
}
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


# ---- answers


def problem(error: ChengxinError) -> HttpResponse:
    """An error as problem+json, by the standard's name."""
    said = error.problem()
    if not isinstance(error, EpcisError):
        named = {401: "SecurityException", 403: "SecurityException", 404: "NoSuchResourceException"}
        by_status = "ImplementationException" if error.status >= 500 else "ValidationException"
        said["type"] = f"epcisException:{named.get(error.status, by_status)}"
    answer = answered(said, PROBLEM, error.status)
    if "seconds" in error.data:
        answer.headers["Retry-After"] = str(error.data["seconds"])
    return answer


def answered(said: Any, media: str = JSON, status: int = 200, **headers: str) -> HttpResponse:
    body = said if isinstance(said, bytes) else b"" if said is None else msgspec.json.encode(said, enc_hook=str)
    answer = HttpResponse(body, status=status, content_type=media)
    for name, value in {**VERSIONS, **headers}.items():
        answer.headers[name] = value
    return answer


class _Unknown(EpcisError):
    code = "unauthenticated"
    exception = "SecurityException"
    status = 401
    what = {"zh": "需要身份凭证。", "en": "Credentials are needed."}


@epcis.exception_handler(ChengxinError)
def of_the_family(request: HttpRequest, error: ChengxinError) -> HttpResponse:
    return problem(error)


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


def _sender(request: HttpRequest) -> Actor:
    """Who sends, checked by signature where the client signs."""
    actor = access.actor_of(request)
    client = access.client_of(actor)
    if client is not None:
        signatures.verify_signed_request(request, client)
    return actor


def _body(request: HttpRequest) -> tuple[bytes, str]:
    """The body and its media type. Raises TooLong before it is read, WrongMedia."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        raise TooLong(events=MOST_EVENTS, size=f"{MOST_BYTES >> 20} MiB")
    media = (request.content_type or "").lower()
    if media not in (JSON, JSON_LD, XML, "text/xml"):
        raise WrongMedia(known=", ".join((JSON_LD, JSON, XML)))
    return request.body, media


@epcis.post("/capture", auth=WRITE, summary="Capture a document of events, asynchronously")
def capture_document(request: HttpRequest) -> HttpResponse:
    """202 with the job's address in Location. GS1-Capture-Error-Behaviour: rollback (all or none) or proceed (all that are right)."""
    actor = _sender(request)
    body, media = _body(request)
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
    return _linked(request, answer, str(found[per_page - 1].pk) if len(found) > per_page else "")


@epcis.get("/capture/{number}", auth=READ, summary="What became of a capture job")
def capture_job(request: HttpRequest, number: str) -> HttpResponse:
    return answered(_said_of(access.get(access.actor_of(request), CaptureJob, number=number)))


@epcis.post("/events", auth=WRITE, summary="Capture one event")
def capture_event(request: HttpRequest) -> HttpResponse:
    """201 with the event's address; the same event again: the same answer."""
    actor = _sender(request)
    body, media = _body(request)
    incoming = actions.read(body, media)
    if len(incoming.events) != 1:
        raise NotValid(reason="one event; documents go to /capture")
    job = actions.capture(incoming.events, actor, context=incoming.context)
    event_id = job.stored.values_list("event_id", flat=True).first() or actions.id_of(incoming.events[0], incoming.context)
    return answered(None, JSON, 201, Location=f"{HOME}/events/{event_id}")


# ---- queries


def _given(request: HttpRequest) -> tuple[dict[str, list[Any]], dict[str, str]]:
    """The parameters of an address, and the prefixes of extension names."""
    spaces = dict(part.strip().split("=", 1) for part in request.headers.get("GS1-Extensions", "").split(",") if "=" in part)
    single = (*asking.PAGING,)
    return {name: request.GET.getlist(name) if name in single else asking.split(request.GET.getlist(name)) for name in request.GET}, spaces


def _found(request: HttpRequest, asked: asking.Asked, *, name: str = "SimpleEventQuery", poll: bool = False) -> HttpResponse:
    """A page of events in the form that the reader takes, with the link to the next."""
    form = request.headers.get("GS1-EPC-Format", "")
    if form and form not in wording.EPC_FORMATS:
        raise WrongParameter(name="GS1-EPC-Format", reason=f"one of {', '.join(wording.EPC_FORMATS)}")
    words = request.headers.get("GS1-CBV-XML-Format", "")
    if words and words not in wording.CBV_FORMATS:
        raise WrongParameter(name="GS1-CBV-XML-Format", reason=f"one of {', '.join(wording.CBV_FORMATS)}")
    page = queries.page(access.actor_of(request), asked, poll=poll)
    events, context = queries.contents(page.rows)
    events = [wording.identified(event, form) for event in events]
    said = documents.query_document(events, context, clock.now().isoformat(), name)
    accepts = request.headers.get("Accept", "")
    if "xml" in accepts and "json" not in accepts:
        answer = answered(xml_out.write(said, words), XML)
    else:
        answer = answered(said, JSON_LD if JSON_LD in accepts else JSON)
    return _linked(request, answer, page.token)


def _linked(request: HttpRequest, answer: HttpResponse, token: str) -> HttpResponse:
    """RFC 8288: where the next page is."""
    if token:
        kept = [(name, value) for name in request.GET if name != "nextPageToken" for value in request.GET.getlist(name)]
        where = urlencode([*kept, ("nextPageToken", token)])
        answer.headers["Link"] = f'<{request.path}?{where}>; rel="next"'
        answer.headers["GS1-Next-Page-Token-Expires"] = "never"
    return answer


@epcis.get("/events", auth=READ, summary="Query events")
def events(request: HttpRequest) -> HttpResponse:
    """Parameters as in the standard's query language: EQ_bizStep, GE_eventTime, MATCH_anyEPC … (8.2.7.1)."""
    given, spaces = _given(request)
    return _found(request, asking.read(given, spaces))


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
    given, spaces = _given(request)
    asked = asking.read(given, spaces)
    if not access.all(access.actor_of(request), TraceEvent).filter(where).exists():
        raise NoSuchResource
    asked.where &= where
    return _found(request, asked)


@epcis.get("/epcs/{path:epc}/events", auth=READ, summary="Events about an item")
def events_of_epc(request: HttpRequest, epc: str) -> HttpResponse:
    """By EPC URN, Digital Link URI or class."""
    wanted = [_whole(epc)]
    return _narrowed(request, asking.read({"MATCH_anyEPC": wanted}).where | asking.read({"MATCH_anyEPCClass": wanted}).where)


def _whole(uri: str) -> str:
    """A URI in a path may have lost one of its two slashes on the way."""
    for scheme in ("https:/", "http:/"):
        if uri.startswith(scheme) and not uri.startswith(scheme + "/"):
            return f"{scheme}/{uri[len(scheme) :]}"
    return uri


@epcis.get("/eventTypes", auth=READ, summary="Types of events that there are")
def event_types(request: HttpRequest) -> HttpResponse:
    return _collection(list(columns.KINDS))


@epcis.get("/eventTypes/{event_type}/events", auth=READ, summary="Events of a type")
def events_of_type(request: HttpRequest, event_type: str) -> HttpResponse:
    if event_type not in columns.KINDS and ":" not in event_type:
        raise NoSuchResource
    given, spaces = _given(request)
    asked = asking.read(given, spaces)
    asked.where &= asking.read({"eventType": [event_type]}).where
    return _found(request, asked)


def _collection(members: list[str]) -> HttpResponse:
    return answered({"@context": contexts.STANDARD, "type": "Collection", "member": members})


@epcis.get("/epcs", auth=READ, summary="Items that there are events about")
def epcs(request: HttpRequest) -> HttpResponse:
    per_page = asking.read({"perPage": [request.GET.get("perPage", str(asking.PER_PAGE))]}).per_page
    found = queries.distinct_items(access.actor_of(request), request.GET.get("nextPageToken", ""), per_page + 1)
    return _linked(request, _collection(found[:per_page]), found[per_page - 1] if len(found) > per_page else "")


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
    actor = _sender(request)
    try:
        said = msgspec.json.decode(_body(request)[0])
        name, query = said["name"], said["query"]
    except (msgspec.DecodeError, KeyError, TypeError, RecursionError) as cause:
        raise NotValid(reason=f"name and query are needed: {cause}") from cause
    if not isinstance(name, str) or not 0 < len(name) <= 100 or "/" in name or not name.isprintable():
        raise NotValid(reason="name: 1 to 100 characters without a slash")
    asking.read(_query_of(query), _spaces(query))
    _, fresh = NamedQuery.objects.get_or_create(owner=actions.owner_of(actor), name=name, defaults={"query": query})
    if not fresh:
        raise DuplicateName
    return answered(None, JSON, 201, Location=f"{HOME}/queries/{name}")


READ_OWN = access.client_auth("trace:read")


def _query(request: HttpRequest, name: str) -> NamedQuery:
    found = access.all(access.actor_of(request), NamedQuery).filter(name=name).first() if name.isprintable() else None
    if found is None:
        raise NoSuchName
    return found


@epcis.get("/queries", auth=READ_OWN, summary="Own named queries")
def named_queries(request: HttpRequest) -> HttpResponse:
    rows = access.all(access.actor_of(request), NamedQuery).order_by("name")
    return answered([{"name": one.name, "query": one.query, "createdAt": one.created_at.isoformat()} for one in rows])


@epcis.get("/queries/{name}", auth=READ_OWN, summary="A named query")
def named_query(request: HttpRequest, name: str) -> HttpResponse:
    found = _query(request, name)
    return answered({"name": found.name, "query": found.query, "createdAt": found.created_at.isoformat()})


@epcis.delete("/queries/{name}", auth=WRITE, summary="Forget a named query")
def drop_query(request: HttpRequest, name: str) -> HttpResponse:
    _query(request, name).delete()
    return answered(None, JSON, 204)


@epcis.get("/queries/{name}/events", auth=READ_OWN, summary="Events of a named query; ask again with the last token for what is new")
def events_of_query(request: HttpRequest, name: str) -> HttpResponse:
    found = _query(request, name)
    paging = {one: request.GET.getlist(one) for one in ("perPage", "nextPageToken") if one in request.GET}
    asked = asking.read({**_query_of(found.query), **paging}, _spaces(found.query))
    return _found(request, asked, name=name, poll=True)


@epcis.api_operation(
    ["GET", "POST"], "/queries/{name}/subscriptions", auth=READ_OWN, summary="Not offered: nothing is pushed to outside addresses"
)
def subscriptions(request: HttpRequest, name: str) -> HttpResponse:
    _query(request, name)
    raise NotOffered


@epcis.get("/{of}", auth=READ, summary="Business steps, dispositions, places that events name")
def collection(request: HttpRequest, of: str) -> HttpResponse:
    """of: bizSteps, bizLocations, readPoints or dispositions."""
    if of not in COLLECTIONS:
        raise NoSuchResource
    per_page = asking.read({"perPage": [request.GET.get("perPage", str(asking.PER_PAGE))]}).per_page
    found = queries.distinct(access.actor_of(request), COLLECTIONS[of][0], request.GET.get("nextPageToken", ""), per_page + 1)
    return _linked(request, _collection(found[:per_page]), found[per_page - 1] if len(found) > per_page else "")


@epcis.get("/{of}/{path:value}/events", auth=READ, summary="Events of a business step, disposition or place")
def events_of(request: HttpRequest, of: str, value: str) -> HttpResponse:
    """of: bizSteps, bizLocations, readPoints or dispositions."""
    if of not in COLLECTIONS:
        raise NoSuchResource
    return _narrowed(request, asking.read({COLLECTIONS[of][1]: [_whole(value)]}).where)


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
    return _collection(["capture", "events", "queries", "epcs", "eventTypes", *COLLECTIONS])
