"""What the interface of EPCIS says and how: headers of the standard, problems by its names, pages of events in the form asked for."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import msgspec
from django.http import HttpRequest, HttpResponse

from chengxin.accounts import access, signatures
from chengxin.accounts.access import Actor
from chengxin.kernel import clock
from chengxin.kernel.errors import ChengxinError
from chengxin.traceability import asking, contexts, documents, queries, wording, xml_out
from chengxin.traceability.actions import BEHAVIOURS, MOST_BYTES, MOST_EVENTS
from chengxin.traceability.describing import JSON, JSON_LD, PROBLEM, XML
from chengxin.traceability.errors import EpcisError, NoSuchName, NotOffered, TooLong, WrongMedia, WrongParameter
from chengxin.traceability.models import NamedQuery

HOME = "/api/epcis/v2"
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


def collected(members: list[str]) -> HttpResponse:
    return answered({"@context": contexts.STANDARD, "type": "Collection", "member": members})


# ---- what is asked


def given(request: HttpRequest) -> tuple[dict[str, list[Any]], dict[str, str]]:
    """The parameters of an address, and the prefixes of extension names."""
    spaces = dict(part.strip().split("=", 1) for part in request.headers.get("GS1-Extensions", "").split(",") if "=" in part)
    single = (*asking.PAGING,)
    return {name: request.GET.getlist(name) if name in single else asking.split(request.GET.getlist(name)) for name in request.GET}, spaces


def whole(uri: str) -> str:
    """A URI in a path may have lost one of its two slashes on the way."""
    for scheme in ("https:/", "http:/"):
        if uri.startswith(scheme) and not uri.startswith(scheme + "/"):
            return f"{scheme}/{uri[len(scheme) :]}"
    return uri


def sender(request: HttpRequest) -> Actor:
    """Who sends, checked by signature where the client signs."""
    actor = access.actor_of(request)
    client = access.client_of(actor)
    if client is not None:
        signatures.verify_signed_request(request, client)
    return actor


def body_of(request: HttpRequest) -> tuple[bytes, str]:
    """The body and its media type. Raises TooLong before it is read, WrongMedia."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        raise TooLong(events=MOST_EVENTS, size=f"{MOST_BYTES >> 20} MiB")
    media = (request.content_type or "").lower()
    if media not in (JSON, JSON_LD, XML, "text/xml"):
        raise WrongMedia(known=", ".join((JSON_LD, JSON, XML)))
    return request.body, media


def query_of(request: HttpRequest, name: str) -> NamedQuery:
    found = access.all(access.actor_of(request), NamedQuery).filter(name=name).first() if name.isprintable() else None
    if found is None:
        raise NoSuchName
    return found


def without_socket(request: HttpRequest) -> None:
    """Raises NotOffered for a subscriber who asks for a WebSocket."""
    if "websocket" in request.headers.get("Upgrade", "").lower():
        raise NotOffered


# ---- pages of events


def page_of(request: HttpRequest, asked: asking.Asked, *, name: str = "SimpleEventQuery", poll: bool = False) -> HttpResponse:
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
    return linked(request, answer, page.token)


def linked(request: HttpRequest, answer: HttpResponse, token: str) -> HttpResponse:
    """RFC 8288: where the next page is."""
    if token:
        kept = [(name, value) for name in request.GET if name != "nextPageToken" for value in request.GET.getlist(name)]
        where = urlencode([*kept, ("nextPageToken", token)])
        answer.headers["Link"] = f'<{request.path}?{where}>; rel="next"'
        answer.headers["GS1-Next-Page-Token-Expires"] = "never"
    return answer
