"""The access matrix: every route and API operation, as every role, with the own, another tenant's and a missing id.

A route's rule is its own declaration (`access.open_to` …); this only asks whether the answers keep to it. Rooms register ids in samples.py.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern
from oauth2_provider.models import get_access_token_model

from chengxin.accounts import beginning, clients, routes
from chengxin.accounts.actions import NOWHERE, Scope, load_departments
from chengxin.accounts.models import User
from chengxin.accounts.roles import ANYONE, OF_A_DEPARTMENT, OF_A_SUBJECT, SIGNED_IN, Role
from chengxin.accounts.scopes import SCOPES
from chengxin.kernel import clock

ANONYMOUS = "anonymous"
PLAIN_METHODS = ("GET", "POST")
LOGIN = "/accounts/login/"
UNLIKELY = 9_223_372_036_854_775_000
CSRF = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"')

# ---- the cast: two tenants of everything


@dataclass
class City:
    """Tenant a and tenant b of each kind, with a person in every role on both sides; `a` asks, `b` owns what is another's."""

    departments: tuple[str, str] = ("SAMR", "POST")
    platforms: tuple[str, str] = ("mall-a", "mall-b")
    subjects: tuple[uuid.UUID, uuid.UUID] = field(default_factory=lambda: (uuid.uuid4(), uuid.uuid4()))
    people: dict[tuple[str, int], User] = field(default_factory=dict)
    clients: dict[tuple[str, int], clients.Credentials] = field(default_factory=dict)
    browsers: dict[str, Client] = field(default_factory=dict)

    def person(self, role: str, side: int = 0) -> User:
        return self.people[role, side]

    def browser(self, role: str) -> Client:
        """A signed-in test client of tenant a's person in a role, made once."""
        if role not in self.browsers:
            browser = Client(raise_request_exception=False)
            if role != ANONYMOUS:
                browser.force_login(self.person(role), backend="django.contrib.auth.backends.ModelBackend")
            self.browsers[role] = browser
        return self.browsers[role]


def build_city(subjects: tuple[uuid.UUID, uuid.UUID] | None = None) -> City:
    """Departments, people of all roles on both sides, and one API client a platform with all scopes."""
    load_departments()
    city = City(subjects=subjects) if subjects else City()
    for role in Role.values:
        for side in (0, 1):
            user = User.objects.create_user(f"{role.replace('_', '-')}-{'ab'[side]}", f"gate {side}", display_name=f"{role} {side}")
            beginning.install_grant(user, role, _scope(city, role, side))
            city.people[role, side] = user
    for side, platform in enumerate(city.platforms):
        city.clients["platform_client", side] = clients.create_client(platform, "gate", list(SCOPES), by=beginning.INSTALLER)
    return city


def _scope(city: City, role: str, side: int) -> Scope:
    if role in OF_A_DEPARTMENT:
        return Scope(department=city.departments[side])
    if role in OF_A_SUBJECT:
        return Scope(subject=city.subjects[side])
    return Scope(platform=city.platforms[side]) if role == Role.PLATFORM_STAFF else NOWHERE


def bearer(city: City, scope: str) -> str:
    """An access token of platform a's client with one scope, without the half second the secret's hash takes."""
    token = uuid.uuid4().hex
    model = get_access_token_model()
    kept = model(
        application=city.clients["platform_client", 0].client.application,
        expires=clock.now().replace(year=clock.now().year + 1),
        scope=scope,
        token=token,
    )
    kept._raw_token = token
    kept.save()
    return token


# ---- the routes


@dataclass(frozen=True)
class Route:
    """One path and method with what it declares. open_to None: undeclared; empty: closed."""

    name: str
    template: str
    method: str
    open_to: frozenset[str] | None
    parameters: tuple[str, ...]
    is_api: bool

    def __str__(self) -> str:
        return f"{self.method} {self.template} ({self.name})"

    def nobodys(self) -> dict[str, Any]:
        """Ids that fit the converters and that no row has: all that can be asked before the room brings a sample."""
        fitting = {"uuid": uuid.UUID(int=1), "": UNLIKELY, "int": UNLIKELY}
        return {name: fitting.get(kind, "zz-nothing") for kind, name in re.findall(r"<(?:(\w+):)?(\w+)>", self.template)}

    def path(self, ids: dict[str, Any]) -> str:
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda hole: str(ids[hole[1]]), self.template)


def collect(urlconf: Any = None) -> list[Route]:
    """Every route of the URL table, one entry a method; API paths have the methods of their operations."""
    return [route for pattern in _walk(get_resolver(urlconf), "/", ()) for route in _routes(*pattern)]


def _walk(resolver: URLResolver, prefix: str, spaces: tuple[str, ...]) -> Iterator[tuple[URLPattern, str, str]]:
    for each in resolver.url_patterns:
        here = prefix + (each.pattern._route if isinstance(each.pattern, RoutePattern) else str(each.pattern))
        if isinstance(each, URLResolver):
            yield from _walk(each, here, (*spaces, each.namespace) if each.namespace else spaces)
        else:
            yield each, here, ":".join((*spaces, each.name or "?"))


def _routes(pattern: URLPattern, template: str, name: str) -> Iterator[Route]:
    path_view = routes.path_view_of(pattern.callback)
    methods = [method for each in path_view.operations for method in each.methods] if path_view else PLAIN_METHODS
    holes = tuple(re.findall(r"<(?:\w+:)?(\w+)>", template))
    for method in methods:
        declared = routes.declaration(name, pattern.callback, method)
        yield Route(name, template, method, declared, holes, path_view is not None)


def undeclared(found: list[Route]) -> list[str]:
    """The routes that do not say who may use them."""
    return [str(route) for route in found if route.open_to is None]


# ---- the ids


@dataclass(frozen=True)
class Sample:
    """The ids a route is asked with: of tenant a's object, of tenant b's, and who sees what.

    sees: role -> "own" (the default: only a's), "all" (both) or "none"; the key "*" is for every other role.
    """

    own: dict[str, Any]
    other: dict[str, Any]
    sees: dict[str, str] = field(default_factory=dict)

    def seen_by(self, role: str) -> str:
        return self.sees.get(role, self.sees.get("*", "own"))


Maker = Callable[[City], Sample]
SAMPLES: dict[str, Maker] = {}


def sample(*names: str) -> Callable[[Maker], Maker]:
    """Register the maker of a sample for routes by name, e.g. @sample("subjects:shop")."""

    def register(maker: Maker) -> Maker:
        SAMPLES.update(dict.fromkeys(names, maker))
        return maker

    return register


def missing(ids: dict[str, Any]) -> dict[str, Any]:
    """Ids of the same shape that no row has."""
    return {name: _like(value) for name, value in ids.items()}


def _like(value: Any) -> Any:
    if isinstance(value, int):
        return UNLIKELY
    try:
        uuid.UUID(str(value))
    except ValueError:
        return re.sub(r"[A-Za-z0-9]", lambda one: "0" if one[0].isdigit() else "z", str(value))
    return uuid.UUID(int=0)


# ---- the cells


@dataclass
class Result:
    cells: int = 0
    wrong: list[str] = field(default_factory=list)

    def expect(self, holds: bool, said: str) -> None:
        self.cells += 1
        if not holds:
            self.wrong.append(said)


def check(city: City, found: list[Route]) -> Result:
    """Ask every route as every role and compare with what it declares. Each answer is rolled back."""
    result = Result()
    made: dict[Maker, Sample] = {}
    for route in found:
        maker = SAMPLES.get(route.name)
        known = made.setdefault(maker, maker(city)) if maker and maker not in made else made.get(maker) if maker else None
        for role in (ANONYMOUS, *Role.values):
            _check_role(city, route, role, known, result)
        if route.is_api:
            _check_client(city, route, known, result)
    return result


def _check_role(city: City, route: Route, role: str, known: Sample | None, result: Result) -> None:
    def asked(ids: dict[str, Any]) -> Answer:
        return ask(city.browser(role), route, ids)

    _check_answers(route, role, _allowed(route, role), known, asked, result)


def _check_client(city: City, route: Route, known: Sample | None, result: Result) -> None:
    """As a machine: with a scope the operation asks for, and with one it does not."""
    wanted = {one.removeprefix("client:") for one in route.open_to or () if one.startswith("client:")}
    for scope in (*sorted(wanted), next(one for one in SCOPES if one not in wanted)):
        browser = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {bearer(city, scope)}"})
        allowed = ANYONE in (route.open_to or ()) or scope in wanted

        def asked(ids: dict[str, Any], browser: Client = browser) -> Answer:
            return ask(browser, route, ids)

        _check_answers(route, "platform_client", allowed, known, asked, result, said=f"client:{scope}")


def _allowed(route: Route, role: str) -> bool:
    declared = route.open_to or frozenset()
    return ANYONE in declared or role in declared or (SIGNED_IN in declared and role != ANONYMOUS)


def _check_answers(
    route: Route,
    role: str,
    allowed: bool,
    known: Sample | None,
    asked: Callable[[dict[str, Any]], Answer],
    result: Result,
    said: str = "",
) -> None:
    who = said or role
    if route.parameters and known is None:
        known = Sample(route.nobodys(), {}, {"*": "none"})
    if not route.parameters or known is None:
        answer = asked({})
        result.expect(_fits(route, answer, allowed), f"{route} as {who}: {answer}")
        return
    own, other = asked(known.own), asked(known.other) if known.other else None
    nothing = asked(missing(known.own))
    if not allowed:
        for each in filter(None, (own, other, nothing)):
            result.expect(_fits(route, each, False), f"{route} as {who}: {each}, and it is not theirs to use")
        return
    sees = known.seen_by(role)
    result.expect(nothing.is_missing, f"{route} as {who}, missing id: {nothing} instead of 404")
    result.expect(own.is_missing if sees == "none" else own.is_served, f"{route} as {who}, own id: {own}")
    if other is not None:
        right = other.is_served if sees == "all" else (other.status, other.body) == (nothing.status, nothing.body)
        result.expect(right, f"{route} as {who}, another's id: {other}, where a missing one gets {nothing}")


@dataclass(frozen=True)
class Answer:
    """What came back, with what is random or merely repeats the question taken out."""

    status: int
    body: bytes
    location: str = ""

    def __str__(self) -> str:
        return f"{self.status} {self.location}".strip()

    @property
    def is_missing(self) -> bool:
        # A method the page does not have, or an id or body of the wrong shape, is refused before any row is looked at.
        return self.status in (404, 405, 422)

    @property
    def is_served(self) -> bool:
        return self.status not in (401, 403, 404) and self.status < 500 and not self.location.startswith(LOGIN)


def _fits(route: Route, answer: Answer, allowed: bool) -> bool:
    if allowed and route.name in routes.THIRD_PARTY:
        return answer.status < 500  # their pages have conditions of their own, such as a sign-in half done
    if allowed:
        return answer.is_served
    if route.open_to == routes.CLOSED:
        return answer.status == 404
    return answer.status in (401, 403, 405) or answer.location.startswith(LOGIN)


def ask(browser: Client, route: Route, ids: dict[str, Any]) -> Answer:
    """One request, rolled back."""
    path = route.path(ids)
    cookies = browser.cookies.copy()
    with transaction.atomic():
        answer = browser.generic(route.method, path, data=b"{}" if route.is_api else b"", content_type=_kind(route))
        body = _plain(answer, ids, path)
        transaction.set_rollback(True)
    browser.cookies = cookies
    browser.cookies.pop("messages", None)
    return Answer(answer.status_code, body, answer.headers.get("Location", ""))


def _kind(route: Route) -> str:
    return "application/json" if route.is_api else "application/x-www-form-urlencoded"


def _plain(answer: HttpResponse, ids: dict[str, Any], path: str) -> bytes:
    body = b"" if answer.streaming else answer.content
    body = CSRF.sub(b"csrf", body).replace(path.encode(), b"PATH")
    for value in ids.values():
        body = body.replace(str(value).encode(), b"ID")
    return body


def without_samples(found: list[Route]) -> set[str]:
    """Routes of ours that take an id and have no sample yet."""
    ours = (route for route in found if route.parameters and route.name not in routes.THIRD_PARTY)
    return {route.name for route in ours if route.open_to and route.name not in SAMPLES}
