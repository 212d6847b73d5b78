"""The OpenAPI document of the interface: what ninja does not know of it, since bodies and answers are the standard's and not our models."""

from __future__ import annotations

from typing import Any

JSON, JSON_LD, XML, PROBLEM = "application/json", "application/ld+json", "application/xml", "application/problem+json"
ERRORS = {
    400: "The document, event or query is not valid",
    401: "No valid token or session",
    403: "The caller may not do this",
    404: "There is no such resource, or it is not the caller's",
    405: "The path is not used with this method",
    409: "The event ID or name stands for something else",
    413: "The body or the answer is too large",
    415: "The content type is not accepted",
    429: "Too many requests",
    501: "An optional part of the standard that is not offered",
    503: "A needed part is not available; nothing was changed",
}
GOOD = {
    "get": {200: "As asked for"},
    "post": {201: "Captured", 202: "Taken; see Location"},
    "delete": {204: "Gone"},
    "options": {204: "See the headers"},
}
ASKED = {
    "eventType": "ObjectEvent, AggregationEvent …; several by comma",
    "GE_eventTime": "Not before this time",
    "LT_eventTime": "Before this time",
    "EQ_bizStep": "Business step: short name, URN or web address",
    "EQ_disposition": "Disposition",
    "EQ_bizLocation": "Location; WD_bizLocation with those inside it",
    "MATCH_anyEPC": "Item in any role: EPC URN, Digital Link URI, or a pattern with *",
    "MATCH_anyEPCClass": "Lot or class in any role",
    "GE_quantity_KGM": "Quantity in a unit; other units of its dimension are converted",
    "orderBy": "eventTime or recordTime",
    "orderDirection": "ASC or DESC",
    "perPage": "Events a page",
    "nextPageToken": "From the Link of the page before",
    "eventCountLimit": "The answer ends after so many events",
    "maxEventCount": "More than so many events are refused",
}
HEADERS = {
    "GS1-EPC-Format": "Always_EPC_URN, Always_GS1_Digital_Link, No_Preference or Never_Translates",
    "GS1-CBV-XML-Format": "Always_Web_URI, Always_URN, No_Preference or Never_Translates",
    "GS1-Extensions": "Prefixes of extension names, ex=https://…",
}


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """The document with bodies, parameters and every answer a caller may get."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            answers = {status: {"description": text, **_content(path, status)} for status, text in GOOD[method].items()}
            errors = {
                status: {"description": text, "content": {PROBLEM: {"schema": {"type": "object"}}}} for status, text in ERRORS.items()
            }
            operation["responses"] = {**answers, **errors}
            if method == "post" and not path.endswith("subscriptions"):
                operation["requestBody"] = {"required": True, "content": _bodies(path)}
            if method == "get" and path.endswith("/events"):
                operation.setdefault("parameters", []).extend(_parameters())
    return document


def _content(path: str, status: int) -> dict[str, Any]:
    """What is found, and an event that was captured; the other answers have no body."""
    media = {200: (JSON, JSON_LD, XML), 201: (JSON,) if path.endswith("/events") else ()}.get(status, ())
    return {"content": {one: {"schema": {}} for one in media}} if media else {}


def _bodies(path: str) -> dict[str, Any]:
    named = {"type": "object", "required": ["name", "query"], "properties": {"name": {"type": "string"}, "query": {"type": "object"}}}
    if path.endswith("/queries"):
        return {JSON: {"schema": named}}
    event = {"type": "object", "required": ["@context", "type"], "properties": {"type": {"type": "string"}}}
    return {JSON: {"schema": event}, JSON_LD: {"schema": event}, XML: {"schema": {"type": "string", "format": "binary"}}}


def _parameters() -> list[dict[str, Any]]:
    asked = [(name, "query", text) for name, text in ASKED.items()] + [(name, "header", text) for name, text in HEADERS.items()]
    return [
        {"name": name, "in": where, "description": text, "required": False, "schema": {"type": "string"}} for name, where, text in asked
    ]
