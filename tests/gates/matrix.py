"""What the access matrix is made of: the cast with two tenants of everything, the routes with what they declare, the ids to ask with.

A route's rule is its own declaration (`access.open_to` …); cells.py asks whether the answers keep to it. Rooms register ids in samples*.py,
lists in listings.py and ids that are taken in a body or query in bodies.py.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern
from oauth2_provider.models import get_access_token_model

from chengxin.accounts import beginning, clients, middleware, routes
from chengxin.accounts.actions import NOWHERE, Scope, load_departments
from chengxin.accounts.models import User
from chengxin.accounts.roles import ANYONE, OF_A_DEPARTMENT, OF_A_SUBJECT, SIGNED_IN, Role
from chengxin.accounts.scopes import SCOPES
from chengxin.kernel import clock

ANONYMOUS = "anonymous"
MACHINE = "client:"
PLAIN_METHODS = ("GET", "POST")
OTHER_METHODS = ("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")
UNLIKELY = 9_223_372_036_854_775_000

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
    made: dict[Any, Any] = field(default_factory=dict)

    def person(self, role: str, side: int = 0) -> User:
        return self.people[role, side]

    def browser(self, role: str) -> Client:
        """A signed-in test client of tenant a's person in a role, or of platform a's machine for "client:<scope>"; made once."""
        if role not in self.browsers:
            self.browsers[role] = self._opened(role)
        return self.browsers[role]

    def _opened(self, role: str) -> Client:
        if role.startswith(MACHINE):
            token = bearer(self, role.removeprefix(MACHINE))
            return Client(raise_request_exception=False, headers={"Authorization": f"Bearer {token}"})
        browser = Client(raise_request_exception=False)
        if role != ANONYMOUS:
            browser.force_login(self.person(role), backend="django.contrib.auth.backends.ModelBackend")
            session = browser.session
            session[middleware.SEEN] = int(clock.now().timestamp())  # else each request, being rolled back, would note it anew
            session.save()
        return browser

    def fill(self, makers: Iterable[Callable[[City], Any]]) -> None:
        """Make everything that may be asked for, and sign everybody in."""
        for maker in makers:
            self.once(maker)
        for role in (ANONYMOUS, *Role.values, *(MACHINE + scope for scope in SCOPES)):
            self.browser(role)

    def sample(self, name: str) -> Sample | None:
        """The ids of a route, made once; None when no room has brought any."""
        return self.once(SAMPLES[name]) if name in SAMPLES else None

    def once(self, maker: Callable[[City], Any]) -> Any:
        """What a maker makes of this city, made once."""
        if maker not in self.made:
            self.made[maker] = maker(self)
        return self.made[maker]


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
    """One path and method with what it declares. open_to None: undeclared; empty: closed. room: the package that answers."""

    name: str
    template: str
    method: str
    open_to: frozenset[str] | None
    parameters: tuple[str, ...]
    is_api: bool
    room: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.template} ({self.name})"

    @property
    def ours(self) -> bool:
        """Whether a room of this house has it, not a library."""
        return self.name not in routes.THIRD_PARTY

    def may_use(self, role: str) -> bool:
        """Whether the declaration names the role."""
        declared = self.open_to or frozenset()
        if ANYONE in declared or role in declared:
            return True
        return SIGNED_IN in declared and role != ANONYMOUS and not role.startswith(MACHINE)

    @property
    def askers(self) -> list[str]:
        """Nobody, every role, and for the API a machine with each scope that the operation asks for and one that it does not."""
        if not self.is_api:
            return [ANONYMOUS, *Role.values]
        wanted = sorted(one for one in self.open_to or () if one.startswith(MACHINE))
        return [ANONYMOUS, *Role.values, *wanted, next(MACHINE + one for one in SCOPES if MACHINE + one not in wanted)]

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
    room = ((path_view.operations[0].view_func if path_view else pattern.callback).__module__.split(".") * 2)[1]
    for method in methods:
        declared = routes.declaration(name, pattern.callback, method)
        yield Route(name, template, method, declared, holes, path_view is not None, room)


def all_methods(found: list[Route]) -> list[Route]:
    """The same routes, and each path with the methods it does not have too."""
    more = list(found)
    for route in {each.template: each for each in found}.values():
        had = {each.method for each in found if each.template == route.template}
        other = [method for method in ("GET", "POST", *OTHER_METHODS) if method not in had]
        declared = frozenset({ANYONE}) if route.is_api and route.open_to else route.open_to  # ninja says 405 to everybody
        more += [replace(route, method=method, open_to=declared) for method in other]
    return more


def undeclared(found: list[Route]) -> list[str]:
    """The routes that do not say who may use them."""
    return [str(route) for route in found if route.open_to is None]


# ---- the ids


@dataclass(frozen=True)
class Sample:
    """The ids a route is asked with: of tenant a's object, of tenant b's, and who sees what.

    sees: role -> "own" (the default: only a's), "all" (both) or "none"; the key "*" is for every other role. A machine is
    "platform_client". of_role: role -> ids, for objects of which each person has own ones. marks: texts that stand for tenant b's object
    and that the page of a's object must not say (the ids themselves are looked for anyway).
    """

    own: dict[str, Any]
    other: dict[str, Any]
    sees: dict[str, str] = field(default_factory=dict)
    of_role: dict[str, dict[str, Any]] = field(default_factory=dict)
    marks: tuple[str, ...] = ()

    def seen_by(self, role: str) -> str:
        role = "platform_client" if role.startswith(MACHINE) else role
        return self.sees.get(role, self.sees.get("*", "own"))

    def own_of(self, role: str) -> dict[str, Any]:
        return self.of_role.get(role, self.own)

    @property
    def missing(self) -> dict[str, Any]:
        """Ids of the same shape that no row has; what a's and b's have in common (a format, a step) stays."""
        differ = {name for name in self.own if self.own[name] != self.other.get(name)}
        return {**self.own, **missing({name: self.own[name] for name in differ or self.own})}

    @property
    def secrets(self) -> tuple[str, ...]:
        """What an answer about a's object may not contain."""
        ids = [str(value) for name, value in self.other.items() if value != self.own.get(name)]
        return (*(each for each in ids if len(each) > 3), *self.marks)


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


def without_samples(found: list[Route]) -> set[str]:
    """Routes of ours that take an id and have no sample yet."""
    ours = (route for route in found if route.parameters and route.ours)
    return {route.name for route in ours if route.open_to and route.name not in SAMPLES}
