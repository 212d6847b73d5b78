"""What comes in at the capture interface: a document, a query document, or one event; its events, its context and its envelope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from chengxin.traceability import checking, contexts
from chengxin.traceability.errors import NotValid

QUERY_DOCUMENT = "EPCISQueryDocument"


@dataclass(frozen=True)
class Incoming:
    """events: as they came; context: of the document; envelope: the document with an empty event list, "" for a bare event."""

    events: list[Any]
    context: Any
    envelope: str
    vocabularies: list[dict[str, Any]]


def read_json(body: bytes) -> Incoming:
    """Raises NotValid for what is no JSON or no document of EPCIS 2.0; its events are not looked at yet."""
    try:
        return take(msgspec.json.decode(body))
    except (msgspec.DecodeError, RecursionError, ValueError) as cause:
        raise NotValid(reason=f"JSON: {cause}") from cause


def take(said: Any) -> Incoming:
    """The document's parts. Raises NotValid."""
    if not isinstance(said, dict):
        raise NotValid(reason="document: must be an object")
    if said.get("type") not in ("EPCISDocument", QUERY_DOCUMENT):
        return _bare(said)
    if said["type"] == QUERY_DOCUMENT:
        return _of_query(said)
    wrong = checking.faults_of_document(said)
    if wrong:
        raise NotValid(reason=wrong)
    events = said["epcisBody"]["eventList"]
    envelope = {**said, "epcisBody": {**said["epcisBody"], "eventList": []}}
    header = said.get("epcisHeader") or {}
    vocabularies = (header.get("epcisMasterData") or {}).get("vocabularyList") or []
    return Incoming(events, said["@context"], _text(envelope), vocabularies)


def _bare(event: dict[str, Any]) -> Incoming:
    if "@context" not in event:
        raise NotValid(reason="@context: an event that stands alone names its context")
    return Incoming([event], event["@context"], "", [])


def _of_query(said: dict[str, Any]) -> Incoming:
    """The answer of another repository's query, taken in as a document."""
    try:
        results = said["epcisBody"]["queryResults"]
        body, context = results["resultsBody"], said["@context"]
        events = body["eventList"]
    except (KeyError, TypeError) as cause:
        raise NotValid(reason=f"epcisBody.queryResults.resultsBody.eventList: {cause}") from cause
    wrong = checking.faults_of_document({"type": "EPCISDocument", "@context": context, **FILLING, "epcisBody": {"eventList": events}})
    if wrong or not isinstance(results.get("queryName"), str):
        raise NotValid(reason=wrong or "epcisBody.queryResults.queryName: must be string")
    emptied = {**results, "resultsBody": {**body, "eventList": []}}
    return Incoming(events, context, _text({**said, "epcisBody": {"queryResults": emptied}}), [])


FILLING = {"schemaVersion": "2.0", "creationDate": "2000-01-01T00:00:00Z"}  # a query document may leave these out


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def put_together(envelope: str, events: list[Any]) -> Any:
    """The document that came in: its envelope with its events."""
    if not envelope:
        return events[0]
    said = msgspec.json.decode(envelope)
    body = said["epcisBody"]
    (body["queryResults"]["resultsBody"] if said["type"] == QUERY_DOCUMENT else body)["eventList"] = events
    return said


def query_document(events: list[dict[str, Any]], context: Any, created: str, name: str = "SimpleEventQuery") -> dict[str, Any]:
    """The answer to a query (EPCIS 2.0, 12.6)."""
    return {
        "@context": context,
        "type": QUERY_DOCUMENT,
        "schemaVersion": "2.0",
        "creationDate": created,
        "epcisBody": {"queryResults": {"queryName": name, "resultsBody": {"eventList": events}}},
    }


def document(events: list[dict[str, Any]], context: Any, created: str) -> dict[str, Any]:
    """A document of events."""
    return {
        "@context": context,
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": created,
        "epcisBody": {"eventList": events},
    }


def common_context(texts: list[str]) -> tuple[Any, bool]:
    """One context for events of several, and whether each of them says the same; where they differ, every event is given its own."""
    unlike = list(dict.fromkeys(texts))
    if not unlike:
        return contexts.STANDARD, True
    return msgspec.json.decode(unlike[0]), len(unlike) == 1
