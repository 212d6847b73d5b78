"""Asks the routes of the matrix as every role and compares each answer with what the route declares. Every request is rolled back."""

from __future__ import annotations

import json
import re
import sys
import zlib
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from django.core.signals import got_request_exception
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from chengxin.accounts import routes
from tests.gates.matrix import ANONYMOUS, City, Route, Sample

LOGIN = "/accounts/login/"
THIRDS = 3
LONG = 6  # digits of a number that is part of nothing else
CSRF = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')


@dataclass(frozen=True)
class Way:
    """How a request is put: its headers, and the body of a page's POST."""

    name: str
    headers: dict[str, str] = field(default_factory=dict)
    form: dict[str, Any] = field(default_factory=dict)


PLAIN = Way("")
DATA = Way("data", {"Accept": "application/json"})
PART = Way("part", {"HX-Request": "true", "Accept-Language": "en"})


@dataclass
class Result:
    cells: int = 0
    wrong: list[str] = field(default_factory=list)

    def expect(self, holds: bool, said: str) -> None:
        self.cells += 1
        if not holds:
            self.wrong.append(said)

    def add(self, other: Result) -> None:
        self.cells += other.cells
        self.wrong += other.wrong


@dataclass(frozen=True)
class Answer:
    """What came back, with what is random or merely repeats the question taken out."""

    status: int
    body: bytes
    location: str = ""
    broke: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (str(self.status), self.location, self.broke) if part)

    @property
    def is_missing(self) -> bool:
        # A method the page does not have, or an id or body of the wrong shape, is refused before any row is looked at.
        return self.status in (404, 405, 422)

    @property
    def is_served(self) -> bool:
        # 501: let in, and told that this part of a standard is not offered.
        return self.status not in (401, 403, 404) and (self.status < 500 or self.status == 501) and not self.location.startswith(LOGIN)

    @property
    def is_refused(self) -> bool:
        return self.status in (401, 403, 405) or self.location.startswith(LOGIN)

    def tells(self, secrets: Sequence[str]) -> list[str]:
        """Which of these texts stand in it."""
        return [each for each in secrets if each.encode() in self.body or each in self.location]


def check(
    city: City,
    found: Sequence[Route],
    ways: Sequence[Way] = (PLAIN,),
    sampled: bool = False,
    lists: Container[str] = (),
    turn: int | None = None,
) -> Result:
    """Every route as everybody who may ask, in each way. sampled: of the roles that see a route alike one is asked, another one from
    route to route, and `lists` are left to those who ask them as everybody whom they are for. turn: where it is not the route's turn,
    only who is not signed in asks."""
    result = Result()
    for place, route in enumerate(found):
        known = city.sample(route.name)
        roles = _one_of_each_kind(route, known, place, lists) if sampled else route.askers
        for role in roles if has_its_turn(route.name, turn) else [one for one in roles if one == ANONYMOUS]:
            for way in ways:
                _check_role(city, route, role, known, way, result)
    return result


def has_its_turn(route: str, turn: int | None) -> bool:
    """Whether a route is among the third that is asked about in this turn; in none all are."""
    return turn is None or zlib.crc32(route.encode()) % THIRDS == turn % THIRDS


def _one_of_each_kind(route: Route, known: Sample | None, turn: int, lists: Container[str]) -> list[str]:
    """Who asks this route. One gate in front of all routes refuses those whom it is not for, and what a role sees of the samples (its own
    rows, all, none) is all that an answer can be compared with; who is not signed in is asked everywhere."""
    kinds: dict[str, list[str]] = {}
    for role in route.askers:
        may = route.may_use(role)
        if not (may and route.method == "GET" and route.name in lists):
            sees = known.seen_by(role) if known else ""
            kinds.setdefault((role if role == ANONYMOUS else sees) if may else "refused", []).append(role)
    return [alike[turn % len(alike)] for alike in kinds.values()]


def _check_role(city: City, route: Route, role: str, known: Sample | None, way: Way, result: Result) -> None:
    browser, who = city.browser(role), f"{route} as {role}{' ' * bool(way.name)}{way.name}"
    if route.parameters and known is None:
        known = Sample(route.nobodys(), {}, {"*": "none"})
    if way is PLAIN and not route.may_use(role):
        way = _drawn_once(city, role)
    if not route.parameters or known is None:
        answer = ask(browser, route, {}, way)
        result.expect(fits(route, answer, route.may_use(role)), f"{who}: {answer}")
    elif route.may_use(role):
        _check_allowed(browser, route, role, known, way, result, who)
    else:
        _check_refused(browser, route, role, known, way, result, who)


def _drawn_once(city: City, role: str) -> Way:
    """The way to ask for what is refused: its page is the same each time and is drawn once a role, after that it is asked for as data."""
    if role in city.made:
        return DATA
    city.made[role] = True
    return PLAIN


def _check_refused(browser: Client, route: Route, role: str, known: Sample, way: Way, result: Result, who: str) -> None:
    """A role the route is not for is refused whatever the id. Where there is another's to ask for, one's own is left to --nightly: what
    refuses looks at the role before any id is read."""
    if way is not DATA or not known.other:
        own = ask(browser, route, known.own_of(role), way)
        result.expect(fits(route, own, False), f"{who}, own id: {own}, and it is not theirs to use")
    other, nothing = (ask(browser, route, ids, DATA) if ids else None for ids in (known.other, known.missing))
    for each in filter(None, (other, nothing)):
        result.expect(fits(route, each, False), f"{who}: {each}, and it is not theirs to use")
    if other is not None:
        result.expect(other == nothing, f"{who}, another's id: {other}, where a missing one gets {nothing}")


def _check_allowed(browser: Client, route: Route, role: str, known: Sample, way: Way, result: Result, who: str) -> None:
    sees = known.seen_by(role)
    own, nothing = (ask(browser, route, ids, way) for ids in (known.own_of(role), known.missing))
    result.expect(nothing.is_missing, f"{who}, missing id: {nothing} instead of 404")
    result.expect(own.is_missing if sees == "none" else own.is_served, f"{who}, own id: {own}")
    if not known.other:
        return
    other = ask(browser, route, known.other, way)
    if sees == "all":
        result.expect(other.is_served, f"{who}, another's id: {other}, and it is to be seen")
        return
    result.expect(other == nothing, f"{who}, another's id: {other}, where a missing one gets {nothing}")
    told = own.tells(known.secrets)
    result.expect(not told, f"{who}, own id: the answer names what is another's: {told}")


def fits(route: Route, answer: Answer, allowed: bool) -> bool:
    """Whether an answer is what somebody who may, or may not, use the route should get."""
    if allowed and not route.ours:
        return answer.status < 500  # their pages have conditions of their own, such as a sign-in half done
    if allowed:
        return answer.is_served
    return answer.status == 404 if route.open_to == routes.CLOSED else answer.is_refused


# ---- one request


class _Broken:
    """Notes what broke inside the application during a request."""

    def __init__(self) -> None:
        self.said = ""

    def note(self, **given: Any) -> None:
        error = sys.exc_info()[1]
        self.said = f"{type(error).__name__}: {error}"


def ask(browser: Client, route: Route, ids: dict[str, Any], way: Way = PLAIN, body: Any = None, query: str = "") -> Answer:
    """One request, rolled back. body: bytes of JSON for the API, form fields (and files) for a page."""
    path, cookies, broken = route.path(ids), browser.cookies.copy(), _Broken()
    data, kind = _body(route, way.form if body is None and route.method == "POST" else body)
    got_request_exception.connect(broken.note)
    try:
        with transaction.atomic():
            answer = browser.generic(route.method, path, data, kind, headers=way.headers, QUERY_STRING=quote(query, safe="=&%+"))
            told = _plain(answer, [*ids.values()], path)
            transaction.set_rollback(True)
    finally:
        got_request_exception.disconnect(broken.note)
    browser.cookies = cookies
    browser.cookies.pop("messages", None)
    location = answer.headers.get("Location", "").replace(path, "PATH").replace(quote(path), "PATH")
    return Answer(answer.status_code, told, location, broken.said)


def _body(route: Route, given: Any) -> tuple[bytes, str]:
    if route.is_api:
        return given if isinstance(given, bytes) else json.dumps(given or {}, default=str).encode(), "application/json"
    if given:
        return encode_multipart(BOUNDARY, given), MULTIPART_CONTENT
    return b"", "application/x-www-form-urlencoded"


def _plain(answer: HttpResponse, said: Sequence[Any], path: str) -> bytes:
    body = b"" if answer.streaming else answer.content
    return blank(CSRF.sub(b"csrf", body).replace(path.encode(), b"PATH"), said)


def blank(body: bytes, said: Sequence[Any]) -> bytes:
    """A body without the ids that were asked with. A short number stays: it may be part of another, as 3 is of the status 403."""
    for value in filter(lambda one: len(one) >= LONG or not one.isdigit(), map(str, said)):
        body = body.replace(value.encode(), b"ID")
    return body
