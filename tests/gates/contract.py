"""Asks the API what its OpenAPI document promises: generated and hand-made requests, as each kind of caller, every answer held to the text.

The document is the one that is served. A happy path for each operation stands in happy_paths.py; an operation without one is red.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import hypothesis
import schemathesis
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import got_request_exception, request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks
from schemathesis.transport.serialization import serialize_binary

from chengxin.facts.api import CONTENT_TYPES

DOCUMENT = "/api/v1/openapi.json"
CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.unsupported_method,
]
FILES = [name for name, form in CONTENT_TYPES.items() if form != "json"]  # bodies that are a file, sent byte by byte
POSITIVE, NEGATIVE = GenerationMode.POSITIVE, GenerationMode.NEGATIVE


@schemathesis.serializer(*FILES)
def _as_file(context: Any, body: Any) -> bytes:
    return serialize_binary(body)


@dataclass(frozen=True)
class Caller:
    """Who asks: a name, and the headers and cookies that say so."""

    name: str
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)


def anonymous() -> Caller:
    return Caller("anonymous")


def machine(token: str) -> Caller:
    return Caller("client", {"Authorization": f"Bearer {token}"})


def person(name: str, browser: Client) -> Caller:
    """Somebody's session."""
    return Caller(name, {}, {settings.SESSION_COOKIE_NAME: browser.cookies[settings.SESSION_COOKIE_NAME].value})


@dataclass(frozen=True)
class Request:
    """A request made by hand; body is JSON data, or bytes of the media type."""

    caller: str
    path: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    body: Any = None
    media_type: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Result:
    cases: int = 0
    answers: dict[int, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def note(self, status: int) -> None:
        self.cases += 1
        self.answers[status] = self.answers.get(status, 0) + 1

    def __str__(self) -> str:
        answers = ", ".join(f"{status}: {count}" for status, count in sorted(self.answers.items()))
        return f"{self.cases} cases, {len(self.wrong)} wrong ({answers})"


def document() -> dict[str, Any]:
    """The document as anybody gets it."""
    answer = Client().get(DOCUMENT)
    assert answer.status_code == 200 and answer["Content-Type"].startswith("application/json")
    found: dict[str, Any] = json.loads(answer.content)
    return found


def schema_of(described: dict[str, Any], application: Any = None) -> Any:
    """The document as schemathesis reads it, bound to the application in this process."""
    schema = schemathesis.openapi.from_dict(described)
    schema.app = application or WSGIHandler()
    return schema


def operations(schema: Any) -> dict[str, Any]:
    """Operations by "METHOD /path"; an operation that schemathesis cannot read is an error."""
    return {each.ok().label: each.ok() for each in schema.get_all_operations()}


@contextmanager
def undone() -> Iterator[None]:
    """What a request did is rolled back, so that one case does not depend on another; until then the request leaves our connection open."""
    ends = (request_started, request_finished)
    for end in ends:
        end.disconnect(close_old_connections)
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        for end in ends:
            end.connect(close_old_connections)


@contextmanager
def _failures_told() -> Iterator[list[str]]:
    """Tracebacks of what broke inside the application."""
    told: list[str] = []

    def note(**given: Any) -> None:
        told.append(traceback.format_exc())

    got_request_exception.connect(note)
    try:
        yield told
    finally:
        got_request_exception.disconnect(note)


def send(case: Any, caller: Caller, result: Result) -> int:
    """One request, held to the document, rolled back; the status. Raises AssertionError with what was sent and what is wrong."""
    with _failures_told() as told, undone():
        answer = case.call(headers=caller.headers, cookies=caller.cookies)
        result.note(answer.status_code)
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as group:
            raise AssertionError("\n".join([f"{case.operation.label} as {caller.name}:", str(group), *told])) from None
    return int(answer.status_code)


def walk(operation: Any, request: Request, caller: Caller, result: Result) -> None:
    """A happy path: a 2xx that is as documented."""
    given = {} if request.body is None else {"body": request.body, "media_type": request.media_type or "application/json"}
    case = operation.Case(path_parameters=request.path, query=request.query, **given)
    try:
        status = send(case, replace(caller, headers={**caller.headers, **request.headers}), result)
        if not 200 <= status < 300:
            result.wrong.append(f"{operation.label} as {caller.name} was to be reached with a 2xx and answered {status}")
    except AssertionError as wrong:
        result.wrong.append(str(wrong))


def probe(operation: Any, caller: Caller, examples: int, known: dict[str, Any], result: Result, seed: int | None = None) -> None:
    """Generated requests to one operation, half of them about objects that exist; the first wrong one, made small, is kept."""

    @effort(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=seed is None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink] if seed is not None else [Phase.generate],
        report_multiple_bugs=False,
    )
    @given(case=_cases(operation), real=st.booleans())
    def ask(case: Any, real: bool) -> None:
        if real and known:
            case.path_parameters = {**case.path_parameters, **known}
        send(case, caller, result)

    try:
        (ask if seed is None else hypothesis.seed(seed)(ask))()
    except AssertionError as wrong:
        result.wrong.append(str(wrong))


def _cases(operation: Any) -> Any:
    """Valid requests, and, where there is something to get wrong, invalid ones."""
    right = operation.as_strategy(generation_mode=POSITIVE)
    takes_something = bool(len(operation.query) or len(operation.path_parameters) or len(operation.body))
    return st.one_of(right, operation.as_strategy(generation_mode=NEGATIVE)) if takes_something else right
