"""The only door to a tenant's objects. Who is asking, which routes are theirs, which rows are theirs; strangers and the missing look alike.

Rooms register one queryset a model (`scope`), fetch by `get` and `all`, and declare each route: `open_to`, `open_to_all`, or for the API
`client_auth` and `session_auth`. A route that declares nothing is refused by `middleware.AccessMiddleware` and is red in the access matrix.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Protocol, TypeVar, cast

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import method_decorator

from chengxin.accounts import errors
from chengxin.accounts.actor import ANONYMOUS, Actor, of_user, system
from chengxin.accounts.models import PlatformClient, User
from chengxin.accounts.roles import ANYONE, SIGNED_IN, Role
from chengxin.kernel.errors import Forbidden, NotFound

__all__ = [
    "ANONYMOUS",
    "Actor",
    "Purpose",
    "actor_of",
    "admit",
    "all",
    "client_auth",
    "get",
    "may_open",
    "open_to",
    "open_to_all",
    "open_to_signed_in",
    "purpose",
    "scope",
    "session_auth",
    "system",
]

log = logging.getLogger("chengxin.access")

M = TypeVar("M", bound=Model)
V = TypeVar("V", bound=Callable[..., Any])


class Mine(Protocol):
    """From everybody's rows to the actor's own."""

    def __call__(self, actor: Actor, queryset: QuerySet[Any]) -> QuerySet[Any]: ...


@dataclass(frozen=True)
class _Scope:
    mine: Mine
    administration: bool


_scopes: dict[type[Model], _Scope] = {}


# ---- who is asking


def actor_of(request: HttpRequest) -> Actor:
    """Who is asking: the API's client or person (ninja's request.auth), else the session's person, else nobody. One query a request."""
    auth = getattr(request, "auth", None)
    if isinstance(auth, Actor):
        return auth
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.is_active:
        return ANONYMOUS
    known = getattr(request, "_actor", None)
    if not isinstance(known, Actor) or known.user != user:
        known = of_user(user)
        request._actor = known  # type: ignore[attr-defined]
    return known


# ---- which rows are theirs


def scope(model: type[Model], *, administration: bool = False) -> Callable[[Mine], Mine]:
    """Register which rows of a model an actor may see. administration: whether the three administrators are asked at all; for
    business data they are not, whatever the function says.

        @access.scope(Shop)
        def mine(actor, queryset):
            if actor.has("officer", "reviewer", "head"):
                return queryset
            return queryset.filter(platform__code__in=actor.platforms)
    """

    def register(mine: Mine) -> Mine:
        if model in _scopes and _named(_scopes[model].mine) != _named(mine):
            raise LookupError(f"{model.__name__} already has a scope")
        _scopes[model] = _Scope(mine, administration)
        return mine

    return register


def _named(mine: Any) -> str:
    return f"{mine.__module__}.{mine.__qualname__}"


def scoped_models() -> frozenset[type[Model]]:
    """The models whose rows have owners; the access matrix looks for samples of each."""
    return frozenset(_scopes)


def all(actor: Actor, model: type[M]) -> QuerySet[M]:
    """The actor's rows of a model. LookupError for a model nobody registered: no rule means nobody."""
    known = _scopes.get(model)
    if known is None:
        raise LookupError(f"no scope is registered for {model.__name__}")
    everything: QuerySet[M] = model._default_manager.all()
    if actor.is_system:
        return everything
    if actor.is_administrator and not known.administration:
        return everything.none()
    return known.mine(actor, everything)


def get(actor: Actor, model: type[M], **key: Any) -> M:
    """The one row of this key, or NotFound: the same for a stranger's row, a missing one and a malformed key."""
    found = _first(all(actor, model), key)
    if found is None:
        _note_denial(actor, model, key)
        raise NotFound
    return found


def check(actor: Actor, thing: Model) -> None:
    """NotFound unless an object reached some other way (a nested id, a bulk action) is the actor's."""
    get(actor, type(thing), pk=thing.pk)


def get_many(actor: Actor, model: type[M], ids: Iterable[Any]) -> list[M]:
    """All rows of these primary keys, in the order asked, or NotFound when any one is not the actor's."""
    return [get(actor, model, pk=each) for each in ids]


def _first(queryset: QuerySet[M], key: dict[str, Any]) -> M | None:
    try:
        return queryset.filter(**key).first()
    except (ValueError, ValidationError, OverflowError):
        return None


def _note_denial(actor: Actor, model: type[Model], key: dict[str, Any]) -> None:
    """Why it was denied goes to the operator's log only. Both cases run the same query, so time does not tell them apart either."""
    there = _first(model._default_manager.all(), key) is not None
    why = "not the actor's" if there else "no such object"
    log.info("access.denied actor=%s model=%s key=%s why_denied=%s", actor, model._meta.label, sorted(key), why)


# ---- which routes are theirs


def open_to(*roles: str) -> Callable[[V], V]:
    """Declare (and enforce) which roles may use a page. Nobody signed in: to the login page; another role: Forbidden.

    On a view function, or on a view class. Also takes "signed_in". ValueError for an unknown role name.
    """
    wanted = _checked(roles)

    def declare(view: V) -> V:
        if isinstance(view, type):
            declared = method_decorator(_enforcing(wanted))(cast(Any, view).dispatch)
            cast(Any, view).dispatch = declared
            return view
        return cast(V, _enforcing(wanted)(view))

    return declare


def open_to_all(view: V) -> V:
    """Declare that anybody may use a page or an API operation. Sets the attribute only, so it goes on ninja operations too."""
    target = cast(Any, view).dispatch if isinstance(view, type) else cast(Any, view)
    target.open_to = frozenset({ANYONE})
    return view


def open_to_signed_in(view: V) -> V:
    """Declare a page for everybody who has signed in, whatever the role."""
    return open_to(SIGNED_IN)(view)


def _enforcing(wanted: frozenset[str]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            return admit(request, wanted) or view(request, *args, **kwargs)

        guarded.open_to = wanted  # type: ignore[attr-defined]
        return guarded

    return decorate


def _checked(roles: Iterable[str]) -> frozenset[str]:
    wanted = frozenset(str(role) for role in roles)
    unknown = wanted - set(Role.values) - {SIGNED_IN}
    if unknown or not wanted:
        raise ValueError(f"unknown roles {sorted(unknown)}; there are {Role.values}")
    return wanted


def may_open(actor: Actor, wanted: frozenset[str]) -> bool:
    """Whether one of the declared roles is the actor's."""
    if ANYONE in wanted:
        return True
    if SIGNED_IN in wanted:
        return actor.user is not None
    return bool(actor.roles & wanted)


def admit(request: HttpRequest, wanted: frozenset[str]) -> HttpResponseBase | None:
    """None when the actor may go on, a redirect to the login for nobody. Raises Forbidden for another role."""
    actor = actor_of(request)
    if may_open(actor, wanted):
        return None
    if actor.user is None:
        return redirect_to_login(request.get_full_path())
    log.info("access.denied actor=%s path=%s why_denied=role needs=%s", actor, request.path, sorted(wanted))
    raise Forbidden


# ---- why they are looking


@dataclass(frozen=True)
class Purpose:
    """What an actor wants personal data for; goes into the read log as one text."""

    text: str
    case_number: str = ""

    def __str__(self) -> str:
        return f"{self.text} [{self.case_number}]" if self.case_number else self.text


def purpose(request: HttpRequest) -> Purpose:
    """The purpose given with this request (header X-Purpose, X-Case-Number) or kept in the session for 30 minutes. Raises PurposeNeeded,
    which the middleware answers with the form that asks for it."""
    from chengxin.accounts import purposes

    given = purposes.of_headers(request) or purposes.of_session(request)
    if given is None:
        raise errors.PurposeNeeded
    return given


# ---- the API's doors


def client_auth(scope: str) -> Any:
    """`auth=` of a ninja operation: a platform's bearer token with this scope."""
    from chengxin.accounts.api_auth import ClientAuth

    return ClientAuth(scope)


def session_auth(roles: Iterable[str] = (SIGNED_IN,)) -> Any:
    """`auth=` of a ninja operation: a signed-in person with one of the roles, CSRF checked."""
    from chengxin.accounts.api_auth import RoleAuth

    return RoleAuth(_checked(roles))


def declaration_of(view: Any) -> frozenset[str] | None:
    """What a view or an auth callback declares, or None."""
    declared = getattr(view, "open_to", None)
    return declared if isinstance(declared, frozenset) else None


def client_of(actor: Actor) -> PlatformClient | None:
    """The platform client behind an API call."""
    return actor.client
