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
SUBSCRIPTIONS = "/subscriptions"
TEXT, TIME = {"type": "string"}, {"type": "string", "format": "date-time"}
PARTS = ("second", "minute", "hour", "dayOfMonth", "month", "dayOfWeek")
SCHEDULE = {
    "type": "object",
    "description": "In the city's time. Each part a list of numbers, ranges [5-9] or steps 0/15, all to be met; Monday is 1."
    " Left out: any; finer than the finest given: its lowest value.",
    "properties": dict.fromkeys(PARTS, TEXT),
    "minProperties": 1,
    "additionalProperties": False,
}
CONTROLS = {
    "type": "object",
    "required": ["dest"],
    "additionalProperties": False,
    "description": "Either schedule, or stream: true. reportIfEmpty goes with a schedule.",
    "properties": {
        "dest": {"type": "string", "format": "uri", "maxLength": 1000, "description": "https address of a public host"},
        "signatureToken": {"type": "string", "maxLength": 500, "description": "The client's secret; it is never told again"},
        "stream": {"type": "boolean", "enum": [True], "description": "As events come: soon after each capture"},
        "schedule": SCHEDULE,
        "reportIfEmpty": {"type": "boolean"},
        "initialRecordTime": {**TIME, "description": "Begin with what was recorded from then on; now when left out"},
        "minRecordTime": {**TIME, "description": "As initialRecordTime, for who sends back what was read"},
    },
}
SUBSCRIPTION = {
    "type": "object",
    "required": ["subscriptionID", "queryName", "dest", "createdAt", "state"],
    "properties": {
        **dict.fromkeys(("subscriptionID", "queryName", "dest", "epcFormat"), TEXT),
        **dict.fromkeys(("createdAt", "lastNotifiedAt", "initialRecordTime", "minRecordTime"), TIME),
        "stream": {"type": "boolean"},
        "reportIfEmpty": {"type": "boolean"},
        "schedule": {"type": "object"},
        "state": {
            "type": "string",
            "enum": ["active", "paused", "broken"],
            "description": "broken: given up, until it is resumed",
        },
    },
}
RESULT = "An EPCISQueryDocument with queryName and subscriptionID, or a problem: QueryTooLargeException, ImplementationException"
CALLBACKS = {
    "querySubscriptionResults": {
        "{$request.body#/dest}": {
            "post": {
                "summary": "What the query finds, in the order of record times; again until it is taken, with the same Chengxin-Sequence",
                "parameters": [
                    {
                        "name": "GS1-Signature",
                        "in": "header",
                        "description": "base64 of HMAC-SHA-256 over the body with signatureToken; without a token there is none",
                        "schema": TEXT,
                    },
                    {"name": "Chengxin-Sequence", "in": "header", "description": "Number of the message, from 1", "schema": TEXT},
                ],
                "requestBody": {"required": True, "description": RESULT, "content": {JSON: {"schema": {"type": "object"}}}},
                "responses": {
                    "200": {"description": "Taken; any 2xx is"},
                    "413": {"description": "Too large: the events come again in smaller messages"},
                },
            }
        }
    }
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
            if method == "post":
                operation["requestBody"] = {"required": True, "content": _bodies(path)}
            if method == "post" and path.endswith(SUBSCRIPTIONS):
                operation["callbacks"] = CALLBACKS
            if method == "get" and path.endswith("/events"):
                operation.setdefault("parameters", []).extend(_parameters())
    return document


def _content(path: str, status: int) -> dict[str, Any]:
    """What is found, and an event that was captured; the other answers have no body."""
    if status in (200, 201) and SUBSCRIPTIONS in path:
        many = status == 200 and path.endswith(SUBSCRIPTIONS)
        return {"content": {JSON: {"schema": {"type": "array", "items": SUBSCRIPTION} if many else SUBSCRIPTION}}}
    media = {200: (JSON, JSON_LD, XML), 201: (JSON,) if path.endswith("/events") else ()}.get(status, ())
    return {"content": {one: {"schema": {}} for one in media}} if media else {}


def _bodies(path: str) -> dict[str, Any]:
    named = {"type": "object", "required": ["name", "query"], "properties": {"name": {"type": "string"}, "query": {"type": "object"}}}
    if path.endswith(SUBSCRIPTIONS):
        return {JSON: {"schema": CONTROLS}}
    if path.endswith("/queries"):
        return {JSON: {"schema": named}}
    event = {"type": "object", "required": ["@context", "type"], "properties": {"type": {"type": "string"}}}
    return {JSON: {"schema": event}, JSON_LD: {"schema": event}, XML: {"schema": {"type": "string", "format": "binary"}}}


def _parameters() -> list[dict[str, Any]]:
    asked = [(name, "query", text) for name, text in ASKED.items()] + [(name, "header", text) for name, text in HEADERS.items()]
    return [
        {"name": name, "in": where, "description": text, "required": False, "schema": {"type": "string"}} for name, where, text in asked
    ]
